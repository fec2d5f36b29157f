"""The command line of the benchmarks that simulate studies case by case: one row of rates each."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from simulated_claims import Case

__all__ = ["add_options", "print_table"]


def add_options(parser: argparse.ArgumentParser, cases: Mapping[str, Case], repeats: int) -> None:
    """Add the options that these benchmarks have in common.

    Args:
        parser: of the benchmark.
        cases: by name, in the order of the table.
        repeats: how many studies of each case are simulated if the user does not say.
    """
    parser.add_argument("--repeats", type=int, default=repeats)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=cases, default=list(cases))
    parser.add_argument("--json", type=Path, help="every rate, unrounded")


def print_table(
    arguments: argparse.Namespace,
    simulate: Callable[[str], Mapping[str, float]],
    names: Sequence[str],
    counts: Sequence[str] = (),
) -> None:
    """Simulate the cases that were asked for, and print a row of each as it is there.

    Args:
        arguments: what `add_options` parsed.
        simulate: from a case's name to its rates, as fractions, and its counts.
        names: the rates of the columns, in percent.
        counts: those before them, printed as whole numbers.
    """
    started, everything = time.perf_counter(), {}
    print("| studies | " + " | ".join([*counts, *names]) + " |")
    print("| --- |" + " ---: |" * (len(counts) + len(names)))
    for name in arguments.only:
        rates = everything[name] = simulate(name)
        cells = [f"{rates[each]:.0f}" for each in counts]
        cells += [f"{100 * rates[each]:.1f}" for each in names]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print(f"\n{arguments.repeats} studies of each, {time.perf_counter() - started:.0f} s")
    if arguments.json:
        arguments.json.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
