"""How strong each corruption is at each severity: the published figures, for three sizes of image.

Hendrycks and Dietterich chose them once for each of their sets: CIFAR-10-C of 32 pixels, Tiny
ImageNet-C of 64 and ImageNet-C of 224. An image takes those of the set whose size is nearest to its
shorter side, counted in ratios, as they were published. A length in them is in pixels; those of the
elastic deformation are shares of the side.

References:
    Hendrycks, D. and Dietterich, T. (2019). Benchmarking neural network robustness to common
    corruptions and perturbations. ICLR. arXiv 1903.12261.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log

__all__ = ["CORRUPTED_TIMES", "CORRUPTIONS", "GROUPS", "SEVERITIES", "published_side", "strength"]

Strength = tuple[float, ...]

SEVERITIES = (1, 2, 3, 4, 5)

GROUPS: Mapping[str, tuple[str, ...]] = {
    "noise": ("gaussian_noise", "shot_noise", "impulse_noise"),
    "blur": ("defocus_blur", "glass_blur", "motion_blur", "zoom_blur"),
    "weather": ("snow", "frost", "fog", "brightness"),
    "digital": ("contrast", "elastic_transform", "pixelate", "jpeg_compression"),
}
"""The 15 corruptions in the paper's four groups, by the names of the files of CIFAR-10-C."""

CORRUPTIONS: tuple[str, ...] = tuple(name for names in GROUPS.values() for name in names)

CORRUPTED_TIMES = len(CORRUPTIONS) * len(SEVERITIES)
"""How often each image is corrupted: in every way at every severity."""

