"""The sentences on the data: how many images of what size, and of which classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.words import Words
from cotejo.texts import is_place

__all__ = ["data", "pictures_read"]

_BALANCED = 1.15
"""The largest ratio of two classes' sizes at which classes count as equally frequent."""
_DIGITS = 12
"""How many digits of the fingerprint are shown; the last section has all of them."""
_SCALES = ("scale", "scaled_pixels")
"""The names of the layer that divides by 255: of Cotejo's networks, and before a user's own."""


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
            total=numbers.integer(sizes["test"] if facts.folds else sum(sizes.values())),
            height=height,
            width=width,
            channels=say("data.channels", count=channels),
            classes=len(counts),
        ),
        say("data.folds", count=facts.folds)
        if facts.folds
        else say("data.split", **{split: numbers.integer(size) for split, size in sizes.items()}),
        say(
            balance,
            low=numbers.integer(min(counts)),
            high=numbers.integer(max(counts)),
        ),
    ]
    if how := _split(facts.data.get("split") or {}, words):
        sentences.insert(2, how)
    if all(map(_scales_first, facts.own)):
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


def _scales_first(alternative: AlternativeFacts) -> bool:
    """Whether the first layer after the input divides by 255, as in all networks of Cotejo's."""
    layers = (alternative.model or {}).get("layers") or []
    return len(layers) > 1 and layers[1]["name"] in _SCALES


def _split(split: Mapping[str, Any], words: Words) -> str | None:
    """Return how the images came to their splits, where it is known."""
    method = split.get("method")
    if method == "given" and split.get("test") == "valid":
        return words.say("data.split_valid_is_test", seed=split.get("seed"))
    if method == "given" and split.get("valid") == "dealt":
        return words.say("data.split_valid_dealt", seed=split["seed"])
    key = f"data.split_{method}"
    return words.say(key, seed=split.get("seed")) if words.knows(key) else None


def pictures_read(data: Mapping[str, Any], words: Words) -> list[str]:
    """Return how somebody's own pictures were read, and how many could not be used."""
    pictures = data.get("pictures")
    if pictures is None:
        return []
    numbers, (height, width, _) = words.numbers, data["image_shape"]
    changed = pictures["smaller"] or pictures["larger"] or height != width
    sentences = [
        words.say(
            "data.pictures_size" if changed else "data.pictures_kept",
            least=numbers.integer(pictures["least"]),
            most=numbers.integer(pictures["most"]),
            height=height,
            width=width,
        ),
    ]
    if changed:
        sentences.append(
            words.say(
                f"data.pictures_{pictures['fit']}",
                smaller=numbers.integer(pictures["smaller"]),
                larger=numbers.integer(pictures["larger"]),
            )
        )
    left_out = {reason: count for reason, count in pictures["left_out"].items() if count}
    if left_out:
        reasons = [
            f"{words.say(f'pictures.reason_{reason}')} ({numbers.integer(count)})"
            for reason, count in left_out.items()
        ]
        total = sum(left_out.values())
        sentences.append(words.say("data.left_out", count=total, reasons="; ".join(reasons)))
    return sentences
