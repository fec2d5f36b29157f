"""The pictures of an audit: pairs that are alike, suspected labels, and poor images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cotejo.data.audit import Audit, Issue, shown
from cotejo.report.elements import Picture
from cotejo.report.pictures import data_uri
from cotejo.report.words import Words

__all__ = ["AuditGallery", "Gallery", "GalleryEntry"]

_SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class GalleryEntry:
    """One entry of a gallery: an image, or two of them, and the lines of text below."""

    pictures: Sequence[Picture]
    lines: Sequence[str]


@dataclass(frozen=True)
class Gallery:
    """The entries of a figure, with its number and caption."""

    number: int
    caption: str
    entries: Sequence[GalleryEntry]


@dataclass(frozen=True)
class AuditGallery:
    """Makes the galleries of an audit.

    Attributes:
        audit: whose images are shown.
        names: the classes', in label order.
        words: the language.
        next_number: gives the next figure's number.
    """

    audit: Audit
    names: Sequence[str]
    words: Words
    next_number: Callable[[], int]

    def pairs(self, *, across: bool) -> Gallery | None:
        """Return the pairs of a test image and an image of another split, or the other pairs."""
        every = [
            issue for issue in self.audit.issues if issue.is_duplicate and issue.is_leak == across
        ]
        own = [issue for issue in self._shown if issue.is_duplicate and issue.is_leak == across]
        caption = "audit.figure_across" if across else "audit.figure_within"
        return self._gallery(caption, [self._pair(issue) for issue in own], len(every))

    def labels(self, splits: Sequence[str], caption: str) -> Gallery | None:
        """Return the most suspected labels of some splits."""
        every = [issue for issue in self.audit.of_kind("label") if issue.split in splits]
        own = [issue for issue in self._shown if issue.kind == "label" and issue.split in splits]
        return self._gallery(caption, [self._label(issue) for issue in own], len(every))

    def others(self, kinds: Sequence[str]) -> list[tuple[str, list[Picture]]]:
        """Return the name and some images of each kind that was found."""
        kinds_shown = []
        for kind in kinds:
            own = [issue for issue in self._shown if issue.kind == kind]
            ranked = sorted(own, key=lambda issue: -issue.score)
            pictures = [self._picture(issue.split, issue.index) for issue in ranked[:_IN_A_ROW]]
            if pictures:
                kinds_shown.append(
                    (self.words.say(f"audit.kind_{kind.replace('-', '_')}"), pictures)
                )
        return kinds_shown

    @cached_property
    def _shown(self) -> list[Issue]:
        # An image that was not kept can't be shown.
        chosen = shown(self.audit.issues)
        return [
            issue
            for issue in chosen
            if (_SPLITS.index(issue.split), issue.index) in self._positions
        ]

    def _gallery(self, caption: str, entries: list[GalleryEntry], total: int) -> Gallery | None:
        if not entries:
            return None
        key = caption if total > len(entries) else f"{caption}_all"
        said = self.words.say(key, count=len(entries), total=self.words.numbers.integer(total))
        return Gallery(self.next_number(), said, entries)

    def _pair(self, issue: Issue) -> GalleryEntry:
        places = [(issue.split, issue.index)]
        if issue.partner is not None and issue.partner_split is not None:
            places.append((issue.partner_split, issue.partner))
        labels = [self._class(*place) for place in places]
        said = labels[0] if len(set(labels)) == 1 else " ≠ ".join(labels)
        likeness = self._likeness(issue)
        lines = [f"{said} · {likeness}", *(self._place(*place) for place in places)]
        return GalleryEntry([self._picture(*place) for place in places], lines)

    def _likeness(self, issue: Issue) -> str:
        """Return it with two decimals. Only exact copies are as like as 1, so none rounds to it."""
        numbers = self.words.numbers
        if issue.score < 1 and round(issue.score, 2) == 1:
            return f"> {numbers.decimal(0.99, 2)}"
        return numbers.decimal(issue.score, 2)

    def _label(self, issue: Issue) -> GalleryEntry:
        given = self._class(issue.split, issue.index)
        predicted = self.names[issue.predicted] if issue.predicted is not None else "?"
        chance = self.words.numbers.percent(1 - issue.score)
        lines = (given, f"→ {predicted}", chance)
        return GalleryEntry([self._picture(issue.split, issue.index)], lines)

    def _picture(self, split: str, index: int) -> Picture:
        image = self.audit.images[self._position(split, index)]
        said = f"{self._place(split, index)}, {self._class(split, index)}"
        return Picture(data_uri(image), said)

    def _place(self, split: str, index: int) -> str:
        return self.words.say(f"audit.place_{split}", index=index)

    def _class(self, split: str, index: int) -> str:
        return self.names[int(self.audit.labels[self._position(split, index)])]

    def _position(self, split: str, index: int) -> int:
        return self._positions[_SPLITS.index(split), index]

    @cached_property
    def _positions(self) -> dict[tuple[int, int], int]:
        places = np.asarray(self.audit.places).tolist()
        return {(split, index): position for position, (split, index) in enumerate(places)}


_IN_A_ROW = 12
