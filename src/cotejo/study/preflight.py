"""What would end a study after its training is checked before it.

Each check raises one error that says what is wrong and what to do. Nothing is changed: the one file
that is written, of a few bytes, is deleted again.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from cotejo.config import Settings, StudyConfig
from cotejo.data import Dataset
from cotejo.data.folds import learned_labels
from cotejo.data.splits import nested_subset
from cotejo.errors import ConfigError, DataError, OutputError
from cotejo.messages import current_language
from cotejo.store import check_clock, temporary_path, write_atomically
from cotejo.study.networks import plain_network, same_network
from cotejo.study.progress import PlannedRun
from cotejo.train import fresh_backend
from cotejo.train.stages import SMALL, at_size, scaled_shape

__all__ = [
    "check_before_training",
    "check_final",
    "check_splits",
    "check_writable",
    "room_needed",
]

_BYTES_PER_WEIGHT = 4
_SPARE = 32 * 2**20
"""Bytes for the study's own files: the report, the audit's pictures, the tables."""


def check_final(config: StudyConfig) -> None:
    """Refuse what needs validation images, of which a final training has none.

    Raises:
        ConfigError: there are several alternatives to choose from, or values to search, one stops
            early, or all images are to be dealt out for cross-validation.
    """
    if config.searches:
        raise ConfigError("searching.and_final")
    if len(config.alternatives) > 1:
        raise ConfigError("final_of_several", count=len(config.alternatives))
    if config.folds is not None:
        raise ConfigError("folds_and_final")
    if config.alternatives[0].settings.early_stopping:
        raise ConfigError("final_stops_early", name=config.alternatives[0].name)


def check_splits(dataset: Dataset, final: bool) -> None:
    """Refuse a dataset without validation images, or with a class that has no training image.

    Raises:
        DataError: it is such a dataset.
    """
    if not final and not len(dataset.valid):
        raise DataError("no_validation")
    images = np.bincount(dataset.train.labels, minlength=dataset.num_classes)
    if not images.all():
        name = dataset.class_names[current_language()][int(images.argmin())]
        raise DataError("class_not_learned", name=name)


def check_before_training(
    config: StudyConfig, dataset: Dataset, runs: Sequence[PlannedRun], folder: Path
) -> None:
    """Refuse a study whose runs could be trained but not written.

    Args:
        config: the study, resolved.
        dataset: what it trains on.
        runs: all of its runs; those that are finished need nothing more.
        folder: the study's, which is locked.

    Raises:
        OutputError: a file or a folder can't be written or added to, or there is no room for
            what the runs will leave.
        ConfigError: an alternative can't be trained on as many images, or on their size.
    """
    missing = [run for run in runs if not run.finished]
    check_clock()
    check_writable(folder)
    if not missing:
        return
    _check_run_folders(missing)
    _check_room(room_needed(missing, dataset), folder)
    waiting = {run.alternative: run.seed for run in reversed(missing)}
    fitting: set[str] = set()
    with fresh_backend():
        for name, seed in waiting.items():
            _check_sizes(name, config.alternative(name).settings, dataset, seed, fitting)


def check_writable(folder: Path) -> None:
    """Refuse a folder in which no file can be written. Only a try tells; permissions don't.

    Raises:
        OutputError: the disk is read-only or full, or the folder is another user's.
    """
    # It is called like a half-written file, so that the folder still counts as a study's if the
    # file stays behind, or while another process looks at it.
    probe = temporary_path(folder / "probe")
    write_atomically(probe, lambda file: file.write(bytes(4096)))
    probe.unlink(missing_ok=True)


def room_needed(runs: Sequence[PlannedRun], dataset: Dataset) -> int:
    """Return the bytes that the runs may take on the disk, with some to spare.

    Args:
        runs: those to be trained.
        dataset: whose validation and test images each run's predictions are of.
    """
    answers = (len(dataset.valid) + len(dataset.test)) * (dataset.num_classes + 2) * 4
    models = sum(2 * _BYTES_PER_WEIGHT * run.parameters for run in runs)
    return models + len(runs) * answers + _SPARE


def _check_room(needed: int, folder: Path) -> None:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:  # a file system that doesn't tell; writing will
        return
    if free < needed:
        sizes: Mapping[str, int] = {"needed": -(-needed // 10**6), "free": free // 10**6}
        raise OutputError("no_room", path=folder, **sizes)


def _check_run_folders(missing: Sequence[PlannedRun]) -> None:
    """Refuse folders of runs that another user made, and files in their place."""
    for run in missing:
        for place in (run.folder.parent, run.folder):
            if not os.path.lexists(place):
                continue
            if not place.is_dir():
                raise OutputError("cannot_write", path=place, reason=os.strerror(errno.ENOTDIR))
            if not os.access(place, os.W_OK | os.X_OK):
                raise OutputError("cannot_write", path=place, reason=os.strerror(errno.EACCES))


def _check_sizes(
    name: str, settings: Settings, dataset: Dataset, seed: int, fitting: set[str]
) -> None:
    """Refuse batches larger than the images there are, and smaller images where none will do.

    Args:
        name: the alternative's.
        settings: of the alternative.
        dataset: what it trains on.
        seed: of the run that is looked at.
        fitting: the networks that are known to accept smaller images; this one is added.
    """
    # Of all folds; they differ by a few images.
    images = min(
        len(nested_subset(labels, settings.train_fraction, seed))
        for labels in learned_labels(dataset, seed)
    )
    if settings.batch_size > images:
        size = settings.batch_size
        raise ConfigError("batch_too_large", name=name, batch_size=size, images=images)
    identity = same_network(settings)
    if settings.small_epochs and identity not in fitting:
        network = plain_network(settings, dataset)
        try:
            at_size(network, scaled_shape(dataset.image_shape, SMALL))
        except ValueError as error:
            raise ConfigError("size_needed", name=name, model=settings.model) from error
        fitting.add(identity)
