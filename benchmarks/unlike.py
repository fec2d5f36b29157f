"""Which score tells pictures unlike any that a network learned from; and which conformal sets.

    COTEJO_DATA=… python benchmarks/unlike.py [--seeds 2] [--images 16000] [--out FOLDER]

Networks: the model that ships, and for each seed three others (`cnn7`, `cnn3`, `airbench` of width
32), trained for a few epochs on some of the images of eight classes of CIFAR-10. Pictures unlike
these: the two other classes, scikit-learn's digits, noise, walls, gradients, phase-scrambled and
shuffled test images, textures. Each score is measured by the AUROC against test images of the
learned classes, and by how many of the pictures are above the threshold that 1% of the held-out
images are above. What a score needs of the training it takes from 2,000 training images.

The shipped model has learned from all validation images, so half of the test images stand in
for them. Prints the tables of docs/decisions/0025-unlike.md, and the sets of three methods, by
MAPIE. With `--out`, what the networks computed is kept there, so that other scores can be tried in
seconds. `--shipped` only prints what the model that ships says, as it is packed and used.
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
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

from cotejo.backend import keras, set_seed
from cotejo.config import Settings
from cotejo.data import Dataset, Split, load
from cotejo.evaluate.conformal import set_quality
from cotejo.evaluate.probes import noise, scrambled, walls
from cotejo.evaluate.unlikeness import look_of
from cotejo.inference import Classifier
from cotejo.models.packed import unpack
from cotejo.study.run import build_network
from cotejo.train import fresh_backend, predict_logits, train
from cotejo.trained.features import features_of

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
    known = look_of(sets["train"].images)
    found: dict[str, Array] = {}
    for name, images in sets.items():
        pixels = images.images if isinstance(images, Split) else images
        found[f"{name}/features"] = features_of(network, pixels)
        found[f"{name}/logits"] = predict_logits(network, pixels)
        found[f"{name}/look"] = known.distances(pixels)
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


Score = Callable[[Array, Array], Array]
"""From features and logits to a score, higher where an image is more unlike."""


def scores(learned: Array, logits: Array, labels: Array) -> dict[str, Score]:
    """Return every score that is tried, each with what it takes of 2,000 training images."""

    def directions(features: Array) -> Array:
        return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)

    def nearest(bank: Array, seen_as: Callable[[Array], Array], place: int = 10) -> Score:
        def score(features: Array, _: Array) -> Array:
            own = seen_as(features)
            squares = (own**2).sum(axis=1)[:, None] + (bank**2).sum(axis=1) - 2 * own @ bank.T
            return np.sqrt(np.maximum(np.partition(squares, place - 1, axis=1)[:, place - 1], 0))

        return score

    def centred(features: Array) -> Array:
        return directions(features) - centre

    unit = directions(learned)
    centre = unit.mean(axis=0)
    axes = np.linalg.svd(unit - centre, full_matrices=False)[2]
    found: dict[str, Score] = {
        "probability": lambda _, logits: -softmax(logits, axis=1).max(axis=1),
        "energy": lambda _, logits: -logsumexp(logits, axis=1),
        "max logit": lambda _, logits: -(logits - logits.mean(axis=1, keepdims=True)).max(axis=1),
        "length": lambda features, _: -np.log(np.linalg.norm(features, axis=1) + 1e-12),
        "nearest": nearest(learned, lambda features: features),
        "nearest direction": nearest(unit, directions),
        "Mahalanobis": mahalanobis(unit, labels, directions),
    }
    for count in (16, 32, 64):
        some = axes[:count].T
        found[f"nearest direction, {count}"] = nearest(
            centred(learned) @ some, lambda features, some=some: centred(features) @ some
        )
    return found


def mahalanobis(bank: Array, labels: Array, seen_as: Callable[[Array], Array]) -> Score:
    """The distance from the nearest class's mean, by the covariance within classes (Lee 2018)."""
    classes = np.unique(labels)
    means = np.stack([bank[labels == label].mean(axis=0) for label in classes])
    within = bank - means[np.searchsorted(classes, labels)]
    covariance = np.cov(within.T)
    covariance += 1e-3 * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    root = np.linalg.cholesky(np.linalg.inv(covariance))

    def score(features: Array, _: Array) -> Array:
        own = seen_as(features) @ root
        apart = own[:, None] - (means @ root)[None]
        return (apart**2).sum(axis=2).min(axis=1)

    return score


TOGETHER = (
    ("look", "max logit"),
    ("look", "probability"),
    ("look", "energy"),
    ("look", "nearest direction, 32"),
    ("look", "max logit", "length"),
    ("look", "nearest direction, 32", "length"),
    ("nearest direction, 32", "length"),
)
"""Scores of which the most unusual counts, each by its rank among held-out images."""


def ranks(values: Array, among: Array) -> Array:
    return np.searchsorted(np.sort(among), values) / len(among)


