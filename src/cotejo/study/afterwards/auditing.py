"""The audit of a study's data: of its images, and of its labels by the study's own networks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cotejo.data import Dataset
from cotejo.data.audit import (
    FILES,
    Issue,
    cached_audit,
    is_of,
    read_audit,
    with_issues,
    write_audit_files,
)
from cotejo.errors import OutputError
from cotejo.evaluate import label_issues
from cotejo.facts import AlternativeFacts, best_alternative, gather
from cotejo.store import RunFolder, StudyFile
from cotejo.study.afterwards.trying import tried
from cotejo.study.progress import Observer

__all__ = ["write_audit"]

_SPLITS = ("valid", "test")
"""Whose labels the study's networks judge: they have not learned from these images."""


def write_audit(folder: Path, dataset: Dataset, observer: Observer) -> None:
    """Write a study's ``audit.csv``, ``audit.npz`` and ``audit.json``, unless they are there.

    The labels of the validation and the test images are judged by the best alternative alone,
    the mean of its seeds: on CIFAR-10, weaker alternatives suspect more of their own mistakes
    and find no more wrong labels (`docs/audit.md`).

    The study is whole without it. If something goes wrong, ``observer`` is told, ``audit.log``
    says what, and the report leaves the section out.

    Args:
        folder: a study's, with a finished run.
        dataset: what it trained on.
        observer: told that an audit begins, and of what goes wrong.

    Raises:
        OutputError: the folder can't be written.
    """
    log = folder / StudyFile.AUDIT_LOG
    with tried(log, "audit_failed", observer.audit_failed):
        try:
            best = best_alternative(gather(folder))
            judged_by = best.finished if best.has_probabilities else ()
            judges = {"alternative": best.name, "runs": [run.key for run in judged_by]}
            if not _is_there(folder, dataset, judges):
                audit = cached_audit(dataset, lambda: observer.audit_started(dataset))
                audit = with_issues(audit, _suspected(best), dataset)
                about = {**audit.about, "labels_judged_by": judges}
                write_audit_files(folder, replace(audit, about=about))
        except Exception:
            _forget(folder)
            raise


def _is_there(folder: Path, dataset: Dataset, judges: dict[str, Any]) -> bool:
    try:
        audit = read_audit(folder)
    except OutputError:  # none yet, or damaged: to be written anew
        return False
    return is_of(audit, dataset.fingerprint) and audit.about.get("labels_judged_by") == judges


def _forget(folder: Path) -> None:
    """Delete what an earlier audit left: it is not of these runs, or not of this data."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)


def _suspected(best: AlternativeFacts) -> list[Issue]:
    issues: list[Issue] = []
    if not best.has_probabilities:
        return issues  # a named class does not tell how sure the judges are
    for split in _SPLITS:
        # Readers of their own, so that the probabilities of all runs are not kept in memory.
        predictions = [RunFolder(run.path).predictions for run in best.finished]
        chances = np.mean([arrays[f"{split}_probabilities"] for arrays in predictions], axis=0)
        issues += label_issues(predictions[0][f"{split}_labels"], chances, split)
    return issues
