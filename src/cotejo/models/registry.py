"""The registry: every model by name, with the options that a study may vary."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cotejo.config import MODEL_OPTIONS, MODELS, Settings
from cotejo.config.checking import checked
from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean, message

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = [
    "ModelFamily",
    "build_model",
    "check_options",
    "model_families",
    "model_family",
    "register",
    "unregister",
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
    def ships(self) -> bool:
        """Whether it is one of Cotejo's own, whose name and options say what it is."""
        return self.name in MODELS

    @property
    def description(self) -> str:
        """The first line of the builder's docstring."""
        return (inspect.getdoc(self.build) or "").partition("\n")[0]


def register(name: str) -> Callable[[Callable[..., keras.Model]], Callable[..., keras.Model]]:
    """Register the decorated builder under ``name``, so that studies can train its networks.

    The builder is called as ``build(image_shape, num_classes, **options)``. It returns a network
    from pixels ``[batch, height, width, channels]`` in ``[0, 255]`` to logits
    ``[batch, num_classes]``, without a softmax. Its keyword-only arguments are its options, each
    with a default. Those that are called as a setting is (`cotejo.config.MODEL_OPTIONS`:
    ``dropout``, ``width`` …) can be given in a study; the others keep their defaults.

    A name of your own may be registered anew, as when a notebook's cell is run again. What the
    builder returns is part of the key of a run: a network that is another is trained again.
    What can't be seen is code that its own layers call from other modules than theirs.

    Args:
        name: what studies call the model.

    Raises:
        ConfigError: the name is that of a model that ships, an option has no default, or its
            default is none that the setting of that name takes.

    Example:
        >>> from cotejo.backend import keras
        >>> from cotejo.models import build_model, register
        >>> @register("one-layer")
        ... def one_layer(image_shape, num_classes, *, dropout=0.0):
        ...     pixels = keras.Input(image_shape)
        ...     x = keras.layers.Rescaling(1 / 255)(pixels)
        ...     x = keras.layers.Dropout(dropout)(keras.layers.Flatten()(x))
        ...     return keras.Model(pixels, keras.layers.Dense(num_classes)(x))
        >>> build_model("one-layer", (8, 8, 1), 10, dropout=0.5).count_params()
        650
        >>> unregister("one-layer")
    """

    def add(build: Callable[..., keras.Model]) -> Callable[..., keras.Model]:
        if name in MODELS and name in _families:
            raise ConfigError("model_ships", model=name)
        _families[name] = ModelFamily(name, build, _options(name, build))
        return build

    return add


def unregister(name: str) -> None:
    """Take a model of your own out again.

    Raises:
        ConfigError: there is no such model, or it is one that ships.
    """
    model_family(name)
    if name in MODELS:
        raise ConfigError("model_ships", model=name)
    del _families[name]


def _options(name: str, build: Callable[..., keras.Model]) -> dict[str, Any]:
    """Return a builder's options with their defaults."""
    options = {
        parameter.name: parameter.default
        for parameter in inspect.signature(build).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    for option, default in options.items():
        if default is inspect.Parameter.empty:
            raise ConfigError("option_without_default", model=name, option=option)
    given = {option: options[option] for option in MODEL_OPTIONS if option in options}
    checked(Settings, given, message("errors.of_model", name=name))
    return options


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
            where="",
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
                where="",
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
        ConfigError: the model or an option is unknown, the images are too small for it, or a
            builder of the user's returns no network for them.

    Example:
        >>> build_model("cnn3", (32, 32, 3), 10).count_params()
        122570
    """
    check_options(name, options)
    family = model_family(name)
    try:
        network = family.build(image_shape, num_classes, **options)
    except ValueError as error:
        # Keras's own words for a valid convolution that nothing is left for.
        if "negative" not in str(error) and "must be positive" not in str(error):
            raise
        raise ConfigError(
            "image_too_small", model=name, where="", shape=list(image_shape)
        ) from error
    if not family.ships:
        _check_network(name, network, image_shape, num_classes)
    return network


def _check_network(
    name: str, network: Any, image_shape: tuple[int, int, int], num_classes: int
) -> None:
    """Refuse what a user's builder returns where it is no network for these images."""
    from cotejo.backend import keras

    received = type(network).__name__
    if isinstance(network, keras.Model):
        if network.input_shape == (None, *image_shape) and network.output_shape == (
            None,
            num_classes,
        ):
            return
        received = f"{network.input_shape} → {network.output_shape}"
    expected = f"{(None, *image_shape)} → {(None, num_classes)}"
    raise ConfigError("not_a_network", model=name, where="", expected=expected, received=received)
