"""How often the 95% intervals contain the truth, and how often the tests find what isn't there.

    python benchmarks/coverage.py [--repeats 2000] [--seed 1] [--json FILE] [--markdown FILE]

Studies are simulated (`simulated_answers.py`) with several accuracies, sizes of the test set,
numbers of seeds and spreads between seeds. In each study, the 95% intervals of mean accuracies and
of differences are compared with the true values, and the p-values below 5% are counted for pairs
that are truly equal. The same is done for other methods (`rival_intervals.py`). With several
seeds, the truth is the expected accuracy of training. With one seed, it is the accuracy of the
trained models, and Cotejo's methods are Wilson's interval, Bonett and Price's, and the exact
McNemar test.

Prints, for each number of seeds and of images, the lowest, mean and highest rate over accuracies
and spreads, in percent. Cotejo's own functions are run on some of the studies and must agree. What
becomes of many comparisons together is the subject of `verdicts.py`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np

import rival_intervals as rivals
from cotejo.stats import accuracy_difference, mean_accuracy
from rival_intervals import BOOTSTRAP, COTEJO
from simulated_answers import MOST_SEEDS, Alternative, joint_counts

ACCURACIES = (0.60, 0.70, 0.86, 0.94)
IMAGES = [10_000, 1_000, 300]
SEEDS = (1, 2, 3, 5, 10)
DEVIATIONS = (0.002, 0.002, 0.005, 0.005, 0.010, 0.010, 0.020)
"""For each of the equally good alternatives, how much a seed moves its accuracy."""

MEANS = (0, 2, 4, 6)
WIDEST = 6
EQUAL = ((0, 1), (2, 3), (4, 5), (0, 5), (0, WIDEST))
BETTER = 7
"""The alternative that is 2 points better than the others, with a deviation of 0.5 points."""

APART = ((0, BETTER), (2, BETTER))
SINGLES = range(BETTER + 1, BETTER + 7)
"""Six models of exactly the same accuracy, with one seed each."""

CHUNK = 200
"""Studies held in memory at a time."""

BOOTSTRAPPED = 0.25
"""The share of the studies that is also bootstrapped, which takes longer than all the rest."""


class Tally:
    """Counts how often something happened, by what it was and where."""

    def __init__(self) -> None:
        self.hits: dict[tuple, float] = defaultdict(float)
        self.trials: dict[tuple, int] = defaultdict(int)

    def add(self, key: tuple, happened) -> None:
        """Add several studies, with for each of them whether it happened."""
        self.hits[key] += float(np.sum(happened))
        self.trials[key] += len(happened)

    def cells(self) -> list[dict]:
        """Return the rates, one record per rate."""
        names = ("what", "seeds", "images", "method", "accuracy", "case")
        return [
            dict(zip(names, key, strict=True))
            | {"rate": hits / self.trials[key], "repeats": self.trials[key]}
            for key, hits in sorted(self.hits.items(), key=str)
        ]


def alternatives(accuracy: float) -> list[Alternative]:
    equal = [Alternative(accuracy, deviation) for deviation in DEVIATIONS]
    singles = [Alternative(accuracy, 0.0, single=True) for _ in SINGLES]
    return [*equal, Alternative(accuracy + 0.02, 0.005), *singles]


def rows_of(alternative: int, seeds: int) -> list[int]:
    """Return the rows of an alternative's first seeds; the singles come after all others."""
    single = alternative - SINGLES[0]
    if single >= 0:
        return [SINGLES[0] * MOST_SEEDS + single]
    return list(range(alternative * MOST_SEEDS, alternative * MOST_SEEDS + seeds))


def some(counts, *rows: list[int]):
    chosen = np.concatenate(rows)
    return counts[:, chosen[:, None], chosen[None, :]]


def simulate(accuracy: float, repeats: int, seed: int, tally: Tally) -> None:
    """Simulate studies of one accuracy, and count the results of each method."""
    generator = np.random.Generator(np.random.SFC64([seed, round(1000 * accuracy)]))
    compared = alternatives(accuracy)
    for start in range(0, repeats, CHUNK):
        size = min(CHUNK, repeats - start)
        counts, models, answers = joint_counts(compared, IMAGES, size, generator)
        for images, here in zip(IMAGES, counts, strict=True):
            one_seed(tally, here, images, models, accuracy)
            for seeds in SEEDS[1:]:
                where = (seeds, images)
                means(tally, here, where, compared, accuracy, generator)
                differences(tally, here, where, compared, accuracy, generator)
            agree(answers[:, :images], here[-1:], images)


def one_seed(tally: Tally, counts, images: int, models, accuracy: float) -> None:
    """Count with one seed: the truth is the accuracy of the trained models, not of training."""
    for index in MEANS:
        row = rows_of(index, 1)
        parts = rivals.mean_parts(some(counts, row), images)
        low, high = rivals.wilson_bounds(parts.estimate, rivals.half_widths(parts)[COTEJO])
        case = f"{100 * DEVIATIONS[index]:.1f}"
        for what, truth in (("mean", models[:, row[0]]), ("mean, of training", accuracy)):
            key = (what, 1, images, COTEJO, accuracy, case)
            tally.add(key, (low <= truth) & (truth <= high))
    for first, second in (*EQUAL, *APART):
        row, other = rows_of(first, 1), rows_of(second, 1)
        parts = rivals.difference_parts(some(counts, row, other), images)
        truth = models[:, row[0]] - models[:, other[0]]
        centre = parts.estimate * images / (images + 2)
        hit = np.abs(centre - truth) <= rivals.half_widths(parts)[COTEJO]
        tally.add(("difference", 1, images, COTEJO, accuracy, f"{first}-{second}"), hit)
    for first, second in combinations(SINGLES, 2):
        p = rivals.mcnemar_p_values(some(counts, rows_of(first, 1), rows_of(second, 1)))
        tally.add(("false positives", 1, images, COTEJO, accuracy, "equal models"), p < 0.05)


