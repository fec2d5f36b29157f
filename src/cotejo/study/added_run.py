"""One run that was trained elsewhere: what follows from its predictions, written to its folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cotejo.data import Dataset
from cotejo.errors import ConfigError, DataError, OutputError
from cotejo.evaluate import select_mistakes, split_metrics
from cotejo.evaluate.intervals import wilson_interval
from cotejo.facts import gather_records
from cotejo.store import (
    FORMAT,
    HISTORY_COLUMNS,
    TEMPORARY,
    RunFile,
    RunFolder,
    StudyFolder,
    array_seal,
    csv_content,
    described_content,
    json_content,
    make_folder,
    note_reading,
    now,
    npz_content,
    read_readings,
    with_probabilities,
    write_file,
    write_json,
)
from cotejo.study.added_list import added_runs
from cotejo.study.history_file import History
from cotejo.study.replaced import clear

__all__ = ["Added", "AddedRun", "check_free"]

_FAR = 0.1
"""How far above what is likely for the added run another must be for the rows to be doubted."""


@dataclass(frozen=True)
class Added:
    """A run that was added.

    Attributes:
        alternative, seed: which run.
        folder: the run's.
        accuracy: on the test images, in ``[0, 1]``.
        is_doubtful: whether it is no better than naming one class although another alternative is
            far better: the rows may be in another order than the study's images.
        has_validation: whether there are predictions on validation, without which it can't be
            chosen as the best.
        has_probabilities: whether there are probabilities, and not classes alone.
        done: ``"new"``; ``"replaced"`` if it took the place of another run; ``"there"`` if this
            very run was there already, so that nothing was written.
    """

    alternative: str
    seed: int
    folder: Path
    accuracy: float
    is_doubtful: bool
    has_validation: bool
    has_probabilities: bool
    done: Literal["new", "replaced", "there"] = "new"


def check_free(study: StudyFolder, name: str) -> None:
    """Refuse the name of an alternative that the study trains itself.

    Raises:
        ConfigError: it is one.
    """
    for entry in study.study["alternatives"]:
        if entry["name"] == name and not entry.get("added"):
            raise ConfigError("added_name_taken", name=name)


@dataclass(frozen=True)
class AddedRun:
    """A run that is to be written.

    Attributes:
        study_folder: the study's, whose folder is locked.
        name, seed: which run.
        predictions: the content of ``predictions.npz``.
        dataset: the study's.
        sources: what the record says of the files.
        history: its epochs, if given.
    """

    study_folder: Path
    name: str
    seed: int
    predictions: Mapping[str, NDArray[Any]]
    dataset: Dataset
    sources: Sequence[Mapping[str, Any]]
    history: History | None

    @property
    def _seal(self) -> str:
        return array_seal(self.predictions)

    @property
    def key(self) -> str:
        """The hash of the data and of what was given, by which the run is known."""
        content = {
            "data": self.dataset.fingerprint,
            "predictions": self._seal,
            "history": self.history.digest if self.history else None,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def write(self, replace: bool) -> Added:
        """Write the run's files, unless this very run is there.

        Raises:
            OutputError: another run is in its place and stays there, or something can't be
                written.
        """
        study = StudyFolder(self.study_folder)
        place = study.run(self.name, self.seed)
        metrics = split_metrics(with_probabilities(self.predictions))
        done: Literal["new", "replaced", "there"] = "there"
        if not (place.key == self.key and place.is_finished):
            done = "replaced" if place.is_written else "new"
            self._check_place(study, place, replace)
            clear(place.path, self.key, self.study_folder)
            self._write_files(place.path, metrics)
        accuracy = float(metrics["test"]["accuracy"])
        return Added(
            self.name,
            self.seed,
            place.path,
            accuracy,
            self._is_doubtful(accuracy),
            "valid" in metrics,
            "num_classes" not in self.predictions,
            done,
        )

    def _check_place(self, study: StudyFolder, place: RunFolder, replace: bool) -> None:
        check_free(study, self.name)
        if place.is_written:
            if place.key is not None and not place.is_added:
                raise OutputError("added_in_the_way", path=place.path)
            if not replace:
                raise OutputError("added_exists", name=self.name, seed=self.seed)
        elif not place.has_results and _holds_others(place.path):
            raise OutputError("added_in_the_way", path=place.path)
        for other in added_runs(self.study_folder, self.dataset.fingerprint):
            record = other.record
            same = record["source"].get("predictions") == self._seal
            if same and record["alternative"] == self.name and record["seed"] != self.seed:
                raise DataError("added_same", name=self.name, seed=self.seed, other=record["seed"])

    def _write_files(self, folder: Path, metrics: Mapping[str, Any]) -> None:
        test = self.dataset.test
        chances = with_probabilities(self.predictions)["test_probabilities"]
        mistakes = select_mistakes(test.labels, chances)
        files: dict[str, bytes] = {
            RunFile.METRICS: json_content(metrics),
            RunFile.MISTAKES: npz_content({"indices": mistakes, "images": test.images[mistakes]}),
            RunFile.PREDICTIONS: npz_content(self.predictions),
        }
        if self.history is not None:
            columns = [name for name in HISTORY_COLUMNS if name in self.history.rows[0]]
            files[RunFile.HISTORY] = csv_content(columns, self.history.rows)
        time = now()
        note_reading(
            self.study_folder, time=time, alternative=self.name, seed=self.seed, key=self.key
        )
        make_folder(folder)
        for name, content in files.items():
            write_file(folder / name, content)
        listed = {name: described_content(files[name]) for name in sorted(files)}
        write_json(folder / RunFile.RECORD, {**self._record(time), "files": listed})

    def _record(self, time: str) -> dict[str, Any]:
        data = self.dataset
        reads = sum(row["key"] == self.key for row in read_readings(self.study_folder))
        return {
            "format": FORMAT,
            "key": self.key,
            "status": "finished",
            "reason": None,
            "alternative": self.name,
            "seed": self.seed,
            "settings": {},
            "source": {
                "kind": "added",
                "probabilities": "num_classes" not in self.predictions,
                "predictions": self._seal,
                "files": list(self.sources),
                "history": self.history.source if self.history else None,
                "cotejo": version("cotejo"),
            },
            "dataset": {
                "name": data.name,
                "fingerprint": data.fingerprint,
                "class_names": {of: list(names) for of, names in data.class_names.items()},
                "split": data.split,
                "valid": len(data.valid),
                "test": len(data.test),
            },
            "epochs": len(self.history.rows) if self.history else None,
            "test_reads": max(1, reads),
            "started": time,
            "finished": time,
        }

    def _is_doubtful(self, accuracy: float) -> bool:
        counts = np.bincount(self.dataset.test.labels)
        likely = wilson_interval(accuracy, int(counts.sum()))
        others = [
            each.mean("test", "accuracy")
            for each in gather_records(self.study_folder).trained
            if each.name != self.name
        ]
        by_chance = likely.low <= float(counts.max() / counts.sum())
        return by_chance and max(others, default=0.0) > likely.high + _FAR


def _holds_others(folder: Path) -> bool:
    """Return whether a folder without a run holds somebody's own files."""
    if not folder.is_dir():
        return folder.exists()
    return any(not path.name.startswith(TEMPORARY) for path in folder.iterdir())
