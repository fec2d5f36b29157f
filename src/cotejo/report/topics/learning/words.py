"""The sentences on learning curves: what fewer training images cost."""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.report.evidence import Lead
from cotejo.report.findings import Findings
from cotejo.report.topics.learning.analysis import Curve, Point
from cotejo.report.words import Words

__all__ = ["learning_intro", "learning_steps"]


def learning_intro(curves: Sequence[Curve], words: Words) -> list[str]:
    """Return what the curves compare, and what else changes with fewer images."""
    said = [words.say("learning.intro", count=len(curves))]
    alternatives = [point.alternative for curve in curves for point in curve.points]
    if not all(alternative.settings.get("early_stopping") for alternative in alternatives):
        said.append(words.say("learning.steps"))
    if all(len(alternative.finished) == 1 for alternative in alternatives):
        said.append(words.say("learning.one_seed"))
    return said


def learning_steps(findings: Findings, curve: Curve, words: Words) -> str:
    """Return what each halving of a curve's images costs."""
    said = []
    for more, less, lead in curve.steps:
        said.append(_step(more, less, lead, curve.halves, words))
    return " ".join(said)


def _step(more: Point, less: Point, lead: Lead, half: bool, words: Words) -> str:
    numbers, difference = words.numbers, lead.difference
    way = "higher" if difference.estimate < 0 else "lower"
    key = f"step_{lead.of_leader.verdict}_{way}"
    # Losses and gains are both stated as positive numbers.
    shown = difference.reversed() if way == "higher" else difference
    of_one = "_one" if lead.one_seed else ""
    change = words.say(
        f"learning.change_half{of_one}" if half else f"learning.change_other{of_one}",
        less=numbers.integer(less.images),
        more=numbers.integer(more.images),
    )
    return words.say(
        f"learning.{key}",
        change=change,
        points=numbers.difference(shown.estimate),
        interval=numbers.difference_interval(shown.low, shown.high),
    )
