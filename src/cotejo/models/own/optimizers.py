"""An optimizer and a schedule of the user's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from cotejo.backend import keras, ops
from cotejo.config import Settings
from cotejo.errors import ConfigError
from cotejo.models.own.executing import saying_where
from cotejo.models.own.parts import named_in, of_another_kind

__all__ = ["own_optimizer", "own_schedule"]


def own_optimizer(settings: Settings, learning_rate: Any) -> keras.optimizers.Optimizer:
    """Return the optimizer that the user's own code makes.

    It is called with ``learning_rate``, ``momentum`` and ``weight_decay``, those that the settings
    give and none of the others.

    Args:
        settings: that name it.
        learning_rate: a number or a schedule; None leaves it to the optimizer.

    Raises:
        ConfigError: it does not take what the settings give, or it is no optimizer.
    """
    source, thing = named_in(settings, settings.optimizer)
    given = {
        "learning_rate": learning_rate,
        "momentum": settings.momentum,
        "weight_decay": settings.weight_decay or None,
    }
    given = {name: value for name, value in given.items() if value is not None}
    if isinstance(thing, keras.optimizers.Optimizer):
        thing = _copied(thing)
    with saying_where(source):
        taken = _parameters(thing)
        for name in given:
            if taken is not None and name not in taken:
                raise ConfigError("own_does_not_take", name=settings.optimizer, setting=name)
        optimizer = thing(**given)
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise of_another_kind(settings.optimizer, "keras.optimizers.Optimizer", optimizer)
    return optimizer


def own_schedule(settings: Settings, steps: int) -> Any:
    """Return the learning rates that the user's own code gives to the steps of a training.

    It is one of Keras's schedules; or it is called with the highest rate and the number of steps,
    and returns one of those, or a function of the step.

    Raises:
        ConfigError: it returns something else, or no learning rate is given.
    """
    source, thing = named_in(settings, settings.schedule)
    if isinstance(thing, keras.optimizers.schedules.LearningRateSchedule):
        return thing
    if settings.learning_rate is None:
        raise ConfigError("own_schedule_rate", name=settings.schedule)
    with saying_where(source):
        made = thing(settings.learning_rate, steps)
    if isinstance(made, keras.optimizers.schedules.LearningRateSchedule | float | int):
        return made
    if callable(made):
        return _Schedule(made)
    raise of_another_kind(settings.schedule, "LearningRateSchedule", made)


class _Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule that is a function of the step."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        super().__init__()
        self.function = function

    def __call__(self, step: Any) -> Any:
        return self.function(ops.cast(step, "float32"))

    def get_config(self) -> dict[str, Any]:
        return {"function": self.function}


def _copied(optimizer: keras.optimizers.Optimizer) -> Callable[..., Any]:
    config = optimizer.get_config()
    return lambda **given: type(optimizer).from_config({**config, **given})


def _parameters(thing: Callable[..., Any]) -> set[str] | None:
    """Return the names that a call takes; None if it takes any."""
    parameters = inspect.signature(thing).parameters
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
        return None
    return set(parameters)
