"""The model that ships as a backbone: its convolutions are kept, its last layer is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from cotejo.config.about import About
from cotejo.config.options import Dropout
from cotejo.models.registry import shipped

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["shipped_backbone"]

_LEAST = 32
"""The height and width of the images that it was trained on, in pixels."""


def _identity(
    image_shape: tuple[int, int, int], *, weights: str = "shipped", **options: Any
) -> str | None:
    """Return the SHA-256 of the weights, without loading Keras; None for random ones."""
    from cotejo.models.packed import described

    return None if weights == "none" else str(described()["sha256"])


@shipped("shipped", weights=_identity)
def shipped_backbone(
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    weights: Annotated[Literal["shipped", "none"], About("initialisation")] = "shipped",
    dropout: Dropout = 0.0,
) -> keras.Model:
    """The model that ships, trained on CIFAR-10, with a new last layer; for small pictures.

    Images smaller than 32 pixels are enlarged inside the network, bilinearly; grey ones are
    repeated to three channels. Larger ones are taken as they are.

    Args:
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        weights: ``"shipped"``, or ``"none"`` for random ones, of which nothing is frozen.
        dropout: the rate before the logits.

    Example:
        >>> shipped_backbone((32, 32, 3), 4).count_params()
        1972924
    """
    from cotejo.backend import keras
    from cotejo.models.backbone import with_head
    from cotejo.models.inputs import coloured, enlarged
    from cotejo.models.packed import unpack

    network, _ = unpack()
    # Rebuilt by its layers' descriptions, so that it computes in the precision that is set.
    inputs = keras.Input(image_shape, name="pixels")
    x = enlarged(coloured(inputs), _LEAST)
    for layer in network.layers[1:]:
        if layer.name == "logits":
            break
        copy = _copy(layer)
        x = copy(x)
        if weights != "none":
            copy.set_weights(layer.get_weights())
    return with_head(
        inputs, x, num_classes, name="shipped", frozen=weights != "none", dropout=dropout
    )


def _copy(layer: Any) -> Any:
    """Return a new layer like this one, in the precision that is set and able to learn."""
    from cotejo.models.convolution import Convolution

    config = layer.get_config()
    config.pop("dtype")
    if "kernel_initializer" in config:  # it was packed without the one that it had
        config["kernel_initializer"] = "he_uniform"
    # Ours learns faster, with the same weights.
    kind: Any = Convolution if config.get("kernel_size") == (3, 3) else type(layer)
    return kind.from_config({**config, "trainable": True})
