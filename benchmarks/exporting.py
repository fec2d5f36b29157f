"""How large each exported form of a model is, and how fast it answers, beside Keras.

    python benchmarks/exporting.py [MODEL] [--rounds 30] [--forms onnx litert keras …]

Each form is written to a temporary folder, checked as `cotejo export` does, and asked about one
picture of the network's own size, a batch of 64, and one of 12 megapixels where it takes any size.
Printed are the kilobytes, and the medians in milliseconds of a picture.
The first row is the classifier itself. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from cotejo.errors import CotejoError
from cotejo.export import checking, plain
from cotejo.export.exporting import FORMS, export
from cotejo.inference import Classifier

LARGE = (3000, 4000)
"""The height and width of a picture of 12 megapixels."""


def pictures(shape: tuple[int, int, int]) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    sizes = {"one": (1, *shape), "64": (64, *shape), "12 MP": (1, *LARGE, shape[2])}
    return {name: random.integers(0, 256, size, dtype=np.uint8) for name, size in sizes.items()}


def milliseconds(answer, batch: np.ndarray, rounds: int) -> float:
    seconds = []
    for _ in range(2 + rounds):
        started = time.perf_counter()
        answer(batch)
        seconds.append(time.perf_counter() - started)
    return 1e3 * statistics.median(seconds[2:]) / len(batch)


def by_classifier(classifier: Classifier):
    def answer(batch: np.ndarray) -> np.ndarray:
        if batch.shape[1:] == classifier.image_shape:
            return classifier.probabilities(batch)
        images = checking.fitted_batches([batch], classifier.image_shape, classifier.fit)
        return classifier.probabilities(images)

    return answer


def answerer(form: str, path: Path):
    return (
        checking.answerer(form, path) if form in ("onnx", "litert") else plain.ANSWERERS[form](path)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--forms", nargs="+", default=list(FORMS), choices=FORMS)
    given = parser.parse_args()
    classifier = Classifier.load(given.model)
    batches = pictures(classifier.image_shape)
    print(
        f"{'form':<14} {'size':<6} {'KB':>8}" + "".join(f" {name + ' ms':>10}" for name in batches)
    )

    def row(name: str, size: str, kilobytes: float, answer) -> None:
        times = [
            f"{milliseconds(answer, batch, given.rounds if name != '12 MP' else 5):10.2f}"
            if size == "any" or batch.shape[1:] == classifier.image_shape
            else f"{'':10}"
            for name, batch in batches.items()
        ]
        print(f"{name:<14} {size:<6} {kilobytes:8,.0f} " + " ".join(times), flush=True)

    row("Classifier", "any", 0, by_classifier(classifier))
    for form in given.forms:
        backend = plain.BACKENDS[form]
        if backend is not None and find_spec(backend) is None:
            print(f"{form:<14} {backend} is not installed")
            continue
        for size in ("any", "fixed"):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    exported = export(classifier, form, folder, size=size)
                except CotejoError as error:
                    print(f"{form:<14} {size:<6} {error}")
                    continue
                row(form, size, exported.bytes / 1e3, answerer(form, exported.path))


if __name__ == "__main__":
    main()
