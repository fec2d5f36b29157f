"""The interval of an accuracy over the sample of test images.

It says how much the figure would change with other test images of the same kind. It says
nothing about how much it would change with another training seed.
"""

from __future__ import annotations

from dataclasses import dataclass

from cotejo.evaluate.intervals import proportion_interval

__all__ = ["Interval", "wilson_interval"]


@dataclass(frozen=True)
class Interval:
    """An estimate and the interval around it, all as fractions."""

    estimate: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 lies outside, so that the sign of the estimate is settled."""
        return self.low > 0 or self.high < 0


def wilson_interval(accuracy: float, images: int) -> Interval:
    """Return Wilson's 95% interval of an accuracy over the images it was measured on.

    Of a mean of several seeds' accuracies it is a little too wide, which is the safe side: the
    mean varies less from image to image than one model does.

    Args:
        accuracy: the fraction that was right, in ``[0, 1]``.
        images: how many images there were, 1 or more.

    Raises:
        ValueError: an argument is out of its range.

    Example:
        >>> found = wilson_interval(0.7, 10_000)
        >>> round(found.low, 4), round(found.high, 4)
        (0.6909, 0.7089)
    """
    if not 0 <= accuracy <= 1:
        raise ValueError(f"`accuracy` must be in [0, 1]; received {accuracy}")
    bounds = proportion_interval(accuracy * images, images)
    if bounds is None:
        raise ValueError(f"`images` must be at least 1; received {images}")
    low, high = bounds
    # Rounding may push a bound past the estimate where the accuracy is 0 or 1.
    return Interval(accuracy, min(low, accuracy), max(high, accuracy))
