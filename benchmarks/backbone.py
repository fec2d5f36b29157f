"""What a backbone is worth: classes of CIFAR-10 that it has never seen, learned from few images.

    COTEJO_DATA=… python benchmarks/backbone.py [--model cnn7] [--epochs 8] [--seeds 3]
        [--images 10 50 200] [--held-out cat deer ship truck]

A network learns all images of the other classes. Then the classes held out are learned from 10, 50
and 200 images each, in four ways: by a new head on its frozen features, with the backbone unfrozen
after two thirds of the epochs, by the same network from random weights, and by the model `cnn3`
from random weights. All 1,000 test images of each class held out are read at the end. It prints the
accuracy of each way, mean and deviation over the seeds, and the seconds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cotejo.backend import keras, set_seed
from cotejo.config import Settings
from cotejo.data import Dataset, Split, load
from cotejo.models.backbone import with_head
from cotejo.study.run import build_network
from cotejo.train import fresh_backend, predict_logits, train

WAYS = ("head alone", "head, then all", "random weights", "cnn3")


def of_classes(dataset: Dataset, classes: Sequence[int], name: str) -> Dataset:
    """Return the images of some classes alone, numbered anew from 0."""

    def part(split: Split) -> Split:
        chosen = np.isin(split.labels, classes)
        labels = np.searchsorted(classes, split.labels[chosen]).astype(np.int32)
        return Split(split.images[chosen], labels)

    names = {
        language: tuple(texts[label] for label in classes)
        for language, texts in dataset.class_names.items()
    }
    train, valid, test = map(part, (dataset.train, dataset.valid, dataset.test))
    return replace(
        dataset, name=name, train=train, valid=valid, test=test, class_names=names,
        split={"method": "own"},
    )  # fmt: skip


def few(dataset: Dataset, images: int, seed: int) -> Dataset:
    """Return the dataset with so many training images of each class, drawn by the seed."""
    random = np.random.default_rng((seed, images))
    chosen = np.concatenate(
        [
            random.choice(np.flatnonzero(dataset.train.labels == label), images, replace=False)
            for label in range(dataset.num_classes)
        ]
    )
    drawn = Split(dataset.train.images[chosen], dataset.train.labels[chosen])
    return replace(dataset, train=drawn)


def pretrained(model: str, dataset: Dataset, epochs: int, seed: int) -> keras.Model:
    """Train a network on the classes that are not held out."""
    settings = Settings(
        model=model, epochs=epochs, batch_size=500, learning_rate=0.003, schedule="one-cycle",
        augment="flip-crop",
    ).resolved()  # fmt: skip
    set_seed(seed)
    network = build_network(settings, dataset.train, dataset.num_classes)
    training = train(network, dataset, settings, seed)
    print(
        f"{model} on {dataset.num_classes} classes, seed {seed}: validation accuracy"
        f" {training.history[-1]['valid_accuracy']:.4f} in {training.train_seconds:.0f} s"
    )
    return network


def on_backbone(network: keras.Model, num_classes: int) -> keras.Model:
    """Return a copy of a trained network with a new head, its backbone frozen."""
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    features = copy.get_layer("logits").input
    return with_head(copy.input, features, num_classes, name="backbone", frozen=True)


def accuracy(network: keras.Model, test: Split) -> float:
    """Return the share of the test images that are told right."""
    logits = predict_logits(network, test.images)
    return float((logits.argmax(axis=1) == test.labels).mean())


def learned(way: str, backbone: keras.Model, model: str, dataset: Dataset, seed: int) -> float:
    """Learn the classes held out in one way, and return the test accuracy."""
    epochs = 60
    settings = Settings(
        model="cnn3" if way == "cnn3" else model, epochs=epochs,
        batch_size=min(16, len(dataset.train)), learning_rate=0.002,
        schedule="one-cycle", augment="none" if way == "head alone" else "flip-crop",
        unfreeze=2 * epochs // 3 if way == "head, then all" else None,
    ).resolved()  # fmt: skip
    set_seed(seed)
    if way.startswith("head"):
        network = on_backbone(backbone, dataset.num_classes)
    else:
        network = build_network(settings, dataset.train, dataset.num_classes)
    train(network, dataset, settings, seed)
    return accuracy(network, dataset.test)


def main() -> None:
    """Parse the arguments, train, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="cnn7")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--images", type=int, nargs="+", default=[10, 50, 200])
    parser.add_argument("--held-out", nargs="+", default=["cat", "deer", "ship", "truck"])
    given = parser.parse_args()
    dataset = load("cifar10")
    names = dataset.class_names["en"]
    held_out = sorted(names.index(name) for name in given.held_out)
    others = [label for label in range(len(names)) if label not in held_out]
    known, new = of_classes(dataset, others, "known"), of_classes(dataset, held_out, "new")
    # Validation images of the new classes would be more than what is learned from.
    new = replace(new, valid=Split(new.valid.images[:0], new.valid.labels[:0]))
    results: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for seed in range(1, given.seeds + 1):
        with fresh_backend(seed):
            backbone = pretrained(given.model, known, given.epochs, seed)
            for images in given.images:
                part = few(new, images, seed)
                for way in WAYS:
                    started = time.perf_counter()
                    reached = learned(way, backbone, given.model, part, seed)
                    seconds = time.perf_counter() - started
                    results.setdefault((way, images), []).append((reached, seconds))
                    print(f"seed {seed}, {images} images, {way}: {reached:.4f}, {seconds:.0f} s")
    print(f"\n{'':16}" + "".join(f"{images:>22} images" for images in given.images))
    for way in WAYS:
        cells = []
        for images in given.images:
            reached, seconds = zip(*results[way, images], strict=True)
            spread = statistics.stdev(reached) if len(reached) > 1 else 0.0
            mean, time_taken = statistics.mean(reached), statistics.median(seconds)
            cells.append(f"{100 * mean:.2f} ± {100 * spread:.2f} ({time_taken:.0f} s)")
        print(f"{way:16}" + "".join(f"{cell:>29}" for cell in cells))


if __name__ == "__main__":
    main()
