"""Whether a study fits its data, and how often its test set was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from cotejo.data import Dataset, without_validation
from cotejo.data.folds import in_folds
from cotejo.errors import OutputError
from cotejo.store import RunFile, StudyFolder, damaged_reads_name, read_readings
from cotejo.study.quick import first_images
from cotejo.verify.files import SoundRuns
from cotejo.verify.finding import Finding, Level

__all__ = ["as_the_study_saw_it", "data_findings"]


def as_the_study_saw_it(study: StudyFolder, dataset: Dataset) -> Dataset:
    """Return the data as the study had it: cut down, dealt in folds, or without validation."""
    if study.study.get("quick"):
        dataset = first_images(dataset)
    if (count := study.study.get("folds")) is not None:
        return in_folds(dataset, count)
    return without_validation(dataset) if study.study.get("final") else dataset


def data_findings(
    study: StudyFolder, runs: SoundRuns, dataset: Dataset | None
) -> Iterator[Finding]:
    """Compare fingerprint and labels with the data, and count the readings of the test set."""
    name = study.study.get("data")
    if dataset is None:
        yield Finding("warning", "verify.data_not_at_hand", {"name": name})
    else:
        yield from _compared(study, runs, as_the_study_saw_it(study, dataset))
    yield from _readings(study, runs)


def _compared(study: StudyFolder, runs: SoundRuns, dataset: Dataset) -> Iterator[Finding]:
    said = study.data.get("fingerprint")
    if said != dataset.fingerprint:
        values = {"said": str(said)[:16], "found": dataset.fingerprint[:16], "name": dataset.name}
        yield Finding("error", "verify.other_data", values)
        return
    splits = {"test": dataset.test.labels, "valid": dataset.valid.labels}
    fits = True
    for _, _, run in runs:
        predictions = run.predictions
        for split, labels in splits.items():
            if run.is_added and split not in run.metrics:
                continue  # it has no predictions there
            own = predictions.get(f"{split}_labels", np.zeros(0, np.int32))
            if not np.array_equal(own, labels):
                fits = False
                path = run.path / RunFile.PREDICTIONS
                field = f"{split}_labels"
                yield Finding("error", "verify.other_labels", {"path": path, "field": field})
    if fits:
        values = {"name": dataset.name, "fingerprint": str(said)[:16]}
        yield Finding("ok", "verify.data_fits", values)


def _readings(study: StudyFolder, runs: SoundRuns) -> Iterator[Finding]:
    try:
        rows = read_readings(study.path)
    except OutputError:
        return  # told already, with the files
    counts = Counter(row["key"] for row in rows)
    # Rows that were damaged are there, under another name.
    aside = sorted(path.name for path in study.path.glob(damaged_reads_name("*")))
    level: Level = "warning" if aside else "error"
    if aside:
        yield Finding("warning", "verify.readings_aside", {"files": ", ".join(aside)})
    for _, _, run in runs:
        said, noted = run.record.get("test_reads", 1), counts[str(run.key)]
        if noted < said:
            values = {"path": run.path, "said": said, "noted": noted}
            yield Finding(level, "verify.reading_missing", values)
    # A search may find what another alternative has: then two runs have one key.
    alike = Counter(str(run.key) for _, _, run in runs)
    more = sum(max(count - max(alike[key], 1), 0) for key, count in counts.items())
    others = len(counts.keys() - alike.keys())
    values = {"count": len(rows), "runs": len(runs)}
    if more or others:
        yield Finding("warning", "verify.readings_more", values)
    else:
        yield Finding("ok", "verify.readings_once", values)
