"""How far off the expected best of n trials is, and how often its interval holds the truth.

    python benchmarks/expected_best.py [--repeats 400] [--seed 0]

Searches of 8, 20 and 50 independent trials are simulated, of two kinds: accuracies of learning
rates, of which the highest diverge, and accuracies that lie close together (a beta distribution).
Printed for one trial, a quarter, a half and all of them: the mean error in points of Cotejo's
estimate and of that with replacement (Dodge et al. 2019), and how many intervals hold the truth.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cotejo.stats import expected_best

Draw = Callable[[tuple[int, ...]], NDArray[np.float64]]


def laws(random: np.random.Generator) -> dict[str, Draw]:
    def rates(shape: tuple[int, ...]) -> NDArray[np.float64]:
        exponent = random.uniform(-4, -1, shape)
        learned = 0.97 - 0.05 * (exponent + 2.8) ** 2
        reached = np.where(exponent > -1.6, 0.1, learned) + random.normal(0, 0.006, shape)
        return np.clip(reached, 0, 1)

    return {"learning rates": rates, "close together": lambda shape: random.beta(20, 2, shape)}


def with_replacement(values: NDArray[np.float64]) -> NDArray[np.float64]:
    count = len(values)
    place, size = np.arange(1, count + 1)[:, None], np.arange(1, count + 1)[None, :]
    weights: NDArray[np.float64] = (place / count) ** size - ((place - 1) / count) ** size
    return np.sort(values) @ weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    for name, draw in laws(random).items():
        for count in (8, 20, 50):
            sizes = (1, count // 4, count // 2, count)
            truth = np.array([draw((40_000, size)).max(axis=1).mean() for size in sizes])
            errors, plain, held = [], [], []
            for _ in range(arguments.repeats):
                values = draw((count,))
                curve = expected_best(values.tolist())
                points = [curve[size - 1] for size in sizes]
                errors.append([point.estimate for point in points] - truth)
                plain.append(with_replacement(values)[np.array(sizes) - 1] - truth)
                held.append(
                    [p.low <= true <= p.high for p, true in zip(points, truth, strict=True)]
                )
            print(f"{name}, {count} trials; the best of {sizes}")
            print("  error         ", np.round(100 * np.mean(errors, axis=0), 2))
            print("  with replacem.", np.round(100 * np.mean(plain, axis=0), 2))
            print("  held, percent ", np.round(100 * np.mean(held, axis=0)).astype(int))


if __name__ == "__main__":
    main()
