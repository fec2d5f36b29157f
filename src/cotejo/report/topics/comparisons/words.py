"""The sentences on what the comparisons of alternatives rest on."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.sentences import difference_that_matters, judged_together, settled_seeds
from cotejo.report.topics.comparisons.figure import is_beyond, one_margin
from cotejo.report.words import Words

__all__ = ["comparisons", "differences_caption"]


def comparisons(findings: Findings, words: Words) -> list[str]:
    """Return what the comparisons are based on."""
    facts, numbers = findings.facts, words.numbers
    counts = {len(alternative.finished) for alternative in facts.trained}
    images = numbers.integer(facts.images("test"))
    one_network = max(alternative.networks for alternative in facts.trained) == 1
    if facts.folds is not None:
        said = [words.say("comparisons.folds", images=images)]
    elif one_network:
        said = [words.say("comparisons.one_seed", images=images)]
    else:
        seeds = settled_seeds(min(counts), max(counts), words)
        said = [words.say("comparisons.seeds", images=images, seeds=seeds)]
        if min(counts) == 1:
            said.append(words.say("comparisons.mixed"))
    if one_network:
        margin = difference_that_matters(findings, words)
        return [*said, words.say("comparisons.judged_one_seed"), margin]
    said.append(judged_together(findings, words))
    return said


def differences_caption(findings: Findings, words: Words) -> str:
    """Return the caption of the figure of differences: what is drawn in it, and no more."""
    leads = findings.leads
    settled = {lead.settled for lead in leads}
    dots = "dots" if len(settled) == 2 else "dots_full" if True in settled else "dots_empty"
    one_seed = "_one_seed" if all(lead.one_seed for lead in leads) else ""
    said = [words.say(f"comparisons.{key}{one_seed}") for key in ("figure", dots)]
    if one_margin(leads) is not None:
        said.append(words.say("comparisons.band"))
    if any(is_beyond(lead, findings) for lead in leads):
        said.append(words.say("comparisons.arrow"))
    return " ".join(said)
