"""An augmentation put together from its parts: what the compiled training step calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cotejo.augment.colour import brightness, colour, contrast
from cotejo.augment.cutout import cutout
from cotejo.augment.flip import flip
from cotejo.augment.geometry import crop, move
from cotejo.augment.mixing import mix
from cotejo.augment.policies import rand_augment, trivial_augment
from cotejo.backend import keras
from cotejo.config.augmentation_parts import Augmentation, Part, parts
from cotejo.config.augmentations import alternates

__all__ = ["FUNCTIONS", "Policy", "compose"]

Change = Callable[[Any, keras.random.SeedGenerator], Any]

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "trivial-augment": trivial_augment,
    "rand-augment": rand_augment,
    "brightness": brightness,
    "contrast": contrast,
    "colour": colour,
    "cutout": cutout,
}
"""The parts that stand alone, by name. They are applied in the order in which `KINDS` lists them.

Each function takes the images, the seed, and the part's number: a size as rows and columns of
pixels, anything else as it is. Rotations, zoom, shifts, crops and flips come before them, in as
few operations as possible, and what mixes two images comes after them.
"""


@dataclass(frozen=True)
class Policy:
    """An augmentation, ready to be called.

    Attributes:
        changes: those that change each image by itself, in their order.
        mix: the one that mixes two images; it returns the images and the weight of each image's
            own label. None where no part mixes.
        alternates: whether the training's order says which images are mirrored.
    """

    changes: tuple[Change, ...]
    mix: Callable[[Any, keras.random.SeedGenerator], tuple[Any, Any]] | None
    alternates: bool

    def __call__(self, images: Any, seed: keras.random.SeedGenerator) -> Any:
        """Return the images changed, each by itself.

        Args:
            images: ``[batch, height, width, channels]``, float, in ``[0, 255]``.
            seed: where the draws come from.
        """
        for change in self.changes:
            images = change(images, seed)
        return images


def compose(augmentation: Augmentation, scale: float = 1.0) -> Policy:
    """Put an augmentation together.

    Args:
        augmentation: a short form's name, or parts.
        scale: the images' sides, as a share of those that they came with; sizes in pixels are
            meant for the latter.

    Example:
        >>> policy = compose((Part("flip"), Part("rotate", 15), Part("brightness", 0.2)))
        >>> len(policy.changes), policy.mix
        (2, None)
    """
    chosen = {part.name: part for part in parts(augmentation)}
    amounts = {name: part.amount or 0 for name, part in chosen.items()}
    changes = _moving(chosen, scale)
    changes += [_alone(part, scale) for name, part in chosen.items() if name in FUNCTIONS]
    alphas = amounts.get("mixup", 0), amounts.get("cutmix", 0)
    return Policy(
        tuple(changes),
        (lambda images, seed: mix(images, seed, *alphas)) if any(alphas) else None,
        alternates(augmentation),
    )


def _moving(chosen: Mapping[str, Part], scale: float) -> list[Change]:
    """Return what moves the images: a flip is done along with the first other part that does."""
    moves = {
        name: float(chosen[name].amount or 0)
        for name in ("rotate", "zoom", "shift")
        if name in chosen
    }
    flips = "flip" in chosen
    changes: list[Change] = []
    if moves:
        changes.append(lambda images, seed: move(images, seed, flip=flips, **moves))
    if "crop" in chosen:
        changes.append(_crop(chosen["crop"], scale, flips=flips and not moves))
    if flips and not changes:
        changes.append(flip)
    return changes


def _crop(part: Part, scale: float, flips: bool) -> Change:
    def change(images: Any, seed: keras.random.SeedGenerator) -> Any:
        # The border is mirrored once, so that it has fewer pixels than the image. A border given
        # in pixels stays one at least on smaller images; a share of the side may come to none.
        least = 1 if (part.amount or 0) >= 1 else 0
        rows, columns = (
            min(max(int(_pixels(part, side, scale)), least), side - 1) for side in images.shape[1:3]
        )
        return crop(images, seed, rows, columns, flip=flips)

    return change


def _alone(part: Part, scale: float) -> Change:
    function = FUNCTIONS[part.name]

    def change(images: Any, seed: keras.random.SeedGenerator) -> Any:
        if part.kind.unit == "size":
            sides = images.shape[1:3]
            return function(images, seed, *(_pixels(part, side, scale) for side in sides))
        return function(images, seed, *([] if part.amount is None else [part.amount]))

    return change


def _pixels(part: Part, side: int, scale: float) -> float:
    """Return a size in pixels of images with this side."""
    size = part.amount or 0
    return size * side if size < 1 else size * scale
