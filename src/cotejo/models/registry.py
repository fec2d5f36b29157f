"""The registry: every model by name, with the options that a study may vary."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = [
    "ModelFamily",
    "build_model",
    "check_options",
    "model_families",
    "model_family",
    "register",
]

_families: dict[str, ModelFamily] = {}


@dataclass(frozen=True)
class ModelFamily:
    """A model that can be built by name.

    Attributes:
        name: what studies call it.
        build: ``build(image_shape, num_classes, **options)`` returns the network.
        options: the options it takes and their defaults.
    """

    name: str
    build: Callable[..., keras.Model]
    options: dict[str, Any]

    @property
    def description(self) -> str:
        """The first line of the builder's docstring."""
        return (inspect.getdoc(self.build) or "").partition("\n")[0]


def register(name: str) -> Callable[[Callable[..., keras.Model]], Callable[..., keras.Model]]:
    """Register the decorated builder under ``name``; its keyword-only arguments are options.

    Raises:
        ValueError: the name is taken.
    """

    def add(build: Callable[..., keras.Model]) -> Callable[..., keras.Model]:
        if name in _families:
            raise ValueError(f"a model named {name!r} is registered already")
        options = {
            parameter.name: parameter.default
            for parameter in inspect.signature(build).parameters.values()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        _families[name] = ModelFamily(name, build, options)
        return build

    return add


def model_families() -> list[ModelFamily]:
    """Return every model, by name.

    Example:
        >>> [family.name for family in model_families()]
        ['airbench', 'airbench96', 'cnn', 'cnn2', 'cnn3', 'cnn7', 'mlp', 'wide-resnet']
    """
    return sorted(_families.values(), key=lambda family: family.name)


def model_family(name: str) -> ModelFamily:
    """Return the model named ``name``.

    Raises:
        ConfigError: there is none; the message lists those there are.
    """
    if name not in _families:
        raise ConfigError(
            "unknown_model",
            model=name,
            models=", ".join(sorted(_families)),
            hint=did_you_mean(name, _families),
        )
    return _families[name]


def check_options(name: str, options: dict[str, Any]) -> None:
    """Refuse options that the model named ``name`` does not take.

    Raises:
        ConfigError: the model is unknown, or has no option of that name.
    """
    family = model_family(name)
    for option in options:
        if option not in family.options:
            raise ConfigError(
                "unknown_model_option",
                model=name,
                option=option,
                options=", ".join(family.options) or "-",
            )


def build_model(
    name: str, image_shape: tuple[int, int, int], num_classes: int, **options: Any
) -> keras.Model:
    """Build a network by name.

    Args:
        name: the model's name.
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        **options: what differs from the model's own defaults.

    Returns:
        A network from pixels ``[batch, height, width, channels]`` in ``[0, 255]`` to logits
        ``[batch, num_classes]``, unnormalised, float32.

    Raises:
        ConfigError: the model or an option is unknown, or the images are too small for it.

    Example:
        >>> build_model("cnn3", (32, 32, 3), 10).count_params()
        122570
    """
    check_options(name, options)
    try:
        network = model_family(name).build(image_shape, num_classes, **options)
    except ValueError as error:
        # Keras's own words for a valid convolution that nothing is left for.
        if "negative" not in str(error) and "must be positive" not in str(error):
            raise
        raise ConfigError("image_too_small", model=name, shape=list(image_shape)) from error
    return network
