"""The sentences on the data: how many images of what size, and of which classes."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.words import Words
from cotejo.texts import is_place

__all__ = ["data"]

_BALANCED = 1.15
"""The largest ratio of two classes' sizes at which classes count as equally frequent."""
_DIGITS = 12
"""How many digits of the fingerprint are shown; the last section has all of them."""


def data(findings: Findings, words: Words) -> list[str]:
    """Return the paragraphs on the data: how many images of what size, of what classes."""
    facts, say, numbers = findings.facts, words.say, words.numbers
    height, width, channels = facts.data["image_shape"]
    sizes = {split: facts.images(split) for split in ("train", "valid", "test")}
    counts = facts.data["counts"]["train"]
    balance = "data.balanced" if max(counts) <= _BALANCED * min(counts) else "data.unbalanced"
    if max(counts) == min(counts):
        balance = "data.equal"
    sentences = [
        say(
            "data.sizes",
            data=words.data_name(facts.data["name"]),
            total=numbers.integer(sum(sizes.values())),
            height=height,
            width=width,
            channels=say("data.channels", count=channels),
            classes=len(counts),
        ),
        say("data.split", **{split: numbers.integer(size) for split, size in sizes.items()}),
        say(
            balance,
            low=numbers.integer(min(counts)),
            high=numbers.integer(max(counts)),
        ),
    ]
    about_split = f"data.split_{(facts.data.get('split') or {}).get('method')}"
    if words.knows(about_split):
        sentences.insert(2, say(about_split))
    if all(alternative.has_layers("Rescaling") for alternative in facts.trained):
        sentences.append(say("data.scaled"))
    if about_images := words.of_data(facts.data["name"], "images"):
        sentences.insert(1, about_images)
    source, fingerprint = facts.data.get("source"), facts.data.get("fingerprint")
    if source and not is_place(source):
        source = words.of_data(facts.data["name"], "source") or source
        sentences.append(say("data.source", source=source))
    elif fingerprint:
        sentences.append(say("data.identified", fingerprint=fingerprint[:_DIGITS]))
    return sentences
