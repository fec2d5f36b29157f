"""Whether several workers of fewer cores each are faster than one process, and how far they round.

    python benchmarks/workers.py --workers 2 --seeds 4 --set mlp cnn3

Each network is trained with the same seeds by one process with all cores, and by the workers. The
study's whole time counts, with the start of the workers.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from cotejo.config import StudyConfig
from cotejo.data import load
from cotejo.store import StudyFolder
from cotejo.study import Study


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", default="cifar10")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--set", nargs="+", default=["mlp", "cnn3", "cnn7"], help="the networks")
    asked = parser.parse_args()
    dataset = load(asked.data)
    for model in asked.set:
        content = {
            "data": asked.data,
            "seeds": asked.seeds,
            "base": {"model": model, "epochs": asked.epochs},
            "alternative": [{"name": model}],
        }
        with tempfile.TemporaryDirectory(prefix="cotejo-workers-") as place:
            folders, seconds = {}, {}
            for name, options in (("one", {}), ("several", {"workers": asked.workers})):
                # Deadlines, reports and audits are left out: only trainings differ.
                started = time.perf_counter()
                study = Study(StudyConfig.parse(content))
                folders[name] = Path(place) / name
                # A shard that is all of the study: its runs are trained, and nothing after them.
                study.run(out=folders[name], dataset=dataset, shard=(1, 1), **options)
                seconds[name] = time.perf_counter() - started
            furthest = max(
                float(np.abs(a["test_probabilities"] - b["test_probabilities"]).max())
                for a, b in (
                    [StudyFolder(folders[name]).run(model, seed).predictions for name in folders]
                    for seed in range(1, 1 + asked.seeds)
                )
            )
            ratio = seconds["one"] / seconds["several"]
            print(
                f"{model}: one process {seconds['one']:.1f} s, {asked.workers} workers "
                f"{seconds['several']:.1f} s ({ratio:.2f} times as fast); "
                f"probabilities differ by at most {furthest:.1e}",
                flush=True,
            )


if __name__ == "__main__":
    main()
