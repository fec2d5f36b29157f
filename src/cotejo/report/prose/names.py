"""What sentences call the alternatives, their runs and the data."""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.prose.words import Words

__all__ = ["data_names", "quoted", "runs_named", "seeds_trained"]


def quoted(alternatives: Sequence[AlternativeFacts], words: Words) -> str:
    """Return the labels of alternatives, in quotation marks, as a list in words."""
    return words.both([words.say("quoted", text=one.label(words.language)) for one in alternatives])


def runs_named(label: str, seeds: Sequence[str], words: Words) -> str:
    """Return the runs of one alternative, by its label and their seeds."""
    return words.say("runs_named", count=len(seeds), label=label, seeds=words.both(seeds))


def seeds_trained(facts: StudyFacts, words: Words) -> str:
    """Return how many seeds the alternatives with results have, of those asked for."""
    counts, asked = {len(one.finished) for one in facts.trained}, len(facts.seeds)
    low, high = min(counts), max(counts)
    if low == asked:
        return words.say("seeds_count", count=asked)
    if low == high:
        return words.say("seeds_some", finished=high, asked=asked)
    return words.say("seeds_between", low=low, high=high, asked=asked)


def data_names(facts: StudyFacts, words: Words) -> tuple[str, str]:
    """Return the names of the data that was trained on and of the data that was asked for."""
    data = facts.study.get("data") or facts.data["name"]
    return words.data_name(data), words.data_name(facts.study.get("requested_data") or data)
