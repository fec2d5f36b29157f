"""What an audit found: its rows, the images worth a look, and their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from cotejo.store import (
    FORMAT,
    check_arrays,
    check_content,
    damaged,
    described_files,
    read_csv,
    read_json,
    read_npz,
    write_csv,
    write_json,
    write_npz,
)
from cotejo.store.schemas import Content, Count, Fraction

__all__ = ["FILES", "KINDS", "LEARNED", "Audit", "Issue", "read_audit", "write_audit_files"]

KINDS = (
    "exact-duplicate",
    "near-duplicate",
    "label",
    "blank",
    "dark",
    "bright",
    "low-information",
    "outlier",
)
"""What an image can be found to be, in the order of ``audit.csv``."""

LEARNED = ("train", "valid")
"""The splits that a network learns from or is chosen by: a test image should be in neither."""

FILES = ("audit.csv", "audit.npz", "audit.json")
"""``audit.json`` is written last: where it is, all are."""

_COLUMNS = ("index", "split", "kind", "score", "partner", "partner_split", "predicted")
_DUPLICATES = ("exact-duplicate", "near-duplicate")


_SPLITS = ("train", "valid", "test")


class _AuditedData(Content):
    name: str
    fingerprint: str
    images: dict[str, Count]


class _Method(Content):
    version: int
    likeness: Fraction
    expected_by_chance: Annotated[float, Field(ge=0)]
    outlier_share: Annotated[float, Field(gt=0, le=1)]


class _Judges(Content):
    alternative: str | None = None
    runs: list[str] | None = None
    folds: Count | None = None
    settings: dict[str, Any] | None = None


class _About(Content):
    """``audit.json``."""

    dataset: _AuditedData
    method: _Method
    differently_labelled: Count
    labels_judged_by: _Judges | None = None
    rows: Count


@dataclass(frozen=True)
class Issue:
    """Something found about one image, or about two that are alike.

    Attributes:
        index: its position in its split.
        split: ``train``, ``valid`` or ``test``. Of two that are alike, the later of these.
        kind: one of `KINDS`.
        score: how strongly, in ``[0, 1]``; what it measures depends on the kind.
        partner: the image that it is alike, where it is a duplicate.
        partner_split: where that is.
        predicted: the label that a model gives an image whose own is suspected.
    """

    index: int
    split: str
    kind: str
    score: float
    partner: int | None = None
    partner_split: str | None = None
    predicted: int | None = None

    @property
    def is_duplicate(self) -> bool:
        """Whether it is about two images."""
        return self.kind in _DUPLICATES

    @property
    def is_leak(self) -> bool:
        """Whether it is about a test image that is also among those learned from or chosen by."""
        return self.is_duplicate and self.split == "test" and self.partner_split in LEARNED

    @property
    def is_learned_from(self) -> bool:
        """Whether it is about a test image that is also in the training split."""
        return self.is_leak and self.partner_split == "train"


@dataclass(frozen=True, eq=False)
class Audit:
    """What was found in a dataset.

    Attributes:
        issues: everything found, by kind in the order of `KINDS`, the highest score first.
        images: uint8 ``[m, height, width, channels]``: those of the gallery.
        places: for each of them its split, a position in ``train``, ``valid``, ``test``, and its
            index in it: int32 ``[m, 2]``.
        labels: the gallery's images' labels, int32 ``[m]``.
        about: what ``audit.json`` says besides: the dataset, the method, the time it took.
    """

    issues: tuple[Issue, ...]
    images: NDArray[np.uint8]
    places: NDArray[np.int32]
    labels: NDArray[np.int32]
    about: Mapping[str, Any]

    def of_kind(self, *kinds: str) -> list[Issue]:
        """Return the issues of some kinds."""
        return [issue for issue in self.issues if issue.kind in kinds]

    @property
    def leaks(self) -> list[Issue]:
        """Test images that are also among those learned from or chosen by, a row a pair."""
        return [issue for issue in self.issues if issue.is_leak]

    def counts(self) -> dict[str, Any]:
        """Return how much of each kind there is.

        Returns:
            ``images``: for each kind, images of each split; of duplicates, those with a partner.
            ``pairs``: pairs of duplicates within train and valid, across to test, within test.
            ``test_images_in_train_or_valid`` and ``test_images_in_train``: those with a duplicate
            there.
        """
        images = {kind: dict.fromkeys(("train", "valid", "test"), 0) for kind in KINDS}
        for kind in KINDS:
            found = {(issue.split, issue.index) for issue in self.of_kind(kind)}
            if kind in _DUPLICATES:
                found |= {
                    (str(issue.partner_split), int(issue.partner or 0))
                    for issue in self.of_kind(kind)
                }
            for split, _ in found:
                images[kind][split] += 1
        pairs = {kind: self._pairs(kind) for kind in _DUPLICATES}
        return {
            "images": images,
            "pairs": pairs,
            "test_images_in_train_or_valid": len({issue.index for issue in self.leaks}),
            "test_images_in_train": len(
                {issue.index for issue in self.leaks if issue.is_learned_from}
            ),
        }

    def _pairs(self, kind: str) -> dict[str, int]:
        found = self.of_kind(kind)
        across = sum(issue.is_leak for issue in found)
        within = sum(issue.split == issue.partner_split == "test" for issue in found)
        return {"learned": len(found) - across - within, "across": across, "test": within}


def write_audit_files(folder: Path, audit: Audit) -> None:
    """Write ``audit.csv``, ``audit.npz`` and ``audit.json``, as `docs/files.md` gives them.

    Raises:
        OutputError: the folder can't be written to.
    """
    rows = ({**asdict(issue), "score": round(issue.score, 4)} for issue in audit.issues)
    write_csv(folder / "audit.csv", _COLUMNS, rows)
    gallery = folder / "audit.npz"
    write_npz(gallery, images=audit.images, places=audit.places, labels=audit.labels)
    about = {name: value for name, value in audit.about.items() if name not in ("format", "files")}
    counted = {"rows": len(audit.issues), "counts": audit.counts()}
    # Last: it lists what it belongs with.
    listed = described_files(folder, ["audit.csv", "audit.npz"])
    write_json(folder / "audit.json", {"format": FORMAT, **about, **counted, "files": listed})


def read_audit(folder: Path) -> Audit:
    """Read what `write_audit_files` wrote.

    Raises:
        OutputError: a file is missing, damaged, or of another audit.
    """
    path = folder / "audit.json"
    about = read_json(path)
    check_content(_About, about, path)
    table, gallery = folder / "audit.csv", folder / "audit.npz"
    rows, arrays = read_csv(table), read_npz(gallery)
    for name, found in described_files(folder, ["audit.csv", "audit.npz"]).items():
        if about.get("files", {}).get(name, found) != found:
            raise damaged(folder / name)
    check_arrays(gallery, arrays, {"images": (4, "u1"), "places": (2, "i"), "labels": (1, "i")})
    images, places, labels = arrays["images"], arrays["places"], arrays["labels"]
    if places.shape != (len(images), 2) or len(labels) != len(images):
        raise damaged(gallery, "places", list(places.shape))
    if about["rows"] != len(rows):  # a row is missing, or of another audit
        raise damaged(table, "rows", len(rows))
    issues = tuple(_issue(row, number, table) for number, row in enumerate(rows, start=1))
    return Audit(issues, images, places, labels, about)


def _issue(row: Mapping[str, str], number: int, path: Path) -> Issue:
    try:
        paired = bool(row["partner_split"])
        issue = Issue(
            index=int(row["index"]),
            split=row["split"],
            kind=row["kind"],
            score=float(row["score"]),
            partner=int(row["partner"]) if paired else None,
            partner_split=row["partner_split"] if paired else None,
            predicted=int(row["predicted"]) if row["predicted"] else None,
        )
    except (KeyError, ValueError) as error:
        raise damaged(path, f"row {number}", ",".join(row.values())) from error
    sound = (
        issue.split in _SPLITS
        and issue.kind in KINDS
        and 0 <= issue.score <= 1
        and min(issue.index, issue.partner or 0, issue.predicted or 0) >= 0
        and issue.is_duplicate == paired
        and issue.partner_split in (None, *_SPLITS)
        and (issue.kind == "label") == (issue.predicted is not None)
    )
    if not sound:
        raise damaged(path, f"row {number}", ",".join(row.values()))
    return issue
