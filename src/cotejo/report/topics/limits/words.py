"""The sentences on limits: how often the truth is among the candidates, what is told as unlike."""

from __future__ import annotations

from cotejo.evaluate.conformal import COVERAGE
from cotejo.evaluate.probes import PROBES
from cotejo.evaluate.unlikeness import FEWEST
from cotejo.report.findings import Findings
from cotejo.report.topics.limits.analysis import AlternativeLimits
from cotejo.report.words import Words

__all__ = ["about_probes", "about_sets"]


def about_sets(findings: Findings, best: AlternativeLimits | None, words: Words) -> list[str]:
    """Return what the sets are, and how often those of the best hold the true class."""
    n = words.numbers
    said = [words.say("limits.intro", coverage=n.percent(COVERAGE))]
    if findings.facts.unlike is not None:
        said.append(words.say("limits.by_class"))
    if best is None:
        return said
    said.append(
        words.say(
            "limits.best",
            best=best.alternative.label(words.language),
            share=n.percent(best.coverage.estimate),
            interval=n.interval(best.coverage.low, best.coverage.high),
            size=n.decimal(best.size, 2),
            singles=n.percent(best.singles),
        )
    )
    side = "as_asked"
    if best.coverage.high < COVERAGE:
        side = "less"
    elif best.coverage.low > COVERAGE:
        side = "more"
    said.append(words.say(f"limits.{side}"))
    measured = [(place, known) for place, known in enumerate(best.by_class) if known is not None]
    if len(measured) > 1:
        label, least = min(measured, key=lambda each: each[1].estimate)
        said.append(
            words.say(
                "limits.least_covered",
                name=findings.facts.class_names(words.language)[label],
                share=n.percent(least.estimate),
                interval=n.interval(least.low, least.high),
            )
        )
    return said


def about_probes(findings: Findings, best: AlternativeLimits | None, words: Words) -> list[str]:
    """Return what probes are, and how many of them the best calls unlike; nothing without."""
    if best is None or not best.areas:
        return []
    said = [words.say("limits.probes")]
    if findings.facts.folds is not None:
        said.append(words.say("limits.probes_folds"))
    if not best.flagged:
        return [*said, words.say("limits.not_flagged", least=FEWEST)]
    shares = {name: words.numbers.percent(best.flagged[name]) for name in ("test", *PROBES)}
    best_label = best.alternative.label(words.language)
    said.append(words.say("limits.flagged", best=best_label, **shares))
    return said
