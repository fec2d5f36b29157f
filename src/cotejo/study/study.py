"""A study from its file to its report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo.config import StudyConfig
from cotejo.data import Dataset
from cotejo.errors import ConfigError, OutputError
from cotejo.messages import current_language
from cotejo.models import check_models
from cotejo.shipped import find_study
from cotejo.store import StudyFile, locked
from cotejo.study.from_python import refuse_given
from cotejo.study.place import check_place, default_folder
from cotejo.study.progress import Observer

if TYPE_CHECKING:
    from cotejo.study.added_run import Added
    from cotejo.study.execution import StudyResult
    from cotejo.study.executor import Executor
    from cotejo.study.history_file import HistoryLike
    from cotejo.study.tracking import Tracking
    from cotejo.trackers import Tracker

__all__ = ["Study"]


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
            ConfigError: it can't be read, or says something it can't; or it is that of a comparison
                whose functions only a notebook has.
        """
        file = find_study(str(path))
        config = StudyConfig.load(file, overrides, **changes)
        refuse_given(config, file.parent)
        return cls(config)

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
        executor: Executor | str | None = None,
        others: Iterable[Path] = (),
        until_settled: bool = False,
        runs: int | None = None,
        seconds: float | None = None,
        shard: tuple[int, int] | None = None,
        workers: int | None = None,
        track: Tracking | Iterable[str | Tracker] = (),
    ) -> StudyResult:
        """Train the runs that are missing; a study stopped at any moment goes on from there.

        Searches come first: their trials, on the validation images alone. What they find is then
        trained with the study's seeds, as the other alternatives are.

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
            executor: trains the runs; in this process if left out, one after the other, or several
                seeds at once where an accelerator has room. ``"ray"`` or ``"ray:ADDRESS"`` trains
                on a Ray cluster (`docs/clusters.md`).
            others: the folders of other studies; where a run of theirs has the key and the name of
                one that is missing here, it is copied.
            until_settled: go on with further seeds, where they tell most, until no claim is open
                or the limit is reached. The claims are looked at after the study's seeds, or three
                if it has one, at half of what is left then, and at the end.
            runs: with ``until_settled``, how many runs there may be in all; five times those at
                the first look if left out, or as many as were said before.
            seconds: how long all runs may take together, in place of ``runs``.
            shard: ``(3, 8)`` trains the third of eight parts of the plan, on a machine that needs
                to know nothing of the others; its folder gets no report. What the machines trained
                is brought together by `cotejo.study.merging.merge`.
            workers: in how many processes of this machine, each with its share of the cores, and
                one GPU where there are several.
            track: trackers that are told of it: ``["tensorboard", "mlflow:http://host:5000"]``, one
                of your own, or a `cotejo.study.tracking.Tracking` (`docs/trackers.md`). One that is
                down neither stops nor slows the training.

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
        from cotejo.study.execution import carry_out
        from cotejo.study.executor import kept
        from cotejo.study.executors import chosen_executor
        from cotejo.study.journal import journalled
        from cotejo.study.looking import carry_on
        from cotejo.study.looks import Limit, check_limit
        from cotejo.study.planning import RunOptions, make_plan, settle
        from cotejo.study.search.carrying import search_first
        from cotejo.study.search.sampling import optuna
        from cotejo.study.shards import Shard
        from cotejo.study.tracking import Tracking

        chosen = chosen_executor(executor, workers, deadline=deadline is not None)
        observer = observer or Observer()
        tracking = track if isinstance(track, Tracking) else Tracking(track)
        limit = Limit(runs, seconds)
        if until_settled:
            check_limit(self.config, limit, quick=quick, final=final, shard=shard is not None)
        elif limit != Limit():
            raise ConfigError("looks_only")
        if self.config.searches:
            if shard is not None:
                raise ConfigError("machines.shard_searches")
            if deadline is not None:
                raise ConfigError("searching.deadline")
            optuna()  # a search without it ends here, before anything is downloaded
        options = RunOptions(
            out=Path(out) if out is not None else None,
            data_dir=data_dir,
            dataset=dataset,
            quick=quick,
            final=final,
            deadline=deadline,
            fallback=fallback,
            command=command,
            others=tuple(others),
            until_settled=until_settled,
            shard=Shard(*shard) if shard is not None else None,
        )
        plan = make_plan(self.config, options, observer)
        with locked(plan.folder), tracking.following(plan, observer) as observer:
            # Once more: another process may have written to it before it was locked.
            check_place(plan.folder)
            self.folder = plan.folder
            if not until_settled and (plan.folder / StudyFile.LOOKS).exists():
                raise OutputError("has_looks", path=plan.folder)
            elsewhere = getattr(chosen, "elsewhere", False)
            journal = journalled(plan.folder, observer, elsewhere=elsewhere)
            with journal as observer, kept(chosen):
                if plan.config.searches:
                    plan = search_first(plan, chosen, observer, needed=until_settled)
                if until_settled:
                    return carry_on(plan, limit, chosen, observer)
                plan = settle(plan, observer)
                return carry_out(plan, chosen, observer)

    def add(
        self,
        name: str,
        seed: int,
        test: Any,
        valid: Any = None,
        *,
        history: HistoryLike | None = None,
        folder: Path | str | None = None,
        dataset: Dataset | str | Path | None = None,
        data_dir: Path | None = None,
        logits: bool = False,
        replace: bool = False,
        observer: Observer | None = None,
    ) -> Added:
        """Add a run that was trained elsewhere, such as in PyTorch, by its predictions.

        It takes part in the report as far as its predictions say something: results, comparisons,
        confusion, claims, and calibration if there are probabilities. What was not given is left
        out, and the report says where the predictions came from.

        Args:
            name: what the alternative is called; one that the study does not train.
            seed: which of its trainings this is.
            test: of the study's test images, in their order: probabilities ``[n, classes]``, or
                classes ``[n]`` by number or name; or the path of an ``.npz``, ``.csv``, ``.tsv``,
                ``.jsonl`` or ``.parquet`` (`docs/predictions-from-elsewhere.md`).
            valid: the same of the validation images. Without it the alternative can't be the best,
                which is chosen on validation.
            history: one row per epoch, or the columns, as Keras's `fit` returns them in
                `History.history`; or the path of a table with them.
            folder: the study's; that of the last `run` if left out.
            dataset: what the study was trained on, or its name or path; as the study's file says
                if left out.
            data_dir: where CIFAR-10 is looked for first.
            logits: whether the numbers are logits, of which a softmax makes probabilities.
            replace: whether an added run of this name and seed is put aside for this one.
            observer: told of what goes wrong with the tables and the look at the mistakes.

        Returns:
            Where the run is, and how good it is on the test images.

        Raises:
            CotejoError: something does not fit the study; nothing has been written then.

        Example:
            >>> import tempfile
            >>> from cotejo.data import load
            >>> digits = load("digits")
            >>> config = StudyConfig.parse(
            ...     {"data": "digits", "base": {"epochs": 1}, "alternative": [{"name": "cnn3"}]}
            ... )
            >>> study = Study(config)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     _ = study.run(out=folder, dataset=digits)
            ...     added = study.add("always-3", 1, [3] * len(digits.test), dataset=digits)
            >>> round(added.accuracy, 2), added.has_validation
            (0.1, False)
        """
        # Deferred, as in `run`: afterwards it looks at what the networks misread.
        from cotejo.study.added import add_predictions

        place = Path(folder) if folder else self.folder
        if place is None:
            raise OutputError("nothing_run_yet")
        return add_predictions(
            place,
            name,
            seed,
            test,
            valid,
            history=history,
            dataset=dataset,
            data_dir=data_dir,
            logits=logits,
            replace=replace,
            observer=observer,
            code=self.config.sources,
        )

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
            check_place(default_folder(self.config, dataset, False, final))
