"""The settings that a network brings along because its author compiled it."""

from __future__ import annotations

from typing import Any

from cotejo.backend import keras, ops
from cotejo.config import LEARNING_RATES

__all__ = ["compiled_settings"]

_ENTROPIES = (
    "categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy",
    "categoricalcrossentropy", "sparsecategoricalcrossentropy", "binarycrossentropy",
)  # fmt: skip


def compiled_settings(network: keras.Model) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the settings that a compiled network asks for, and what of it can't be followed.

    The settings are its optimizer, with its learning rate, momentum and weight decay, and the
    smoothing of the labels in its loss. What can't be followed is named as in
    `cotejo.models.own.adapting.CHANGES`: an optimizer that Cotejo does not have by name, or a loss
    other than cross-entropy. Its metrics are not looked at: Cotejo has its own.

    Args:
        network: as the user's code returns it; one that is not compiled asks for nothing.

    Example:
        >>> network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
        >>> network.compile(keras.optimizers.SGD(0.5), "mse")
        >>> compiled_settings(network)
        ({'optimizer': 'sgd', 'learning_rate': 0.5, 'momentum': 0.0}, ('compiled_loss',))
    """
    optimizer = getattr(network, "optimizer", None)
    if optimizer is None or not getattr(network, "compiled", False):
        return {}, ()
    found: dict[str, Any] = {}
    left: list[str] = []
    name = type(optimizer).__name__.lower()
    # Keras's Muon is another one than Cotejo's.
    if name in LEARNING_RATES and name != "muon":
        rate = optimizer._learning_rate
        scheduled = isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)
        found |= {
            "optimizer": name,
            "learning_rate": LEARNING_RATES[name] if scheduled else _short(rate),
        }
        if name == "sgd":
            found["momentum"] = float(optimizer.momentum)
        if getattr(optimizer, "weight_decay", None):
            found["weight_decay"] = float(optimizer.weight_decay)
        if scheduled or _has_details(optimizer):
            left.append("compiled_details")
    else:
        left.append("compiled_optimizer")
    loss = getattr(network, "loss", None)
    if smoothing := getattr(loss, "label_smoothing", 0.0):
        found["label_smoothing"] = float(smoothing)
    words = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    if loss is not None and str(words).lower() not in _ENTROPIES:
        left.append("compiled_loss")
    return found, tuple(left)


def _has_details(optimizer: Any) -> bool:
    """Whether an optimizer has arguments that no setting of Cotejo's stands for."""
    taken = {"name", "learning_rate", "momentum", "weight_decay"}
    usual = type(optimizer)().get_config()
    if isinstance(optimizer, keras.optimizers.SGD):
        usual["nesterov"] = bool(optimizer.momentum)  # which Cotejo's momentum is
        taken |= set() if optimizer.momentum else {"nesterov"}
    config = optimizer.get_config()
    return any(config[key] != value for key, value in usual.items() if key not in taken)


def _short(rate: Any) -> float:
    """Return a rate in float32 as the number that its author wrote."""
    return float(f"{float(ops.convert_to_numpy(rate)):.6g}")
