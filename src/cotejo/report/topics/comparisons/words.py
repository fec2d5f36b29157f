"""The sentences on what the comparisons of alternatives rest on."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.sentences import settled_seeds
from cotejo.report.words import Words

__all__ = ["comparisons"]


def comparisons(findings: Findings, words: Words) -> list[str]:
    """Return what the comparisons are based on."""
    facts, numbers = findings.facts, words.numbers
    counts = {len(alternative.finished) for alternative in facts.trained}
    images = numbers.integer(facts.images("test"))
    if max(counts) == 1:
        said = [words.say("comparisons.one_seed", images=images)]
    else:
        seeds = settled_seeds(min(counts), max(counts), words)
        said = [words.say("comparisons.seeds", images=images, seeds=seeds)]
        if min(counts) == 1:
            said.append(words.say("comparisons.mixed"))
    pairs = len(findings.evidence.comparisons)
    if pairs > 1:
        said.append(words.say("comparisons.holm", count=pairs))
        if findings.evidence.draws_spreads:
            said.append(words.say("comparisons.drawn"))
    return said
