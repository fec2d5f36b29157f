"""The claims that are still open, and what further runs of each alternative are worth to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import inf
from statistics import fmean

from cotejo.facts import AlternativeFacts
from cotejo.report.claims.advantages import variance_between_seeds
from cotejo.report.claims.verdicts import Verdict
from cotejo.report.judging import Judging
from cotejo.stats import Side
from cotejo.store import RunFolder

__all__ = ["seconds_of", "sides_of"]


def sides_of(judging: Judging, verdicts: Sequence[Verdict]) -> dict[str, Side]:
    """Return what further runs of each alternative that this study trains are worth.

    Args:
        judging: the study at its last look.
        verdicts: the claims as they stand after it.
    """
    needs = _needs(judging, verdicts)
    return {
        each.name: Side(
            len(each.finished),
            needs.get(each.name) if each.finished else None,
            _seconds(each),
            each.settings.get("start_from"),
        )
        for each in judging.facts.described
    }


def _needs(judging: Judging, verdicts: Sequence[Verdict]) -> Mapping[str, float]:
    """Return, of each alternative in an open claim, its variance in differences that matter."""
    known = {each.name: each for each in judging.facts.trained}
    needs: dict[str, float] = defaultdict(float)
    for verdict in verdicts:
        if verdict.settled_at is not None:
            continue
        for part in verdict.parts:
            tested, than = part.tested, part.measured.than
            # More runs settle nothing of what can't be stated, or is open to both sides.
            if tested is None or (tested.open_below and tested.open_above):
                continue
            names = [verdict.claim["better"], *([than] if than is not None else [])]
            both = [known[name] for name in names if name in known]
            for side in both:
                if not side.is_added:
                    variance = variance_between_seeds(judging, both, side, verdict.claim)
                    needs[side.name] += variance / tested.margin**2 if tested.margin < inf else 0.0
    return needs


def _seconds(alternative: AlternativeFacts) -> float:
    """Return what a run of it takes, by those that finished."""
    if not alternative.finished:
        return 0.0
    return fmean(map(seconds_of, alternative.finished))


def seconds_of(run: RunFolder) -> float:
    """Return what a run took, with its evaluation as far as that was recorded."""
    timings = run.record["timings"]
    return float(timings.get("total_seconds", timings["train_seconds"]))
