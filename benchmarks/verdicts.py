"""How often the verdicts on a study's claims are wrong, and how many claims they settle.

    python benchmarks/verdicts.py [--repeats 300] [--seed 1] [--only NAME ...] [--json FILE]

Whole studies are simulated (`simulated_claims.py`) and judged by Cotejo's own functions, with as
many seeds for every alternative. One row per case, each of which changes one thing in the first.
A verdict is wrong if it says of the truth what is not so; of claims that lie on their line, both
"supported" and "refuted" are, and at a whole margin from it "no difference that matters" is.

Prints, in percent: how many claims are settled; how many verdicts are wrong, of those of a study
on average, and of all claims; how many studies have any wrong verdict; how often the 95% interval
holds the truth, with variances that borrow strength, as it is shown where one claim is judged (the
wider of the two), and at its lowest over the metrics.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import replace

import numpy as np

from cotejo.report.claims import judge
from simulated_claims import METRICS, Case, study
from simulated_table import add_options, print_table

BASE = Case()
CASES = {
    "ten claims, three seeds": BASE,
    "two seeds": replace(BASE, seeds=2),
    "five seeds": replace(BASE, seeds=5),
    "ten seeds": replace(BASE, seeds=10),
    "2 claims": replace(BASE, claims=2),
    "5 claims": replace(BASE, claims=5),
    "20 claims": replace(BASE, claims=20),
    "30 claims": replace(BASE, claims=30),
    "20 claims, family": replace(BASE, claims=20, error="family"),
    **{f"{name} alone": replace(BASE, metrics=(name,)) for name in METRICS},
    "all on their line": replace(BASE, offsets=(0.0,)),
    "all on their line, ten seeds": replace(BASE, offsets=(0.0,), seeds=10),
    "all a margin off": replace(BASE, offsets=(1.0, -1.0)),
    "all a margin off, ten seeds": replace(BASE, offsets=(1.0, -1.0), seeds=10),
    "heavy tails": replace(BASE, law="heavy tails"),
    "heavy tails, ten seeds": replace(BASE, law="heavy tails", seeds=10),
    "one bad seed in ten": replace(BASE, law="one bad seed in ten"),
    "one bad seed in ten, ten seeds": replace(BASE, law="one bad seed in ten", seeds=10),
    "one wide alternative": replace(BASE, spreads="one wide"),
    "one wide, all on their line": replace(BASE, spreads="one wide", offsets=(0.0,)),
    "every second one shares seeds": replace(BASE, shared=0.8),
    **{f"{images:,} images": replace(BASE, images=images) for images in (20, 100, 300, 1000)},
    "20 images, margin of 5 points": replace(BASE, images=20, margin=0.05),
    "2 classes, 90%": replace(BASE, accuracy=0.9, margin=0.01),
    "2 classes, 97%, 300 images": replace(BASE, accuracy=0.97, margin=0.01, images=300),
    "margin of 1 point": replace(BASE, margin=0.01),
}


def is_wrong(outcome: str, offset: float) -> bool:
    """Return whether a verdict contradicts the truth, so many margins above the line."""
    return {
        "supported": offset <= 1e-9,
        "smaller": offset <= 1e-9 or offset >= 1 - 1e-9,
        "refuted": offset >= -1e-9,
        "equal": abs(offset) >= 1 - 1e-9,
    }.get(outcome, False)


def simulate(case: Case, repeats: int, seed: int) -> dict[str, float]:
    """Return the rates of one case, as fractions."""
    generator = np.random.Generator(np.random.SFC64(seed))
    rates = defaultdict(list)
    for _ in range(repeats):
        judging, truths = study(case, generator)
        verdicts = judge(judging)
        wrong = 0
        for verdict, truth in zip(verdicts, truths, strict=True):
            (part,) = verdict.parts
            judged = part.tested
            wrong += is_wrong(verdict.outcome, (truth - verdict.line) / judged.margin)
            borrowed, shown = judged.difference.interval(), judged.interval()
            rates["borrowed"].append(borrowed.low <= truth <= borrowed.high)
            rates["shown"].append(shown.low <= truth <= shown.high)
            rates[verdict.metric].append(rates["shown"][-1])
        settled = sum(verdict.outcome != "unsettled" for verdict in verdicts)
        rates["settled"].append(settled / len(verdicts))
        rates["wrong"].append(wrong / max(settled, 1))
        rates["of all"].append(wrong / len(verdicts))
        rates["any"].append(wrong > 0)
    found = {name: float(np.mean(values)) for name, values in rates.items()}
    found["lowest"] = min(found[name] for name in METRICS if name in found)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_options(parser, CASES, repeats=300)
    arguments = parser.parse_args()
    print_table(
        arguments,
        lambda name: simulate(CASES[name], arguments.repeats, arguments.seed),
        names=("settled", "wrong", "of all", "any", "borrowed", "shown", "lowest"),
    )


if __name__ == "__main__":
    main()
