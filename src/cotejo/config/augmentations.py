"""The augmentations by name, and which of them mirror: what is known of them without Keras."""

from __future__ import annotations

from typing import Literal

__all__ = ["MIRRORING", "mirrors"]

MIRRORING: dict[str, Literal["never", "at random", "every second epoch"]] = {
    "none": "never",
    "notebook": "at random",
    "flip-crop": "at random",
    "alternating-flip-crop": "every second epoch",
    "alternating-flip-crop-cutout": "every second epoch",
}
"""When each augmentation shows the network an image mirrored left to right.

`cotejo.augment` has one function for each of these names; a test holds that it does so.
"""


def mirrors(augmentation: str | None) -> bool:
    """Return whether an augmentation shows mirrored images; one that is not known here doesn't.

    Example:
        >>> mirrors("alternating-flip-crop-cutout"), mirrors("none"), mirrors("of a newer version")
        (True, False, False)
    """
    return MIRRORING.get(augmentation or "none", "never") != "never"
