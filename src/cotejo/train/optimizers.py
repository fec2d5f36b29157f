"""Optimizers and learning-rate schedules, by the names that studies use."""

from __future__ import annotations

from typing import Any

from cotejo.backend import keras, ops
from cotejo.config import Settings, file_of
from cotejo.errors import ConfigError
from cotejo.models.own.optimizers import own_optimizer, own_schedule
from cotejo.train.muon import Muon

__all__ = ["OneCycle", "build_optimizer", "build_schedule"]


@keras.saving.register_keras_serializable("cotejo")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Rises linearly from a twentieth of the highest rate to the highest, then falls to zero.

    Args:
        highest: the highest rate.
        steps: the steps of the whole training.
        warmup: the share of the steps in which the rate rises.

    References:
        Smith and Topin 2017 (arXiv 1708.07120), in the triangular form of the CIFAR-10 speed
        records.

    Example:
        >>> float(OneCycle(1.0, steps=100, warmup=0.2)(20))
        1.0
    """

    def __init__(self, highest: float, steps: int, warmup: float = 0.2) -> None:
        super().__init__()
        self.highest = highest
        self.steps = steps
        self.warmup = warmup

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of ``step``, counted from 0."""
        done = ops.cast(step, "float32") / self.steps
        up = 0.05 + 0.95 * done / self.warmup
        down = (1.0 - done) / (1.0 - self.warmup)
        return self.highest * ops.maximum(ops.minimum(up, down), 0.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {"highest": self.highest, "steps": self.steps, "warmup": self.warmup}


def build_schedule(name: str, learning_rate: float, steps: int) -> Any:
    """Return a learning rate or a schedule over a training of ``steps`` steps.

    Args:
        name: ``constant``; ``cosine``, half a cosine wave down to zero; ``linear``, a straight
            line down to zero; ``one-cycle``, `OneCycle`; ``step``, a tenth of the rate after half
            of the steps and a hundredth after three quarters.
        learning_rate: the highest rate.
        steps: the steps of the whole training.
    """
    schedules = keras.optimizers.schedules
    if name == "constant":
        return learning_rate
    if name == "cosine":
        return schedules.CosineDecay(learning_rate, steps)
    if name == "linear":
        return schedules.PolynomialDecay(learning_rate, steps, end_learning_rate=0.0)
    if name == "one-cycle":
        return OneCycle(learning_rate, steps)
    if name == "step":
        rates = [learning_rate, learning_rate / 10, learning_rate / 100]
        return schedules.PiecewiseConstantDecay([steps // 2, steps * 3 // 4], rates)
    raise ValueError(f"`name` must be a known schedule; received {name!r}")


def build_optimizer(settings: Settings, steps: int) -> keras.optimizers.Optimizer:
    """Return the optimizer that ``settings`` name, for a training of ``steps`` steps.

    Example:
        >>> build_optimizer(Settings(optimizer="sgd").resolved(), 100).nesterov
        True
    """
    if file_of(settings.schedule):
        rate = own_schedule(settings, steps)
    elif settings.learning_rate is not None:
        rate = build_schedule(settings.schedule, settings.learning_rate, steps)
    elif file_of(settings.optimizer) and settings.schedule == "constant":
        rate = None  # the optimizer's own
    elif file_of(settings.optimizer):
        raise ConfigError("own_schedule_rate", name=settings.schedule)
    else:
        raise ValueError("`settings` must be resolved: it has no learning rate")
    if file_of(settings.optimizer):
        return own_optimizer(settings, rate)
    common: dict[str, Any] = {"learning_rate": rate, "weight_decay": settings.weight_decay or None}
    if settings.momentum is not None:
        common["momentum"] = settings.momentum
    if settings.optimizer == "sgd":
        return keras.optimizers.SGD(nesterov=True, **common)
    classes = {
        "muon": Muon,
        "adam": keras.optimizers.Adam,
        "adamw": keras.optimizers.AdamW,
        "nadam": keras.optimizers.Nadam,
        "rmsprop": keras.optimizers.RMSprop,
        "adagrad": keras.optimizers.Adagrad,
    }
    if settings.optimizer == "adamw":
        common["weight_decay"] = settings.weight_decay
    return classes[settings.optimizer](**common)
