"""The claims that a study stated before it ran, each with a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cotejo.facts import in_language
from cotejo.report.claims.advantages import Measured, measure
from cotejo.report.judging import Judging
from cotejo.stats import (
    ERROR,
    Difference,
    ErrorKind,
    Judged,
    Needed,
    Outcome,
    adjusted_levels,
    claim_level,
    claim_outcome,
    error_each,
    needed,
)

__all__ = ["ClaimOutcome", "Part", "Verdict", "judge", "kind_of", "level_of", "parts_of"]

ClaimOutcome = Outcome | Literal["untested"]


@dataclass(frozen=True)
class Part:
    """One of the comparisons that decide on a claim.

    Attributes:
        measured: by how much ``better`` is better, and what is missing.
        error: the share of error of the interval that is shown.
    """

    measured: Measured
    error: float

    @property
    def tested(self) -> Judged | None:
        """The difference as it is judged; None where it can't be stated."""
        return self.measured.tested

    @property
    def difference(self) -> Difference | None:
        """The same, positive where ``better`` is better, with the interval that is judged.

        Where runs are ``unreached`` it is a bound, above 0 from below and below 0 from above.
        """
        return self.tested.shown(self.error) if self.tested is not None else None

    @property
    def outcome(self) -> ClaimOutcome:
        """What the interval settles."""
        if self.tested is None:
            return "unsettled" if self.measured.unreached else "untested"
        if not self.tested.own.covers_training:
            return "unsettled"
        return self.tested.outcome(self.error)

    @property
    def needed(self) -> Needed | None:
        """What would settle it whatever the difference is; None where it is settled.

        More seeds do not make a run reach an accuracy, nor keep it from diverging.
        """
        if self.tested is None or self.outcome != "unsettled":
            return None
        return needed(self.tested, self.error)


@dataclass(frozen=True)
class Verdict:
    """A claim and what became of it.

    Attributes:
        claim: the entry of ``study.json``.
        parts: its comparisons, which share its error.
        error: the claim's share of error.
        level: the smallest share of error, over all claims of the study, at which it is settled:
            1 at none, None where it can't be tested.
        look: of a study with several looks, the one whose figures these are, from 1; 0 before the
            first. None of another study.
        settled_at: the look at which it was settled; None where it is open.
    """

    claim: Mapping[str, Any]
    parts: tuple[Part, ...]
    error: float = ERROR
    level: float | None = None
    look: int | None = None
    settled_at: int | None = None

    @property
    def is_testable(self) -> bool:
        """Whether it counts among the claims that share the error."""
        return self.level is not None

    @property
    def waits(self) -> bool:
        """Whether the first look is still to come."""
        return self.look == 0

    @property
    def outcome(self) -> ClaimOutcome:
        """The verdict."""
        if any(part.outcome == "untested" for part in self.parts):
            return "untested"
        tests = _tests([part.measured for part in self.parts])
        return claim_outcome(tests, self.error) if tests else "unsettled"

    @property
    def metric(self) -> str:
        """What is compared."""
        return str(self.claim["metric"])

    @property
    def line(self) -> float:
        """By how much ``better`` is claimed to be better."""
        return float(self.claim["by"])

    def text(self, language: str) -> str:
        """Return the claim's words."""
        return str(in_language(self.claim["text"], language))


def judge(judging: Judging) -> list[Verdict]:
    """Return the study's claims with their verdicts, in the study's order.

    A claim about ways of training needs at least two seeds on each side. With one seed, a
    difference can't be told from chance in training, and the claim is not settled. Claims that
    can't be settled for that reason, or that have no run, do not count among those that share the
    error; nor does a claim of several comparisons count more than once.
    """
    claims: Sequence[Mapping[str, Any]] = judging.facts.study.get("claims") or []
    kind = kind_of(judging.facts.study)
    measured = [measure(judging, claim) for claim in claims]
    levels = [level_of(parts) for parts in measured]
    known = [level for level in levels if level is not None]
    error, adjusted = error_each(known, kind), iter(adjusted_levels(known, kind))
    return [
        Verdict(
            claim,
            parts_of(parts, error),
            error,
            next(adjusted) if level is not None else None,
        )
        for claim, parts, level in zip(claims, measured, levels, strict=True)
    ]


def kind_of(study: Mapping[str, Any]) -> ErrorKind:
    """Return what a study keeps below 5%: the share of wrong verdicts, or of studies with any."""
    return "family" if study.get("error") == "family" else "share"


def parts_of(measured: Sequence[Measured], error: float) -> tuple[Part, ...]:
    """Return the comparisons of one claim, which share its error."""
    return tuple(Part(part, error / len(measured)) for part in measured)


def level_of(parts: Sequence[Measured]) -> float | None:
    """Return the level at which a claim is settled; None where nothing could settle it.

    One that can't be stated because runs never arrived could have been settled.
    """
    if any(part.tested is None and not part.unreached for part in parts):
        return None
    if any(part.tested and not part.tested.own.covers_training for part in parts):
        return None
    tests = _tests(parts)
    return claim_level(tests) if tests else 1.0


def _tests(parts: Sequence[Measured]) -> list[Judged]:
    """Return the comparisons; none where one of them can't be stated, or is of single networks."""
    tests = [part.tested for part in parts if part.tested is not None]
    whole = len(tests) == len(parts) and all(tested.own.covers_training for tested in tests)
    return tests if whole else []
