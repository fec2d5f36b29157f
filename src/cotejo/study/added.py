"""Adding a run that was trained elsewhere: its predictions become a run of the study.

What is known of such a run follows from its predictions; a history of its epochs may be given. It
has a folder and a key as every run, and stays when the study is run again
(`cotejo.study.added_list`).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cotejo.config import Sources, StudyConfig
from cotejo.config.own_images import OwnImages
from cotejo.data import Dataset, load
from cotejo.data.folds import in_folds
from cotejo.errors import ConfigError, DataError, OutputError
from cotejo.store import (
    StudyFile,
    StudyFolder,
    described_content,
    locked,
)
from cotejo.store.layout import FOLDERS
from cotejo.study.added_list import list_added
from cotejo.study.added_run import Added, AddedRun, check_free
from cotejo.study.given import given_array, predictions_of
from cotejo.study.history_file import HistoryLike, read_history
from cotejo.study.predictions_file import Given, content_of, read_predictions
from cotejo.study.progress import Observer
from cotejo.study.quick import first_images
from cotejo.texts import NAME_PATTERN, readable

__all__ = ["Added", "add_predictions", "images_of"]

_MOST_SEED = 2**31


def add_predictions(
    folder: Path,
    name: str,
    seed: int,
    test: Any,
    valid: Any = None,
    *,
    history: HistoryLike | None = None,
    dataset: Dataset | str | Path | None = None,
    data_dir: Path | None = None,
    logits: bool = False,
    replace: bool = False,
    observer: Observer | None = None,
    code: Sources | None = None,
) -> Added:
    """Add a run that was trained elsewhere to a study; `cotejo.Study.add` describes it.

    Args:
        folder: the study's.
        name: what the alternative is called.
        seed: which of its trainings this is.
        test: probabilities or classes of the test images: an array, or the path of a file.
        valid: the same of the validation images.
        history: its epochs, or the path of a file with them.
        dataset: the study's, or its name or path; where left out, the study's file says it.
        data_dir: where CIFAR-10 is looked for first.
        logits: whether the numbers are logits.
        replace: whether an added run of this name and seed is put aside for this one.
        observer: told of what goes wrong with what is done afterwards.
        code: that of the study's author, for networks with layers of their own.

    Raises:
        CotejoError: something does not fit. Nothing has been written then.
    """
    folder, observer = Path(folder), observer or Observer()
    _check_name(folder, name, seed)
    study = _study(folder)
    check_free(study, name)
    images = images_of(study, dataset, data_dir, observer)
    given, sources = _given(test, valid, images)
    predictions = predictions_of(given, images, logits=logits)
    epochs = read_history(history) if history is not None else None
    run = AddedRun(study.path, name, seed, predictions, images, sources, epochs)
    with locked(folder):
        written = run.write(replace)
        list_added(folder)
        _afterwards(folder, images, observer, code or Sources())
    return written


def _check_name(folder: Path, name: str, seed: int) -> None:
    """Refuse a name that can't be a folder's, or that the study has for something else."""
    reserved = name in FOLDERS or (folder / name).is_file()
    if not re.fullmatch(NAME_PATTERN, name) or reserved:
        raise ConfigError("added_name", name=readable(str(name)))
    if type(seed) is not int or not 0 <= seed < _MOST_SEED:
        raise ConfigError("added_seed", received=seed)


def _study(folder: Path) -> StudyFolder:
    """Return the study; refuse a folder without one, and a study that compares nothing.

    Raises:
        OutputError: there is no study, or it can't take predictions.
    """
    study = StudyFolder(folder)
    if not (folder / StudyFile.RECORD).is_file():
        raise OutputError("no_study", path=folder)
    if study.study.get("final"):
        raise OutputError("added_final", path=folder)
    if study.study.get("folds") is not None:
        raise OutputError("added_folds", path=folder)
    return study


def images_of(
    study: StudyFolder,
    dataset: Dataset | str | Path | None,
    data_dir: Path | None,
    observer: Observer,
) -> Dataset:
    """Return the images that a study learns from and tests on.

    Args:
        study: whose they are.
        dataset: the images, or their name or path; if left out, those that the study's file names.
        data_dir: where CIFAR-10 is looked for first.
        observer: told of a download, and of pictures that are read.

    Raises:
        DataError: they are others than those that were given or found.
    """
    if not isinstance(dataset, Dataset):
        dataset = _loaded(study, dataset, data_dir, observer)
    if study.study.get("quick"):
        dataset = first_images(dataset)
    if (folds := study.study.get("folds")) is not None:
        dataset = in_folds(dataset, folds)
    if dataset.fingerprint != study.data.get("fingerprint"):
        raise DataError("added_other_data", path=study.path, data=dataset.name)
    return dataset


def _loaded(
    study: StudyFolder, named: str | Path | None, data_dir: Path | None, observer: Observer
) -> Dataset:
    """Load a study's data set, by its own file or from where somebody says that it is."""
    name, images = str(study.study.get("data") or ""), OwnImages()
    wanted = name
    try:
        config = StudyConfig.load(study.path / StudyFile.CONFIG)
    except ConfigError:
        pass  # a study of before there was this file: the data set's name has to do
    else:
        images = config.images
        # Where another one took the place of the data set asked for, that one has a name.
        wanted = config.data if study.study.get("requested_data") in (name, None) else name
    try:
        return load(
            str(named) if named is not None else wanted,
            data_dir=data_dir,
            progress=observer.data_progress,
            images=images,
            on_pictures=observer.pictures_read,
        )
    except DataError as error:
        if named is not None:
            raise
        raise DataError("added_no_data", data=name, reason=error) from error


def _given(
    test: Any, valid: Any, dataset: Dataset
) -> tuple[dict[str, Given], list[dict[str, Any]]]:
    """Return what was given for each split, and from which files."""
    given: dict[str, Given] = {}
    sources: list[dict[str, Any]] = []
    for split, source in (("test", test), ("valid", valid)):
        if source is None:
            continue
        read = {split: given_array(source, split)} if not isinstance(source, str | Path) else {}
        if not read:
            path = Path(source)
            content = content_of(path)
            read = read_predictions(path, content, dataset, split)
            sources.append(_described(path, content))
        if twice := given.keys() & read.keys():
            raise DataError("added_split_twice", split=min(twice))
        given |= read
    return given, sources


def _described(path: Path, content: bytes) -> dict[str, Any]:
    """Return what a record says of a file: its name alone, and not where it lay."""
    return {"name": readable(path.name), **described_content(content)}


def _afterwards(folder: Path, dataset: Dataset, observer: Observer, sources: Sources) -> None:
    """Write what rests on all runs: the tables, and the look at what the networks misread."""
    # Deferred: to explain a misread image takes a network, and so a backend.
    from cotejo.study.afterwards import look_back
    from cotejo.study.tables import ResultTables

    ResultTables(folder, observer).write()
    look_back(folder, dataset, bool(StudyFolder(folder).study.get("quick")), observer, sources)
