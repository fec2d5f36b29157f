"""What the report says of alternatives that were trained elsewhere: what is known, and what not."""

from __future__ import annotations

from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.naming import quoted
from cotejo.report.words import Words

__all__ = ["added", "added_from"]


def added(findings: Findings, words: Words) -> list[str]:
    """Return where added predictions came from, and what was not given; nothing of none."""
    alternatives = findings.facts.added
    if len(alternatives) < 2:
        said = [added_from(alternative, words) for alternative in alternatives]
    else:
        labels = [_said("added_one_of_several", each, words) for each in alternatives]
        said = [words.say("added_several", labels=words.both(labels))]
    lacking = {
        "added_classes": [each for each in alternatives if not each.has_probabilities],
        "added_unvalidated": [each for each in alternatives if not each.has_validation],
    }
    for key, of in lacking.items():
        if of:
            said.append(words.say(key, count=len(of), labels=quoted(of, words)))
    return said


def added_from(alternative: AlternativeFacts, words: Words) -> str:
    """Return from where the predictions of an alternative were added."""
    return _said("added", alternative, words)


def _said(key: str, alternative: AlternativeFacts, words: Words) -> str:
    """Return a sentence, or a part of one, about an alternative and the files it came from."""
    names = [words.say("quoted", text=name) for name in alternative.source_files]
    return words.say(
        key,
        label=alternative.label(words.language),
        source=words.both(names) if names else words.say("added_arrays"),
    )
