"""Sentences that several topics say: who beats whom, how sure that is, what was measured."""

from __future__ import annotations

from cotejo.report.evidence import Lead
from cotejo.report.findings import Findings
from cotejo.report.words import Words
from cotejo.stats import Needed

__all__ = [
    "comparison_sentence",
    "images_needed",
    "measured_on",
    "p_value",
    "settled_seeds",
    "uncorrected",
]

_SMALLEST_P = 0.001
_ALPHA = 0.05


def settled_seeds(low: int, high: int, words: Words) -> str:
    """Return how many seeds stand behind figures: "3 seeds", "up to 3 seeds"."""
    seeds = words.say("seeds_count", count=high)
    return seeds if low == high else words.say("seeds_up_to", seeds=seeds)


def comparison_sentence(lead: Lead, words: Words, *, with_needed: bool = True) -> str:
    """Return, in one sentence, what the test set settles about two alternatives.

    The one that is ahead is named first, whichever way round they are compared. If it is not
    settled, ``with_needed`` adds how many seeds would settle a difference of this size.
    """
    numbers = words.numbers
    difference = lead.difference
    first, second = (alternative.label(words.language) for alternative in (lead.first, lead.second))
    if difference.estimate < 0:
        first, second, difference = second, first, difference.reversed()
    values = {
        "first": first,
        "second": second,
        "points": numbers.difference(difference.estimate),
        "interval": numbers.difference_interval(difference.low, difference.high),
    }
    if lead.settled:
        return words.say("beats_one_seed" if lead.one_seed else "beats", **values)
    if _same(lead):
        return words.say("tie_same", first=first, second=second)
    if difference.excludes_zero and not lead.one_seed:
        said = words.say("ahead", **values)
        more = _what_is_needed(lead.needed, words) if with_needed else []
        return " ".join([said, *uncorrected(lead, words), *more])
    return " ".join([*_tie(lead, values, words, with_needed), *uncorrected(lead, words)])


def _tie(lead: Lead, values: dict[str, str], words: Words, with_needed: bool) -> list[str]:
    if lead.one_seed:
        return [words.say("tie_one_seed", **values)]
    difference = lead.difference
    seeds = settled_seeds(min(difference.seeds), max(difference.seeds), words)
    said = words.say("tie", **values, seeds=seeds)
    return [said, *_what_is_needed(lead.needed, words)] if with_needed else [said]


def uncorrected(lead: Lead, words: Words) -> list[str]:
    """Return why a difference is not settled although its interval leaves out 0."""
    if lead.settled or not lead.difference.excludes_zero:
        return []
    # With one seed on each side, the interval is close to the exact test's, but not the same.
    if lead.difference.p_value >= _ALPHA:
        return [words.say("tie_exact")]
    return [words.say("tie_corrected", count=lead.pairs)]


def p_value(value: float, words: Words) -> str:
    """Return a p-value with two significant digits, or that it is below 0.001."""
    numbers = words.numbers
    if value < _SMALLEST_P:
        return words.say("p_below", limit=numbers.shortest(_SMALLEST_P))
    return numbers.decimal(value, 3 if value < 0.1 else 2)


def images_needed(images: int, words: Words) -> str:
    """Return an estimated number of images, rounded up to two significant digits."""
    step = 10 ** max(len(str(images)) - 2, 0)
    return words.numbers.integer(-(-images // step) * step)


def _what_is_needed(needed: Needed | None, words: Words) -> list[str]:
    """Return how many seeds, or images if no number of seeds, would settle such a difference."""
    if needed is not None and needed.seeds is not None:
        return [words.say("effect_needed", needed=words.numbers.integer(needed.seeds))]
    if needed is not None and needed.images is not None:
        return [words.say("effect_images", images=images_needed(needed.images, words))]
    return []


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