def measured(found: Mapping[str, Array]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return the AUROC of each score on each set, and the share above the threshold of 1%."""
    every = scores(found["train/features"], found["train/logits"], found["train/labels"])
    sets = [name for name in ("valid", "test", *UNLIKE) if f"{name}/features" in found]
    values = {
        score: {name: compute(found[f"{name}/features"], found[f"{name}/logits"]) for name in sets}
        for score, compute in every.items()
    }
    values["look"] = {name: found[f"{name}/look"] for name in sets}
    for parts in TOGETHER:
        values[" + ".join(parts)] = {
            name: np.max([ranks(values[part][name], values[part]["valid"]) for part in parts], 0)
            for name in sets
        }
    results: dict[str, dict[str, tuple[float, float]]] = {}
    for score, of_sets in values.items():
        threshold = np.quantile(of_sets["valid"], 0.99)
        test = of_sets["test"]
        results[score] = {"test": (0.5, float((test > threshold).mean()))}
        for name in sets[2:]:
            truth = np.repeat([0, 1], [len(test), len(of_sets[name])])
            area = roc_auc_score(truth, np.concatenate([test, of_sets[name]]))
            results[score][name] = (float(area), float((of_sets[name] > threshold).mean()))
    return results


def show(title: str, rows: Sequence[dict[str, dict[str, tuple[float, float]]]]) -> None:
    """Print the means over networks: AUROC in hundredths, and the share called unlike."""
    names = list(rows[0]["look"])
    print(f"\n{title}\n\n| score | " + " | ".join(names) + " |")
    print("| --- |" + " ---: |" * len(names))
    for score in rows[0]:
        cells = []
        for name in names:
            area, share = (np.mean([row[score][name][which] for row in rows]) for which in (0, 1))
            flagged = f"{100 * share:.0f}%"
            cells.append(flagged if name == "test" else f"{100 * area:.1f} ({flagged})")
        print(f"| {score} | " + " | ".join(cells) + " |")


def sets_of(found: Mapping[str, Array]) -> list[tuple[str, float, float, float, float]]:
    """Return coverage, size and the worst class's coverage of each kind of set, by MAPIE."""
    from mapie.classification import SplitConformalClassifier

    valid, test = (softmax(found[f"{name}/logits"], axis=1) for name in ("valid", "test"))
    labels = {name: found[f"{name}/labels"] for name in ("valid", "test")}
    rows = []
    for kind in ("lac", "aps", "raps"):
        classifier = SplitConformalClassifier(
            Known().fit(valid, labels["valid"]), 0.95, kind, prefit=True, random_state=0
        )
        classifier.conformalize(valid, labels["valid"])
        sets = classifier.predict_set(test)[1][..., 0]
        sets[np.arange(len(sets)), test.argmax(axis=1)] = True
        quality = set_quality(labels["test"], sets)
        worst = min(known.estimate for known in quality.by_class if known)
        row = (quality.coverage.estimate, quality.mean_size, quality.singles, worst)
        rows.append((kind, *row))
    return rows


class Known(ClassifierMixin, BaseEstimator):
    """A classifier that has been fitted, and whose inputs are probabilities."""

    def fit(self, chances: Array, labels: Array) -> Known:
        """Nothing is learned."""
        self.classes_ = np.arange(chances.shape[1])
        return self

    def predict(self, chances: Array) -> Array:
        """Return the likeliest classes."""
        return chances.argmax(axis=1)

    def predict_proba(self, chances: Array) -> Array:
        """Return what is given."""
        return chances


def of_classifier() -> None:
    """Print what the model that ships says as it is used: its sets, and what it calls unlike."""
    dataset, classifier = load("cifar10"), Classifier.load()
    images, limits = dataset.test.images, classifier.limits
    if limits is None or limits.valid_signs is None:
        print("\nThe model that ships was packed without limits: see CONTRIBUTING.md.")
        return
    logits = classifier.logits(images)
    sets = limits.candidates(softmax(logits / classifier.temperature, axis=1))
    quality = set_quality(dataset.test.labels, sets)
    print(f"\nshipped, 10,000 test images: {quality}")
    flagged = {"test": limits.is_unlike(images, logits)}
    for name, shown in unlike_sets(images).items():
        flagged[name] = limits.is_unlike(shown, classifier.logits(shown))
    for name, flags in flagged.items():
        print(f"shipped, called unlike, {name}: {100 * flags.mean():.1f}%")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=2, choices=range(4))
    parser.add_argument("--images", type=int, default=16_000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--shipped", action="store_true", help="only the shipped model, as it is")
    given = parser.parse_args()
    if given.shipped:
        of_classifier()
        return
    found = computed(given)
    results = {key: measured(arrays) for key, arrays in found.items()}
    show("The model that ships", [results["shipped"]])
    for name in NETWORKS:
        if rows := [row for key, row in results.items() if key.startswith(f"{name}-")]:
            show(f"{name}, {len(rows)} seed(s), eight classes", rows)
    print("\nSets at 95%: network, kind, coverage, classes, of one class, the worst class")
    for key, arrays in found.items():
        for kind, *numbers in sets_of(arrays):
            print(f"{key:12} {kind:5}" + "".join(f"{number:8.4f}" for number in numbers))


if __name__ == "__main__":
    main()
