"""The networks of `keras.applications` as backbones, with weights learned from ImageNet."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from cotejo.config.about import About
from cotejo.config.options import Dropout
from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean
from cotejo.models.registry import shipped_group

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["application"]

_LEAST = {"InceptionResNetV2": 75, "InceptionV3": 75, "Xception": 71}
_LEAST_OF_OTHERS = 32
"""The least height and width in pixels that an application takes."""

_files: dict[tuple[Any, ...], Path] = {}
"""The files of weights by what was built from them, so that a key need not build it again."""


def _identity(
    name: str, image_shape: tuple[int, int, int], *, weights: str = "imagenet", **options: Any
) -> str | None:
    """Return the SHA-256 of the file of weights; None for random ones."""
    from cotejo.models.pretrained import file_digest

    if weights == "none":
        return None
    asked = _asked(name, image_shape, weights, options)
    if asked not in _files:
        application(name, image_shape, 2, weights=weights, **options)
    return file_digest(_files[asked])


def _asked(name: str, image_shape: Any, weights: str, options: Any) -> tuple[Any, ...]:
    # Keras has a file for each width of a network and, of MobileNet, for some sizes of images.
    width, plain = options.get("alpha", 1.0), options.get("minimalistic", False)
    return name, tuple(image_shape), weights, width, plain, options.get("enlarge_to", 0)


@shipped_group("keras:", weights=_identity)
def application(
    name: str,
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    weights: Annotated[str, About("initialisation")] = "imagenet",
    dropout: Dropout = 0.0,
    enlarge_to: Annotated[int, Field(ge=0, le=1024)] = 0,
    alpha: Annotated[float, Field(gt=0, le=4)] = 1.0,
    minimalistic: bool = False,
) -> keras.Model:
    """A network of `keras.applications` with a new last layer.

    Its own preprocessing is inside. Images smaller than it takes are enlarged, bilinearly; grey
    ones are repeated to three channels.

    Args:
        name: as `keras.applications` calls it: ``"MobileNetV3Small"``.
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        weights: ``"imagenet"``; the path of a file of weights without the last layers, ``.h5`` or
            ``.weights.h5``; or ``"none"`` for random weights, of which nothing is frozen.
        dropout: the rate before the logits.
        enlarge_to: images are enlarged to at least so many pixels of height and width; 0 for the
            least that the network takes.
        alpha: the width of a MobileNet, as a share of the published one.
        minimalistic: of a MobileNetV3, whether to build it from plain convolutions alone.

    Raises:
        ConfigError: there is no such application, it has no such option, or its weights can't be
            had.

    Example:
        >>> network = application("MobileNetV2", (32, 32, 3), 4, weights="none", alpha=0.35)
        >>> network.count_params()
        417892
    """
    from cotejo.backend import keras
    from cotejo.models.backbone import with_head
    from cotejo.models.inputs import coloured, enlarged, preprocessed
    from cotejo.models.pretrained import built

    model = f"keras:{name}"
    function = _function(name)
    own = _own_options(function, model, {"alpha": alpha, "minimalistic": minimalistic})
    inputs = keras.Input(image_shape, name="pixels")
    least = _LEAST.get(name, _LEAST_OF_OTHERS)
    x = preprocessed(enlarged(coloured(inputs), max(least, enlarge_to)), function)

    def build(pretrained: str | None) -> keras.Model:
        # On our own input, so that all layers stand in one network.
        backbone: keras.Model = function(
            include_top=False,
            weights=pretrained,
            input_tensor=x,
            input_shape=tuple(x.shape[1:]),
            **own,
        )
        return backbone

    if weights == "none":
        backbone = build(None)
    else:
        backbone, path = built(build, model, weights)
        options = {"alpha": alpha, "minimalistic": minimalistic, "enlarge_to": enlarge_to}
        _files[_asked(name, image_shape, weights, options)] = path
    features = keras.layers.GlobalAveragePooling2D()(backbone.output)
    return with_head(
        inputs, features, num_classes, name=name, frozen=weights != "none", dropout=dropout
    )


def _function(name: str) -> Any:
    """Return a function of `keras.applications`.

    Raises:
        ConfigError: there is none of that name.
    """
    from cotejo.backend import keras

    known = [each for each in dir(keras.applications) if each[:1].isupper()]
    if name not in known:
        hint = did_you_mean(name, known)
        raise ConfigError(
            "unknown_application", model=name, models=", ".join(known), hint=hint, where=""
        )
    return getattr(keras.applications, name)


def _own_options(function: Any, model: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return those options that the application has.

    Raises:
        ConfigError: it does not have one that differs from the default.
    """
    parameters = inspect.signature(function).parameters
    defaults = inspect.signature(application).parameters
    for option, value in given.items():
        if option not in parameters and value != defaults[option].default:
            raise ConfigError("application_without", model=model, option=option, where="")
    return {option: value for option, value in given.items() if option in parameters}
