"""What checkpoints cost: seconds and bytes of one, and their share of a training.

    python benchmarks/checkpoint.py [--epochs 6] [--images 20000] [--data cifar10]

Trains `cnn3` and the network of the recipe `accurate`, each with a checkpoint after every epoch,
and prints the median seconds of one, its size, the time after which the next one is due (a hundred
times its cost), and what share of the training checkpoints took where they were written as often
as that allows. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cotejo.config import Settings
from cotejo.config.recipes import load_recipe
from cotejo.data import load
from cotejo.store import checkpoint_files
from cotejo.study.run import build_network
from cotejo.train import fresh_backend
from cotejo.train.checkpoint import Checkpoints
from cotejo.train.loop import training_steps
from cotejo.train.work import alone


class Timed(Checkpoints):
    """Checkpoints whose seconds are kept."""

    def __init__(self, folder: Path, *, every_epoch: bool) -> None:
        super().__init__(folder, 1, "benchmark", "fit")
        self.every_epoch = every_epoch
        self.seconds: list[float] = []

    def is_due(self, inside: bool) -> bool:
        """Return whether it is time: after every epoch, if that is asked for."""
        return not inside if self.every_epoch else super().is_due(inside)

    def save(self, state: Any) -> None:
        """Write one, and keep its seconds."""
        started = time.perf_counter()
        super().save(state)
        self.seconds.append(time.perf_counter() - started)


def measured(settings: Settings, dataset: Any, every_epoch: bool) -> dict[str, float]:
    """Train once; return what its checkpoints took."""
    with tempfile.TemporaryDirectory() as place, fresh_backend(1):
        kept = Timed(Path(place), every_epoch=every_epoch)
        network = build_network(settings, dataset.train, dataset.num_classes)
        training = alone(training_steps(network, dataset, settings, 1, checkpoints=kept))
        files = list(checkpoint_files(Path(place), 1))
        return {
            "checkpoints": len(kept.seconds),
            "seconds": statistics.median(kept.seconds) if kept.seconds else 0.0,
            "bytes": files[0].stat().st_size if files else 0,
            "share": sum(kept.seconds) / training.train_seconds,
            "train_seconds": training.train_seconds,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--data", default="cifar10")
    given = parser.parse_args()
    dataset = load(given.data)
    dataset = replace(dataset, train=dataset.train.take(np.arange(given.images)))
    fewer = {"epochs": given.epochs, "small_epochs": 1, "hard_epochs": 1}
    accurate = Settings.from_flat({**load_recipe("accurate").settings, **fewer}).resolved()
    found = {}
    for name, settings in {
        "cnn3": Settings(model="cnn3", epochs=given.epochs).resolved(),
        "accurate": accurate,
    }.items():
        each = measured(settings, dataset, every_epoch=True)
        automatic = measured(settings, dataset, every_epoch=False)
        found[name] = {"every_epoch": each, "automatic": automatic}
        print(
            f"{name:9} {each['seconds']:6.3f} s, {each['bytes'] / 1e6:6.1f} MB a checkpoint;"
            f" the next is due after {100 * each['seconds']:.0f} s;"
            f" after every epoch {each['share']:.2%} of the training,"
            f" automatic {automatic['share']:.2%} ({automatic['checkpoints']} written)"
        )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
