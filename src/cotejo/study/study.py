"""A study from its file to its report."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cotejo.config import StudyConfig
from cotejo.data import Dataset, load
from cotejo.data.dataset import Split
from cotejo.errors import DownloadError, OutputError
from cotejo.messages import current_language
from cotejo.progress import Observer, PlannedRun
from cotejo.store import FORMAT, StudyFolder, make_folder, write_json

__all__ = ["QUICK", "Study", "StudyResult"]

QUICK = {"epochs": 2, "train": 6000, "valid": 2000, "test": 2000}
"""What a quick look is cut down to: epochs, and the first images of each split."""


@dataclass
class StudyResult:
    """Where a study's files are, and how its runs ended.

    Attributes:
        folder: the study's.
        finished, failed: its runs; those that had finished before count as finished.
    """

    folder: Path
    finished: list[PlannedRun] = field(default_factory=list)
    failed: list[PlannedRun] = field(default_factory=list)


class Study:
    """Alternatives × seeds on one dataset, trained and compared.

    Args:
        config: what is trained.

    Example:
        >>> import tempfile
        >>> study = Study.load("studies/notebooks.toml", ["epochs=1"], data="digits", seeds=1)
        >>> [alternative.name for alternative in study.config.alternatives][:2]
        ['mlp', 'cnn2']
    """

    def __init__(self, config: StudyConfig) -> None:
        self.config = config
        self.folder: Path | None = None

    @classmethod
    def load(cls, path: str | Path, overrides: Sequence[str] = (), **changes: Any) -> Study:
        """Read a study from a TOML file; see `StudyConfig.load`.

        Raises:
            ConfigError: it can't be read, or says something it can't.
        """
        return cls(StudyConfig.load(path, overrides, **changes))

    def run(
        self,
        *,
        out: Path | str | None = None,
        data_dir: Path | None = None,
        quick: bool = False,
        fallback: str | None = None,
        observer: Observer | None = None,
        command: str | None = None,
    ) -> StudyResult:
        """Train the runs that are missing; a study stopped at any moment goes on from there.

        Args:
            out: the study's folder; ``runs/<name>`` if left out, the data set's name added where
                it is not the study's own, and ``-quick``.
            data_dir: where CIFAR-10 is looked for first.
            quick: a look of some two minutes, on a part of the images; no evidence.
            fallback: the dataset to use where the study's own can't be downloaded.
            observer: told of everything as it happens.
            command: what repeats the study, for its record.

        Returns:
            Where the files are, and how the runs ended: one that fails does not end the study.

        Raises:
            CotejoError: the data can't be had, an alternative can't be built as it is written,
                or the folder can't be written.

        Example:
            >>> import tempfile
            >>> config = StudyConfig.parse(
            ...     {"data": "digits", "base": {"epochs": 1}, "alternative": [{"name": "cnn3"}]}
            ... )
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     result = Study(config).run(out=folder)
            >>> [(run.alternative, run.seed) for run in result.finished]
            [('cnn3', 1)]
        """
        # Deferred, so that reading and reporting a study need no backend.
        from cotejo.study.execution import check_models, run_study

        # Before anything is written or downloaded: a mistake costs nothing.
        check_models(self.config)
        observer = observer or Observer()
        config = _quickened(self.config) if quick else self.config
        dataset = self._load_data(data_dir, fallback, observer)
        if quick:
            dataset = _first_images(dataset)
        folder = Path(out) if out else _default_folder(self.config, dataset, quick)
        _check_folder(folder)
        self.folder = make_folder(folder)
        command = command or shlex.join(["cotejo", "study", self.config.name])
        _write_study(folder, self.config.data, config, dataset, quick, command)
        return run_study(config, dataset, folder, quick, command, observer)

    def report(self, folder: Path | str | None = None, language: str | None = None) -> Path:
        """Write the report of what was trained and return its path.

        Args:
            folder: the study's; that of the last `run` if left out.
            language: ``"en"`` or ``"es"``; the current one if left out.

        Raises:
            OutputError: there is nothing to report there.

        Example:
            >>> import tempfile
            >>> config = StudyConfig.parse(
            ...     {"data": "digits", "base": {"epochs": 1}, "alternative": [{"name": "cnn3"}]}
            ... )
            >>> study = Study(config)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     _ = study.run(out=folder)
            ...     page = study.report(language="es").read_text()
            >>> "Resumen" in page
            True
        """
        from cotejo.report import write_report

        folder = Path(folder) if folder else self.folder
        if folder is None:
            raise OutputError("nothing_run_yet")
        return write_report(folder, language or current_language())

    def _load_data(
        self, data_dir: Path | None, fallback: str | None, observer: Observer
    ) -> Dataset:
        wanted = self.config.data
        try:
            return load(wanted, data_dir=data_dir, progress=observer.data_progress)
        except DownloadError as error:
            if fallback is None:
                raise
            observer.data_missing(wanted, fallback, error)
            return load(fallback, data_dir=data_dir, progress=observer.data_progress)


def _quickened(config: StudyConfig) -> StudyConfig:
    def cut(alternative: Any) -> Any:
        epochs = min(alternative.settings.epochs, QUICK["epochs"])
        settings = alternative.settings.model_copy(update={"epochs": epochs})
        return alternative.model_copy(update={"settings": settings})

    return config.model_copy(update={"alternatives": tuple(map(cut, config.alternatives))})


def _first_images(dataset: Dataset) -> Dataset:
    def first(split: Split, count: int) -> Split:
        return Split(split.images[:count], split.labels[:count])

    return replace(
        dataset,
        train=first(dataset.train, QUICK["train"]),
        valid=first(dataset.valid, QUICK["valid"]),
        test=first(dataset.test, QUICK["test"]),
    )


def _default_folder(config: StudyConfig, dataset: Dataset, quick: bool) -> Path:
    # The file's own data set gets the plain name, so that a fallback never mixes with it.
    parts = [config.name]
    if dataset.name != "cifar10":
        parts.append(dataset.name)
    if quick:
        parts.append("quick")
    return Path("runs") / "-".join(parts)


def _check_folder(folder: Path) -> None:
    """Refuse a folder that holds something else than a study's files."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "study.json").is_file():
        raise OutputError("foreign_folder", path=folder)


def _write_study(
    folder: Path, requested: str, config: StudyConfig, dataset: Dataset, quick: bool, command: str
) -> None:
    content = {
        "format": FORMAT,
        "name": config.name,
        "title": config.title,
        "data": dataset.name,
        "requested_data": requested if requested == "cifar10" else dataset.name,
        "quick": quick,
        "seeds": list(config.seeds),
        "alternatives": [
            {
                "name": alternative.name,
                "label": alternative.label,
                "changes": alternative.changes,
                "settings": alternative.settings.model_dump(),
            }
            for alternative in config.alternatives
        ],
        "command": command,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    path = folder / "study.json"
    if path.is_file():
        content["started"] = StudyFolder(folder).study.get("started", content["started"])
    write_json(path, content)
