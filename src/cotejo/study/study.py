"""A study from its file to its report."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cotejo.config import DEFAULT_DATA, StudyConfig
from cotejo.data import Dataset, find_source, is_published, load
from cotejo.data.dataset import Split, without_validation
from cotejo.errors import ConfigError, DataError, DownloadError, OutputError
from cotejo.messages import current_language
from cotejo.models import check_models, resolve
from cotejo.progress import Observer
from cotejo.shipped import find_study
from cotejo.store import held, make_folder, put_damaged_readings_aside
from cotejo.study.place import check_place, clear_half_written
from cotejo.texts import shown_path

if TYPE_CHECKING:
    from cotejo.study.execution import StudyResult

__all__ = ["QUICK", "Study", "first_images", "quickened"]

QUICK = {"epochs": 2, "train": 6000, "valid": 2000, "test": 2000}
"""What a quick look is cut down to: epochs, and the first images of each split."""


class Study:
    """Alternatives × seeds on one dataset, trained and compared.

    Args:
        config: what is trained.

    Raises:
        ConfigError: the models say that something is wrong with it (`cotejo.models.check_models`).

    Example:
        >>> study = Study.load("notebooks", ["epochs=1"], data="digits", seeds=1)
        >>> [alternative.name for alternative in study.config.alternatives][:2]
        ['mlp', 'cnn2']
    """

    def __init__(self, config: StudyConfig) -> None:
        self.config = check_models(config)
        self.folder: Path | None = None

    @classmethod
    def load(cls, path: str | Path, overrides: Sequence[str] = (), **changes: Any) -> Study:
        """Read a study from a TOML file.

        Args:
            path: the file, or the name of a study that ships, such as ``"notebooks"``.
            overrides: ``"key=value"``, for every alternative, or ``"alternative.key=value"``.
            **changes: top-level keys that take the file's place, such as ``seeds=3``.

        Raises:
            ConfigError: it can't be read, or says something it can't.
        """
        return cls(StudyConfig.load(find_study(str(path)), overrides, **changes))

    def run(
        self,
        *,
        out: Path | str | None = None,
        data_dir: Path | None = None,
        dataset: Dataset | None = None,
        quick: bool = False,
        final: bool = False,
        deadline: float | None = None,
        fallback: str | None = None,
        observer: Observer | None = None,
        command: str | None = None,
    ) -> StudyResult:
        """Train the runs that are missing; a study stopped at any moment goes on from there.

        Args:
            out: the study's folder; ``runs/<name>`` if left out, with the dataset's name where it
                is not CIFAR-10, and ``-quick``.
            data_dir: where CIFAR-10 is looked for first.
            dataset: what to train on: the study's own where it has been loaded already, or one
                of yours, whose name then stands in the study's files.
            quick: a look of some two minutes, on a part of the images; no evidence.
            final: learn from the validation images too. Nothing can be chosen then, so it is
                for one alternative, whose settings are decided; it has a card in place of a
                report (`cotejo.report.write_card`).
            deadline: when training has to end, in the seconds of `time.perf_counter`
                (`cotejo.study.budget`); the clock then has a say in what comes out.
            fallback: the dataset to use where the study's own can't be downloaded.
            observer: told of everything as it happens.
            command: what repeats the study, for its record; from its ``study.toml`` if left out.

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
        from cotejo.backend import keras
        from cotejo.study import plan
        from cotejo.study.description import write_study
        from cotejo.study.execution import run_study
        from cotejo.study.preflight import check_before_training
        from cotejo.study.replaced import bring_back
        from cotejo.study.results import bring_back_kept

        observer = observer or Observer()
        # Before anything is downloaded or written: a mistake costs nothing. Again, because a model
        # of the user's own may have been registered anew since.
        check_models(self.config)
        if final:
            _check_final(self.config)
        if out is not None:
            check_place(Path(out))
        asked = config = resolve(_about(self.config, dataset))
        by_name = _has_name(self.config) if dataset is None else is_published(dataset)
        dataset = dataset or self._load_data(data_dir, fallback, observer)
        if quick:
            config, dataset = quickened(config), first_images(dataset)
        if final:
            dataset = without_validation(dataset)
        _check_splits(dataset, final)
        parameters = plan.count_parameters(config, dataset)
        folder = Path(out) if out is not None else _default_folder(config, dataset, quick, final)
        check_place(folder)
        make_folder(folder)
        command = command or _command(folder, quick, final, by_name)
        keys = plan.run_keys(config, dataset, keras.config.backend(), deadline is not None)
        with held(folder):
            # Once more: another may have written to it before it was held.
            check_place(folder)
            self.folder = folder
            clear_half_written(folder)
            if (aside := put_damaged_readings_aside(folder)) is not None:
                observer.readings_put_aside(aside)
            bring_back(folder, keys)
            bring_back_kept(folder, keys)
            runs = plan.plan_runs(config, keys, folder, parameters)
            check_before_training(config, dataset, runs, folder)
            write_study(folder, config, asked, dataset, keys, quick, command)
            observer.planned(config, dataset, runs, folder, quick)
            return run_study(config, dataset, runs, folder, quick, command, observer, deadline)

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

    def check_folder(
        self, out: Path | str | None = None, *, dataset: Dataset | None = None, final: bool = False
    ) -> None:
        """Refuse a folder that `run` would refuse, before anything costs time.

        Args:
            out: the study's folder, as for `run`.
            dataset: the study's own, whose name is in the name of the folder where ``out`` is left
                out; while it is not known, that folder is not looked at.
            final: whether the training is final, as for `run`.

        Raises:
            OutputError: the folder holds something else than a study's files.

        Example:
            >>> config = StudyConfig.parse({"alternative": [{"name": "cnn3"}]})
            >>> Study(config).check_folder("a-new-folder")
        """
        if out is not None:
            check_place(Path(out))
        elif dataset is not None:
            check_place(_default_folder(self.config, dataset, False, final))

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


