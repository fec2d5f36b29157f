"""The labels that a study's audit suspects, looked at one by one and confirmed or dismissed."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit import (
    SPLITS,
    Audit,
    Issue,
    Reviewed,
    Verdict,
    change_review,
    read_audit,
    read_review,
)
from cotejo.serve.limits import Refusal
from cotejo.serve.stamps import Stamp, stamp
from cotejo.store import StudyFile, now

__all__ = ["decide", "suspect_image", "suspects"]

_writing = threading.Lock()
"""Held from reading ``review.csv`` to writing it: two people may review at a time."""


def suspects(folder: Path) -> list[dict[str, Any]]:
    """Return the suspected labels whose images are kept, the strongest case first.

    Raises:
        OutputError: a file of the audit, or the review, is damaged.
    """
    audit = _audit(folder)
    if audit is None:
        return []
    said = read_review(folder, audit.fingerprint)
    rows = []
    for issue in audit.of_kind("label"):
        place = _place(audit, issue.split, issue.index)
        if place is None:
            continue
        known = said.get((issue.split, issue.index))
        rows.append(
            {
                "split": issue.split,
                "index": issue.index,
                "label": int(audit.labels[place]),
                "predicted": issue.predicted,
                "probability": round(1 - issue.score, 4),
                "verdict": known.verdict if known else None,
            }
        )
    return rows


def suspect_image(folder: Path, split: str, index: int) -> NDArray[np.uint8]:
    """Return the image of a suspected label.

    Raises:
        Refusal: 404 if it is not kept.
    """
    audit = _audit(folder)
    place = None if audit is None else _place(audit, split, index)
    if audit is None or place is None:
        raise Refusal(404, "no_image")
    image: NDArray[np.uint8] = audit.images[place]
    return image


def decide(folder: Path, split: str, index: int, verdict: Verdict | None) -> None:
    """Keep what a person says of a label; None takes back what was said.

    Raises:
        Refusal: 404 if the audit does not suspect it.
        OutputError: it can't be written.
    """
    audit = _audit(folder)
    if audit is None:
        raise Refusal(404, "no_image")
    issue = _issue(audit, split, index)
    place = _place(audit, split, index)
    if issue is None or issue.predicted is None or place is None:
        raise Refusal(404, "no_image")
    fingerprint, said = audit.fingerprint, None
    if verdict is not None:
        label = int(audit.labels[place])
        said = Reviewed(split, index, label, issue.predicted, verdict, now(), fingerprint)
    with _writing:
        change_review(folder, fingerprint, split, index, said)


def _audit(folder: Path) -> Audit | None:
    files = (StudyFile.AUDIT, StudyFile.AUDIT_ISSUES, StudyFile.AUDIT_IMAGES)
    stamps = tuple(stamp(folder / name) for name in files)
    return None if stamps[0] is None else _read(folder, stamps)


@lru_cache(maxsize=2)
def _read(folder: Path, stamps: tuple[Stamp, ...]) -> Audit:
    """Return an audit as it is since its files have these stamps: a page asks image by image."""
    return read_audit(folder)


def _issue(audit: Audit, split: str, index: int) -> Issue | None:
    own = (each for each in audit.of_kind("label") if (each.split, each.index) == (split, index))
    return next(own, None)


def _place(audit: Audit, split: str, index: int) -> int | None:
    """Return where the audit keeps an image; None if it does not."""
    if split not in SPLITS:
        return None
    found = np.flatnonzero((audit.places == (SPLITS.index(split), index)).all(axis=1))
    return int(found[0]) if len(found) else None
