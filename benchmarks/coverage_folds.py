"""How often the intervals of a cross-validation contain the truth, and find what isn't there.

    python benchmarks/coverage_folds.py [--repeats 400] [--seed 1] [--markdown FILE]

Studies are cross-validated with fast learners (`fold_learners.py`) on mixtures of Gaussians: K
networks per repetition, each tested on one part, validated on the next, and trained on the others.
The truth is the expected accuracy of a learner trained on as many images, from other training sets
and new images. Two copies of a learner, with other random features, are equally good.

Compared with Cotejo's method (`cotejo.stats.folds`) are: the corrected resampled t test of
Nadeau and Bengio; a plain t over all values of the parts; a t over the repetitions; and what Cotejo
does for seeds that share one test set, on the same answers. Prints, for each number of images, of
parts and of repetitions, the lowest, mean and highest rate over tasks and learners, in percent.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy import stats

from cotejo.stats import (
    FoldValues,
    accuracy_difference,
    fold_difference,
    fold_mean,
    fold_values,
    mean_accuracy,
)
from fold_learners import LEARNERS, Task, cross_validate, true_accuracies

TASKS = (
    Task(classes=4, groups=1, dimensions=10, distance=1.0),
    Task(classes=3, groups=3, dimensions=20, distance=0.8),
    Task(classes=2, groups=2, dimensions=8, distance=1.6),
)
IMAGES = (60, 200, 1000)
PARTS = (5, 10)
REPETITIONS = (1, 3)
CHUNK = 50
"""Studies held in memory at a time."""

METHODS = (
    "Cotejo",
    "Nadeau and Bengio",
    "t over parts",
    "t over repetitions",
    "as seeds of one test set",
)

Bounds = tuple[float, float]
Place = tuple[int, int, int]
"""The numbers of images, of parts and of repetitions."""


def mean_bounds(folds: FoldValues) -> Iterator[tuple[str, Bounds]]:
    """Return each method's 95% interval of a mean accuracy."""
    interval = fold_mean(folds)
    yield "Cotejo", (interval.low, interval.high)
    yield from t_bounds(folds.values)
    interval = mean_accuracy(folds.answers)
    yield "as seeds of one test set", (interval.low, interval.high)


def difference_bounds(first: FoldValues, second: FoldValues) -> Iterator[tuple[str, Bounds]]:
    """Return each method's 95% interval of a difference."""
    difference = fold_difference(first, second)
    yield "Cotejo", (difference.low, difference.high)
    yield from t_bounds(first.values - second.values)
    difference = accuracy_difference(first.answers, second.answers)
    yield "as seeds of one test set", (difference.low, difference.high)


def t_bounds(values: np.ndarray) -> Iterator[tuple[str, Bounds]]:
    """Return the intervals of the methods that know only the values ``[repetitions, parts]``."""
    share = 1 / (values.shape[1] - 2)
    variance = values.var(ddof=1)
    yield "Nadeau and Bengio", t_interval(values, variance * (1 / values.size + share))
    yield "t over parts", t_interval(values, variance / values.size)
    if len(values) > 1:
        means = values.mean(axis=1)
        yield "t over repetitions", t_interval(means, means.var(ddof=1) / means.size)


def t_interval(values: np.ndarray, variance: float) -> Bounds:
    half = stats.t.ppf(0.975, values.size - 1) * np.sqrt(variance)
    return values.mean() - half, values.mean() + half


class Tally:
    """Counts, for each question, place, case and method, how often the answer was yes."""

    def __init__(self) -> None:
        self.counts: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])

    def add(self, what: str, place: Place, case: tuple, method: str, happened: bool) -> None:
        """Add one study of a case."""
        count = self.counts[what, place, method, case]
        count[0] += bool(happened)
        count[1] += 1

    def rates(self, what: str, place: Place, method: str) -> list[float]:
        """Return the rates in percent, one per case."""
        return [
            100 * hits / trials
            for key, (hits, trials) in self.counts.items()
            if key[:3] == (what, place, method)
        ]


def count(tally: Tally, place: Place, task: Task, folds: dict, truth: dict[str, float]) -> None:
    """Count the results of one study: its means, and its differences."""
    for name in LEARNERS:
        for method, (low, high) in mean_bounds(folds[name, 0]):
            tally.add("mean", place, (task, name), method, low <= truth[name] <= high)
        for method, (low, high) in difference_bounds(folds[name, 0], folds[name, 1]):
            tally.add("false", place, (task, name), method, low > 0 or high < 0)
    for pair in combinations(LEARNERS, 2):
        gap = truth[pair[0]] - truth[pair[1]]
        for method, (low, high) in difference_bounds(folds[pair[0], 0], folds[pair[1], 0]):
            tally.add("difference", place, (task, pair), method, low <= gap <= high)
            # Smaller gaps are hardly more than none, and larger ones are found by all.
            if 0.04 <= abs(gap) <= 0.08:
                found = low > 0 if gap > 0 else high < 0
                tally.add("power", place, (task, pair), method, found)


def simulate(tally: Tally, images: int, parts: int, task: Task, repeats: int, seed: int) -> None:
    generator = np.random.Generator(np.random.SFC64([seed, images, parts, TASKS.index(task)]))
    truth = true_accuracies(task, images, parts, 2000, generator)
    for start in range(0, repeats, CHUNK):
        size = min(CHUNK, repeats - start)
        correct, deals = cross_validate(task, images, parts, max(REPETITIONS), size, generator)
        for study, repetitions in ((s, r) for s in range(size) for r in REPETITIONS):
            deal = deals[study, :repetitions]
            folds = {
                key: fold_values(answers[study, :repetitions], deal)
                for key, answers in correct.items()
            }
            count(tally, (images, parts, repetitions), task, folds, truth)


TITLES = {
    "mean": "95% intervals of a mean accuracy: how often they hold the truth",
    "difference": "95% intervals of a difference: how often they hold the truth",
    "false": "Tests at 5%: how often two equally good learners are called different",
    "power": "How often a difference of 4 to 8 points is found",
}


def tables(tally: Tally) -> str:
    lines = []
    for what, title in TITLES.items():
        lines += [f"\n**{title}**\n", f"| images | K | repetitions | {' | '.join(METHODS)} |"]
        lines += ["| ---: | ---: | ---: |" + " ---: |" * len(METHODS)]
        for place in ((n, k, r) for n in IMAGES for k in PARTS for r in REPETITIONS):
            texts = [summary(tally.rates(what, place, method)) for method in METHODS]
            lines += [f"| {place[0]:,} | {place[1]} | {place[2]} | {' | '.join(texts)} |"]
    return "\n".join(lines)


def summary(rates: list[float]) -> str:
    if not rates:
        return ""
    return " ".join(f"{rate:.1f}" for rate in (min(rates), np.mean(rates), max(rates)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", type=Path, help="the tables that are printed")
    arguments = parser.parse_args()
    started, tally = time.perf_counter(), Tally()
    for images, parts, task in ((n, k, task) for n in IMAGES for k in PARTS for task in TASKS):
        simulate(tally, images, parts, task, arguments.repeats, arguments.seed)
    text = tables(tally)
    print(text)
    print(f"\n{arguments.repeats} studies of each task, {time.perf_counter() - started:.0f} s")
    if arguments.markdown:
        arguments.markdown.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
