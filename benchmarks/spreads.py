"""How much seeds and images move accuracy in a finished study: what `coverage.py` simulates.

    python benchmarks/spreads.py DIR [--split test]

Prints, an alternative a row, the mean accuracy, its standard deviation from seed to seed as
observed and without the seeds' luck with single images (both in points), the deviation of a
class's recall from seed to seed, and the share of the variance that two seeds have in common
(their tetrachoric correlation, which is what the images account for); and, over all pairs of
alternatives, the same correlation between the first seeds of the two.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from cotejo.compare.answers import summarize_answers

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(81)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def answers_of(folder: Path, split: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return of each alternative ``[seeds, images]``, right or wrong, and the labels."""
    found = defaultdict(list)
    for path in sorted(folder.glob("*/seed-*/predictions.npz")):
        with np.load(path, allow_pickle=False) as file:
            labels = file[f"{split}_labels"]
            found[path.parts[-3]].append(file[f"{split}_probabilities"].argmax(axis=1) == labels)
    return {name: (np.array(rows), labels) for name, rows in found.items()}


def tetrachoric(first: np.ndarray, second: np.ndarray) -> float:
    """Return the correlation of the two normal variables whose signs the answers would be."""
    thresholds, both = ndtri([first.mean(), second.mean()]), (first & second).mean()

    def excess(correlation: float) -> float:
        shared, own = np.sqrt(correlation) * NODES, np.sqrt(1 - correlation)
        right = [ndtr((threshold + shared) / own) for threshold in thresholds]
        return float((WEIGHTS * right[0] * right[1]).sum() - both)

    return float(brentq(excess, 1e-6, 0.995))


def row(name: str, correct: np.ndarray, labels: np.ndarray) -> str:
    known = summarize_answers(correct)
    cells = [name, str(known.seeds), f"{100 * known.accuracy:.2f}"]
    if known.seeds > 1:
        observed = known.seed_means.std(ddof=1)
        without = np.sqrt(max(observed**2 - known.residual / known.images, 0))
        recalls = [correct[:, labels == one].mean(axis=1) for one in np.unique(labels)]
        moved = np.sqrt(np.mean(np.var(recalls, axis=1, ddof=1)))
        shared = [tetrachoric(*pair) for pair in combinations(correct, 2)]
        cells += [f"{100 * one:.2f}" for one in (observed, without, moved)]
        cells += [f"{np.mean(shared):.2f}"]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", choices=("test", "valid"), default="test")
    arguments = parser.parse_args()
    answers = answers_of(arguments.folder, arguments.split)
    print("| alternative | seeds | accuracy | observed | without luck | of a recall | shared |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, (correct, labels) in answers.items():
        print(row(name, correct, labels))
    pairs = combinations([correct[0] for correct, _ in answers.values()], 2)
    between = [tetrachoric(*pair) for pair in pairs]
    print(
        f"\nbetween alternatives: {min(between):.2f} to {max(between):.2f}, "
        f"median {np.median(between):.2f}"
    )


if __name__ == "__main__":
    main()
