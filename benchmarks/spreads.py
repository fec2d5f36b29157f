"""How much seeds and images move accuracy in a finished study, which `coverage.py` simulates.

    python benchmarks/spreads.py DIR [--split test]

Prints one row per alternative: the mean accuracy; its standard deviation between seeds, as observed
and without the seeds' luck with single images (both in points); the deviation of a class's recall
between seeds; and the share of the variance that two seeds have in common. That share is their
tetrachoric correlation, the part that the images explain. Then prints the same correlation between
the first seeds of two alternatives, over all pairs.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from cotejo.stats.answers import summarize_answers

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(81)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def answers_of(folder: Path, split: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return for each alternative ``[seeds, images]``, right or wrong, and the labels."""
    correct = defaultdict(list)
    for path in sorted(folder.glob("*/seed-*/predictions.npz")):
        with np.load(path, allow_pickle=False) as file:
            labels = file[f"{split}_labels"]
            predicted = file[f"{split}_probabilities"].argmax(axis=1)
            correct[path.parts[-3]].append(predicted == labels)
    return {name: (np.array(rows), labels) for name, rows in correct.items()}


def tetrachoric(first: np.ndarray, second: np.ndarray) -> float:
    """Return the correlation of two normal variables whose signs give the answers."""
    thresholds, both = ndtri([first.mean(), second.mean()]), (first & second).mean()

    def excess(correlation: float) -> float:
        shared, own = np.sqrt(correlation) * NODES, np.sqrt(1 - correlation)
        right = [ndtr((threshold + shared) / own) for threshold in thresholds]
        return float((WEIGHTS * right[0] * right[1]).sum() - both)

    return float(brentq(excess, 1e-6, 0.995))


def row(name: str, correct: np.ndarray, labels: np.ndarray) -> str:
    answers = summarize_answers(correct)
    cells = [name, str(answers.seeds), f"{100 * answers.accuracy:.2f}"]
    if answers.seeds > 1:
        observed = answers.seed_means.std(ddof=1)
        without_luck = np.sqrt(max(observed**2 - answers.residual / answers.images, 0))
        recalls = [correct[:, labels == label].mean(axis=1) for label in np.unique(labels)]
        of_recall = np.sqrt(np.mean(np.var(recalls, axis=1, ddof=1)))
        shared = [tetrachoric(*pair) for pair in combinations(correct, 2)]
        cells += [f"{100 * deviation:.2f}" for deviation in (observed, without_luck, of_recall)]
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
