"""The data: sizes, classes, examples, and what augmentation makes of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from cotejo.config.augmentations import AugmentationError, array_name
from cotejo.report.elements import Column, Picture, Table, cells
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.pictures import data_uri
from cotejo.report.topic import OtherFile, Topic
from cotejo.report.topics.data.figure import MOST_LISTED, distribution
from cotejo.report.topics.data.words import data, pictures_read
from cotejo.store import StudyFile

__all__ = ["TOPIC"]

_EXAMPLES = 8
_ORIGINALS = 6
_SHOWN_CLASSES = 20
"""The most classes of which the body shows an image."""
_SHOWN_OF_MANY = 12
"""The classes of which examples are shown where there are too many to show all."""


def section(page: Page) -> dict[str, Any]:
    """Return sizes and classes, and one image of each class."""
    pictures = [images[0] for _, images in _examples(page)[:_SHOWN_CLASSES]]
    classes = len(page.facts.class_names(page.words.language))
    key = "data.figure_classes_some" if classes > len(pictures) else "data.figure_classes"
    return {
        "paragraphs": data(page.findings, page.words),
        "read": pictures_read(page.facts.data, page.words),
        "number": page.number_figure(),
        "caption": page.words.say(key, count=len(pictures), classes=classes),
        "pictures": pictures,
    }


def details(page: Page) -> dict[str, Any]:
    """Return examples, how the classes are distributed, channels and augmented images."""
    words, facts = page.words, page.facts
    count = len(facts.class_names(words.language))
    many = "_many" if count > MOST_LISTED else ""
    # The examples come first in the template, and so get the first number.
    examples_number = page.number_figure()
    return {
        "distribution": page.figure(
            "distribution",
            partial(distribution, facts, words),
            words.say(f"data.figure_distribution{'_folds' if facts.folds else many}"),
            StudyFile.DATA,
        ),
        "counts": _sizes(page) if many else _counts(page),
        "channels": _channels(page),
        "examples_number": examples_number,
        "examples_caption": words.say(
            f"data.figure_examples{many}", shown=_SHOWN_OF_MANY, count=count
        ),
        "examples": _examples(page),
        "augmented": _augmented(page),
    }


def _counts(page: Page) -> Table:
    words, counts = page.words, page.facts.data["counts"]
    splits = page.facts.splits
    rows = [
        cells(name, *(words.numbers.integer(counts[split][label]) for split in splits))
        for label, name in enumerate(page.facts.class_names(words.language))
    ]
    totals = (words.numbers.integer(page.facts.images(split)) for split in splits)
    return page.table(
        words.say("data.table_counts_folds" if page.facts.folds else "data.table_counts"),
        [
            page.column("class", number=False),
            *(Column(_heading(page, split), number=True) for split in splits),
        ],
        [*rows, cells(words.say("data.total"), *totals)],
        marked=len(rows),
        files=StudyFile.DATA,
    )


def _sizes(page: Page) -> Table:
    """Return the sizes of the largest, the middle and the smallest class, where there are many."""
    words, n = page.words, page.words.numbers
    splits = page.facts.splits
    counts = {split: page.facts.data["counts"][split] for split in splits}
    measures: dict[str, Callable[[list[int]], float]] = {
        "largest": max,
        "median": median,
        "smallest": min,
        "total": sum,
    }
    rows = [
        cells(
            words.say(f"data.{name}"),
            *(n.shortest(measure(counts[split]), 1) for split in splits),
        )
        for name, measure in measures.items()
    ]
    return page.table(
        words.say("data.table_sizes", count=len(next(iter(counts.values())))),
        [
            page.column("class", number=False),
            *(Column(_heading(page, split), number=True) for split in splits),
        ],
        rows,
        marked=len(rows) - 1,
        files=StudyFile.DATA,
    )


def _heading(page: Page, split: str) -> str:
    return page.words.say("data.images" if page.facts.folds else f"split_{split}")


def _channels(page: Page) -> Table | None:
    words, channels = page.words, page.facts.data.get("channels")
    if not channels:
        return None
    means, deviations = channels["mean"], channels["std"]
    names = [words.say(f"data.channel_{index}") for index in range(3)]
    return page.table(
        words.say("data.table_channels"),
        [
            page.column("data.channel", number=False),
            page.column("data.mean"),
            page.column("data.deviation"),
        ],
        [
            cells(
                names[index] if len(means) == len(names) else str(index + 1),
                words.numbers.decimal(means[index], 3),
                words.numbers.decimal(deviations[index], 3),
            )
            for index in range(len(means))
        ],
        files=StudyFile.DATA,
    )


def _examples(page: Page) -> list[tuple[str, list[Picture]]]:
    names = page.facts.class_names(page.words.language)
    images = page.facts.examples["example_images"]
    rows = list(zip(names, images, strict=False))
    if len(rows) > MOST_LISTED:
        rows = [rows[at * len(rows) // _SHOWN_OF_MANY] for at in range(_SHOWN_OF_MANY)]
    return [
        (name, [Picture(data_uri(image), name) for image in of_class[:_EXAMPLES]])
        for name, of_class in rows
    ]


def _augmented(page: Page) -> list[tuple[int, str, list[list[Picture]]]]:
    images = page.facts.examples
    said_of = _augmentations(page)
    galleries = []
    for key in sorted(name for name in images if name.startswith("augmented_")):
        policy = said_of.get(key) or key.removeprefix("augmented_").replace("_", "-")
        rows = []
        for original, draws in zip(images["original_images"], images[key], strict=True):
            together = np.concatenate([original[None], draws])
            rows.append([Picture(data_uri(image), policy) for image in together])
        known = f"data.augmentation_{policy.replace('-', '_')}"
        said = (
            page.words.say(known)
            if page.words.knows(known)
            else page.words.say("quoted", text=policy)
        )
        caption = page.words.say("data.figure_augmented", policy=said)
        galleries.append((page.number_figure(), caption, rows[:_ORIGINALS]))
    return galleries


def _augmented_too(findings: Findings) -> str:
    """Return the variant of what ``data.npz`` holds: augmented images, too, in some studies."""
    arrays = findings.facts.examples
    return "_augmented" if any(name.startswith("augmented_") for name in arrays) else ""


def _augmentations(page: Page) -> dict[str, str]:
    """Return the lists of parts that the study augments with, in words, by their arrays' names.

    Those with a part of a newer version are not among them.
    """
    lists = [
        value
        for alternative in page.facts.alternatives
        if isinstance(value := alternative.settings.get("augment"), list)
    ]
    named = {}
    for value in lists:
        with suppress(AugmentationError):
            named[array_name(value)] = page.words.setting_value("augment", value)
    return named


TOPIC = Topic(
    "data",
    section,
    place="body",
    details=details,
    see=("audit",),
    files=[
        OtherFile(StudyFile.DATA),
        OtherFile(StudyFile.IMAGES, variant=_augmented_too),
        OtherFile(StudyFile.FILES, is_of=lambda findings: "pictures" in findings.facts.data),
    ],
)
