"""The views of test-time augmentation: from which sides a finished network sees an image."""

from __future__ import annotations

__all__ = ["VIEWS"]

VIEWS: dict[str, dict[tuple[int, bool], float]] = {
    "none": {(0, False): 1.0},
    "flip": {(0, False): 0.5, (0, True): 0.5},
    "flip-shift": {
        (0, False): 0.25,
        (0, True): 0.25,
        (-1, False): 0.125,
        (-1, True): 0.125,
        (1, False): 0.125,
        (1, True): 0.125,
    },
}
"""The views of each value of `tta`, as (pixels of a diagonal shift, mirrored), with their weights.

References:
    airbench94 (Jordan 2024, arXiv 2404.00498).
"""
