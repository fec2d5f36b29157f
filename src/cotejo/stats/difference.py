"""The difference of two alternatives: its interval, and its p-value against any margin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isclose, sqrt
from typing import Literal

from cotejo.evaluate.intervals import Interval, wilson_bounds
from cotejo.stats.seeds_and_images import half_width, two_sided_p

__all__ = ["Difference", "Method", "answer_variance", "difference_from"]

Method = Literal["mcnemar", "seeds-and-images", "welch", "paired", "folds", "single"]
"""The method of the interval and of the test.

``mcnemar``: one seed per side; the exact McNemar test, and Bonett and Price's interval, both over
the images alone. ``seeds-and-images``: over both sources of chance. ``welch``: one value per seed.
``paired``: the same, seed by seed. ``folds``: a repeated cross-validation. ``single``: one value
per side, or values that never vary, which settle nothing.
"""


@dataclass(frozen=True)
class Difference:
    """The first alternative's figure minus the second's.

    Attributes:
        estimate: the observed difference.
        low: the lower end of the 95% interval.
        high: the upper end of the 95% interval.
        p_value: two-sided, against no difference, in ``[0, 1]``.
        seeds: the number of seeds of the first and of the second.
        seed_variance: the part of the estimate's variance that comes from the seeds, including
            their luck with single images; 0 with one seed per side, where it is unknown.
        image_variance: the part that comes from the images; in a cross-validation, also as those
            that its networks learn from.
        method: the method of the interval and of the test.
        degrees: the degrees of freedom of ``seed_variance``.
        images: the number of images that both were measured on; 0 for a figure that isn't
            measured on images.
        value: the fixed value, in ``[0, 1]``, that an accuracy is compared with; None for a
            difference of two alternatives.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    seeds: tuple[int, int]
    seed_variance: float
    image_variance: float
    method: Method
    degrees: float = inf
    images: int = 0
    value: float | None = None

    @property
    def covers_training(self) -> bool:
        """Whether it tells of luck in training: of several seeds on each side, or several folds."""
        return self.method == "folds" or min(self.seeds) > 1

    @property
    def is_of_two_networks(self) -> bool:
        """Whether one trained network is compared with another one, or with a fixed value."""
        return self.method != "folds" and max(self.seeds) == 1

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 lies outside the 95% interval."""
        return self.low > 0 or self.high < 0

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the interval at another confidence, in ``(0, 1)``.

        Raises:
            ValueError: ``confidence`` is out of its range.
        """
        half = half_width(self.seed_variance, self.degrees, self.image_variance, confidence)
        if self.method == "single":
            return Interval(self.estimate, -inf, inf)
        if self.value is not None:
            return self._of_accuracy(self.value, half)
        low, high = self._centre - half, self._centre + half
        # Accuracies differ by 1 at most.
        if self.images:
            low, high = max(low, -1.0), min(high, 1.0)
        # With one seed per side the centre is shrunk towards 0, so that at a low confidence the
        # estimate itself could lie outside.
        return Interval(self.estimate, min(low, self.estimate), max(high, self.estimate))

    def p_value_against(self, margin: float) -> float:
        """Return the two-sided p-value against a difference of ``margin``.

        It is below 0.05 exactly where the 95% interval excludes the margin. The exception is a
        margin of 0 with one seed per side, where it is the p-value of the exact McNemar test.
        """
        return self.p_value if margin == 0 else self.level(margin)

    def reversed(self) -> Difference:
        """Return the second's figure minus the first's."""
        return replace(
            self,
            estimate=0.0 - self.estimate,
            low=0.0 - self.high,
            high=0.0 - self.low,
            seeds=self.seeds[::-1],
        )

    def level(self, margin: float) -> float:
        """Return the error probability of the interval that just reaches ``margin``.

        The interval at a smaller error probability has the margin in it, and at a larger one it
        leaves it out.
        """
        if self.method == "single":
            return 1.0
        if self.value is not None:
            return self._level_of_accuracy(self.value, margin)
        distance = self._centre - margin
        return two_sided_p(distance, self.seed_variance, self.degrees, self.image_variance)

    def _of_accuracy(self, value: float, half: float) -> Interval:
        """Return the interval of an accuracy, solved for as Wilson's, minus the value."""
        accuracy = self.estimate + value
        low, high = wilson_bounds(accuracy, half**2 / answer_variance(accuracy, value))
        # Rounding may push a bound past the estimate where the accuracy is 0 or 1.
        low, high = max(min(low, accuracy), 0.0), min(max(high, accuracy), 1.0)
        return Interval(self.estimate, low - value, high - value)

    def _level_of_accuracy(self, value: float, margin: float) -> float:
        """Return the level at which the interval of an accuracy ends at ``value + margin``."""
        end, accuracy = min(max(value + margin, 0.0), 1.0), self.estimate + value
        unit, variance = answer_variance(accuracy, value), end * (1 - end)
        if variance == 0:
            # One mistake proves that an accuracy is not 1, and one right answer that it is not 0.
            return 1.0 if isclose(accuracy, end, abs_tol=1e-12) else 0.0
        distance = (accuracy - end) / sqrt(variance)
        return two_sided_p(
            distance, self.seed_variance / unit, self.degrees, self.image_variance / unit
        )

    @property
    def _centre(self) -> float:
        """The middle of the interval.

        Bonett and Price's method adds two images whose differences cancel out. They don't change
        the sum of the differences, but their mean is over two images more.
        """
        if self.method == "mcnemar":
            return self.estimate * self.images / (self.images + 2)
        return self.estimate


def difference_from(
    estimate: float,
    seeds: tuple[int, int],
    seed_variance: float,
    image_variance: float,
    method: Method,
    *,
    degrees: float = inf,
    images: int = 0,
    p_value: float | None = None,
    value: float | None = None,
) -> Difference:
    """Return a difference with its 95% interval, and with its p-value unless it is given."""
    without_interval = Difference(
        estimate,
        -inf,
        inf,
        1.0,
        seeds,
        seed_variance,
        image_variance,
        method,
        degrees,
        images,
        value,
    )
    interval = without_interval.interval()
    if p_value is None:
        p_value = without_interval.level(0.0)
    return replace(without_interval, low=interval.low, high=interval.high, p_value=p_value)


def answer_variance(accuracy: float, value: float) -> float:
    """Return the variance of one answer.

    Answers that are always right, or always wrong, show no variance: the value's stands in.
    """
    return accuracy * (1 - accuracy) or value * (1 - value) or 0.25
