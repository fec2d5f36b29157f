"""The sentences on the split, on what was chosen with it, and on the readings of the test set."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.words import Words

__all__ = ["method"]


def method(findings: Findings, words: Words) -> list[str]:
    """Return how the data was split, what each split decided, how often the test set was read."""
    facts = findings.facts
    split = str((facts.data.get("split") or {}).get("method", ""))
    key = f"method.split_{split}"
    sentences = [words.say(key if words.knows(key) else "method.split_other", method=split)]
    sentences.append(words.say("method.choice"))
    reads = len(facts.test_reads)
    runs = len(facts.finished)
    if not reads:
        sentences.append(words.say("method.reads_unknown"))
    elif reads == runs and not findings.extra_test_reads:
        sentences.append(words.say("method.reads_once", count=reads))
    else:
        finished = words.say("method.finished_count", count=runs)
        sentences.append(words.say("method.reads_other", count=reads, runs=finished))
    return sentences
