"""The layout on disk: how every file of a study and of a run is called, and where it lies.

```
<study>/
    study.json  study.toml          what was asked for, and how to ask for it again
    data.json   data.npz            the dataset, and some of its images
    files.csv                       which picture is which image, and what was left out
    test-reads.csv                  every reading of the test images
    failures.npz                    the analysis of the misread images
    audit.csv   audit.npz  audit.json
    review.csv                      what a person said of suspected labels
    looks.json                      when the claims are looked at, and at which runs
    progress.json  stop.json        how far the study is, while it trains; a request to stop it
    tracking.json                   the id under which trackers know the study
    tensorboard/                    curves and pictures for TensorBoard, if it was asked for
    report.html report.json  *.csv  what a report writes: `ReportFile`
    <alternative>/seed-<seed>/      one run: `RunFile`, and checkpoints while it trains
    search/<alternative>/trial-<n>/ one trial of a search: ``trial.json``
    replaced/                       runs that were in the way of others
```

Outside ``report/`` nothing else spells these names out. There, each topic names the CSV files that
it writes, and the words of the report name files for its readers. `docs/files.md` says what is in
each file.
"""

from __future__ import annotations

from enum import StrEnum, unique

__all__ = [
    "ADDED_FILES",
    "CHECKPOINTS",
    "FOLDERS",
    "FORMAT",
    "REPLACED",
    "RESULT_FILES",
    "RUN_FILES",
    "SEARCHES",
    "TEMPORARY",
    "TENSORBOARD",
    "TRIAL",
    "ReportFile",
    "RunFile",
    "StudyFile",
    "card_name",
    "checkpoint_name",
    "damaged_reads_name",
    "seed_folder_name",
    "trial_folder_name",
]

FORMAT = 2
"""The version of the layout; a folder of a newer one is refused. Seals came with version 2."""

TEMPORARY = ".tmp-"
"""How the name of a file begins while it is being written. Nobody reads such a file."""

REPLACED = "replaced"
"""The folder, in the study's, to which runs are moved that are in the way of others."""

TENSORBOARD = "tensorboard"
"""The folder, in the study's, for TensorBoard, with a folder for each run as beside it."""

SEARCHES = "search"
"""The folder, in the study's, with the trials of its searches."""

FOLDERS = (REPLACED, SEARCHES, TENSORBOARD, "wandb")
"""The folders beside those of the alternatives, which none may be called."""

TRIAL = "trial.json"
"""What is known of a trial, in its folder."""

CHECKPOINTS = "checkpoint-*.npz"
"""A pattern that the names of all checkpoints fit, and no other file of a run."""


@unique
class RunFile(StrEnum):
    """The files in the folder of a run."""

    HISTORY = "history.csv"
    LIMITS = "limits.npz"
    METRICS = "metrics.json"
    MISTAKES = "mistakes.npz"
    MODEL = "model.keras"
    PREDICTIONS = "predictions.npz"
    PROGRAM = "network.py"
    LOG = "log.txt"
    RECORD = "run.json"
    ROBUSTNESS = "robustness.json"


@unique
class StudyFile(StrEnum):
    """The files in the folder of a study, without those that a report writes."""

    RECORD = "study.json"
    CONFIG = "study.toml"
    DATA = "data.json"
    IMAGES = "data.npz"
    FILES = "files.csv"
    TEST_READS = "test-reads.csv"
    ERROR_ANALYSIS = "failures.npz"
    AUDIT_ISSUES = "audit.csv"
    AUDIT_IMAGES = "audit.npz"
    AUDIT = "audit.json"
    REVIEW = "review.csv"
    LOOKS = "looks.json"
    PROGRESS = "progress.json"
    STOP = "stop.json"
    TRACKING = "tracking.json"
    ERROR_ANALYSIS_LOG = "failures.log"
    AUDIT_LOG = "audit.log"
    ROBUSTNESS_LOG = "robustness.log"
    LOCK = ".lock"
    SHARED = ".shared"


@unique
class ReportFile(StrEnum):
    """The files that a report writes into the folder of a study, and that others read or name.

    The summary and the runs are there earlier: a study writes them whenever a run has ended.
    """

    PAGE = "report.html"
    NUMBERS = "report.json"
    SUMMARY = "summary.csv"
    RUNS = "runs.csv"
    COMPARISONS = "comparisons.csv"


RESULT_FILES = (
    RunFile.HISTORY,
    RunFile.METRICS,
    RunFile.MISTAKES,
    RunFile.MODEL,
    RunFile.PREDICTIONS,
)
"""The results of a run. One that lacks any of them is not finished; ``log.txt`` may be missing."""

ADDED_FILES = (RunFile.METRICS, RunFile.MISTAKES, RunFile.PREDICTIONS)
"""The results of a run that was trained elsewhere, whose predictions were added.

It has a history only where one was given, and never a model.
"""

RUN_FILES = (*RESULT_FILES, RunFile.LIMITS, RunFile.PROGRAM, RunFile.LOG, RunFile.RECORD)
"""All files of a finished run. ``run.json`` lists the others and is written last.

``network.py`` is missing where no program of Keras's own layers builds the network, and
``limits.npz`` in runs of earlier versions. ``robustness.json`` is not among them: it is written
later, and has a seal of its own.
"""


def seed_folder_name(seed: int) -> str:
    """Return the name of a run's folder, which lies in the folder of its alternative."""
    return f"seed-{seed}"


def checkpoint_name(network: int, before: bool = False) -> str:
    """Return the name of the last checkpoint of a network of a run, or of the one before it.

    Example:
        >>> checkpoint_name(1), checkpoint_name(1, before=True)
        ('checkpoint-1.npz', 'checkpoint-1-before.npz')
    """
    return f"checkpoint-{network}-before.npz" if before else f"checkpoint-{network}.npz"


def trial_folder_name(number: int) -> str:
    """Return the name of a trial's folder; numbers begin at 1."""
    return f"trial-{number}"


def card_name(language: str) -> str:
    """Return the name of a final training's card in a language."""
    return f"card.{language}.md"


def damaged_reads_name(number: int | str) -> str:
    """Return the name under which a damaged ``test-reads.csv`` is kept; numbers begin at 1."""
    return f"test-reads-damaged-{number}.csv"
