"""A model's network, built by name, and the options that are given for it.

Nothing here loads Keras before a network is built, so that a mistake in a study is found at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cotejo.config.checking import unknown_key
from cotejo.config.layer_list import MODEL as LAYERS
from cotejo.config.options import COMMON_OPTIONS, Options
from cotejo.config.settings import Settings
from cotejo.errors import ConfigError
from cotejo.models.own.executing import is_too_small
from cotejo.models.registry import ModelFamily, model_families, model_family, model_groups

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["build_model", "check_options"]


def check_options(model: str | ModelFamily, options: Mapping[str, Any], where: str = "") -> Options:
    """Check options against the signature of a model's builder.

    Args:
        model: it, or its name.
        options: those given.
        where: the table that gives the model, in words; `Options` know the table of each option.

    Returns:
        The options as the model takes them: a whole number is a real one where that is its type.

    Raises:
        ConfigError: the model is unknown, it has no option of a name, or a value is of the wrong
            type or out of range.

    Example:
        >>> dict(check_options("cnn3", {"dropout": 0}))
        {'dropout': 0.0}
    """
    family = model_family(model, where) if isinstance(model, str) else model
    given = options if isinstance(options, Options) else Options(options)
    for option in given.left_out:
        # A record has None for the options of other models.
        if not _is_known(option):
            raise _unknown(family, option, family.defaults, given.place(option), where)
    checked = {}
    for option, value in given.items():
        if option not in family.defaults:
            raise _unknown(family, option, family.defaults, given.place(option), where)
        checked[option] = family.options[option].checked(value, given.place(option) or where)
    return given.replaced(checked)


def _is_known(option: str) -> bool:
    """Return whether any model has an option of this name that a study can give."""
    families = [*model_families(), *model_groups()]
    return option in COMMON_OPTIONS or any(option in family.defaults for family in families)


def _unknown(
    family: ModelFamily,
    option: str,
    known: Iterable[str],
    place: str | None = None,
    where: str = "",
) -> ConfigError:
    """Return the error about an option that a model does not have.

    Args:
        family: the model.
        option: the name that is given.
        known: the names that can be given here.
        place: the table in which the option is written, in words; None if nobody said.
        where: the table that gives the model, in words.
    """
    if place is not None and not _is_known(option):
        # Nobody's option, so that it was meant for a setting perhaps.
        known_here = ("recipe", *Settings.names(), *family.defaults, LAYERS)
        return unknown_key(option, tuple(dict.fromkeys(known_here)), place)
    return ConfigError(
        "unknown_model_option",
        model=family.name,
        where=f" ({where})" if where else "",
        option=option,
        options=", ".join(known) or "-",
    )


def build_model(
    model: str | ModelFamily, image_shape: tuple[int, int, int], num_classes: int, **options: Any
) -> keras.Model:
    """Build a network.

    Args:
        model: it, or its name.
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        **options: what differs from the model's own defaults. Any option of the builder can be
            given here, also one that a study can't give; a builder of your own gets None as well.

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
    family = model_family(model) if isinstance(model, str) else model
    given = {option: _argument(family, option, value) for option, value in options.items()}
    try:
        network = family.build(image_shape, num_classes, **given)
    except ValueError as error:
        if not is_too_small(error):
            raise
        raise ConfigError(
            "image_too_small", model=family.name, where="", shape=list(image_shape)
        ) from error
    if not family.ships and not family.adapts:
        # Deferred, as all that needs Keras is.
        from cotejo.models.own.adapting import adapted

        network = adapted(network, image_shape, num_classes, family.name)
    return network


def _argument(family: ModelFamily, option: str, value: Any) -> Any:
    """Return a value as a builder takes it; what a study can't give is left as it is."""
    if option not in family.options:
        raise _unknown(family, option, family.options)
    declared = family.options[option]
    if declared.kind is None or (value is None and not family.ships):
        return value
    return declared.checked(value, "")
