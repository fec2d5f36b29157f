"""``review.csv``: what a person said of the labels that an audit suspects, image by image.

It lies in the folder of the study, or of the audit, whose suspicions it is about. Each row says of
which data it is, so that what was said of other images is never taken for these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from cotejo.data.audit.result import SPLITS, Audit
from cotejo.store import StudyFile, damaged, read_csv, write_csv

__all__ = [
    "VERDICTS",
    "Review",
    "Reviewed",
    "Verdict",
    "change_review",
    "read_review",
    "reviewed_of",
    "write_review",
]

Verdict: TypeAlias = Literal["confirmed", "dismissed"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""``confirmed``: the label is wrong indeed. ``dismissed``: it is right, or can't be told."""

_COLUMNS = ("split", "index", "label", "predicted", "verdict", "time", "fingerprint")


@dataclass(frozen=True)
class Reviewed:
    """What a person said of one label.

    Attributes:
        split: of the image: ``train``, ``valid`` or ``test``.
        index: its position there.
        label: the label that it has.
        predicted: the label that a model gave it when it was looked at.
        verdict: one of `VERDICTS`.
        time: when it was said, as ISO 8601 writes it.
        fingerprint: of the data.
    """

    split: str
    index: int
    label: int
    predicted: int
    verdict: Verdict
    time: str
    fingerprint: str


Review: TypeAlias = Mapping[tuple[str, int], Reviewed]
"""All that was said of one data set, by the split and the position of the image."""


def read_review(folder: Path, fingerprint: str) -> dict[tuple[str, int], Reviewed]:
    """Return what a person said of the labels of some data; nothing where there is no file.

    Args:
        folder: the study's or the audit's.
        fingerprint: of the data; what was said of other data is left out.

    Raises:
        OutputError: the file is damaged.
    """
    rows = _read(folder)
    return {(each.split, each.index): each for each in rows if each.fingerprint == fingerprint}


def change_review(
    folder: Path, fingerprint: str, split: str, index: int, said: Reviewed | None
) -> None:
    """Change what is said of one label of some data; all else in the file stays as it is.

    Args:
        folder: the study's or the audit's.
        fingerprint: of the data.
        split: of the image.
        index: its position there.
        said: what is said of it; None takes it back.

    Raises:
        OutputError: the file is damaged, or can't be written.
    """
    place = (fingerprint, split, index)
    review = {(each.fingerprint, each.split, each.index): each for each in _read(folder)}
    if said is not None:
        review[place] = said
    else:
        review.pop(place, None)
    write_review(folder, review.values())


def write_review(folder: Path, review: Iterable[Reviewed]) -> None:
    """Write ``review.csv`` with these rows and no others, whole or not at all.

    Raises:
        OutputError: it can't be written.
    """
    said = sorted(review, key=lambda each: (each.fingerprint, SPLITS.index(each.split), each.index))
    write_csv(folder / StudyFile.REVIEW, _COLUMNS, map(asdict, said))


def reviewed_of(audit: Audit, review: Review, splits: Sequence[str]) -> list[Reviewed]:
    """Return what was said of the labels that an audit suspects in some splits."""
    issues = (each for each in audit.of_kind("label") if each.split in splits)
    known = (review.get((issue.split, issue.index)) for issue in issues)
    return [each for each in known if each is not None]


def _read(folder: Path) -> list[Reviewed]:
    """Return every row of the file, of whichever data."""
    path = folder / StudyFile.REVIEW
    if not path.is_file():
        return []
    return [_reviewed(row, number, path) for number, row in enumerate(read_csv(path), start=1)]


def _reviewed(row: Mapping[str, str], number: int, path: Path) -> Reviewed:
    try:
        verdict = next(each for each in VERDICTS if each == row["verdict"])
        index, label, predicted = (int(row[name]) for name in ("index", "label", "predicted"))
        split = SPLITS[SPLITS.index(row["split"])]
        said = Reviewed(split, index, label, predicted, verdict, row["time"], row["fingerprint"])
    except (KeyError, ValueError, StopIteration) as error:
        raise damaged(path, f"row {number}", ",".join(row.values())) from error
    if min(index, label, predicted) < 0:
        raise damaged(path, f"row {number}", ",".join(row.values()))
    return said
