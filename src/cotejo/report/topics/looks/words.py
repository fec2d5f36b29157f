"""The sentences on the looks at the claims."""

from __future__ import annotations

from cotejo.facts import StudyFacts
from cotejo.report.claims import Course
from cotejo.report.findings import Findings
from cotejo.report.words import Words
from cotejo.stats.looks import LOOKS

__all__ = ["looks", "seeds_each"]


def looks(findings: Findings, course: Course, words: Words) -> list[str]:
    """Return by which rule the claims were looked at, and what it took."""
    say = words.say
    if not course.looks:
        return [say("looks.waiting")]
    last, count = course.looks[-1], len(course.looks)
    counts = say("looks.counts", count=count, number=words.number(count))
    runs, seeds = words.numbers.integer(last.runs), seeds_each(last.facts, words)
    said = [say("looks.rule"), say("looks.took", counts=counts, runs=runs, seeds=seeds)]
    if count > 1:
        said.append(say("looks.allotted"))
    if count > LOOKS:
        said.append(say("looks.extended", count=count - LOOKS))
    open_ = len(course.open)
    said.append(say("looks.open", count=open_) if open_ else say("looks.settled_all"))
    since = sum(len(each.finished) for each in findings.facts.own) - last.runs
    if since > 0:
        said.append(say("looks.since", count=since))
    return said


def seeds_each(facts: StudyFacts, words: Words) -> str:
    """Return how many seeds the alternatives of the study had finished."""
    counts = [len(each.finished) for each in facts.own]
    low, high = min(counts, default=0), max(counts, default=0)
    if low == high:
        return words.say("looks.seeds_same", count=low)
    return words.say("looks.seeds_between", low=low, high=high)
