"""TrivialAugment and RandAugment: each image gets an operation drawn from a list.

Both draw from the same fourteen operations. Every operation is computed for the whole batch and
each image keeps the one that it drew, so that the shapes never depend on the draws. The turns,
shears and shifts are one resampling together, and the blends of colour are one blend.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from cotejo.augment.colour import blended, grey, mean_grey
from cotejo.augment.geometry import transformed
from cotejo.augment.tones import auto_contrasted, equalized, posterized, smoothed, solarized
from cotejo.backend import keras, ops

__all__ = ["OPERATIONS", "RAND", "WIDE", "Ranges", "changed", "rand_augment", "trivial_augment"]

OPERATIONS = (
    "identity", "shear_x", "shear_y", "translate_x", "translate_y", "rotate", "brightness",
    "colour", "contrast", "sharpness", "posterize", "solarize", "auto_contrast", "equalize",
)  # fmt: skip
"""The operations, each by the number that an image draws."""

_MAGNITUDES = 30
"""The highest magnitude; the lowest is 0."""


@dataclass(frozen=True)
class Ranges:
    """What the operations do at the highest magnitude.

    Attributes:
        shear: pixels to the side per pixel downwards, and the other way round.
        translate: a share of each side.
        rotate: degrees.
        enhance: by how much brightness, colour, contrast and sharpness change.
        bits: how many of 8 bits posterizing drops.
    """

    shear: float
    translate: float
    rotate: float
    enhance: float
    bits: int


WIDE = Ranges(shear=0.99, translate=1.0, rotate=135, enhance=0.99, bits=6)
"""Those of TrivialAugment's wide space, whose 32 pixels are the whole side of CIFAR-10's images."""

RAND = Ranges(shear=0.3, translate=150 / 331, rotate=30, enhance=0.9, bits=4)
"""Those of RandAugment, as torchvision has them."""


def trivial_augment(images: Any, seed: keras.random.SeedGenerator) -> Any:
    """Change each image by one operation of one magnitude, both drawn at random.

    Outside the image the nearest pixel is repeated, where the authors' is black.

    Args:
        images: ``[batch, height, width, channels]``, float, in ``[0, 255]``.
        seed: where the draws come from.

    References:
        Müller and Hutter 2021, "TrivialAugment" (arXiv 2103.10158), its wide space.
    """
    draws = keras.random.uniform((3, ops.shape(images)[0]), 0.0, 1.0, seed=seed)
    magnitudes = ops.floor(draws[1] * (_MAGNITUDES + 1)) / _MAGNITUDES
    return changed(images, _operations(draws[0]), magnitudes, _signs(draws[2]), WIDE)


def rand_augment(
    images: Any, seed: keras.random.SeedGenerator, magnitude: float, operations: int = 2
) -> Any:
    """Change each image by a few operations, drawn at random, of one magnitude.

    Outside the image the nearest pixel is repeated.

    Args:
        images: ``[batch, height, width, channels]``, float, in ``[0, 255]``.
        seed: where the draws come from.
        magnitude: of every operation, out of 30.
        operations: how many, one after another.

    References:
        Cubuk et al. 2019, "RandAugment" (arXiv 1909.13719).
    """
    for _ in range(operations):
        draws = keras.random.uniform((2, ops.shape(images)[0]), 0.0, 1.0, seed=seed)
        magnitudes = ops.full_like(draws[0], magnitude / _MAGNITUDES)
        images = changed(images, _operations(draws[0]), magnitudes, _signs(draws[1]), RAND)
    return images


def _operations(draws: Any) -> Any:
    """Turn draws from ``[0, 1)`` into numbers of operations."""
    return ops.cast(ops.floor(draws * len(OPERATIONS)), "int32")


def _signs(draws: Any) -> Any:
    """Turn draws from ``[0, 1)`` into 1 and -1."""
    return ops.where(draws < 0.5, 1.0, -1.0)


def changed(images: Any, operations: Any, magnitudes: Any, signs: Any, ranges: Ranges) -> Any:
    """Change each image by its operation.

    Args:
        images: ``[batch, height, width, channels]``, float, in ``[0, 255]``.
        operations: ``[batch]``, int32, places in `OPERATIONS`.
        magnitudes: ``[batch]``, from 0 to 1.
        signs: ``[batch]``, 1 or -1: which way an operation goes that goes both ways.
        ranges: what the operations do at magnitude 1.
    """
    chosen = {name: operations == number for number, name in enumerate(OPERATIONS)}
    signed = magnitudes * signs
    bits = 8.0 - ops.round(magnitudes * ranges.bits)
    alternatives = [
        (("shear_x", "shear_y", "translate_x", "translate_y", "rotate"),
         _moved(images, chosen, signed, ranges)),
        (("brightness", "colour", "contrast", "sharpness"),
         blended(images, _dull(images, chosen), 1.0 + signed * ranges.enhance)),
        (("posterize",), posterized(images, bits)),
        (("solarize",), solarized(images, 255.0 * (1.0 - magnitudes))),
        (("auto_contrast",), auto_contrasted(images)),
        (("equalize",), equalized(images)),
    ]  # fmt: skip
    result = images
    for names, alternative in alternatives:
        result = ops.where(_any(chosen, names), alternative, result)
    return result


def _any(chosen: dict[str, Any], names: tuple[str, ...]) -> Any:
    """Return which images drew one of the operations, ``[batch, 1, 1, 1]``."""
    drew = chosen[names[0]]
    for name in names[1:]:
        drew = ops.logical_or(drew, chosen[name])
    return ops.reshape(drew, (-1, 1, 1, 1))


def _dull(images: Any, chosen: dict[str, Any]) -> Any:
    """Return what each image is blended with: black, where no other blend was drawn."""
    dull = ops.zeros_like(images)
    for name, other in (
        ("colour", grey(images)),
        ("contrast", mean_grey(images)),
        ("sharpness", smoothed(images)),
    ):
        dull = ops.where(_any(chosen, (name,)), other, dull)
    return dull


def _moved(images: Any, chosen: dict[str, Any], signed: Any, ranges: Ranges) -> Any:
    """Shear, shift or rotate each image about its centre, as it drew."""
    height, width = images.shape[1:3]
    centre_y, centre_x = (height - 1) / 2, (width - 1) / 2

    def amount(name: str, highest: float) -> Any:
        return ops.where(chosen[name], signed * highest, ops.zeros_like(signed))

    angle = amount("rotate", math.radians(ranges.rotate))
    shear_x, shear_y = amount("shear_x", ranges.shear), amount("shear_y", ranges.shear)
    shift_x = amount("translate_x", ranges.translate * width)
    shift_y = amount("translate_y", ranges.translate * height)
    cosine, sine = ops.cos(angle), ops.sin(angle)
    across, down = sine + shear_x, shear_y - sine
    return transformed(
        images,
        [
            [cosine, across, centre_x + shift_x - cosine * centre_x - across * centre_y],
            [down, cosine, centre_y + shift_y - down * centre_x - cosine * centre_y],
        ],
    )
