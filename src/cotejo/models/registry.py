"""The registry: every model by name, with the options that its builder declares.

Nothing here loads Keras before a network is built, so that a mistake in a study is found at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean, knows, message
from cotejo.models.signatures import Option, declared_options

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = [
    "ModelFamily",
    "find_model_family",
    "model_families",
    "model_family",
    "model_groups",
    "register",
    "shipped",
    "shipped_group",
    "unregister",
]

_families: dict[str, ModelFamily] = {}
_groups: dict[str, ModelFamily] = {}
"""The groups of models whose names begin alike, by that beginning: ``"keras:"``."""

Builder: TypeAlias = "Callable[..., keras.Model]"
"""``build(image_shape, num_classes, **options)``, which returns a network."""

WeightsIdentity: TypeAlias = Callable[..., str | None]
"""``weights(image_shape, **options)``: the SHA-256 of pretrained weights; None for random ones."""


@dataclass(frozen=True)
class ModelFamily:
    """A model that can be built by name.

    Attributes:
        name: what studies call it.
        build: ``build(image_shape, num_classes, **options)`` returns the network.
        options: what its signature says of each of its options, by name.
        ships: whether it is one of Cotejo's own, whose name and options say what it is.
        cited: whether a publication in ``report/topics/references/entries.toml`` describes it,
            which reports cite.
        weights: says which pretrained weights its networks start from. Such a network has a
            backbone, which is frozen at first; a training thaws it after ``unfreeze`` epochs. None
            for models that always start from random weights.
        doc: what it is, in a sentence, where the builder's docstring does not say it.
        adapts: whether its builder makes of a user's network one that can be trained itself.
    """

    name: str
    build: Builder
    options: Mapping[str, Option]
    ships: bool
    cited: bool = False
    weights: WeightsIdentity | None = None
    doc: str = ""
    adapts: bool = False

    def is_pretrained(self, options: Mapping[str, Any]) -> bool:
        """Return whether a network with these options starts from pretrained weights."""
        return self.weights is not None and options.get("weights") != "none"

    @property
    def defaults(self) -> dict[str, Any]:
        """The defaults of the options that a study can give, by name."""
        options = self.options.items()
        return {name: option.default for name, option in options if option.kind is not None}

    @property
    def description(self) -> str:
        """What the model is, in a sentence in the current language.

        It is in the catalogue ``locales/<language>/models.toml``. Where that has none, as for a
        model of the user's own, it is the first line of the builder's docstring.
        """
        key = f"models.{self.name.partition(':')[0]}"
        if knows(key):
            return message(key)
        return self.doc or (inspect.getdoc(self.build) or "").partition("\n")[0]


def register(name: str) -> Callable[[Builder], Builder]:
    """Register the decorated builder under ``name``, so that studies can train its networks.

    The builder is called as ``build(image_shape, num_classes, **options)``. It returns a network
    from pixels ``[batch, height, width, channels]`` in ``[0, 255]`` to logits
    ``[batch, num_classes]``, without a softmax. Its keyword-only arguments are its options, each
    with a default. A study can give and vary them as it does a setting, where their values are
    numbers, texts, and true or false. An annotation says which values an option takes, such as
    ``Annotated[int, Field(ge=1)]`` or ``Literal["mean", "max"]``; without one it takes values of
    the type of its default.

    A report calls an option by its name, and has words for the names that several models share:
    ``initializer``, ``convolutions``, ``kernel_size``, ``width``, ``activation``, ``dropout``,
    ``batch_norm`` and ``whitening``. Give an option of your own one of these names only if it
    means the same.

    A name of your own may be registered again, as when a notebook's cell is run again. The network
    that the builder returns is part of a run's key, so that a different network is trained again.
    A change in code that its layers call from other modules than their own is not noticed.

    Args:
        name: what studies call the model.

    Raises:
        ConfigError: the name is that of a model that ships, an option has no default, or its type
            does not take its default.

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

    def add(build: Builder) -> Builder:
        known = find_model_family(name)
        if known is not None and known.ships:
            raise ConfigError("model_ships", model=name)
        _families[name] = ModelFamily(name, build, declared_options(name, build), ships=False)
        return build

    return add


