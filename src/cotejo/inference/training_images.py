"""The images that a model learned from, found where the study found them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from cotejo.config import DEFAULT_DATA, StudyConfig
from cotejo.config.own_images import OwnImages
from cotejo.data import Dataset, find_source, load, without_validation
from cotejo.data.cutting import first_images
from cotejo.data.folds import in_folds
from cotejo.errors import ConfigError, DataError
from cotejo.store import RunFolder, StudyFile
from cotejo.trained.learned import learned_images

__all__ = ["as_studied", "data_as_studied", "suited", "training_images"]


def training_images(
    origin: RunFolder | Literal["shipped"] | None,
    data: Dataset | str | Path | None = None,
    data_dir: Path | None = None,
) -> Dataset:
    """Return data whose training images are those of a model; of the one that ships, CIFAR-10.

    They have to be the very images that it learned from, as `data_as_studied` says; of a model of
    which no run is known, nobody can tell.

    Args:
        origin: the model's run, or ``"shipped"``; None where neither is known.
        data: the data set, its name or its path, where it is somewhere else now.
        data_dir: the folder to take a published data set from.

    Raises:
        DataError: they are not on this machine, or are others.
    """
    if origin is None:
        if data is None:
            raise DataError("no_run_of_images")
        return _given(data, data_dir, OwnImages())
    dataset = data_as_studied(origin, data, data_dir)
    if origin == "shipped":
        return dataset
    return replace(dataset, train=learned_images(dataset, origin.record))


def suited(dataset: Dataset, image_shape: tuple[int, int, int], classes: Sequence[str]) -> Dataset:
    """Return data that a model can be asked about.

    Args:
        dataset: data whose training images are to be those of the model.
        image_shape: the ``(height, width, channels)`` that the model takes.
        classes: the model's, in English, in label order.

    Raises:
        DataError: its images have another shape, or it has other classes.
    """
    if dataset.train.images.shape[1:] != image_shape:
        raise DataError("training_images_shape", expected=list(image_shape))
    if list(dataset.class_names["en"]) != list(classes):
        raise DataError("other_training_images", name=dataset.name)
    return dataset


def data_as_studied(
    origin: RunFolder | Literal["shipped"],
    data: Dataset | str | Path | None = None,
    data_dir: Path | None = None,
) -> Dataset:
    """Return the data that a model was trained on, as its study had it.

    It is looked for where the study's file says, and a published set also where `load` looks for
    it; nothing is downloaded. It is the very data: its fingerprint is that of the record.

    Args:
        origin: the model's run, or ``"shipped"``, which learned from the training and validation
            images of CIFAR-10.
        data: the data set, its name or its path, where it is somewhere else now.
        data_dir: the folder to take a published data set from.

    Raises:
        DataError: it is not on this machine, or is other data.
    """
    if origin == "shipped":
        dataset = _given(DEFAULT_DATA if data is None else data, data_dir, OwnImages())
    else:
        named, images = _asked(origin)
        wanted = named if data is None else data
        name = (origin.record.get("dataset") or {}).get("name")
        if wanted is None:
            raise DataError("no_training_images", name=name)
        try:
            dataset = _given(wanted, data_dir, images)
        except DataError as error:
            if data is not None:
                raise
            raise DataError("no_training_images", name=name) from error
    studied = as_studied(dataset, origin)
    if studied is None:
        raise DataError("other_training_images", name=dataset.name)
    return studied


def as_studied(dataset: Dataset, origin: RunFolder | Literal["shipped"]) -> Dataset | None:
    """Return data as the study of a model had it: cut down, dealt in folds, or without validation.

    Args:
        dataset: as it was loaded.
        origin: the model's run, or ``"shipped"``.

    Returns:
        The data; None if it is not what the model was trained on.
    """
    if origin == "shipped":
        source = find_source(DEFAULT_DATA)
        is_it = source is not None and dataset.fingerprint == source.fingerprint
        return without_validation(dataset) if is_it else None
    about = origin.record.get("dataset") or {}
    if dataset.fingerprint == about.get("fingerprint"):
        return dataset
    split = about.get("split") or {}
    if origin.record.get("quick"):
        dataset = first_images(dataset)
    if "folds" in split:
        try:
            dataset = in_folds(dataset, int(split["folds"]))
        except DataError:  # it has test images of its own, which a cross-validation has not
            return None
    elif split.get("method") == "final":
        dataset = without_validation(dataset)
    return dataset if dataset.fingerprint == about.get("fingerprint") else None


def _asked(run: RunFolder) -> tuple[str | None, OwnImages]:
    """Return the name or path by which the study asked for its data, and how it was read.

    None if nobody knows: the run was moved out of its study, and the data set has no known name.
    """
    about = run.record.get("dataset") or {}
    if (source := find_source(str(about.get("name")))) is not None:
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
