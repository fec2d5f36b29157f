"""Whether a process that trains many networks keeps growing: its memory over the runs.

    python benchmarks/memory.py [--runs 60] [--every 5] [--models mlp cnn3] [--set key=value …]

It trains a study of one epoch on the digits with `Study.run`, with as many seeds of each model as
the number of runs needs. After every few runs it prints the resident memory of the process, as
Linux reports it, and how many of TensorFlow's graphs and functions are alive. The last line is
JSON, with the growth per run: the slope of a least-squares line through the second half.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import tempfile
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


def alive() -> dict[str, int]:
    """Count the graphs that Python keeps alive, and the functions that TensorFlow's C++ does."""
    from cotejo.backend import keras

    if keras.config.backend() != "tensorflow":
        return {}
    import tensorflow
    from tensorflow.python.eager import context

    graphs = sum(isinstance(thing, tensorflow.Graph) for thing in gc.get_objects())
    return {"graphs": graphs, "functions": len(context.context().list_function_names())}


def study(models: list[str], runs: int, overrides: list[str]):
    from cotejo.config import StudyConfig
    from cotejo.study import Study

    described = {
        "name": "memory",
        "data": "digits",
        "seeds": -(-runs // len(models)),
        "base": {"epochs": 1},
        "alternative": [{"name": name, "model": name} for name in models],
    }
    return Study(StudyConfig.parse(described, overrides))


def measured(models: list[str], runs: int, every: int, overrides: list[str]) -> list[dict]:
    from cotejo.study.progress import Observer

    rows: list[dict] = []

    class MemoryMeter(Observer):
        done = 0

        def run_finished(self, run, metrics) -> None:
            self.done += 1
            if self.done % every == 0:
                rows.append({"runs": self.done, "megabytes": round(resident_mb(), 1), **alive()})
                print(*(f"{name} {value:>7}" for name, value in rows[-1].items()), flush=True)

    with tempfile.TemporaryDirectory() as folder:
        study(models, runs, overrides).run(out=folder, observer=MemoryMeter())
    rows.append({"runs": "end", "megabytes": round(resident_mb(), 1), **alive()})
    print(*(f"{name} {value:>7}" for name, value in rows[-1].items()))
    return rows


def growth(rows: list[dict]) -> float:
    """Return the slope of the second half, in MB per run."""
    import numpy as np

    counted = [row for row in rows if row["runs"] != "end"]
    later = counted[len(counted) // 2 :]
    if len(later) < 2:
        return float("nan")
    return float(np.polyfit([r["runs"] for r in later], [r["megabytes"] for r in later], 1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--every", type=int, default=5)
    parser.add_argument("--models", nargs="+", default=["mlp", "cnn3"])
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    arguments = parser.parse_args()
    rows = measured(arguments.models, arguments.runs, arguments.every, arguments.overrides)
    per_run = round(growth(rows), 2)
    print(f"{per_run} MB per run, over the second half")
    print(json.dumps({"models": arguments.models, "megabytes_a_run": per_run, "rows": rows}))


if __name__ == "__main__":
    main()
