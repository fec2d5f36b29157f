"""The images that a model learned from, found where the study found them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from cotejo.config import DEFAULT_DATA, StudyConfig
from cotejo.config.own_images import OwnImages
from cotejo.data import Dataset, find_source, load, without_validation
from cotejo.data.cutting import first_images
from cotejo.data.folds import in_folds
from cotejo.errors import ConfigError, DataError
from cotejo.store import RunFolder, StudyFile
from cotejo.trained.learned import learned_images

__all__ = ["training_images"]


def training_images(
    origin: RunFolder | Literal["shipped"] | None,
    data: Dataset | str | Path | None = None,
    data_dir: Path | None = None,
) -> Dataset:
    """Return data whose training images are those of a model; of the one that ships, CIFAR-10.

    They are looked for where the study's file says, and a published set also where `load` looks
    for it; nothing is downloaded. They have to be the very images that a run learned from; of a
    model of which no run is known, nobody can tell.

    Args:
        origin: the model's run, or ``"shipped"``; None where neither is known.
        data: the data set, or its name or path, where it is somewhere else now.
        data_dir: the folder to take a published data set from.

    Raises:
        DataError: they are not on this machine, or are others.
    """
    if origin == "shipped":
        dataset = _given(DEFAULT_DATA if data is None else data, data_dir, OwnImages())
        source = find_source(DEFAULT_DATA)
        if source is None or dataset.fingerprint != source.fingerprint:
            raise DataError("other_training_images", name=dataset.name)
        return without_validation(dataset)
    if origin is None:
        if data is None:
            raise DataError("no_run_of_images")
        return _given(data, data_dir, OwnImages())
    run, record = origin, origin.record
    about: dict[str, Any] = record.get("dataset") or {}
    named, images = _asked(run, str(about.get("name")))
    if data is not None:
        dataset = _given(data, data_dir, images)
    elif named is None:
        raise DataError("no_training_images", name=about.get("name"))
    else:
        try:
            dataset = _given(named, data_dir, images)
        except DataError as error:
            raise DataError("no_training_images", name=about.get("name")) from error
    if dataset.fingerprint != about.get("fingerprint"):
        dataset = _as_studied(dataset, record)
    if dataset.fingerprint != about.get("fingerprint"):
        raise DataError("other_training_images", name=dataset.name)
    return replace(dataset, train=learned_images(dataset, record))


def _asked(run: RunFolder, name: str) -> tuple[str | None, OwnImages]:
    """Return the name or path by which the study asked for its data, and how it was read.

    None if nobody knows: the run was moved out of its study, and the data set has no known name.
    """
    if (source := find_source(name)) is not None:
        return source.name, OwnImages()
    try:
        config = StudyConfig.load(run.path.parent.parent / StudyFile.CONFIG)
    except ConfigError:
        return None, OwnImages()
    return config.data, config.images


def _given(wanted: Dataset | str | Path, data_dir: Path | None, images: OwnImages) -> Dataset:
    if isinstance(wanted, Dataset):
        return wanted
    source = find_source(wanted)
    if source is None:
        return load(str(wanted), data_dir=data_dir, images=images)
    if not source.is_at_hand(data_dir):
        raise DataError("no_training_images", name=source.name)
    return load(source.name, data_dir=data_dir)


def _as_studied(dataset: Dataset, record: dict[str, Any]) -> Dataset:
    """Return the data as the study had it: cut down, dealt in folds, or without validation."""
    split = (record.get("dataset") or {}).get("split") or {}
    if record.get("quick"):
        dataset = first_images(dataset)
    if "folds" in split:
        return in_folds(dataset, int(split["folds"]))
    return without_validation(dataset) if split.get("method") == "final" else dataset
