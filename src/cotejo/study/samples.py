"""What a study keeps of its dataset for the report: facts, examples, augmented images."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.augment import compose
from cotejo.backend import keras, ops
from cotejo.config.augmentation_parts import Augmentation
from cotejo.config.augmentations import array_name
from cotejo.data import FILE_COLUMNS, Dataset, describe, example_images, file_rows
from cotejo.errors import OutputError
from cotejo.store import (
    FORMAT,
    StudyFile,
    StudyFolder,
    described_files,
    write_csv,
    write_json,
    write_npz,
)

__all__ = ["has_samples", "update_samples", "write_samples"]

ORIGINALS = 8
DRAWS = 6


def update_samples(folder: Path, dataset: Dataset, policies: Iterable[Augmentation]) -> None:
    """Write what `write_samples` writes, unless it is there."""
    policies = list(policies)
    if not has_samples(folder, dataset, policies):
        write_samples(folder, dataset, policies)


def write_samples(folder: Path, dataset: Dataset, policies: Iterable[Augmentation]) -> None:
    """Write ``data.json`` and ``data.npz``: the dataset, and its images under ``policies``."""
    examples = example_images(dataset)
    # One of each class, in turn, until there are enough.
    turns = examples.swapaxes(0, 1).reshape(-1, *dataset.image_shape)
    originals = turns[:ORIGINALS]
    arrays = {"example_images": examples, "original_images": originals}
    for name, policy in _changing(policies).items():
        arrays[name] = _augmented(originals, policy)
    write_npz(folder / StudyFile.IMAGES, **arrays)
    names = [StudyFile.IMAGES]
    if rows := file_rows(dataset):
        write_csv(folder / StudyFile.FILES, FILE_COLUMNS, rows)
        names.append(StudyFile.FILES)
    # Last: it lists what it belongs with.
    listed = described_files(folder, names)
    write_json(folder / StudyFile.DATA, {"format": FORMAT, **describe(dataset), "files": listed})


def has_samples(folder: Path, dataset: Dataset, policies: Iterable[Augmentation]) -> bool:
    """Return whether a study has what `write_samples` would write of the dataset and policies."""
    study = StudyFolder(folder)
    try:
        same = study.data["fingerprint"] == dataset.fingerprint
        arrays = {"example_images", "original_images", *_changing(policies)}
        return same and arrays <= set(study.images)
    except (OutputError, KeyError):
        return False


def _changing(policies: Iterable[Augmentation]) -> dict[str, Augmentation]:
    """Return the augmentations that change images, by the names of their arrays, sorted."""
    named = {array_name(policy): policy for policy in policies if policy != "none"}
    return dict(sorted(named.items()))


def _augmented(originals: NDArray[np.uint8], augmentation: Augmentation) -> NDArray[np.uint8]:
    """Return draws of each image, ``[originals, draws, height, width, channels]``."""
    policy, seed = compose(augmentation), keras.random.SeedGenerator(0)
    images = originals.astype("float32")
    if policy.mix is None:
        # The draws of one image lie beside each other.
        repeated = np.repeat(images, DRAWS, axis=0)
        if policy.alternates:
            repeated = _mirrored(repeated, np.arange(len(repeated)) % 2 == 1)
        batch = policy(repeated, seed)
        return _pixels(batch).reshape(len(originals), DRAWS, *originals.shape[1:])
    # Each image is mixed with another one, so that draws of the same one are kept apart.
    repeated = np.tile(images, (DRAWS, 1, 1, 1))
    if policy.alternates:
        repeated = _mirrored(repeated, np.arange(len(repeated)) // len(images) % 2 == 1)
    batch, _ = policy.mix(policy(repeated, seed), seed)
    return _pixels(batch).reshape(DRAWS, *originals.shape).swapaxes(0, 1)


def _mirrored(images: NDArray[np.float32], chosen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the images with the chosen ones mirrored, as the training does every second epoch."""
    return np.where(chosen[:, None, None, None], images[:, :, ::-1], images)


def _pixels(batch: Any) -> NDArray[np.uint8]:
    return np.asarray(ops.convert_to_numpy(batch)).round().astype(np.uint8)
