"""Sentences that several topics say: who beats whom, how sure that is, what was measured."""

from __future__ import annotations

from cotejo.facts.margins import stated_margin
from cotejo.report.evidence import Lead
from cotejo.report.findings import Findings
from cotejo.report.naming import quoted
from cotejo.report.words import Words

__all__ = [
    "comparison_sentence",
    "difference_that_matters",
    "images_needed",
    "judged_together",
    "measured_on",
    "settled_seeds",
]


def settled_seeds(low: int, high: int, words: Words) -> str:
    """Return how many seeds stand behind figures: "3 seeds", "up to 3 seeds"."""
    seeds = words.say("seeds_count", count=high)
    return seeds if low == high else words.say("seeds_up_to", seeds=seeds)


def comparison_sentence(lead: Lead, words: Words) -> str:
    """Return, in one sentence, what the test set settles about two alternatives.

    The one that is ahead is named first, whichever way round they are compared.
    """
    numbers, lead = words.numbers, lead.of_leader
    first, second = (alternative.label(words.language) for alternative in (lead.first, lead.second))
    if _same(lead):
        return words.say("lead_same", first=first, second=second)
    difference = lead.difference
    seeds = settled_seeds(min(difference.seeds), max(difference.seeds), words)
    one_seed = "_one_seed" if lead.one_seed else ""
    return words.say(
        f"lead_{lead.verdict}{one_seed}",
        first=first,
        second=second,
        points=numbers.difference(difference.estimate),
        interval=numbers.difference_interval(difference.low, difference.high),
        seeds=seeds,
    )


def judged_together(findings: Findings, words: Words) -> str:
    """Return when a difference of two alternatives is settled, and what it rests on."""
    evidence = findings.evidence
    count, claimed = evidence.unclaimed, len(evidence.leads) - evidence.unclaimed
    said = [words.say("judged")]
    if count:
        shown = words.numbers.integer(count)
        said += [
            difference_that_matters(findings, words),
            words.say(f"judged_{evidence.kind}", count=count, pairs=shown),
        ]
    if evidence.judging.borrows:
        said.append(words.say("judged_borrowed"))
    if claimed:
        said.append(words.say("judged_claimed", count=claimed))
    if diverged := [each for each in findings.facts.trained if each.diverged]:
        labels = quoted(diverged, words)
        said.append(words.say("judged_diverged", count=len(diverged), labels=labels))
    return " ".join(said)


def difference_that_matters(findings: Findings, words: Words) -> str:
    """Return which difference matters between alternatives that no claim is about, and why."""
    evidence = findings.evidence
    stated = stated_margin(findings.facts.study.get("claims") or []) is not None
    key = "judged_margin_stated" if stated else "judged_margin"
    points = round(100 * evidence.margin, 4)
    shown = words.numbers.shortest(points, 4)
    return words.say(key, margin=words.say("claims.unit_points", count=points, value=shown))


def images_needed(images: int, words: Words) -> str:
    """Return an estimated number of images, rounded up to two significant digits."""
    step = 10 ** max(len(str(images)) - 2, 0)
    return words.numbers.integer(-(-images // step) * step)


def _same(lead: Lead) -> bool:
    first, second = lead.first.answers["test"], lead.second.answers["test"]
    return first.shape == second.shape and bool((first == second).all())


def measured_on(findings: Findings, words: Words) -> list[str]:
    """Return on which images training accuracy is measured, if not on all of them."""
    images = findings.facts.train_sample
    if images is None:
        return []
    numbers = words.numbers
    every = findings.facts.images("train")
    # With less data, each network is measured on images that it learned from, and on no others.
    key = "train_sample" if findings.facts.learned_images[0] == every else "train_sample_learned"
    return [words.say(key, images=numbers.integer(images), every=numbers.integer(every))]
