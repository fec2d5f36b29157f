"""The parts that an augmentation is composed of, each declared once, without Keras.

An augmentation is a set of parts, such as a flip and a rotation of up to 15°. `cotejo.augment` has
one function for each part, of the same name; a test holds that it does. The sentences that name a
part are in ``locales/<language>/augmentation.toml``.

The parts are applied in a fixed order, whatever the order in which a study lists them: first those
that move the image, then those that change its colours, then `cutout`, and last those that mix
two images. So one set of parts has one spelling, and one key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["KINDS", "SHORT_FORMS", "Augmentation", "Part", "PartKind", "parts"]

Unit: TypeAlias = Literal["degrees", "share", "size", "strength", "alpha", "magnitude"]
"""What a part's number counts.

A share is one of each side of the image. A size from 1 on is a number of whole pixels of the
image, and one below 1 is a share of each side. An alpha is the parameter of a Beta distribution,
and a magnitude a whole number of steps out of 30.
"""


@dataclass(frozen=True)
class PartKind:
    """What is known of one part.

    Attributes:
        name: what studies call it.
        unit: of its number; None where the part takes no number.
        default: the number where a study gives none.
        low: the lowest number. Where this is 0, the part does nothing at 0.
        high: the highest.
        mirrors: when it shows the network an image mirrored left to right.
        mixes: whether it mixes two images and their labels.
        leaves_grey: whether it leaves grey images as they are, since it changes colours alone.
        cited: whether a publication in ``report/topics/references/entries.toml`` describes it,
            which reports cite.
    """

    name: str
    unit: Unit | None = None
    default: float | None = None
    low: int = 0
    high: int | float = 1
    mirrors: Literal["never", "at random", "every second epoch"] = "never"
    mixes: bool = False
    leaves_grey: bool = False
    cited: bool = True


@dataclass(frozen=True)
class Part:
    """One part of an augmentation: its name, and its number if it takes one."""

    name: str
    amount: int | float | None = None

    @property
    def kind(self) -> PartKind:
        """What is known of it."""
        return KINDS[self.name]


Augmentation: TypeAlias = str | tuple[Part, ...]
"""A short form's name, or parts in the order of `KINDS`."""

KINDS: Mapping[str, PartKind] = {
    kind.name: kind
    for kind in (
        PartKind("flip", mirrors="at random"),
        PartKind("alternating-flip", mirrors="every second epoch"),
        PartKind("rotate", "degrees", default=15, high=180),
        PartKind("zoom", "share", default=0.1, high=0.9),
        PartKind("shift", "share", default=0.1, high=0.5),
        PartKind("crop", "size", default=4, high=64),
        PartKind("trivial-augment"),
        PartKind("rand-augment", "magnitude", default=9, low=1, high=30),
        PartKind("brightness", "strength", default=0.2),
        PartKind("contrast", "strength", default=0.2),
        PartKind("colour", "strength", default=0.2, leaves_grey=True),
        PartKind("cutout", "size", default=8, high=256),
        PartKind("mixup", "alpha", default=0.2, high=10, mixes=True),
        PartKind("cutmix", "alpha", default=1, high=10, mixes=True),
    )
}
"""Every part by its name, in the order in which an augmentation lists its parts."""

SHORT_FORMS: Mapping[str, tuple[Part, ...]] = {
    "none": (),
    "notebook": (Part("flip"), Part("rotate", 15), Part("shift", 0.1)),
    "flip-crop": (Part("flip"), Part("crop", 1 / 8)),
    "alternating-flip-crop": (Part("alternating-flip"), Part("crop", 1 / 16)),
    "alternating-flip-crop-cutout": (
        Part("alternating-flip"),
        Part("crop", 1 / 8),
        Part("cutout", 3 / 8),
    ),
}
"""Augmentations with a name of their own, each with the parts that it stands for.

`flip-crop` is the usual augmentation of CIFAR-10 (He et al. 2015, arXiv 1512.03385). Those that
alternate, and their sizes, are the speed records' (Jordan 2024, arXiv 2404.00498).
"""


def parts(augmentation: Augmentation) -> tuple[Part, ...]:
    """Return the parts of an augmentation.

    Example:
        >>> [part.name for part in parts("notebook")]
        ['flip', 'rotate', 'shift']
    """
    return SHORT_FORMS[augmentation] if isinstance(augmentation, str) else augmentation
