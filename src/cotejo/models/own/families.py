"""A network of the user's own as a model like any other: what builds it, and its options."""

from __future__ import annotations

import inspect
import tempfile
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cotejo.config import Settings
from cotejo.config.sources import Source, file_of, name_in
from cotejo.errors import ConfigError, OutputError
from cotejo.models.own.definitions import definition
from cotejo.models.own.executing import named, saying_where
from cotejo.models.registry import ModelFamily, model_family
from cotejo.models.signatures import Option, option_of, required

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["family_of"]

_SHAPES = ("image_shape", "input_shape", "img_shape", "shape", "forma", "forma_entrada")
_COUNTS = (
    "num_classes", "n_classes", "nb_classes", "classes", "num_clases", "n_clases", "clases",
)  # fmt: skip
"""What people call the two arguments that every network has: the images' shape, how many classes.
"""


def family_of(settings: Settings, where: str = "") -> ModelFamily:
    """Return the model of settings: one by name, or a network of the user's own.

    Args:
        settings: with the files that they name.
        where: the table that names it, in words, for an error.

    Raises:
        ConfigError: there is no such model; its file does not define it, or it wants arguments
            that nobody can give.

    Example:
        >>> family_of(Settings(model="cnn3")).name
        'cnn3'
    """
    source = settings.sources.get(file_of(settings.model) or settings.model)
    if source is None:
        return model_family(settings.model, where)
    if source.is_model:
        return ModelFamily(
            settings.model, partial(_saved, source), _saved_options(), ships=False, adapts=True
        )
    if source.build is not None:
        signature, build = inspect.signature(source.build), source.build
        doc = (inspect.getdoc(build) or "").partition("\n")[0]
        made: Callable[[], Any] = lambda: build  # noqa: E731
    else:
        name = name_in(settings.model)
        defined = definition(source, name, where)
        signature, doc = defined.signature, defined.doc
        made = partial(named, source, name)
    options = _options(settings.model, signature, where)
    builder = partial(_built, source, settings.model, made)
    return ModelFamily(settings.model, builder, options, ships=False, doc=doc, adapts=True)


def _built(
    source: Source,
    model: str,
    made: Callable[[], Any],
    image_shape: tuple[int, int, int],
    num_classes: int,
    **options: Any,
) -> keras.Model:
    with warnings.catch_warnings():
        # Courses write the shape into the first layer; Keras would like an `Input` before it.
        warnings.filterwarnings("ignore", "Do not pass an `input_shape`", UserWarning)
        return _made(source, model, made, image_shape, num_classes, options)


def _made(
    source: Source,
    model: str,
    made: Callable[[], Any],
    image_shape: tuple[int, int, int],
    num_classes: int,
    options: Mapping[str, Any],
) -> keras.Model:
    from cotejo.backend import keras
    from cotejo.models.own.adapting import adapted

    thing = made()
    with saying_where(source):
        if callable(thing) and not isinstance(thing, keras.Model):
            thing = _called(thing, image_shape, num_classes, options)
        return adapted(thing, image_shape, num_classes, model)


def _called(
    build: Callable[..., Any],
    image_shape: tuple[int, int, int],
    num_classes: int,
    options: Mapping[str, Any],
) -> Any:
    roles = _roles(inspect.signature(build))
    given = {"shape": image_shape, "classes": num_classes}
    return build(**{name: given[role] for name, role in roles.items()}, **options)


def _roles(signature: inspect.Signature) -> dict[str, str]:
    """Return which parameters take the images' shape and the number of classes.

    They are known by what people call them. Where they are called otherwise, the parameters
    without a default are they, in this order.
    """
    named_as = {"shape": _SHAPES, "classes": _COUNTS}
    roles: dict[str, str] = {}
    for role, names in named_as.items():
        for name in names:
            if name in signature.parameters and role not in roles.values():
                roles[name] = role
    left = [role for role in named_as if role not in roles.values()]
    for name in required(signature):
        if name not in roles and left:
            roles[name] = left.pop(0)
    return roles


def _options(model: str, signature: inspect.Signature, where: str) -> dict[str, Option]:
    roles = _roles(signature)
    for name in required(signature):
        if name not in roles:
            raise ConfigError("option_without_default", model=model, option=name)
    options = {}
    for name, parameter in signature.parameters.items():
        if name not in roles and parameter.default is not inspect.Parameter.empty:
            options[name] = option_of(model, parameter, parameter.annotation)
    return options


def _saved_options() -> dict[str, Option]:
    return {
        "weights": Option("weights", "new", Literal["new", "kept"]),
        "scaling": Option("scaling", "auto", Literal["auto", "none", "255"]),
    }


def _saved(
    source: Source,
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    weights: str = "new",
    scaling: str = "auto",
) -> keras.Model:
    """Return a saved network, trained as it is or with new weights, ready to be trained."""
    from cotejo.backend import keras
    from cotejo.models.own.adapting import adapted
    from cotejo.models.portable import computing_in, load_portable

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / source.name
        path.write_bytes(source.content)
        try:
            network = load_portable(path)
        except OutputError as error:
            layer = error.values.get("layer")
            key = "own_model_damaged" if layer is None else "own_model_foreign"
            raise ConfigError(key, name=source.name, layer=layer, where="") from error
    network = computing_in(network, keras.config.dtype_policy().name)
    if weights == "new":
        network = keras.models.clone_model(network)
    scaled = {"auto": None, "none": False, "255": True}[scaling]
    return adapted(network, image_shape, num_classes, source.name, scaled=scaled)
