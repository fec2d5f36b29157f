"""The usual corruptions of images, with which one sees how robust a network is.

They are the 15 of Hendrycks and Dietterich (2019), each at five severities, in NumPy, SciPy and
Pillow: many images at once, and the same ones whatever the batch.
"""

from cotejo.corruptions.corrupting import corrupt
from cotejo.corruptions.robustness import (
    Corrupted,
    Robustness,
    batches_of,
    corrupted_batches,
    measure_robustness,
)
from cotejo.corruptions.strengths import (
    CORRUPTED_TIMES,
    CORRUPTIONS,
    GROUPS,
    SEVERITIES,
    published_side,
)

__all__ = [
    "CORRUPTED_TIMES",
    "CORRUPTIONS",
    "GROUPS",
    "SEVERITIES",
    "Corrupted",
    "Robustness",
    "batches_of",
    "corrupt",
    "corrupted_batches",
    "measure_robustness",
    "published_side",
]
