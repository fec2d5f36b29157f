"""What a comparison says of the looks at its claims, in a line or two."""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.report.findings import Findings
from cotejo.report.words import Words

__all__ = ["looked_lines", "open_claims"]

_MOST_NAMED = 4
"""The most open claims that a line names one by one."""


def looked_lines(findings: Findings, words: Words) -> list[str]:
    """Return after how many runs the claims were looked at, and which are open.

    Nothing of a comparison whose claims are judged once.
    """
    course = findings.evidence.course
    if course is None:
        return []
    if not course.looks:
        return [words.say("looks.waiting")]
    runs = words.both([words.numbers.integer(look.runs) for look in course.looks])
    said = words.say("cli.compare_looks", count=len(course.looks), runs=runs)
    if not course.open:
        return [said, words.say("looks.settled_all")]
    return [said, open_claims([verdict.text(words.language) for verdict in course.open], words)]


def open_claims(texts: Sequence[str], words: Words) -> str:
    """Return that these claims are open; by name, if they are few."""
    if len(texts) > _MOST_NAMED:
        return words.say("looks.open", count=len(texts))
    named = words.both([words.say("quoted", text=text) for text in texts])
    return words.say("cli.compare_open", count=len(texts), claims=named)
