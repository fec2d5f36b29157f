"""The engine for JAX: many steps of a training in one compiled call, for one seed or for several.

Keras's `fit` calls the device once for every step. Where a step takes a fraction of a millisecond,
as on an accelerator, the calls take longer than the steps.
"""

from __future__ import annotations

import math
import os
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import accelerated, keras
from cotejo.config import Settings
from cotejo.errors import ConfigError
from cotejo.train.averaging import RunningAverage, assign
from cotejo.train.epoch_work import EpochWork, State, build_metrics, kept_variables
from cotejo.train.epochs import EpochValidator
from cotejo.train.learner import Learner
from cotejo.train.programs import remembered
from cotejo.train.stages import Stage
from cotejo.train.work import Steps

if TYPE_CHECKING:
    from cotejo.train.resuming import Keeper

__all__ = ["can_scan", "scan_fit", "steps_at_once"]

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


def scan_fit(
    learner: Learner,
    kind: Hashable,
    stage: Stage,
    batches: tuple[NDArray[np.int32], NDArray[np.int32]],
    validator: EpochValidator,
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
        validator: told of epochs, and after each call of the steps; it leaves its own work to
            whoever drives the training.
        callbacks: told of the same, after the validator.
        average: of the weights; None for none.
        at_once: how many steps a call takes at most.
        keeper: has the metrics of an epoch that goes on; None if none is kept.
        skipped: the steps of the first epoch that were done before.
    """
    import jax

    order, labels = (np.asarray(part, np.int32) for part in batches)
    if learner.images is None:
        raise ValueError("`learner` must have its images on the device")

    def metrics_made() -> list[tuple[Any, str]]:
        build_metrics(learner, order[0], labels[0])
        return [(each.shape, each.dtype) for each in learner.metrics_variables]

    shapes = remembered(("metrics", kind), metrics_made)
    every = [validator, *callbacks]
    for callback in every:
        callback.set_model(learner)
        callback.set_params({"epochs": stage.epochs, "steps": stage.steps})
    learner.stop_training = False
    _tell(every, "on_train_begin")
    if average is not None:
        average.begin()
    for epoch in range(stage.first, stage.first + stage.epochs):
        metrics = [jax.numpy.zeros(*each) for each in shapes]
        if average is not None:
            average.hide()
        _tell(every, "on_epoch_begin", epoch)
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
            _tell(every, "on_train_batch_end", end - 1)
            if learner.stop_training:
                break
        if average is not None:
            average.show()
        yield from validator.ended(epoch, logs)
        _tell(callbacks, "on_epoch_end", epoch, logs)
        if learner.stop_training:
            break
    learner.optimizer.finalize_variable_values(learner.trainable_weights)


def _variables(learner: Learner) -> tuple[list[Any], ...]:
    return learner.trainable_variables, kept_variables(learner), learner.optimizer.variables


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
