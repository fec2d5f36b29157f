"""How often verdicts are wrong that three looks give, and how many runs they take.

    python benchmarks/looks.py [--repeats 200] [--seed 1] [--only NAME ...] [--runs 8] [--json FILE]

Whole studies are simulated (`simulated_claims.py`) and carried out as by `--until-settled` of
`cotejo study`: the first look at three seeds each, then runs where they tell most, a look at half
of what is left and one at the end, by Cotejo's own functions. Every run costs the same. Beside it,
the same studies are judged once with as many runs, dealt out evenly, and by somebody who looks
after each further seed and keeps the first verdict at 95%, of each claim alone.

Prints, in percent: how many claims are settled by looks, how many of the verdicts of a study are
wrong on average, and of all claims, and how many runs there were; then the same of the study that
is judged once and of the one that is peeked at.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from cotejo.report.claims import judge, sides_of
from cotejo.report.claims.looks import verdicts_over
from cotejo.report.judging import Judging
from cotejo.stats import allot
from simulated_claims import Case, study
from simulated_table import add_options, print_table
from verdicts import is_wrong

BASE = Case()
CASES = {
    "ten claims": BASE,
    "20 claims": replace(BASE, claims=20),
    "20 claims, margin of 1 point": replace(BASE, claims=20, margin=0.01),
    "2 claims": replace(BASE, claims=2),
    "20 claims, family": replace(BASE, claims=20, error="family"),
    "all on their line": replace(BASE, offsets=(0.0,)),
    "all a margin off": replace(BASE, offsets=(1.0, -1.0)),
    "heavy tails": replace(BASE, law="heavy tails"),
    "one bad seed in ten": replace(BASE, law="one bad seed in ten"),
    "one wide alternative": replace(BASE, spreads="one wide"),
    "every second one shares seeds": replace(BASE, shared=0.8),
    "300 images": replace(BASE, images=300),
    "20 images, margin of 5 points": replace(BASE, images=20, margin=0.05),
    "2 classes, 90%": replace(BASE, accuracy=0.9, margin=0.01),
}
FIRST = 3


def at(judging: Judging, counts: dict[str, int]) -> Judging:
    """Return a study with so many seeds of each alternative."""
    facts = judging.facts
    seen = [
        replace(
            each,
            answers={split: rows[: counts[each.name]] for split, rows in each.answers.items()},
            gaps=each.gaps[: counts[each.name]],
            seconds=each.seconds[: counts[each.name]],
            epochs=each.epochs[: counts[each.name]],
        )
        for each in facts.trained
    ]
    part = Judging(SimpleNamespace(**{**vars(facts), **dict.fromkeys(("trained", "own"), seen)}))
    part.facts.described = seen
    part.__dict__["shared"] = {
        pair: list(range(1, min(counts[name] for name in pair) + 1)) for pair in judging.shared
    }
    return part


def by_looks(judging: Judging, limit: int, most: int) -> tuple[list, int]:
    """Return the verdicts of a study that goes on until its claims are settled, and its runs."""
    counts = {each.name: FIRST for each in judging.facts.trained}
    looks: list[Judging] = []
    while True:
        looks.append(at(judging, counts))
        verdicts = verdicts_over(looks)[-1]
        left = limit - sum(counts.values())
        is_open = any(verdict.settled_at is None for verdict in verdicts)
        if not is_open or len(looks) == 3 or left <= 0:
            return verdicts, sum(counts.values())
        sides = {
            name: side if counts[name] < most else replace(side, need=None)
            for name, side in sides_of(looks[-1], verdicts).items()
        }
        budget = -(-left // 2) if len(looks) == 1 else left
        further = allot(sides, budget, in_seconds=False)
        counts = {name: min(further[name], most) for name in counts}


def peeked(judging: Judging, most: int) -> list:
    """Return each claim's first verdict at 95%, looked at after each further seed."""
    first: dict[int, str] = {}
    for seeds in range(FIRST, most + 1):
        verdicts = judge(at(judging, {each.name: seeds for each in judging.facts.trained}))
        for position, verdict in enumerate(verdicts):
            outcome = verdict.parts[0].tested.outcome(0.05)
            if outcome != "unsettled":
                first.setdefault(position, outcome)
    return [first.get(position, "unsettled") for position in range(len(verdicts))]


def simulate(case: Case, times: int, repeats: int, seed: int) -> dict[str, float]:
    """Return the rates of one case, as fractions.

    Args:
        case: what the studies have in common.
        times: the seeds that each alternative has on average, in each of the three ways.
        repeats: how many studies are simulated.
        seed: of the random numbers.
    """
    generator = np.random.Generator(np.random.SFC64(seed))
    rates = defaultdict(list)
    most = 3 * times
    for _ in range(repeats):
        judging, truths = study(replace(case, seeds=most), generator)
        alternatives = len(judging.facts.trained)
        verdicts, runs = by_looks(judging, times * alternatives, most)
        offsets = [
            (truth - verdict.line) / verdict.parts[0].tested.margin
            for verdict, truth in zip(verdicts, truths, strict=True)
        ]
        once = judge(at(judging, {each.name: times for each in judging.facts.trained}))
        rates["runs"].append(runs)
        for name, outcomes in (
            ("looks", [verdict.outcome for verdict in verdicts]),
            ("once", [verdict.outcome for verdict in once]),
            ("peeked", peeked(judging, times)),
        ):
            settled = sum(outcome != "unsettled" for outcome in outcomes)
            wrong = sum(map(is_wrong, outcomes, offsets))
            rates[f"{name} settled"].append(settled / len(outcomes))
            rates[f"{name} wrong"].append(wrong / max(settled, 1))
            rates[f"{name} of all"].append(wrong / len(outcomes))
    return {name: float(np.mean(values)) for name, values in rates.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_options(parser, CASES, repeats=200)
    parser.add_argument("--runs", type=int, default=8, help="for each alternative, on average")
    arguments = parser.parse_args()
    rates = ("settled", "wrong", "of all")
    print_table(
        arguments,
        lambda name: simulate(CASES[name], arguments.runs, arguments.repeats, arguments.seed),
        names=[f"{way} {rate}" for way in ("looks", "once", "peeked") for rate in rates],
        counts=["runs"],
    )


if __name__ == "__main__":
    main()