def quickened(config: StudyConfig) -> StudyConfig:
    """Return a study cut down to the few epochs of a quick look."""

    def cut(alternative: Any) -> Any:
        given = alternative.settings
        epochs = min(given.epochs, QUICK["epochs"])
        small = min(given.small_epochs, epochs - 1)
        hard = min(given.hard_epochs, epochs - max(1, small))
        fewer = {"epochs": epochs, "small_epochs": small, "hard_epochs": hard}
        settings = given.model_copy(update=fewer)
        return alternative.model_copy(update={"settings": settings})

    return config.model_copy(update={"alternatives": tuple(map(cut, config.alternatives))})


def first_images(dataset: Dataset) -> Dataset:
    """Return a dataset cut down to the images of a quick look, the first of each split."""

    def first(split: Split, count: int) -> Split:
        return Split(split.images[:count], split.labels[:count])

    return replace(
        dataset,
        train=first(dataset.train, QUICK["train"]),
        valid=first(dataset.valid, QUICK["valid"]),
        test=first(dataset.test, QUICK["test"]),
    )


def _about(config: StudyConfig, dataset: Dataset | None) -> StudyConfig:
    """Return the study with the name of the dataset that it is given in place of its own.

    A path stays if the dataset is one that can be read from a path, as CIFAR-10 can: the path then
    says where to find this very data.
    """
    if dataset is None:
        return config
    source = find_source(dataset.name)
    if source is not None and source.read is not None and find_source(config.data) is None:
        return config
    return config.model_copy(update={"data": dataset.name})


def _has_name(config: StudyConfig) -> bool:
    """Whether a command can name the study's data: not if only this process has registered it."""
    source = find_source(config.data)
    return source is None or source.ships


def _check_splits(dataset: Dataset, final: bool) -> None:
    """Refuse a dataset that can't be chosen by, or of which a class can't be learned."""
    if not final and not len(dataset.valid):
        raise DataError("no_validation")
    images = np.bincount(dataset.train.labels, minlength=dataset.num_classes)
    if not images.all():
        name = dataset.class_names[current_language()][int(images.argmin())]
        raise DataError("class_not_learned", name=name)


def _command(folder: Path, quick: bool, final: bool, by_name: bool) -> str:
    """Return what repeats the study: a command, or Python where the dataset has no name there."""
    flags = ["--quick"] * quick + ["--final"] * final
    if by_name:
        study = shown_path(folder / "study.toml")
        words = ["cotejo", "study", study, "--out", shown_path(folder)]
        return shlex.join(words + flags)
    options = "".join(f", {flag[2:]}=True" for flag in flags)
    study = f"cotejo.Study.load({str(folder / 'study.toml')!r})"
    code = f"import cotejo; {study}.run(out={str(folder)!r}, dataset=…{options})"
    return shlex.join(["python", "-c", code])


def _check_final(config: StudyConfig) -> None:
    """Refuse what would need validation images where there are none."""
    if len(config.alternatives) > 1:
        raise ConfigError("final_of_several", count=len(config.alternatives))
    if config.alternatives[0].settings.early_stopping:
        raise ConfigError("final_stops_early", name=config.alternatives[0].name)


def _default_folder(config: StudyConfig, dataset: Dataset, quick: bool, final: bool) -> Path:
    # Only the default data set gets the plain name, so that a fallback never mixes with it.
    parts = [config.name]
    if dataset.name != DEFAULT_DATA:
        parts.append(dataset.name)
    if final:
        parts.append("final")
    if quick:
        parts.append("quick")
    return Path("runs") / "-".join(parts)
