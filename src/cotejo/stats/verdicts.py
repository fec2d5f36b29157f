"""What the data settle of a claim: one interval around a difference, and where it lies.

A claim says that an alternative is better by more than some amount, its *line*; mostly 0. Around
the line lies the *margin*, a difference that matters. The interval of the difference settles the
claim, once it fits into one of these regions:

    supported   it lies above the line
    smaller     above the line, which is 0, and below the margin: better, by too little to matter
    refuted     below the line
    equal       within the margin on both sides of the line: no difference that matters

Otherwise the claim is not settled. An interval narrower than the margin always settles it. The
verdict is wrong only where the interval misses the truth, so that three directions cost no more
than one, at any share of error.

References:
    Berger, R. L., and Hsu, J. C. (1996). Bioequivalence trials, intersection-union tests and
    equivalence confidence sets. Statistical Science 11(4).
    Goeman, J. J., Solari, A., and Stijnen, T. (2010). Three-sided hypothesis testing:
    simultaneous testing of superiority, equivalence and inferiority. Statistics in Medicine 29(20).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

from cotejo.evaluate.intervals import Interval
from cotejo.stats.difference import Difference

__all__ = ["OWN_ERROR", "Judged", "Outcome", "claim_level", "claim_outcome", "settled_by"]

Outcome = Literal["supported", "smaller", "refuted", "equal", "unsettled"]

OWN_ERROR = 0.05
"""The share of error of the interval that borrows no strength, which must agree."""


def settled_by(low: float, high: float, margin: float = inf) -> Outcome:
    """Return what an interval around a difference settles of the first being better.

    Args:
        low: its lower end.
        high: its upper end.
        margin: a difference that matters, above 0; infinite where there is none.

    Example:
        >>> [settled_by(low, low + 0.01, 0.02) for low in (0.03, 0.005, -0.005, -0.02)]
        ['supported', 'smaller', 'equal', 'refuted']
        >>> settled_by(-0.01, 0.03, 0.02)
        'unsettled'
    """
    if low > 0:
        return "smaller" if high < margin < inf else "supported"
    if high < 0:
        return "refuted"
    return "equal" if -margin < low and high < margin < inf else "unsettled"


@dataclass(frozen=True)
class Judged:
    """A difference as it is judged.

    Two intervals count. One borrows strength from the study's other alternatives
    (`cotejo.stats.shrinkage`), and is wider the more claims are judged. The other uses the two
    alternatives alone, at 95%, and guards against an alternative that varies more than the others
    do. What is shown and judged covers both.

    Attributes:
        difference: by how much the first is better, with variances that borrow strength.
        own: the same difference with the variances of the two alternatives alone.
        line: the difference that is claimed to be exceeded.
        margin: a difference that matters, above 0; infinite where none is stated.
        open_below: whether the true difference may be any amount lower, since runs of the better
            alternative are missing that would have been worse.
        open_above: whether it may be any amount higher, since runs of the other are.

    Example:
        >>> from cotejo.stats import accuracy_difference
        >>> better, worse = [[True] * 900 + [False] * 100] * 2, [[True] * 800 + [False] * 200] * 2
        >>> difference = accuracy_difference(better, worse)
        >>> tested = Judged(difference, difference, margin=0.02)
        >>> tested.outcome(0.05), tested.level < 0.001
        ('supported', True)
    """

    difference: Difference
    own: Difference
    line: float = 0.0
    margin: float = inf
    open_below: bool = False
    open_above: bool = False

    def interval(self, error: float = OWN_ERROR) -> Interval:
        """Return the interval that is judged, at a share of error in ``(0, 0.05]``."""
        wide, own = self.difference.interval(1 - error), self.own.interval(1 - OWN_ERROR)
        low = -inf if self.open_below else min(wide.low, own.low)
        high = inf if self.open_above else max(wide.high, own.high)
        return Interval(wide.estimate, low, high)

    def shown(self, error: float = OWN_ERROR) -> Difference:
        """Return the difference with the interval that is judged in place of its own."""
        interval = self.interval(error)
        return replace(self.difference, low=interval.low, high=interval.high)

    def outcome(self, error: float = OWN_ERROR) -> Outcome:
        """Return what the interval settles at a share of error."""
        interval = self.interval(error)
        outcome = settled_by(interval.low - self.line, interval.high - self.line, self.margin)
        # By how much it exceeds another line than 0 is not what was claimed.
        return "supported" if outcome == "smaller" and self.line else outcome

    @property
    def level_refuted(self) -> float:
        """The smallest share of error at which the claim is refuted; 1 if at none."""
        return self._level_below(self.line)

    @property
    def level(self) -> float:
        """The smallest share of error at which it is settled, in whichever way; 1 if at none."""
        levels = [self._level_above(self.line), self._level_below(self.line)]
        if self.margin < inf:
            within = (
                self._level_above(self.line - self.margin),
                self._level_below(self.line + self.margin),
            )
            levels.append(max(within))
        return min(levels)

    def _level_above(self, bound: float) -> float:
        return 1.0 if self.open_below else self._level(bound, above=True)

    def _level_below(self, bound: float) -> float:
        return 1.0 if self.open_above else self._level(bound, above=False)

    def _level(self, bound: float, *, above: bool) -> float:
        """Return the smallest share of error at which the interval lies on one side of a bound."""
        estimate = self.difference.estimate
        beyond = estimate > bound if above else estimate < bound
        if not beyond or self.own.level(bound) >= OWN_ERROR:
            return 1.0
        return self.difference.level(bound)


def claim_level(parts: Sequence[Judged]) -> float:
    """Return the smallest share of error at which a claim of several comparisons is settled.

    A claim that an alternative beats each of several counts once among the claims of a study: its
    comparisons share its error. One that is refuted settles it, otherwise all have to be settled.
    """
    settled = max(part.level for part in parts)
    refuted = min(part.level_refuted for part in parts)
    return min(len(parts) * min(settled, refuted), 1.0)


def claim_outcome(parts: Sequence[Judged], error: float = OWN_ERROR) -> Outcome:
    """Return what became of a claim of several comparisons at a share of error.

    It is refuted if one comparison is, and supported if all are. In between it is as good as its
    weakest comparison.
    """
    outcomes = {part.outcome(error / len(parts)) for part in parts}
    order: tuple[Outcome, ...] = ("refuted", "unsettled", "equal", "smaller")
    return next((outcome for outcome in order if outcome in outcomes), "supported")
