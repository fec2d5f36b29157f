"""What the models that ship fix in their code, for tables that set it beside others' options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["fixed_options"]

_FIXED: Mapping[str, Mapping[str, Any]] = {
    "mlp": {"activation": "relu"},
    "cnn": {"activation": "relu"},
    "cnn2": {"activation": "relu", "dropout": (0.3, 0.4)},
    "cnn3": {"activation": "relu"},
    "cnn7": {"kernel_size": (2, 3), "batch_norm": True},
    "airbench": {"kernel_size": (2, 3), "batch_norm": True},
    "airbench96": {"kernel_size": (2, 3), "batch_norm": True},
    "wide-resnet": {"kernel_size": 3, "batch_norm": True},
}
"""The values by model and by the name of the option that other models have for them.

A tuple holds the values of different layers, from the input on.
"""


def fixed_options(model: str) -> Mapping[str, Any]:
    """Return what a model has fixed of what is an option of others; nothing of an unknown model.

    A value given in its place, such as a rate for both dropout layers of `cnn2`, replaces it.

    Example:
        >>> fixed_options("cnn2")["dropout"], dict(fixed_options("mine"))
        ((0.3, 0.4), {})
    """
    return _FIXED.get(model, {})
