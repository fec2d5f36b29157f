"""How long a head on a frozen backbone takes to learn from 5,000 images.

    python benchmarks/transfer.py [--model shipped] [--images 5000] [--size 32] [--epochs 10]

The images are drawn here, and nothing is downloaded: the model that ships has its weights, and a
network of `keras.applications` gets random ones, saved to a file first, which take the same time.
It prints the seconds of computing the features, which is done once, and of an epoch of the head,
and, to compare, the seconds of an epoch of the whole network, estimated from a few steps.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from cotejo.backend import keras
from cotejo.config import Settings, StudyConfig
from cotejo.data.dataset import Dataset, Split
from cotejo.models import resolve
from cotejo.study.run import build_network
from cotejo.study.timing import pace_of
from cotejo.train import fresh_backend, train
from cotejo.train.stages import stages


def drawn(images: int, size: int, seed: int) -> Split:
    """Return random images of ten classes."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (images, size, size, 3), dtype=np.uint8)
    return Split(pixels, (np.arange(images) % 10).astype(np.int32))


def saved_weights(model: str, size: int, folder: Path) -> str:
    """Save random weights of an application, without its last layers, and return their path."""
    application = getattr(keras.applications, model.partition(":")[2])
    path = folder / "random.weights.h5"
    side = max(size, 75)
    application(include_top=False, weights=None, input_shape=(side, side, 3)).save_weights(path)
    return str(path)


def measure(settings: Settings, dataset: Dataset) -> None:
    """Print how long the features, an epoch of the head and one of the whole network take."""
    with fresh_backend(1):
        network = build_network(settings, dataset.train, dataset.num_classes)
        started, first = time.perf_counter(), []

        def note(row: dict[str, float]) -> None:
            if not first:
                first.append(time.perf_counter() - started - row["seconds"])

        training = train(network, dataset, settings, 1, on_epoch=note)
    later = [row["seconds"] for row in training.history[1:]] or [training.history[0]["seconds"]]
    print(f"features, once: {first[0]:.1f} s")
    print(f"an epoch of the head: {np.median(later):.3f} s")
    print(f"all {len(training.history)} epochs: {training.train_seconds:.1f} s")
    whole = stages(settings, len(dataset.train))[0]
    _, step = pace_of(settings, dataset, [whole]).steps[1.0]
    print(f"an epoch of the whole network, about: {whole.steps * step:.1f} s")


def main() -> None:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="shipped")
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=10)
    given = parser.parse_args()
    train_part, rest = drawn(given.images, given.size, 1), drawn(500, given.size, 2)
    names = [str(number) for number in range(10)]
    dataset = Dataset("drawn", train_part, rest, rest, names, {"method": "own"}, "drawn")
    with tempfile.TemporaryDirectory() as folder:
        base = {"model": given.model, "epochs": given.epochs}
        if given.model.startswith("keras:"):
            base["weights"] = saved_weights(given.model, given.size, Path(folder))
        study = resolve(StudyConfig.parse({"base": base, "alternative": [{"name": "measured"}]}))
        measure(study.alternatives[0].settings, dataset)


if __name__ == "__main__":
    main()
