"""How fast images are corrupted, and how the model that ships does on corrupted CIFAR-10.

    python benchmarks/corruptions.py --images 10000

prints for each of the 15 corruptions the images a second, over all five severities, and the
accuracy at each severity; at the end the mean corruption accuracy with its 95% interval over the
images, and the seconds of all. ``--speed`` leaves out the model.

Of the speeds, the corrupting alone is timed; how much it takes beside predicting is in the totals.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from cotejo.corruptions import (
    CORRUPTED_TIMES,
    CORRUPTIONS,
    SEVERITIES,
    batches_of,
    corrupt,
    measure_robustness,
)
from cotejo.data import load, nested_subset
from cotejo.report.topics.robustness.analysis import mean_over_corruptions


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default="cifar10")
    parser.add_argument("--images", type=int, default=1000, help="how many test images")
    parser.add_argument("--speed", action="store_true", help="leave out the model")
    given = parser.parse_args()
    test = load(given.data).test
    if given.images < len(test):
        test = test.take(nested_subset(test.labels, given.images / len(test), seed=0))
    print(f"{len(test):,} test images of {given.data}")
    speeds = {name: speed(test.images, name) for name in CORRUPTIONS}
    if given.speed:
        for name, images in speeds.items():
            print(f"{name:18} {images:8,.0f} images/s")
        return
    from cotejo.inference import Classifier

    shipped = Classifier.load()
    started = time.perf_counter()
    result = measure_robustness(
        test.images, test.labels, lambda images: shipped.probabilities(images).argmax(axis=1)
    )
    seconds = time.perf_counter() - started
    for name, row in zip(CORRUPTIONS, result.accuracy, strict=True):
        severities = " ".join(f"{100 * share:5.1f}" for share in row)
        print(
            f"{name:18} {speeds[name]:8,.0f} images/s  {severities}  mean {100 * row.mean():5.1f}"
        )
    mean = mean_over_corruptions(result.counts[None] / CORRUPTED_TIMES)
    print(
        f"accuracy {100 * result.clean.mean():.2f}%, mean corruption accuracy "
        f"{100 * mean.estimate:.2f}% [{100 * mean.low:.2f}, {100 * mean.high:.2f}], "
        f"{seconds:.0f} s for {CORRUPTED_TIMES * len(test):,} images"
    )


def speed(images: np.ndarray, name: str) -> float:
    """Return how many images a second a corruption takes, over its severities."""
    corrupt(images[:10], name, 1)  # what is made once is not counted
    started = time.perf_counter()
    for severity in SEVERITIES:
        for part in batches_of(images.shape):
            corrupt(images[part], name, severity, first=part.start)
    return len(SEVERITIES) * len(images) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
