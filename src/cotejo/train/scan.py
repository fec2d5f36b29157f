"""The engine for JAX: many steps of a training in one compiled call, for one seed or for several.

Keras's `fit` calls the device once for every step. Where a step takes a fraction of a millisecond,
as on an accelerator, the calls take longer than the steps.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import accelerated, keras
from cotejo.config import Settings
from cotejo.errors import ConfigError
from cotejo.train.averaging import RunningAverage, assign
from cotejo.train.learner import Learner
from cotejo.train.programs import program
from cotejo.train.stages import Stage
from cotejo.train.work import Steps

if TYPE_CHECKING:
    from cotejo.train.resuming import Keeper

__all__ = ["EpochWork", "can_scan", "scan_fit", "steps_at_once"]

_ENGINE = "COTEJO_ENGINE"
"""The variable that asks for one of `_ENGINES` in place of the one that suits the machine."""

_ENGINES = ("fit", "scan")

_MOST = 1024
"""How many steps one call takes at most, so that the progress of a long epoch is seen."""

_MOST_ON_TIME = 16
"""How many where a deadline has to be kept."""


def can_scan(settings: Settings) -> bool:
    """Return whether this engine can train what the settings say, and is the one to do it.

    Raises:
        ConfigError: ``COTEJO_ENGINE`` names no engine.
    """
    asked = os.environ.get(_ENGINE)
    if asked is not None and asked not in _ENGINES:
        raise ConfigError("engine_unknown", received=asked)
    if keras.config.backend() != "jax" or settings.callbacks:
        return False
    return asked == "scan" or (asked is None and accelerated())


def steps_at_once(plan: Sequence[Stage], on_time: bool) -> int:
    """Return how many steps a call takes at most.

    Args:
        plan: the stages of the training. A length that all have is compiled once for all.
        on_time: whether the training has to end on time.
    """
    most, most_on_time = (_MOST, _MOST_ON_TIME) if accelerated() else (32, 1)
    if on_time:
        most = most_on_time
    steps = [stage.steps for stage in plan]
    common = math.gcd(*steps)
    return min(most, common) if 8 * common >= max(steps) else most


State = tuple[list[Any], list[Any], list[Any], list[Any], list[Any]]
"""Weights that learn; other variables but the images; the optimizer's; metrics; averages."""


@dataclass(frozen=True, eq=False)
class EpochWork:
    """Some steps of one training.

    Attributes:
        kind: what the steps depend on besides the numbers in the other attributes.
        learner: that takes them.
        state: its variables now; used up.
        images: all training images.
        batches: the indices and labels, each ``[steps, batch]``, and ``[steps]``, the share of the
            weights after each step in their average.
    """

    kind: Hashable
    learner: Learner
    state: State
    images: Any
    batches: tuple[NDArray[Any], NDArray[Any], NDArray[np.float32]]

    @property
    def alike(self) -> Hashable:
        """What pieces of work have in common that can be done together."""
        return self.kind, id(self.images), tuple(part.shape for part in self.batches)

    def alone(self) -> tuple[State, dict[str, float]]:
        """Take the steps; return the variables after them, and the metrics so far."""
        arguments = (self.state, self.images, self.batches)
        run = program(self.kind, self.function, arguments, donated=True)
        state, logs = run(*arguments)
        return state, {name: float(value) for name, value in logs.items()}

    def function(self) -> Callable[..., Any]:
        """Return the function that takes the steps, to be compiled."""
        indices, labels, _ = self.batches
        _build(self.learner, indices[0], labels[0])
        return _epoch(self.learner)

    def together(
        self, others: Sequence[EpochWork], size: int
    ) -> list[tuple[State, dict[str, float]]]:
        """Take the steps of several trainings in one call, as `Work.together` says."""
        works = [self, *others]
        most = min(size, _most.get(self.kind, size))
        results = []
        for start in range(0, len(works), most):
            results += _at_once(works[start : start + most], most)
        return results


_most: dict[Hashable, int] = {}
"""How many trainings of a kind the memory takes at once, where it is known."""


