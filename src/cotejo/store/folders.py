"""The folders of a study and of a run: each file is read once, and checked as it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.store.checks import (
    check_content,
    check_images_file,
    check_limits_file,
    check_mistakes_file,
    check_predictions_file,
    checked_history,
    with_probabilities,
)
from cotejo.store.files import (
    damaged,
    is_there,
    parse_csv,
    parse_json,
    parse_npz,
    read_bytes,
    read_json,
)
from cotejo.store.layout import ADDED_FILES, RESULT_FILES, RunFile, StudyFile, seed_folder_name
from cotejo.store.schemas import AddedRun, Data, FinishedRun, Metrics, Run, Study
from cotejo.store.seals import described_content

__all__ = [
    "ADDED_HISTORY_COLUMNS",
    "HISTORY_COLUMNS",
    "RunFolder",
    "StudyFolder",
    "check_study",
]

HISTORY_COLUMNS = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "valid_loss",
    "valid_accuracy",
    "learning_rate",
    "seconds",
)
"""The columns of ``history.csv``."""

ADDED_HISTORY_COLUMNS = HISTORY_COLUMNS[:5]
"""Those that the history of an added run has at least."""


@dataclass(frozen=True)
class RunFolder:
    """One run's files: one alternative trained with one seed."""

    path: Path

    @cached_property
    def record(self) -> dict[str, Any]:
        """``run.json``."""
        path = self.path / RunFile.RECORD
        content = read_json(path)
        check_content(Run, content, path)
        if content["status"] == "finished":
            check_content(AddedRun if content.get("source") else FinishedRun, content, path)
        return content

    @property
    def is_added(self) -> bool:
        """Whether it was trained elsewhere, and its predictions were added."""
        return bool(self.record.get("source"))

    @property
    def has_probabilities(self) -> bool:
        """Whether its predictions are probabilities, and not classes alone."""
        source = self.record.get("source")
        return bool(source["probabilities"]) if source else True

    @property
    def has_history(self) -> bool:
        """Whether there is a ``history.csv``; a run that was added may have none."""
        return not self.is_added or RunFile.HISTORY in self.listed

    @property
    def results(self) -> tuple[str, ...]:
        """The names of the files that this run has to have to be finished."""
        if not self.is_added:
            return RESULT_FILES
        return (*ADDED_FILES, *([RunFile.HISTORY] if self.has_history else []))

    @property
    def is_written(self) -> bool:
        """Whether the run came to an end, finished or failed."""
        return is_there(self.path / RunFile.RECORD)

    @property
    def is_finished(self) -> bool:
        """Whether the run finished, and every file of it is there as it was written."""
        return self.key is not None and self._finished and self.damage is None

    @property
    def has_results(self) -> bool:
        """Whether the folder holds any result of a training, whole or damaged."""
        return any(is_there(self.path / name) for name in RESULT_FILES)

    @property
    def key(self) -> str | None:
        """The key of the run in this folder; None without a run, or if its record is damaged."""
        try:
            return str(self.record["key"]) if self.is_written else None
        except OutputError:
            return None

    @cached_property
    def damage(self) -> OutputError | None:
        """What is wrong with a finished run; None if nothing is.

        Its files are compared with the sizes and SHA-256 that its record lists. A log that is
        missing or changed is no damage, because nothing rests on it.
        """
        try:
            if self._finished:
                for name in self.results:
                    self.content(name)
                if self._has_limits:
                    self.content(RunFile.LIMITS)
        except OutputError as error:
            return error
        return None

    def in_the_way(self, key: str) -> OutputError | None:
        """Return why the results in this folder can't be those of the run of ``key``.

        None if they can, or if there are no results.
        """
        if not self.has_results:
            return None
        if not self.is_written:
            return OutputError("missing_file", path=self.path / RunFile.RECORD)
        if self.damage is not None or self.key == key:
            return self.damage
        return OutputError("run_of_other_settings", path=self.path)

    @property
    def listed(self) -> Mapping[str, Mapping[str, Any]]:
        """The size and SHA-256 of the run's files; empty in runs of earlier versions."""
        return self.record.get("files") or {}

    def content(self, name: str) -> bytes:
        """Return the content of one of the run's files, compared with what its record lists.

        Raises:
            OutputError: it is missing, can't be read, or is not the file that was written.
        """
        path = self.path / name
        expected = self.listed.get(name)
        content = read_bytes(path)
        if expected is not None and described_content(content) != expected:
            raise OutputError("file_changed", path=path, bytes=expected["bytes"])
        return content

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """``history.csv``: one row per epoch, as numbers."""
        path = self.path / RunFile.HISTORY
        rows = parse_csv(self.content(RunFile.HISTORY), path)
        columns = ADDED_HISTORY_COLUMNS if self.is_added else HISTORY_COLUMNS
        return checked_history(rows, self.record["epochs"], columns, path)

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """``metrics.json``."""
        path = self.path / RunFile.METRICS
        content = parse_json(self.content(RunFile.METRICS), path)
        check_content(Metrics, content, path)
        if not self.is_added:
            _check_complete(content, path)
        return content

    @cached_property
    def predictions(self) -> dict[str, NDArray[Any]]:
        """``predictions.npz``."""
        path = self.path / RunFile.PREDICTIONS
        arrays = parse_npz(self.content(RunFile.PREDICTIONS), path)
        check_predictions_file(arrays, path)
        return with_probabilities(arrays)

    @cached_property
    def mistakes(self) -> dict[str, NDArray[Any]]:
        """``mistakes.npz``."""
        path = self.path / RunFile.MISTAKES
        arrays = parse_npz(self.content(RunFile.MISTAKES), path)
        check_mistakes_file(arrays, path)
        return arrays

    @cached_property
    def limits(self) -> dict[str, NDArray[Any]] | None:
        """``limits.npz``; None where there is none, as in runs of earlier versions."""
        if not self._has_limits:
            return None
        path = self.path / RunFile.LIMITS
        arrays = parse_npz(self.content(RunFile.LIMITS), path)
        check_limits_file(arrays, path)
        return arrays

    @property
    def _has_limits(self) -> bool:
        # The model of a folder that somebody has tidied up can still be used.
        return RunFile.LIMITS in self.listed and is_there(self.path / RunFile.LIMITS)

    @property
    def model(self) -> Path:
        """The path of ``model.keras``, which is the file that was written.

        Raises:
            OutputError: it is missing, can't be read, or is another; or there is none, because
                only predictions were added.
        """
        if self.is_added:
            raise OutputError("added_no_model", path=self.path)
        self.content(RunFile.MODEL)
        return self.path / RunFile.MODEL

    @property
    def program(self) -> str | None:
        """``network.py``: what builds the network in Keras alone; None where there is none.

        A file of the user's own that has this name is not taken for it.
        """
        if RunFile.PROGRAM not in self.listed or self._code_file == RunFile.PROGRAM:
            return None
        return self.content(RunFile.PROGRAM).decode()

    @property
    def own_code(self) -> tuple[str, str] | None:
        """The name and the text of the user's own file that builds the network, if one does."""
        name = self._code_file
        if name is None or name not in self.listed:
            return None
        return name, self.content(name).decode("utf-8-sig", errors="replace")

    @property
    def _code_file(self) -> str | None:
        code = self.record.get("code")
        file = code.get("file") if isinstance(code, Mapping) else None
        return file if isinstance(file, str) and PurePath(file).name == file else None

    @property
    def _finished(self) -> bool:
        return bool(self.is_written and self.record["status"] == "finished")


