"""What the recipe `transfer` reaches with few images of each class, beside `fast` and `cnn3`.

    python benchmarks/recipe_for_few.py [--images 5 10 50] [--seeds 3]

The images are scikit-learn's digits, which the model that ships has never seen: it learned from
photographs. Of each digit so many training images are drawn by the seed. `fast` gets the recipe's
epochs. `cnn3` gets 60 epochs of Adam. No epoch is chosen by the validation images. It prints the
accuracy on the 359 test images, mean and deviation over the seeds, and the median seconds.
"""

from __future__ import annotations

import argparse
import statistics
import time

from backbone import accuracy, few
from cotejo.backend import set_seed
from cotejo.config import Settings
from cotejo.config.recipes import load_recipe
from cotejo.data import Dataset, load
from cotejo.study.run import build_network
from cotejo.train import fresh_backend, train

WAYS = ("transfer", "fast", "cnn3")


def settings_of(way: str, images: int) -> Settings:
    """Return the settings of a way, whose batches are no larger than the images there are."""
    if way == "cnn3":
        table = {"model": "cnn3", "epochs": 60, "batch_size": 16}
    else:
        table = dict(load_recipe(way).settings)
    table["batch_size"] = min(table["batch_size"], images)
    return Settings.from_flat(table).resolved()


def learned(way: str, dataset: Dataset, seed: int) -> tuple[float, float]:
    """Learn in one way; return the test accuracy and the seconds of the training."""
    settings = settings_of(way, len(dataset.train))
    with fresh_backend(seed):
        set_seed(seed)
        network = build_network(settings, dataset.train, dataset.num_classes)
        started = time.perf_counter()
        train(network, dataset, settings, seed)
        return accuracy(network, dataset.test), time.perf_counter() - started


def main() -> None:
    """Parse the arguments, train, and print a line for each way and number of images."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--images", type=int, nargs="+", default=[5, 10, 50])
    arguments = parser.parse_args()
    digits = load("digits")
    for images in arguments.images:
        for way in WAYS:
            seeds = range(1, arguments.seeds + 1)
            results = [learned(way, few(digits, images, seed), seed) for seed in seeds]
            reached = [100 * share for share, _ in results]
            spread = statistics.stdev(reached) if len(reached) > 1 else 0.0
            seconds = statistics.median(seconds for _, seconds in results)
            print(
                f"{images} of each digit, {way}: {statistics.mean(reached):.1f} ± {spread:.1f} %,"
                f" {seconds:.0f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
