"""The result of an audit: its issues, the images for a gallery, and their files."""

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
    StudyFile,
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
from cotejo.store.schemas.values import Content, Count, Fraction

__all__ = [
    "FILES",
    "KINDS",
    "LEARNED",
    "SPLITS",
    "Audit",
    "Issue",
    "read_audit",
    "write_audit_files",
]

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
"""The kinds of issues, in the order of ``audit.csv``."""

SPLITS = ("train", "valid", "test")
"""Every split, in the order in which their images are numbered."""

LEARNED = ("train", "valid")
"""The splits that a network learns from or is chosen by; a test image should be in neither."""

FILES = (StudyFile.AUDIT_ISSUES, StudyFile.AUDIT_IMAGES, StudyFile.AUDIT)
"""The files of an audit. ``audit.json`` is written last: if it is there, all are."""

_COLUMNS = ("index", "split", "kind", "score", "partner", "partner_split", "predicted")
_DUPLICATES = ("exact-duplicate", "near-duplicate")


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
    """The content of ``audit.json``."""

    dataset: _AuditedData
    method: _Method
    differently_labelled: Count
    labels_judged_by: _Judges | None = None
    rows: Count


@dataclass(frozen=True)
class Issue:
    """An issue of one image, or of two that are alike.

    Attributes:
        index: the position of the image in its split.
        split: ``train``, ``valid`` or ``test``. Of two images, the one in the later split is meant.
        kind: one of `KINDS`.
        score: in ``[0, 1]``, larger for a stronger case; what it measures depends on the kind.
        partner: the position of the other image, if the two are duplicates.
        partner_split: the split of the other image.
        predicted: the label that a model gives the image, if its own label is suspected.
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
        """Whether the issue is about two images."""
        return self.kind in _DUPLICATES

    @property
    def is_leak(self) -> bool:
        """Whether a test image is also in the training or validation split."""
        return self.is_duplicate and self.split == "test" and self.partner_split in LEARNED

    @property
    def is_learned_from(self) -> bool:
        """Whether a test image is also in the training split."""
        return self.is_leak and self.partner_split == "train"


@dataclass(frozen=True, eq=False)
class Audit:
    """The result of the audit of a dataset.

    Attributes:
        issues: all issues, by kind in the order of `KINDS`, the highest score first.
        images: the images of the gallery, uint8 ``[m, height, width, channels]``.
        places: for each image of the gallery, its split (0 ``train``, 1 ``valid``, 2 ``test``) and
            its index in the split, int32 ``[m, 2]``.
        labels: the labels of the gallery's images, int32 ``[m]``.
        about: what else ``audit.json`` says: the dataset, the method, the time it took.
    """

    issues: tuple[Issue, ...]
    images: NDArray[np.uint8]
    places: NDArray[np.int32]
    labels: NDArray[np.int32]
    about: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the dataset."""
        return str(self.about["dataset"]["fingerprint"])

    def of_kind(self, *kinds: str) -> list[Issue]:
        """Return the issues of some kinds."""
        return [issue for issue in self.issues if issue.kind in kinds]

    @property
    def leaks(self) -> list[Issue]:
        """Test images that are also in the training or validation split, one issue per pair."""
        return [issue for issue in self.issues if issue.is_leak]

    def counts(self) -> dict[str, Any]:
        """Return how many issues of each kind there are.

        Returns:
            - ``images``: for each kind, the number of images in each split. Both images of a pair
              of duplicates count.
            - ``pairs``: pairs of duplicates within train and valid, between those and test, and
              within test.
            - ``test_images_in_train_or_valid`` and ``test_images_in_train``: how many test images
              have a duplicate there.
        """
        images = {kind: dict.fromkeys(SPLITS, 0) for kind in KINDS}
        for kind in KINDS:
            positions = {(issue.split, issue.index) for issue in self.of_kind(kind)}
            if kind in _DUPLICATES:
                positions |= {
                    (str(issue.partner_split), int(issue.partner or 0))
                    for issue in self.of_kind(kind)
                }
            for split, _ in positions:
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
        issues = self.of_kind(kind)
        across = sum(issue.is_leak for issue in issues)
        within = sum(issue.split == issue.partner_split == "test" for issue in issues)
        return {"learned": len(issues) - across - within, "across": across, "test": within}


def write_audit_files(folder: Path, audit: Audit) -> None:
    """Write ``audit.csv``, ``audit.npz`` and ``audit.json``, as `docs/files.md` describes them.

    Raises:
        OutputError: the folder can't be written to.
    """
    rows = ({**asdict(issue), "score": round(issue.score, 4)} for issue in audit.issues)
    write_csv(folder / StudyFile.AUDIT_ISSUES, _COLUMNS, rows)
    gallery = folder / StudyFile.AUDIT_IMAGES
    write_npz(gallery, images=audit.images, places=audit.places, labels=audit.labels)
    about = {name: value for name, value in audit.about.items() if name not in ("format", "files")}
    counted = {"rows": len(audit.issues), "counts": audit.counts()}
    # Written last: it lists the files that belong to it.
    listed = described_files(folder, FILES[:2])
    write_json(folder / StudyFile.AUDIT, {"format": FORMAT, **about, **counted, "files": listed})


def read_audit(folder: Path) -> Audit:
    """Read what `write_audit_files` wrote.

    Raises:
        OutputError: a file is missing, damaged, or of another audit.
    """
    path = folder / StudyFile.AUDIT
    about = read_json(path)
    check_content(_About, about, path)
    table, gallery = folder / StudyFile.AUDIT_ISSUES, folder / StudyFile.AUDIT_IMAGES
    rows, arrays = read_csv(table), read_npz(gallery)
    for name, found in described_files(folder, FILES[:2]).items():
        if about.get("files", {}).get(name, found) != found:
            raise damaged(folder / name)
    check_arrays(gallery, arrays, {"images": (4, "u1"), "places": (2, "i"), "labels": (1, "i")})
    images, places, labels = arrays["images"], arrays["places"], arrays["labels"]
    if places.shape != (len(images), 2) or len(labels) != len(images):
        raise damaged(gallery, "places", list(places.shape))
    if about["rows"] != len(rows):  # a row is missing, or the table is another audit's
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
        issue.split in SPLITS
        and issue.kind in KINDS
        and 0 <= issue.score <= 1
        and min(issue.index, issue.partner or 0, issue.predicted or 0) >= 0
        and issue.is_duplicate == paired
        and issue.partner_split in (None, *SPLITS)
        and (issue.kind == "label") == (issue.predicted is not None)
    )
    if not sound:
        raise damaged(path, f"row {number}", ",".join(row.values()))
    return issue