_32: Mapping[str, tuple[Strength, ...]] = {
    # Standard deviation of the noise, in a range of 1.
    "gaussian_noise": ((0.04,), (0.06,), (0.08,), (0.09,), (0.10,)),
    # How many photons make a full channel.
    "shot_noise": ((500,), (250,), (100,), (75,), (50,)),
    # The share of the values that become black or white.
    "impulse_noise": ((0.01,), (0.02,), (0.03,), (0.05,), (0.07,)),
    # Radius of the disk, and standard deviation of what softens its edge.
    "defocus_blur": ((0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1)),
    # Standard deviation of the blur, farthest a pixel comes from, and how often.
    "glass_blur": ((0.05, 1, 1), (0.25, 1, 1), (0.4, 1, 1), (0.25, 1, 2), (0.4, 1, 2)),
    # Radius and standard deviation of the streak.
    "motion_blur": ((6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5)),
    # How many zooms above 1 are averaged, and the step from each to the next. The authors' ranges
    # end, by their rounding errors, after one more than meant at the first two severities.
    "zoom_blur": ((6, 0.01), (11, 0.01), (15, 0.01), (20, 0.01), (25, 0.01)),
    # Mean, deviation, zoom and threshold of the flakes; radius and deviation of their streaks;
    # the share of the image that is not whitened.
    "snow": (
        (0.1, 0.2, 1, 0.6, 8, 3, 0.95),
        (0.1, 0.2, 1, 0.5, 10, 4, 0.9),
        (0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
        (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
        (0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
    ),
    # The shares of the image and of the ice.
    "frost": ((1, 0.2), (1, 0.3), (0.9, 0.4), (0.85, 0.4), (0.75, 0.45)),
    # How thick the fog is, and by what its roughness falls from each scale to the next.
    "fog": ((0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75)),
    # What is added to the value, in a range of 1.
    "brightness": ((0.05,), (0.1,), (0.15,), (0.2,), (0.3,)),
    # What is left of the contrast.
    "contrast": ((0.75,), (0.5,), (0.4,), (0.3,), (0.15,)),
    # Shares of the side: how far pixels move, how smoothly, and how far the corners move.
    "elastic_transform": (
        (0, 0, 0.08),
        (0.05, 0.2, 0.07),
        (0.08, 0.06, 0.06),
        (0.1, 0.04, 0.05),
        (0.1, 0.03, 0.03),
    ),
    # What is left of the side.
    "pixelate": ((0.95,), (0.9,), (0.85,), (0.75,), (0.65,)),
    # JPEG's quality.
    "jpeg_compression": ((80,), (65,), (58,), (50,), (40,)),
}

_64: Mapping[str, tuple[Strength, ...]] = {
    "gaussian_noise": ((0.04,), (0.08,), (0.12,), (0.15,), (0.18,)),
    "shot_noise": ((250,), (100,), (50,), (30,), (15,)),
    "impulse_noise": ((0.01,), (0.02,), (0.05,), (0.08,), (0.14,)),
    "defocus_blur": ((0.5, 0.6), (1, 0.1), (1.5, 0.1), (2.5, 0.01), (3, 0.1)),
    "glass_blur": ((0.1, 1, 1), (0.5, 1, 1), (0.6, 1, 2), (0.7, 2, 1), (0.9, 2, 2)),
    "motion_blur": ((10, 1), (10, 1.5), (10, 2), (10, 2.5), (12, 3)),
    "zoom_blur": _32["zoom_blur"],
    "snow": (
        (0.1, 0.2, 1, 0.6, 8, 3, 0.8),
        (0.1, 0.2, 1, 0.5, 10, 4, 0.8),
        (0.15, 0.3, 1.75, 0.55, 10, 4, 0.7),
        (0.25, 0.3, 2.25, 0.6, 12, 6, 0.65),
        (0.3, 0.3, 1.25, 0.65, 14, 12, 0.6),
    ),
    "frost": ((1, 0.3), (0.9, 0.4), (0.8, 0.45), (0.75, 0.5), (0.7, 0.55)),
    "fog": ((0.4, 3), (0.7, 3), (1, 2.5), (1.5, 2), (2, 1.75)),
    "brightness": ((0.1,), (0.2,), (0.3,), (0.4,), (0.5,)),
    "contrast": ((0.4,), (0.3,), (0.2,), (0.1,), (0.05,)),
    "elastic_transform": (
        (0, 0, 0.08),
        (0.05, 0.3, 0.06),
        (0.1, 0.08, 0.06),
        (0.1, 0.03, 0.03),
        (0.16, 0.03, 0.02),
    ),
    "pixelate": ((0.9,), (0.8,), (0.7,), (0.6,), (0.5,)),
    "jpeg_compression": ((65,), (58,), (50,), (40,), (25,)),
}

_224: Mapping[str, tuple[Strength, ...]] = {
    "gaussian_noise": ((0.08,), (0.12,), (0.18,), (0.26,), (0.38,)),
    "shot_noise": ((60,), (25,), (12,), (5,), (3,)),
    "impulse_noise": ((0.03,), (0.06,), (0.09,), (0.17,), (0.27,)),
    "defocus_blur": ((3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5)),
    "glass_blur": ((0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)),
    "motion_blur": ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15)),
    "zoom_blur": ((11, 0.01), (15, 0.01), (10, 0.02), (12, 0.02), (10, 0.03)),
    "snow": (
        (0.1, 0.3, 3, 0.5, 10, 4, 0.8),
        (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
        (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
        (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
        (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
    ),
    "frost": ((1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75)),
    "fog": ((1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)),
    "brightness": _64["brightness"],
    "contrast": _64["contrast"],
    # Published as multiples of 244 for images of 224 pixels.
    "elastic_transform": tuple(
        (244 / 224 * move, 244 / 224 * smooth, 244 / 224 * corners)
        for move, smooth, corners in (
            (2, 0.7, 0.1),
            (2, 0.08, 0.2),
            (0.05, 0.01, 0.02),
            (0.07, 0.01, 0.02),
            (0.12, 0.01, 0.02),
        )
    ),
    "pixelate": ((0.6,), (0.5,), (0.4,), (0.3,), (0.25,)),
    "jpeg_compression": ((25,), (18,), (15,), (10,), (7,)),
}

_PUBLISHED = {32: _32, 64: _64, 224: _224}


def published_side(height: int, width: int) -> int:
    """Return the side of the published images whose figures hold: 32, 64 or 224.

    Example:
        >>> published_side(28, 28), published_side(96, 64), published_side(160, 240)
        (32, 64, 224)
    """
    shorter = min(height, width)
    return min(_PUBLISHED, key=lambda side: abs(log(side / shorter)))


def strength(name: str, severity: int, height: int, width: int) -> Strength:
    """Return the figures of a corruption at a severity, for images of a size.

    Raises:
        ValueError: there is no such corruption or severity.

    Example:
        >>> strength("motion_blur", 5, 32, 32)
        (9, 2.5)
    """
    if name not in CORRUPTIONS:
        raise ValueError(f"`name` must be one of {CORRUPTIONS}; received {name!r}")
    if severity not in SEVERITIES:
        raise ValueError(f"`severity` must be one of {SEVERITIES}; received {severity!r}")
    return _PUBLISHED[published_side(height, width)][name][severity - 1]
