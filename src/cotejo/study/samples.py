"""What a study keeps of its dataset for the report: facts, examples, augmented images."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cotejo.augment import POLICIES
from cotejo.backend import keras, ops
from cotejo.data import Dataset, describe, example_images
from cotejo.errors import OutputError
from cotejo.store import FORMAT, StudyFolder, described_files, write_json, write_npz

__all__ = ["has_samples", "write_samples"]

ORIGINALS = 8
DRAWS = 6


def write_samples(folder: Path, dataset: Dataset, policies: Iterable[str]) -> None:
    """Write ``data.json`` and ``data.npz``: the dataset, and its images under ``policies``."""
    examples = example_images(dataset)
    # One of each class, in turn, until there are enough.
    turns = examples.swapaxes(0, 1).reshape(-1, *dataset.image_shape)
    originals = turns[:ORIGINALS]
    arrays = {"example_images": examples, "original_images": originals}
    for name in _changing(policies):
        arrays[_array_name(name)] = _augmented(originals, name)
    write_npz(folder / "data.npz", **arrays)
    # Last: it lists what it belongs with.
    listed = described_files(folder, ["data.npz"])
    write_json(folder / "data.json", {"format": FORMAT, **describe(dataset), "files": listed})


def has_samples(folder: Path, dataset: Dataset, policies: Iterable[str]) -> bool:
    """Return whether a study has what `write_samples` would write of the dataset and policies."""
    study = StudyFolder(folder)
    try:
        same = study.data["fingerprint"] == dataset.fingerprint
        arrays = {"example_images", "original_images", *map(_array_name, _changing(policies))}
        return same and arrays <= set(study.images)
    except (OutputError, KeyError):
        return False


def _changing(policies: Iterable[str]) -> list[str]:
    return sorted({policy for policy in policies if POLICIES[policy] is not None})


def _array_name(policy: str) -> str:
    return f"augmented_{policy.replace('-', '_')}"


def _augmented(originals: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    policy = POLICIES[name]
    if policy is None:
        raise ValueError(f"`name` must be a policy that changes images; received {name!r}")
    repeated = np.repeat(originals, DRAWS, axis=0).astype("float32")
    changed = np.asarray(ops.convert_to_numpy(policy(repeated, keras.random.SeedGenerator(0))))
    pixels: NDArray[np.uint8] = changed.round().astype(np.uint8)
    return pixels.reshape(len(originals), DRAWS, *originals.shape[1:])