def shipped(
    name: str, *, cited: bool = True, weights: WeightsIdentity | None = None
) -> Callable[[Builder], Builder]:
    """Register the decorated builder as one of Cotejo's own.

    No other model can take its name. The keys of its runs hold its name and its options, so that a
    change of what it builds raises `cotejo.study.keys.TRAINING_CODE`.

    Args:
        name: what studies call the model.
        cited: whether a publication describes it. That has an entry in
            ``report/topics/references/entries.toml``, and reports cite it.
        weights: says which pretrained weights its networks start from; None if from none.

    Raises:
        ConfigError: another model has this name.
    """

    def add(build: Builder) -> Builder:
        if name in _families and not _is_same(_families[name].build, build):
            raise ConfigError("model_ships", model=name)
        options = declared_options(name, build)
        _families[name] = ModelFamily(
            name, build, options, ships=True, cited=cited, weights=weights
        )
        return build

    return add


def shipped_group(prefix: str, *, weights: WeightsIdentity) -> Callable[[Builder], Builder]:
    """Register the decorated builder for all names that begin with ``prefix``.

    The builder is called as ``build(rest, image_shape, num_classes, **options)``, where ``rest`` is
    what follows the prefix. It says itself which names there are, once it is called: nobody needs
    to load Keras to ask.

    Args:
        prefix: it ends in a colon.
        weights: as in `shipped`, called with the rest of the name before its other arguments.
    """

    def add(build: Builder) -> Builder:
        options = declared_options(prefix, build)
        _groups[prefix] = ModelFamily(prefix, build, options, ships=True, weights=weights)
        return build

    return add


def _is_same(build: Builder, other: Builder) -> bool:
    """Return whether two builders are one function, of a module that was loaded twice perhaps."""
    return (build.__module__, build.__qualname__) == (other.__module__, other.__qualname__)


def unregister(name: str) -> None:
    """Remove a model of your own from the registry.

    Raises:
        ConfigError: there is no such model, or it is one that ships.
    """
    if model_family(name).ships:
        raise ConfigError("model_ships", model=name)
    del _families[name]


def model_families() -> list[ModelFamily]:
    """Return every model, by name.

    Example:
        >>> {"cnn3", "mlp", "wide-resnet"} <= {family.name for family in model_families()}
        True
    """
    return sorted(_families.values(), key=lambda family: family.name)


def model_groups() -> list[ModelFamily]:
    """Return the groups of models, each under the beginning of its names.

    Example:
        >>> [group.name for group in model_groups()]
        ['keras:']
    """
    return sorted(_groups.values(), key=lambda group: group.name)


def find_model_family(name: str) -> ModelFamily | None:
    """Return the model named ``name``; None if there is none.

    Of a group, any name is taken: whether there is such a model shows when it is built.

    Example:
        >>> find_model_family("keras:MobileNetV2").name, find_model_family("MobileNetV2")
        ('keras:MobileNetV2', None)
    """
    if name in _families:
        return _families[name]
    prefix, colon, rest = name.partition(":")
    group = _groups.get(prefix + colon)
    if group is None or not rest.isidentifier():
        return None
    weights = partial(group.weights, rest) if group.weights is not None else None
    return replace(group, name=name, build=partial(group.build, rest), weights=weights)


def model_family(name: str, where: str = "") -> ModelFamily:
    """Return the model named ``name``.

    Args:
        name: the model's.
        where: the table that names it, in words, for an error.

    Raises:
        ConfigError: there is none; the message lists those there are.
    """
    family = find_model_family(name)
    if family is None:
        raise ConfigError(
            "unknown_model",
            model=name,
            where=f" ({where})" if where else "",
            models=", ".join(
                [*sorted(_families), *(f"{prefix}NAME" for prefix in sorted(_groups))]
            ),
            hint=did_you_mean(name, _families),
        )
    return family
