"""How long each recipe trains and what accuracy it reaches: the figures in the recipes' headers.

    COTEJO_DATA=… python benchmarks/time_to_accuracy.py [quick fast …] [--seeds 3] [--out runs]

Each recipe is trained with each seed on all 50,000 training images of CIFAR-10, and the 10,000 test
images are read once per seed. This is `cotejo train --recipe NAME --final`, in a separate process
per recipe, one after another. Runs that are finished already are not trained again. Prints, for
each recipe, the mean accuracy with the deviation between seeds and the lowest accuracy; the seconds
of training (median, lowest and highest), which include compilation but not reading the data and
evaluating; and the seconds of evaluating the test images. The last line is JSON, with every seed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def trained(recipe: str, seeds: int, out: Path) -> list[dict]:
    """Train a recipe as a user would, and return the results of its runs, one dict per seed."""
    folder = out / f"{recipe}-final"
    command = [sys.executable, "-m", "cotejo", "train", "--recipe", recipe, "--final"]
    command += ["--seeds", str(seeds), "--data", "cifar10", "--out", str(folder)]
    subprocess.run(command, check=True, stdout=sys.stderr)
    rows = []
    for seed in range(1, seeds + 1):
        run = folder / recipe / f"seed-{seed}"
        record = json.loads((run / "run.json").read_text())
        metrics = json.loads((run / "metrics.json").read_text())
        timings = record["timings"]
        rows.append(
            {
                "seed": seed,
                "accuracy": metrics["test"]["accuracy"],
                "train_seconds": timings["train_seconds"],
                "test_seconds": timings["inference_ms_per_image"] * metrics["test"]["images"] / 1e3,
                "total_seconds": timings["total_seconds"],
                "images_per_second": timings["images_per_second"],
                "test_reads": record["test_reads"],
                "machine": record["machine"],
                "precision": record["precision"],
                "versions": record["versions"],
                "started": record["started"],
            }
        )
    return rows


def summary(recipe: str, rows: list[dict]) -> dict:
    accuracies = [row["accuracy"] for row in rows]
    seconds = [row["train_seconds"] for row in rows]
    return {
        "recipe": recipe,
        "accuracy": statistics.fmean(accuracies),
        "deviation": statistics.stdev(accuracies) if len(rows) > 1 else None,
        "lowest": min(accuracies),
        "seconds": statistics.median(seconds),
        "seconds_range": [min(seconds), max(seconds)],
        "test_seconds": statistics.median(row["test_seconds"] for row in rows),
        "runs": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recipes", nargs="*", default=["quick", "fast", "accurate"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "runs")
    given = parser.parse_args()
    results = [summary(name, trained(name, given.seeds, given.out)) for name in given.recipes]
    for result in results:
        spread = "" if result["deviation"] is None else f" ± {100 * result['deviation']:.2f}"
        low, high = result["seconds_range"]
        print(
            f"{result['recipe']:>10}  {100 * result['accuracy']:.2f}%{spread} (lowest "
            f"{100 * result['lowest']:.2f}%, {len(result['runs'])} seeds)  "
            f"{result['seconds']:.0f} s ({low:.0f} to {high:.0f}), "
            f"test images {result['test_seconds']:.0f} s"
        )
    print(json.dumps(results))


if __name__ == "__main__":
    main()
