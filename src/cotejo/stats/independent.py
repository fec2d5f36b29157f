"""The difference of two accuracies that were measured on different images."""

from __future__ import annotations

from math import sqrt

from cotejo.evaluate.intervals import Interval, wilson_interval

__all__ = ["independent_difference"]


def independent_difference(
    first: float, first_images: int, second: float, second_images: int
) -> Interval:
    """Return the first accuracy minus the second's with its 95% interval over the images.

    It is Newcombe's hybrid score interval, made from Wilson's of either side: it stays within
    ``[-1, 1]``, and holds with few images and with accuracies near 0 and 1.

    Args:
        first: a fraction of right answers, in ``[0, 1]``.
        first_images: on how many images, 1 or more.
        second: that of other images.
        second_images: on how many.

    Raises:
        ValueError: an argument is out of its range.

    Example:
        >>> away = independent_difference(0.82, 2000, 0.94, 10_000)
        >>> round(away.estimate, 2), round(away.low, 3), round(away.high, 3)
        (-0.12, -0.138, -0.103)

    References:
        Newcombe, R. G. (1998). Interval estimation for the difference between independent
        proportions: comparison of eleven methods. Statistics in Medicine 17(8). Method 10.
    """
    one, other = wilson_interval(first, first_images), wilson_interval(second, second_images)
    estimate = first - second
    below = sqrt((first - one.low) ** 2 + (other.high - second) ** 2)
    above = sqrt((one.high - first) ** 2 + (second - other.low) ** 2)
    return Interval(estimate, max(estimate - below, -1.0), min(estimate + above, 1.0))