def _at_once(works: Sequence[EpochWork], size: int) -> list[tuple[State, dict[str, float]]]:
    """Take the steps of trainings in one call, or in several if there is too little memory."""
    first = works[0]
    if size == 1:
        return [first.alone()]
    try:
        return _in_one_call(works, size)
    except Exception as error:
        used_up = any(array.is_deleted() for array in first.state[0])
        if "RESOURCE_EXHAUSTED" not in str(error) or used_up:
            raise
    _most[first.kind] = -(-size // 2)
    return first.together(works[1:], size)


def _in_one_call(works: Sequence[EpochWork], size: int) -> list[tuple[State, dict[str, float]]]:
    import jax

    first = works[0]
    states = [work.state for work in works]
    # In the place of trainings that have ended, the first one is done again for nothing: a program
    # for fewer would have to be compiled.
    spare = size - len(works)
    states += [jax.tree.map(lambda array: array.copy(), first.state) for _ in range(spare)]
    batches = [work.batches for work in works] + [first.batches] * spare
    stacked = tuple(np.stack(parts) for parts in zip(*batches, strict=True))
    arguments = (tuple(states), first.images, stacked)
    run = program((first.kind, size), lambda: _several(first.function()), arguments, donated=True)
    results, logs = run(*arguments)
    figures = {name: np.asarray(values) for name, values in logs.items()}
    return [
        (state, {name: float(values[place]) for name, values in figures.items()})
        for place, state in enumerate(results[: len(works)])
    ]


def scan_fit(
    learner: Learner,
    kind: Hashable,
    stage: Stage,
    batches: tuple[NDArray[np.int32], NDArray[np.int32]],
    callbacks: Sequence[keras.callbacks.Callback],
    *,
    average: RunningAverage | None,
    at_once: int,
    keeper: Keeper | None = None,
    skipped: int = 0,
) -> Steps[None]:
    """Train a stage as `fit` does, in calls of many steps.

    Args:
        learner: that trains; compiled, its network built.
        kind: what its steps depend on, as in `EpochWork`.
        stage: the stage.
        batches: the indices and the labels of its steps, each ``[epochs * steps, batch]``, without
            those that are skipped.
        callbacks: told of epochs, and after each call of the steps.
        average: of the weights; None for none.
        at_once: how many steps a call takes at most.
        keeper: has the metrics of an epoch that goes on; None if none is kept.
        skipped: the steps of the first epoch that were done before.
    """
    import jax

    order, labels = (np.asarray(part, np.int32) for part in batches)
    if learner.images is None:
        raise ValueError("`learner` must have its images on the device")
    if kind not in _metrics:
        _build(learner, order[0], labels[0])
        _metrics[kind] = [(each.shape, each.dtype) for each in learner.metrics_variables]
    for callback in callbacks:
        callback.set_model(learner)
        callback.set_params({"epochs": stage.epochs, "steps": stage.steps})
    learner.stop_training = False
    _tell(callbacks, "on_train_begin")
    if average is not None:
        average.begin()
    for epoch in range(stage.first, stage.first + stage.epochs):
        metrics = [jax.numpy.zeros(*each) for each in _metrics[kind]]
        if average is not None:
            average.hide()
        _tell(callbacks, "on_epoch_begin", epoch)
        if keeper is not None and keeper.metrics is not None:
            metrics = list(keeper.metrics)
        first = (epoch - stage.first) * stage.steps - skipped
        logs: dict[str, float] = {}
        for start, end in _calls(stage.steps, at_once, skipped if epoch == stage.first else 0):
            rows = slice(first + start, first + end)
            shares = np.zeros(end - start, np.float32)
            if average is not None:
                shares = average.shares(start, end)
            state, logs = yield EpochWork(
                (kind, average is not None),
                learner,
                _state(learner, metrics, average),
                learner.images.value,
                (order[rows], labels[rows], shares),
            )
            metrics = state[3]
            _put_back(learner, average, state)
            if keeper is not None:
                keeper.metrics = metrics
            _tell(callbacks, "on_train_batch_end", end - 1)
            if learner.stop_training:
                break
        if average is not None:
            average.show()
        _tell(callbacks, "on_epoch_end", epoch, logs)
        if learner.stop_training:
            break
    learner.optimizer.finalize_variable_values(learner.trainable_weights)


_metrics: dict[Hashable, list[tuple[Any, str]]] = {}
"""The shapes and types of the metrics of steps, by what these depend on."""


def _build(learner: Learner, indices: NDArray[Any], labels: NDArray[Any]) -> None:
    """Make the metrics' variables, as `fit` does before its first step."""
    learner._symbolic_build(data_batch=(indices, labels))


def _epoch(learner: Learner) -> Callable[..., Any]:
    """Return the function that takes steps, one after the other."""
    at = _place_of_images(learner)
    places = _places_of_weights(learner)

    def step(images: Any, state: State, batch: Any) -> tuple[State, Any]:
        learned, kept, optimizer, metrics, averages = state
        indices, labels, share = batch
        whole = [*kept[:at], images, *kept[at:]]
        logs, (learned, whole, optimizer, metrics) = learner.train_step(
            (learned, whole, optimizer, metrics), (indices, labels)
        )
        kept = [*whole[:at], *whole[at + 1 :]]
        groups = {True: learned, False: kept}
        averages = [
            average + (share * (groups[learns][place] - average)).astype(average.dtype)
            for average, (learns, place) in zip(averages, places, strict=False)
        ]
        return (list(learned), kept, list(optimizer), list(metrics), averages), logs

    def epoch(state: State, images: Any, batches: Any) -> tuple[State, Any]:
        import jax

        state, logs = jax.lax.scan(partial(step, images), state, batches)
        return state, {name: values[-1] for name, values in logs.items()}

    return epoch


def _several(epoch: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that takes the steps of several trainings at once."""

    def several(states: tuple[State, ...], images: Any, batches: Any) -> Any:
        import jax

        stacked = jax.tree.map(lambda *arrays: jax.numpy.stack(arrays), *states)
        stacked, logs = jax.vmap(epoch, in_axes=(0, None, 0))(stacked, images, batches)
        apart = [jax.tree.map(lambda array, n=n: array[n], stacked) for n in range(len(states))]
        return apart, logs

    return several


def _place_of_images(learner: Learner) -> int:
    """Return where the images are among the learner's variables that do not learn."""
    (at,) = (
        place
        for place, variable in enumerate(learner.non_trainable_variables)
        if variable is learner.images
    )
    return at


def _places_of_weights(learner: Learner) -> list[tuple[bool, int]]:
    """Return of each of the network's weights whether it learns, and its place among those."""
    groups = {True: learner.trainable_variables, False: _kept(learner)}
    places = {
        id(each): (learns, place)
        for learns, group in groups.items()
        for place, each in enumerate(group)
    }
    return [places[id(each)] for each in learner.network.weights]


def _kept(learner: Learner) -> list[Any]:
    return [each for each in learner.non_trainable_variables if each is not learner.images]


def _variables(learner: Learner) -> tuple[list[Any], ...]:
    return learner.trainable_variables, _kept(learner), learner.optimizer.variables


def _state(learner: Learner, metrics: list[Any], average: RunningAverage | None) -> State:
    learned, kept, optimizer = (
        [variable.value for variable in group] for group in _variables(learner)
    )
    return learned, kept, optimizer, metrics, list(average.values) if average is not None else []


def _put_back(learner: Learner, average: RunningAverage | None, state: State) -> None:
    for variables, values in zip(_variables(learner), state, strict=False):
        assign(variables, values)
    if average is not None:
        average.values = list(state[-1])


def _calls(steps: int, most: int, skipped: int = 0) -> list[tuple[int, int]]:
    """Return where each call of an epoch begins, and where it ends: before which step.

    All are equally long if that takes no more than twice as many calls as are needed. Steps that
    are ``skipped`` were done before.

    Example:
        >>> _calls(100, 64), _calls(7, 4)
        ([(0, 50), (50, 100)], [(0, 4), (4, 7)])
    """
    fewest = -(-steps // most)
    even = next((count for count in range(fewest, 2 * fewest + 1) if steps % count == 0), fewest)
    length = -(-steps // even)
    calls = [(start, min(start + length, steps)) for start in range(0, steps, length)]
    return [(max(start, skipped), end) for start, end in calls if end > skipped]


def _tell(callbacks: Sequence[keras.callbacks.Callback], event: str, *arguments: Any) -> None:
    for callback in callbacks:
        getattr(callback, event)(*arguments)
