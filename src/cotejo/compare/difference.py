"""A difference of two alternatives: its interval, and its p-value against any margin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Literal

from cotejo.compare.intervals import Interval
from cotejo.compare.twofold import half_width, two_sided_p

__all__ = ["Difference", "Method", "difference_from"]

Method = Literal["mcnemar", "seeds-and-images", "welch", "single"]
"""How the interval and the test were made.

``mcnemar``: one seed a side; the exact McNemar test and Bonett and Price's interval, both over
images alone. ``seeds-and-images``: over both sources of chance. ``welch``: one value a seed.
``single``: one value a side, which settles nothing.
"""


@dataclass(frozen=True)
class Difference:
    """The first alternative's figure less the second's.

    Attributes:
        estimate: the difference observed.
        low: the lower end of the 95% interval.
        high: its upper end.
        p_value: two-sided, against no difference, in ``[0, 1]``.
        seeds: how many seeds the first and the second have.
        seed_variance: the seeds' part of the variance of the estimate, with their luck with
            single images; 0 where it isn't known, with one seed a side.
        image_variance: the images' part.
        method: how the interval and the test were made.
        degrees: degrees of freedom of ``seed_variance``.
        images: how many images both were measured on; 0 for what isn't measured on any.
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
            half = inf
        low, high = self._centre - half, self._centre + half
        # Accuracies differ by no more than 1. Around the shrunk centre of one seed a side, a low
        # confidence may leave the estimate out.
        if self.images:
            low, high = max(low, -1.0), min(high, 1.0)
        return Interval(self.estimate, min(low, self.estimate), max(high, self.estimate))

    def p_value_against(self, margin: float) -> float:
        """Return the two-sided p-value against a difference of ``margin``.

        Below 0.05 exactly where the 95% interval leaves the margin out, but for 0 with one seed
        a side, where it is the exact McNemar test's.
        """
        return self.p_value if margin == 0 else self._inverted(margin)

    def reversed(self) -> Difference:
        """Return the second's figure less the first's."""
        return replace(
            self,
            estimate=0.0 - self.estimate,
            low=0.0 - self.high,
            high=0.0 - self.low,
            seeds=self.seeds[::-1],
        )

    def _inverted(self, margin: float) -> float:
        if self.method == "single":
            return 1.0
        distance = self._centre - margin
        return two_sided_p(distance, self.seed_variance, self.degrees, self.image_variance)

    @property
    def _centre(self) -> float:
        """The middle of the interval: Bonett and Price's has two images more, that cancel out."""
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
) -> Difference:
    """Return a difference with its 95% interval, and with its p-value if it isn't given."""
    bare = Difference(
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
    )
    ends = bare.interval()
    exact = bare._inverted(0.0) if p_value is None else p_value
    return replace(bare, low=ends.low, high=ends.high, p_value=exact)
