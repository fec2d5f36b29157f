"""Whether two checkouts train the same: a digest of the predictions of every shipped study's runs.

    python benchmarks/digests.py [--studies notebooks claims …] [--seeds 1] [--epochs 2] > here.txt

Run it with each checkout's ``src`` in PYTHONPATH, on one machine, and compare the two outputs. The
studies are trained on the digits and cut to a few epochs. One line per run: its study, alternative,
seed and key, and the SHA-256 of what its network answers for the validation and test images.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from pathlib import Path

import numpy as np

SHIPPED = ("notebooks", "claims", "less-data", "what-matters")


def cut(config, epochs: int):
    """Return a study that is quick to train on the digits.

    It has no more than some epochs, the last of them on all images, and batches of 512 images at
    most. Alternatives that are then the same as an earlier one are left out, and so are claims.
    """

    def shorter(alternative):
        given = alternative.settings
        most = min(given.epochs, epochs)
        small, hard = min(given.small_epochs, most - 1), min(given.hard_epochs, most - 1)
        if small + hard > most:
            hard = most - small
        fewer = {"epochs": most, "small_epochs": small, "hard_epochs": hard}
        fewer["batch_size"] = min(given.batch_size, 512)
        return alternative.model_copy(update={"settings": given.model_copy(update=fewer)})

    different = {}
    for alternative in map(shorter, config.alternatives):
        different.setdefault(alternative.settings.model_dump_json(), alternative)
    update = {"alternatives": tuple(different.values()), "claims": ()}
    return config.model_copy(update=update)


def digest(path: Path) -> str:
    """Return the SHA-256 of a run's predictions, array by array."""
    total = hashlib.sha256()
    with np.load(path, allow_pickle=False) as arrays:
        for name in sorted(arrays.files):
            total.update(name.encode() + arrays[name].tobytes())
    return total.hexdigest()


def main() -> None:
    from cotejo import Study

    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", nargs="+", default=SHIPPED)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=2)
    asked = parser.parse_args()
    for name in asked.studies:
        study = Study.load(name, data="digits", seeds=asked.seeds)
        with tempfile.TemporaryDirectory() as folder:
            result = Study(cut(study.config, asked.epochs)).run(out=folder)
            for run in result.finished:
                predictions = digest(run.folder / "predictions.npz")
                print(name, run.alternative, run.seed, run.key, predictions, flush=True)


if __name__ == "__main__":
    main()