def _check_complete(metrics: Mapping[str, Any], path: Path) -> None:
    """Check that the metrics of a run that Cotejo trained lack nothing that an added one may."""
    for split in ("train", *(name for name in ("valid", "test") if name in metrics)):
        if (metrics.get(split) or {}).get("loss") is None:
            raise damaged(path, f"{split}.loss")


@dataclass(frozen=True)
class StudyFolder:
    """A study's files, and its runs'."""

    path: Path

    @cached_property
    def study(self) -> dict[str, Any]:
        """``study.json``."""
        path = self.path / StudyFile.RECORD
        content = read_json(path)
        check_content(Study, content, path)
        return content

    @cached_property
    def data(self) -> dict[str, Any]:
        """``data.json``."""
        path = self.path / StudyFile.DATA
        content = read_json(path)
        check_content(Data, content, path)
        return content

    @cached_property
    def images(self) -> dict[str, NDArray[Any]]:
        """``data.npz``."""
        return self.images_in(read_bytes(self.path / StudyFile.IMAGES))

    def images_in(self, content: bytes) -> dict[str, NDArray[Any]]:
        """Return the arrays in the content of ``data.npz``, which is checked.

        Raises:
            OutputError: it is not as it was written, or not of this study's data.
        """
        path = self.path / StudyFile.IMAGES
        expected = (self.data.get("files") or {}).get(StudyFile.IMAGES)
        if expected is not None and described_content(content) != expected:
            raise damaged(path)
        arrays = parse_npz(content, path)
        check_images_file(arrays, self.data, path)
        return arrays

    def run(self, alternative: str, seed: int) -> RunFolder:
        """Return the folder of one run, whether it exists or not."""
        return RunFolder(self.path / alternative / seed_folder_name(seed))

    def seeds(self, alternative: str) -> list[int]:
        """Return the seeds that an alternative has, or is to have; an added one has its own."""
        entries = {entry["name"]: entry for entry in self.study["alternatives"]}
        own = entries.get(alternative, {}).get("seeds")
        return list(self.study["seeds"] if own is None else own)

    def runs(self, alternative: str) -> Iterator[tuple[int, RunFolder]]:
        """Yield the runs of ``alternative`` that came to an end, each after its seed, in order.

        Runs whose record is damaged are among them. Runs of other settings than the study's, which
        an earlier study left here, are not.
        """
        keys = self.study.get("keys", {}).get(alternative, {})
        for seed in self.seeds(alternative):
            run = self.run(alternative, seed)
            own_key = keys.get(str(seed))
            if run.is_written and (own_key is None or run.key in (own_key, None)):
                yield seed, run


def check_study(folder: Path) -> None:
    """Refuse a folder that holds no study, and say what is there in its place.

    Raises:
        OutputError: there is no such folder, it is a file, it holds studies and is none itself, or
            there is no ``study.json`` in it.
    """
    if (folder / StudyFile.RECORD).is_file():
        return
    if folder.is_file():
        raise OutputError("no_study_but_file", path=folder)
    if not folder.is_dir():
        raise OutputError("no_study_folder", path=folder)
    try:
        inner = sorted(path.parent for path in folder.glob(f"*/{StudyFile.RECORD}"))
    except OSError:  # a folder of somebody else's among them
        inner = []
    if inner:
        raise OutputError("no_study_but_studies", path=folder, count=len(inner), first=inner[0])
    raise OutputError("no_study", path=folder)
