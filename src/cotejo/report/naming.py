"""What sentences call the alternatives, their runs and the data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cotejo.facts import AlternativeFacts, StudyFacts, in_language
from cotejo.numbers import NO_BREAK
from cotejo.report.words import Words

_NUMBER_AND_WORD = re.compile(r"(?<=\d) (?=[^\W\d])")

__all__ = [
    "data_names",
    "quoted",
    "quoted_classes",
    "report_author",
    "seeds_trained",
    "study_title",
    "together",
    "version_of",
]

_MOST_CLASSES = 4
"""The most classes that a sentence names one by one."""


def quoted(alternatives: Sequence[AlternativeFacts], words: Words) -> str:
    """Return the labels of alternatives, in quotation marks, as a list in words."""
    return words.both(
        [
            words.say("quoted", text=together(alternative.label(words.language)))
            for alternative in alternatives
        ]
    )


def quoted_classes(labels: Sequence[int], names: Sequence[str], words: Words) -> str:
    """Return the names of classes, in quotation marks, as a list; how many they are, if many."""
    if len(labels) > _MOST_CLASSES:
        return words.say("classes_count", count=len(labels))
    return words.both([words.say("quoted", text=names[label]) for label in labels])


def seeds_trained(facts: StudyFacts, words: Words) -> str:
    """Return how many of the seeds that were asked for have results."""
    seeds = _seeds_trained(facts, words)
    if facts.folds is None:
        return seeds
    return words.say("seeds_in_folds", count=len(facts.seeds), seeds=seeds, folds=facts.folds)


def _seeds_trained(facts: StudyFacts, words: Words) -> str:
    counts, asked = {len(alternative.finished) for alternative in facts.own}, len(facts.seeds)
    if not counts:
        # Whatever was added has its own seeds.
        counts, asked = {len(facts.seeds)}, len(facts.seeds)
    low, high = min(counts), max(counts)
    if facts.plan_of_looks is not None and low < high:
        # Each has as many as it needs.
        return words.say("seeds_from_to", low=low, high=high)
    if low == asked:
        return words.say("seeds_count", count=asked)
    if low == high:
        return words.say("seeds_some", finished=high, asked=asked)
    return words.say("seeds_between", low=low, high=high, asked=asked)


def together(text: str) -> str:
    r"""Return a short text with each number held to the word after it: no line breaks there.

    Example:
        >>> together("2 convolutions, dropout 0.3")
        '2\xa0convolutions, dropout 0.3'
    """
    return _NUMBER_AND_WORD.sub(NO_BREAK, text)


def data_names(facts: StudyFacts, words: Words) -> tuple[str, str]:
    """Return the names of the data that was trained on and of the data that was asked for."""
    data = facts.study.get("data") or facts.data["name"]
    return words.data_name(data), words.data_name(facts.study.get("requested_data") or data)


def study_title(facts: StudyFacts, words: Words) -> str:
    """Return the study's title, which says if it is a quick look, or if its data replace others."""
    study = facts.study
    own = study.get("report", {}).get("title") or study.get("title")
    text = str(in_language(own, words.language) or study.get("name", ""))
    data, requested = data_names(facts, words)
    if data != requested:
        text = words.say("title_fallback", title=text, data=data, requested=requested)
    return words.say("title_quick", title=text) if study.get("quick") else text


def report_author(facts: StudyFacts, words: Words) -> str:
    """Return who signs the report; empty if nobody does."""
    author = facts.study.get("report", {}).get("author")
    return str(in_language(author, words.language) or "")


def version_of(facts: StudyFacts) -> str:
    """Return Cotejo's version; where it is not installed, that of a run."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("cotejo")
    except PackageNotFoundError:
        records = (run.record for each in facts.trained for run in each.finished)
        return str(next(records, {}).get("versions", {}).get("cotejo", ""))
