"""The steps of a training as one call of the device, by themselves or with those of other seeds."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.train.learner import Learner
from cotejo.train.programs import fewer_at_once, most_at_once, program, ran_out

__all__ = ["EpochWork", "State", "build_metrics", "kept_variables"]

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
        build_metrics(self.learner, indices[0], labels[0])
        return _epoch(self.learner)

    def together(
        self, others: Sequence[EpochWork], size: int
    ) -> list[tuple[State, dict[str, float]]]:
        """Take the steps of several trainings in one call, as `Work.together` says."""
        works = [self, *others]
        most = min(size, most_at_once(self.kind))
        results = []
        for start in range(0, len(works), most):
            results += _at_once(works[start : start + most], most)
        return results

    def timed(self, size: int) -> tuple[EpochWork, float]:
        """Take the steps in each place of a call for several trainings, and time the call.

        Returns:
            The same steps from where the training is now, and the seconds.
        """
        started = time.perf_counter()
        ((state, _),) = [self.alone()] if size == 1 else _in_one_call([self], size)
        return replace(self, state=state), time.perf_counter() - started


def _at_once(works: Sequence[EpochWork], size: int) -> list[tuple[State, dict[str, float]]]:
    """Take the steps of trainings in one call, or in several if there is too little memory."""
    first = works[0]
    if size == 1:
        return [first.alone()]
    try:
        return _in_one_call(works, size)
    except Exception as error:
        used_up = any(array.is_deleted() for array in first.state[0])
        if not ran_out(error) or used_up:
            raise
    fewer_at_once(first.kind, -(-size // 2))
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


def build_metrics(learner: Learner, indices: NDArray[Any], labels: NDArray[Any]) -> None:
    """Make the metrics' variables, as `fit` does before its first step."""
    learner._symbolic_build(data_batch=(indices, labels))


def kept_variables(learner: Learner) -> list[Any]:
    """Return the learner's variables that do not learn, but for its images."""
    return [each for each in learner.non_trainable_variables if each is not learner.images]


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
    groups = {True: learner.trainable_variables, False: kept_variables(learner)}
    places = {
        id(each): (learns, place)
        for learns, group in groups.items()
        for place, each in enumerate(group)
    }
    return [places[id(each)] for each in learner.network.weights]
