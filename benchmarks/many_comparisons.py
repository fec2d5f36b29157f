"""What Holm's correction leaves of a study of 16 alternatives: errors and power over 120 pairs.

    python benchmarks/many_comparisons.py [--repeats 4000] [--seed 1]

The seeds' accuracies are drawn from normal distributions: the seeds' own spread, their luck with
10,000 images (0.24 points) and what the images add to a mean (0.1 points). All alternatives are
equally good, so every finding is false. The power is how often a pair would be found if it were
2, 4 or 8 points apart. Holm's correction is applied in three ways, as in `coverage.py`: to each
pair's own p-values; to the p-values with shrunk spreads; and, as Cotejo does, to the latter, where
the pair's own p-value must be below 0.05 too.

Prints percentages: pairs found by their own test without any correction, studies with any false
finding after the correction, and the power.
"""

from __future__ import annotations

import argparse

import numpy as np

from rival_intervals import COTEJO, OWN, SHRUNK, Parts, half_width, shrunk_spreads

ALTERNATIVES, IMAGES, LUCK, OF_IMAGES = 16, 10_000, 0.0024, 0.001
DISTANCES = (0.02, 0.04, 0.08)


def spreads(kind: str, repeats: int, generator: np.random.Generator) -> np.ndarray:
    """Return ``[repeats, alternatives]``, the standard deviations of the seeds."""
    fixed = {
        "all 0.5 points": [0.005] * 16,
        "0.2, 0.5 and 1 point": [0.002] * 5 + [0.005] * 6 + [0.010] * 5,
        "half 0.2, half 1 point": [0.002] * 8 + [0.010] * 8,
        "one of 2, others 0.3 points": [0.003] * 15 + [0.020],
    }
    if kind in fixed:
        return np.broadcast_to(fixed[kind], (repeats, ALTERNATIVES))
    # As measured in the claims study: about 0.78 points, worth 8 degrees of freedom.
    return 0.0078 * np.sqrt(8 / generator.chisquare(8, (repeats, ALTERNATIVES)))


def study(kind: str, seeds: int, repeats: int, generator: np.random.Generator) -> str:
    """Simulate studies with spreads of this kind, and return a row of the table."""
    deviations = np.hypot(spreads(kind, repeats, generator), LUCK)
    sample = generator.standard_normal((seeds, repeats, ALTERNATIVES)) * deviations
    means = sample.mean(axis=0) + OF_IMAGES * generator.standard_normal(deviations.shape)
    observed = sample.var(axis=0, ddof=1) / seeds
    zeros, own_degrees = np.zeros(repeats), np.full(repeats, seeds - 1.0)
    unused = (zeros, own_degrees, zeros)
    parts_of = [
        Parts(zeros, column, own_degrees, zeros, unused, column, own_degrees, zeros)
        for column in observed.T
    ]
    shrunk, degrees = shrunk_spreads(parts_of, seeds, IMAGES)
    first, second = np.triu_indices(ALTERNATIVES, 1)
    estimate, total = (means[:, first] - means[:, second]), observed[:, first] + observed[:, second]
    squares = observed[:, first] ** 2 + observed[:, second] ** 2
    welch = total**2 / squares * (seeds - 1)
    image = np.full_like(total, 2 * OF_IMAGES**2)
    unused = (image, image, image)
    own = Parts(estimate, total, welch, image, unused, total, welch, image)
    with_prior = Parts(
        estimate,
        (shrunk[first] + shrunk[second]).T,
        np.broadcast_to(degrees[:, None], total.shape),
        image,
        unused,
        total,
        welch,
        image,
    )
    level = 0.05 / len(first)
    plain, widths = half_width(own, 0.05), {OWN: half_width(own, level)}
    widths[SHRUNK] = half_width(with_prior, level)
    widths[COTEJO] = np.maximum(widths[SHRUNK], plain)
    cells = [kind, str(seeds), f"{100 * (np.abs(estimate) > plain).mean():.1f}"]
    for name in (OWN, SHRUNK, COTEJO):
        wrong = (np.abs(estimate) > widths[name]).any(axis=1).mean()
        found = [(np.abs(estimate + apart) > widths[name]).mean() for apart in DISTANCES]
        cells += [f"{100 * wrong:.1f}", " ".join(f"{100 * share:.0f}" for share in found)]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator = np.random.default_rng(arguments.seed)
    kinds = ("as measured", "all 0.5 points", "0.2, 0.5 and 1 point", "half 0.2, half 1 point")
    columns = [f"{name}: {what}" for name in (OWN, SHRUNK, COTEJO) for what in ("false", "power")]
    print("| spreads | seeds | false pairs, uncorrected | " + " | ".join(columns) + " |")
    print("| --- | ---: | ---: |" + " ---: |" * len(columns))
    for seeds in (3, 5, 10):
        for kind in (*kinds, "one of 2, others 0.3 points"):
            print(study(kind, seeds, arguments.repeats, generator))


if __name__ == "__main__":
    main()
