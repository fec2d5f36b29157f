"""The sentences on how sure the best alternative is of what it gets wrong."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.words import Words

__all__ = ["mistakes"]


def mistakes(findings: Findings, words: Words) -> list[str]:
    """Return how sure the best is of what it gets wrong."""
    if not findings.mistakes:
        return [words.say("no_mistakes")]
    sure, numbers = findings.sure_mistakes or 0, words.numbers
    if findings.mistakes == 1:
        key = "mistakes.only_sure" if sure else "mistakes.only_not_sure"
    else:
        key = "mistakes.sure" if sure else "mistakes.not_sure"
    said = words.say(
        key,
        count=sure,
        number=numbers.integer(sure),
        mistakes=numbers.integer(findings.mistakes),
        share=numbers.percent(sure / findings.mistakes),
    )
    return [words.say("mistakes.intro"), said]