def means(tally: Tally, counts, where, compared, accuracy: float, generator) -> None:
    seeds, images = where
    for index in MEANS:
        chosen = some(counts, rows_of(index, seeds))
        parts = rivals.mean_parts(chosen, images)
        case = f"{100 * compared[index].deviation:.1f}"
        for method, half in rivals.half_widths(parts).items():
            low, high = rivals.wilson_bounds(parts.estimate, half)
            hit = (low <= accuracy) & (accuracy <= high)
            tally.add(("mean", *where, method, accuracy, case), hit)
        resampled = chosen[: int(len(chosen) * BOOTSTRAPPED)]
        low, high = rivals.bootstrap_bounds(resampled, images, 1, generator)
        hit = (low <= accuracy) & (accuracy <= high)
        tally.add(("mean", *where, BOOTSTRAP, accuracy, case), hit)


def differences(tally: Tally, counts, where, compared, accuracy: float, generator) -> None:
    seeds, images = where
    for first, second in (*EQUAL, *APART):
        chosen = some(counts, rows_of(first, seeds), rows_of(second, seeds))
        parts = rivals.difference_parts(chosen, images)
        truth = compared[first].accuracy - compared[second].accuracy
        spreads = [f"{100 * compared[index].deviation:.1f}" for index in (first, second)]
        case = " and ".join(spreads) + (", 2 points apart" if truth else "")
        resampled = chosen[: int(len(chosen) * BOOTSTRAPPED)]
        low, high = rivals.bootstrap_bounds(resampled, images, 2, generator)
        missed = {BOOTSTRAP: ((truth < low) | (truth > high), (low > 0) | (high < 0))}
        for method, half in rivals.half_widths(parts).items():
            missed[method] = np.abs(parts.estimate - truth) > half, np.abs(parts.estimate) > half
        # A spread ten times the other's is more than the method is made for: a separate table.
        beyond = f" ({case})" if second == WIDEST else ""
        what = "found 2 points" if truth else "false positives"
        for method, (outside, found) in missed.items():
            tally.add((f"difference{beyond}", *where, method, accuracy, case), ~outside)
            tally.add((f"{what}{beyond}", *where, method, accuracy, case), found)


def agree(answers, counts, images: int) -> None:
    """Check that Cotejo's own functions give the numbers computed here."""
    for seeds in SEEDS:
        rows, others = rows_of(0, seeds), rows_of(5, seeds)
        correct, also = answers[rows] > 0, answers[others] > 0
        parts = rivals.mean_parts(some(counts, rows), images)
        low, high = rivals.wilson_bounds(parts.estimate, rivals.half_widths(parts)[COTEJO])
        interval = mean_accuracy(correct)
        here = [low[0], high[0]]
        there = [interval.low, interval.high]
        chosen = some(counts, rows, others)
        parts = rivals.difference_parts(chosen, images)
        p = rivals.mcnemar_p_values(chosen) if seeds == 1 else rivals.p_values(parts)
        difference = accuracy_difference(correct, also)
        here += [2 * rivals.half_widths(parts)[COTEJO][0], p[0]]
        there += [difference.high - difference.low, difference.p_value]
        if not np.allclose(here, there, rtol=1e-6, atol=1e-9):
            raise RuntimeError(f"with {seeds} seeds, {here} here and {there} in Cotejo")


def tables(cells: list[dict]) -> str:
    """Return the rates as Markdown tables: lowest, mean and highest over accuracies and spreads."""
    lines = []
    for what in dict.fromkeys(cell["what"] for cell in cells):
        own = [cell for cell in cells if cell["what"] == what]
        methods = [name for name in rivals.METHODS if any(c["method"] == name for c in own)]
        lines += [f"\n**{what}**, %: lowest, mean, highest\n"]
        lines += [f"| seeds | images | {' | '.join(methods)} |"]
        lines += ["| ---: | ---: |" + " ---: |" * len(methods)]
        for seeds in SEEDS:
            for images in IMAGES:
                here = [c for c in own if (c["seeds"], c["images"]) == (seeds, images)]
                texts = [summary([c["rate"] for c in here if c["method"] == m]) for m in methods]
                if here:
                    lines += [f"| {seeds} | {images:,} | {' | '.join(texts)} |"]
    return "\n".join(lines)


def summary(rates: list[float]) -> str:
    if not rates:
        return ""
    return " ".join(f"{100 * rate:.1f}" for rate in (min(rates), np.mean(rates), max(rates)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accuracies", type=float, nargs="+", default=ACCURACIES)
    parser.add_argument("--json", type=Path, help="every rate, unrounded")
    parser.add_argument("--markdown", type=Path, help="the tables that are printed")
    arguments = parser.parse_args()
    started, tally = time.perf_counter(), Tally()
    for accuracy in arguments.accuracies:
        simulate(accuracy, arguments.repeats, arguments.seed, tally)
    cells = tally.cells()
    text = tables(cells)
    print(text)
    print(f"\n{arguments.repeats} studies of each accuracy, {time.perf_counter() - started:.0f} s")
    if arguments.json:
        arguments.json.write_text(json.dumps(cells, indent=1) + "\n", encoding="utf-8")
    if arguments.markdown:
        arguments.markdown.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
