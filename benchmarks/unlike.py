"""Which score tells pictures unlike any that a network learned from; and which conformal sets.

    COTEJO_DATA=… python benchmarks/unlike.py [--seeds 2] [--images 16000] [--out FOLDER]

Networks: the model that ships, and for each seed three others (`cnn7`, `cnn3`, `airbench` of width
32), trained for a few epochs on some of the images of eight classes of CIFAR-10. Pictures unlike
these: the two other classes, scikit-learn's digits, noise, walls, gradients, phase-scrambled and
shuffled test images, textures. Each score is measured by the AUROC against test images of the
learned classes, and by how many of the pictures are above the threshold that 1% of the held-out
images are above. What a score needs of the training it takes from 2,000 training images.

The shipped model has learned from all validation images, so half of the test images stand in
for them. Prints the tables of docs/decisions/0024-unlike.md. With `--out`, what the networks
computed is kept there, so that other scores can be tried in seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import zoom
from scipy.special import logsumexp, softmax
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

from cotejo.backend import keras, set_seed
from cotejo.config import Settings
from cotejo.data import Dataset, Split, load
from cotejo.evaluate.probes import noise, scrambled, walls
from cotejo.models.packed import unpack
from cotejo.models.penultimate import features_and_logits, with_features
from cotejo.study.run import build_network
from cotejo.train import fresh_backend, train

Array = NDArray[np.float32]
Seen = Mapping[str, Array]
"""What a network computed of each set of images: its features and its logits."""

HELD_OUT = {1: (0, 3), 2: (5, 9), 3: (2, 8)}
"""The two classes that no network of a seed has seen."""

NETWORKS = {
    "cnn7": {"model": "cnn7", "epochs": 5, "batch_size": 500, "learning_rate": 0.003,
             "schedule": "one-cycle", "augment": "flip-crop"},
    "cnn3": {"model": "cnn3", "epochs": 8, "augment": "flip-crop"},
    "airbench": {"model": "airbench", "width": 32, "optimizer": "muon", "learning_rate": 0.11,
                 "schedule": "linear", "augment": "alternating-flip-crop",
                 "label_smoothing": 0.2, "batch_size": 500, "epochs": 5},
}  # fmt: skip

UNLIKE = ("classes", "digits", "noise", "grey noise", "walls", "gradients", "scrambled",
          "shuffled", "textures")  # fmt: skip
COUNT = 500


def digits() -> NDArray[np.uint8]:
    small = [Image.fromarray((image / 16 * 255).astype(np.uint8)) for image in load_digits().images]
    large = [np.asarray(image.resize((32, 32), Image.Resampling.BILINEAR)) for image in small]
    return np.repeat(np.stack(large[:COUNT])[..., None], 3, axis=-1)


def gradients(random: np.random.Generator) -> NDArray[np.uint8]:
    """Return images that go from one colour to another, in any direction."""
    first, second = random.uniform(0, 255, (2, COUNT, 1, 1, 3))
    angle = random.uniform(0, 2 * np.pi, (COUNT, 1, 1, 1))
    side = np.linspace(-1, 1, 32)
    way = np.cos(angle) * side[None, None, :, None] + np.sin(angle) * side[None, :, None, None]
    return (first + (second - first) * (0.5 + way / np.sqrt(8))).astype(np.uint8)


def textures(random: np.random.Generator) -> NDArray[np.uint8]:
    """Return clouds: smooth noise of four sizes, put together."""
    clouds = np.zeros((COUNT, 32, 32, 3))
    for cells in (2, 4, 8, 16):
        coarse = random.normal(size=(COUNT, cells, cells, 3))
        clouds += zoom(coarse, (1, 32 / cells, 32 / cells, 1), order=1) / np.sqrt(cells)
    low = clouds.min(axis=(1, 2, 3), keepdims=True)
    high = clouds.max(axis=(1, 2, 3), keepdims=True)
    return (255 * (clouds - low) / (high - low)).astype(np.uint8)


def shuffled(images: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """Return the images cut into 16 squares, in an order by chance."""
    tiles = images.reshape(len(images), 4, 8, 4, 8, 3).swapaxes(2, 3)
    tiles = tiles.reshape(len(images), 16, 8, 8, 3)
    order = random.random((len(images), 16)).argsort(axis=1)[:, :, None, None, None]
    tiles = np.take_along_axis(tiles, order, axis=1).reshape(len(images), 4, 4, 8, 8, 3)
    return tiles.swapaxes(2, 3).reshape(images.shape)


def unlike_sets(images: NDArray[np.uint8]) -> dict[str, NDArray[np.uint8]]:
    random = np.random.default_rng(0)
    some = images[:COUNT]
    grey = np.clip(random.normal(127, 50, some.shape), 0, 255).astype(np.uint8)
    return {
        "digits": digits(), "noise": noise(some, random), "grey noise": grey,
        "walls": walls(some, random), "gradients": gradients(random),
        "scrambled": scrambled(some, random), "shuffled": shuffled(some, random),
        "textures": textures(random),
    }  # fmt: skip


def seen(network: keras.Model, sets: Mapping[str, Split | NDArray[np.uint8]]) -> dict[str, Array]:
    """Return what a network computes of each set: features, logits, and labels where known."""
    both = with_features(network)
    found: dict[str, Array] = {}
    for name, images in sets.items():
        pixels = images.images if isinstance(images, Split) else images
        found[f"{name}/features"], found[f"{name}/logits"] = features_and_logits(both, pixels, 500)
        if isinstance(images, Split):
            found[f"{name}/labels"] = images.labels
    return found


def without(dataset: Dataset, held_out: Sequence[int], images: int) -> tuple[Dataset, Split]:
    """Return the dataset without two classes, of fewer images, and test images of the two."""
    kept = [label for label in range(dataset.num_classes) if label not in held_out]

    def part(split: Split, most: int) -> Split:
        chosen = np.flatnonzero(np.isin(split.labels, kept))[:most]
        labels = np.searchsorted(kept, split.labels[chosen]).astype(np.int32)
        return Split(split.images[chosen], labels)

    names = {
        language: tuple(texts[label] for label in kept)
        for language, texts in dataset.class_names.items()
    }
    others = np.flatnonzero(np.isin(dataset.test.labels, held_out))
    known = replace(
        dataset, name="known", train=part(dataset.train, images), valid=part(dataset.valid, 4000),
        test=part(dataset.test, 4000), class_names=names, split={"method": "own"},
    )  # fmt: skip
    return known, dataset.test.take(others)


def of_shipped(dataset: Dataset) -> dict[str, Array]:
    network, _ = unpack()
    learned = np.random.default_rng(0).choice(len(dataset.train), 2000, replace=False)
    half = np.arange(len(dataset.test)) % 2 == 0
    sets = {
        "train": dataset.train.take(np.sort(learned)),
        "valid": dataset.test.take(np.flatnonzero(half)),
        "test": dataset.test.take(np.flatnonzero(~half)),
        **unlike_sets(dataset.test.images),
    }
    return seen(network, sets)


def of_trained(name: str, dataset: Dataset, seed: int, images: int) -> dict[str, Array]:
    known, others = without(dataset, HELD_OUT[seed], images)
    settings = Settings.from_flat(NETWORKS[name]).resolved()
    set_seed(seed)
    network = build_network(settings, known.train, known.num_classes)
    training = train(network, known, settings, seed)
    accuracy = training.history[-1]["valid_accuracy"]
    print(f"{name}, seed {seed}: {accuracy:.3f} on validation, {training.train_seconds:.0f} s")
    learned = known.train.take(np.arange(2000))
    sets = {"train": learned, "valid": known.valid, "test": known.test, "classes": others}
    return seen(network, {**sets, **unlike_sets(known.test.images)})


def computed(given: argparse.Namespace) -> dict[str, dict[str, Array]]:
    """Return what each network computed, from the folder if it is there."""
    dataset = None
    found: dict[str, dict[str, Array]] = {}
    wanted = ["shipped", *(f"{name}-{seed}" for seed in range(1, given.seeds + 1)
                           for name in NETWORKS)]  # fmt: skip
    for key in wanted:
        path = given.out / f"{key}.npz" if given.out else None
        if path is not None and path.is_file():
            with np.load(path) as arrays:
                found[key] = {name.replace("|", "/"): arrays[name] for name in arrays.files}
            continue
        dataset = dataset or load("cifar10")
        name, _, seed = key.partition("-")
        with fresh_backend(int(seed or 0)):
            if seed:
                found[key] = of_trained(name, dataset, int(seed), given.images)
            else:
                found[key] = of_shipped(dataset)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(path, **{name.replace("/", "|"): each for name, each in found[key].items()})
    return found
