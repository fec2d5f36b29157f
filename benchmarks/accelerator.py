"""What an accelerator is worth: recipes, small networks, many seeds at once, and whole studies.

    COTEJO_DATA=FOLDER python benchmarks/accelerator.py --out figures.jsonl [--airbench FILE]
    python benchmarks/accelerator.py accurate cnn3 cnn3-16 --out figures.jsonl --total 600
    python benchmarks/accelerator.py max --seconds 590 --out figures.jsonl
    python benchmarks/accelerator.py overhead --data digits

On a machine without network, with JAX and its GPU; `FOLDER` has CIFAR-10. Each part runs in a
process of its own, in the order given, and is stopped after its seconds (`PARTS`, `--seconds`) or
when all of them are over (`--total`). One that fails leaves the others. Each prints its figures as
it has them, and adds them to `--out`, one line of JSON each. The parts:

    accurate    the recipe, `--runs` seeds one after the other in one process, on all 50,000 images:
                seconds of building, of training, of what of that was compiling, of evaluating
    airbench    airbench94_muon on the same machine, from a file that is given with `--airbench`;
                it is someone else's (github.com/KellerJordan/cifar10-airbench) and needs PyTorch
    cnn3        images per second of `cnn3`, batches of 64, augmented as in the notebook
    cnn3-16     the same of 16 seeds at once, together
    cnn3-conv, cnn3-16-conv    the same with XLA's convolutions in place of matrix products
    cnn3-fit    the same by Keras's `fit`
    sizes       images per second of `cnn3`, of 1, 2, 4, 8 and 16 seeds at once, as a study times
                them to choose among them, and the seconds of compiling each
    overhead    the microseconds of a step of a tiny network: by the engine, by `fit`, and by bare
                loops around the compiled step; on a processor too
    96          the recipe `96`, up to three seeds
    study       `--study` (`studies/claims.toml`) with `--seeds` seeds, from start to report
    claims      the same until its claims are settled, with as many runs at most
    max         the recipe `max`: with `--seconds`, as many epochs as there is time for; without,
                the pace of three

`--data`, `--seeds` and `--set` make a trial possible where there is no accelerator.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = {
    "cnn3": 60,
    "cnn3-16": 80,
    "accurate": 90,
    "airbench": 110,
    "cnn3-conv": 60,
    "cnn3-16-conv": 80,
    "cnn3-fit": 40,
    "sizes": 120,
    "overhead": 60,
    "96": 120,
    "study": 600,
    "claims": 600,
    "max": 90,
}
"""The parts and the seconds that each may take."""

USUAL = ("cnn3", "cnn3-16", "accurate", "airbench", "sizes", "96", "study")
CNN3 = {"model": "cnn3", "augment": "notebook", "batch_size": 64}
TINY = {"batch_size": 8, "precision": "float32", "epochs": 9}


def note(arguments: argparse.Namespace, **figures: object) -> None:
    """Print figures, and write them down."""
    line = json.dumps({"part": arguments.part, **figures})
    print(line, flush=True)
    if arguments.out:
        # One call for the whole line: a part that is stopped leaves no half of one.
        file = os.open(arguments.out, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.write(file, f"{line}\n".encode())
        os.fsync(file)
        os.close(file)


def listen_to_compiling() -> dict[str, float]:
    """Return a table whose ``seconds`` grow by what JAX traces and compiles."""
    import jax

    spent = {"seconds": 0.0}

    def heard(event: str, seconds: float, **_: object) -> None:
        if event.startswith("/jax/core/compile"):
            spent["seconds"] += seconds

    jax.monitoring.register_event_duration_secs_listener(heard)
    return spent


def settings_of(arguments: argparse.Namespace, given: dict, **changes: object):
    from cotejo.config import Settings

    own = dict(each.split("=", 1) for each in arguments.set)
    own = {name: json.loads(value) for name, value in own.items()}
    return Settings.from_flat({**given, **changes, **own}).resolved()


def recipe(arguments: argparse.Namespace, name: str, runs: int, **changes: object) -> dict:
    """Train a recipe on all images, seed after seed, and test it as a study would."""
    from cotejo.config import load_recipe
    from cotejo.data import load
    from cotejo.data.dataset import without_validation
    from cotejo.study.run import build_network
    from cotejo.train import fresh_backend, logits_and_margin, train

    compiling = listen_to_compiling()
    dataset = without_validation(load(arguments.data))
    settings = settings_of(arguments, load_recipe(name).settings, **changes)
    for seed in range(1, runs + 1):
        before, moments = compiling["seconds"], [time.perf_counter()]
        with fresh_backend(seed):
            network = build_network(settings, dataset.train, dataset.num_classes)
            moments.append(time.perf_counter())
            training = train(network, dataset, settings, seed, on_epoch=every_tenth(arguments))
            moments.append(time.perf_counter())
            compiled = compiling["seconds"] - before
            logits, _ = logits_and_margin(network, dataset.test.images, tta=settings.tta)
            moments.append(time.perf_counter())
        build, trained, evaluated = (b - a for a, b in pairwise(moments))
        figures = {
            "seed": seed,
            "accuracy": float((logits.argmax(axis=1) == dataset.test.labels).mean()),
            "build": round(build, 3),
            "train": round(trained, 3),
            "compiling_in_training": round(compiled, 3),
            "evaluate": round(evaluated, 3),
            "all": round(moments[-1] - moments[0], 3),
            "epochs": [round(row["seconds"], 3) for row in training.history],
            "train_accuracy": training.history[-1]["train_accuracy"],
        }
        note(arguments, **figures)
    return figures


def every_tenth(arguments: argparse.Namespace):
    """Return what notes every tenth epoch: a training may be stopped."""

    def on_epoch(row: dict) -> None:
        if row["epoch"] % 10 == 0:
            loss, accuracy = round(row["train_loss"], 4), round(row["train_accuracy"], 4)
            note(arguments, epoch=row["epoch"], train_loss=loss, train_accuracy=accuracy)

    return on_epoch


def largest(arguments: argparse.Namespace) -> None:
    """Train three epochs of `max`; where seconds are given, then as many epochs as they are for."""
    started = time.perf_counter()
    pace = recipe(arguments, "max", 1, epochs=3)
    if arguments.seconds is None:
        return
    epoch = statistics.median(pace["epochs"][1:])
    # It compiles and evaluates once more, and a tenth is kept in reserve.
    again = pace["all"] - 2 * epoch
    left = 0.9 * arguments.seconds - (time.perf_counter() - started) - again
    recipe(arguments, "max", 1, epochs=max(1, int(left / epoch)))


def small(arguments: argparse.Namespace, seeds: int) -> None:
    """Measure the images per second of `cnn3`, of one seed or of several together."""
    from cotejo.data import load
    from cotejo.study.run import build_network
    from cotejo.train import fresh_backend
    from cotejo.train.loop import training_steps
    from cotejo.train.work import Clock, side_by_side

    compiling = listen_to_compiling()
    dataset = load(arguments.data)
    settings = settings_of(arguments, CNN3, epochs=8)
    trainings, results = [], []
    started = time.perf_counter()

    def steps(seed: int, clock: Clock):
        with fresh_backend(seed):
            network = build_network(settings, dataset.train, dataset.num_classes)
            training = yield from training_steps(network, dataset, settings, seed, clock=clock)
            return training

    for seed in range(1, seeds + 1):
        clock = Clock()
        trainings.append((steps(seed, clock), clock))
    side_by_side(trainings, lambda _, training: results.append(training))
    # A seed's clock counts its share of common work, so that its speed is that of all together.
    speeds = [training.images_per_second for training in results]
    epochs = zip(*(training.history for training in results), strict=True)
    note(
        arguments,
        seeds=seeds,
        images_per_second=round(statistics.median(speeds)),
        epoch_seconds_of_all=[round(sum(row["seconds"] for row in rows), 3) for rows in epochs],
        validation_accuracy=statistics.mean(t.history[-1]["valid_accuracy"] for t in results),
        compiling=round(compiling["seconds"], 2),
        seconds=round(time.perf_counter() - started, 2),
    )


def steps(arguments: argparse.Namespace) -> None:
    """Time single steps: of `cnn3` for several seeds at once, or of a tiny network."""
    from cotejo.data import load
    from step_times import overhead, sizes

    timed, given = (sizes, CNN3) if arguments.part == "sizes" else (overhead, TINY)
    for figures in timed(load(arguments.data), settings_of(arguments, given)):
        note(arguments, **figures)


def study(arguments: argparse.Namespace, *options: str) -> None:
    """Run a whole study from the command line, and say how far it came."""
    folder = Path(tempfile.mkdtemp()) / "study"
    command = [sys.executable, "-m", "cotejo", "study", arguments.study, "--lang", "en"]
    command += [*options, "--out", str(folder), "--data", arguments.data]
    for each in arguments.set:
        command += ["--set", each]
    started = time.perf_counter()
    running = subprocess.Popen(command, stdout=sys.stderr)
    reported = 0
    while running.poll() is None:
        time.sleep(1)
        finished = len(list(folder.rglob("seed-*/run.json")))
        if finished >= reported + arguments.seeds:
            reported = finished
            note(arguments, runs=finished, seconds=round(time.perf_counter() - started, 1))
    verdicts: dict[str, str] = {}
    if (folder / "claims.csv").is_file():
        with (folder / "claims.csv").open(newline="", encoding="utf-8") as file:
            verdicts = {row["claim"]: row["verdict"] for row in csv.DictReader(file)}
    note(
        arguments,
        exit=running.returncode,
        runs=len(list(folder.rglob("seed-*/run.json"))),
        report=(folder / "report.html").is_file(),
        claims=Counter(verdicts.values()),
        seconds=round(time.perf_counter() - started, 1),
    )


def claims(arguments: argparse.Namespace) -> None:
    """Run the study until its claims are settled, with as many runs as `study` has, at most."""
    with Path(arguments.study).open("rb") as file:
        alternatives = len(tomllib.load(file)["alternative"])
    study(arguments, "--until-settled", "--runs", str(alternatives * arguments.seeds))


def airbench(arguments: argparse.Namespace) -> None:
    """Time airbench94_muon: each run with its test-time views, after one run to warm up."""
    if arguments.airbench is None:
        note(arguments, skipped="no file was given with --airbench")
        return
    import torch

    from cotejo.data import load
    from cotejo.data.dataset import without_validation

    source = Path(arguments.airbench).read_text(encoding="utf-8")
    dataset = without_validation(load(arguments.data))
    folder = Path(tempfile.mkdtemp())
    (folder / "cifar10").mkdir()
    for name, split in {"train": dataset.train, "test": dataset.test}.items():
        images = torch.tensor(split.images)
        labels = torch.tensor(split.labels, dtype=torch.int64)
        kept = {"images": images, "labels": labels, "classes": list("abcdefghij")}
        torch.save(kept, folder / "cifar10" / f"{name}.pt")
    # Its own mode, max-autotune, takes minutes to compile.
    changes = {
        'model.compile(mode="max-autotune")': "model.compile()",
        "range(200)": f"range({arguments.runs + 5})",
        "def main(run, model):": "def main(run, model):\n    import time as _t; _s = _t.time()",
        "    return tta_val_acc": '    print("RUN", _t.time() - _s, time_seconds, tta_val_acc, '
        "flush=True)\n    return tta_val_acc",
    }
    for old, new in changes.items():
        if old not in source:
            raise SystemExit(f"{arguments.airbench} has no {old!r}")
        source = source.replace(old, new)
    program = folder / "airbench94_muon.py"
    program.write_text(source, encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, program.name], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    for line in running.stdout:
        if line.startswith("RUN"):
            whole, timed, accuracy = map(float, line.split()[1:])
            note(arguments, seconds=round(whole, 3), its_own=round(timed, 3), accuracy=accuracy)
    note(arguments, exit=running.wait())


def run_part(arguments: argparse.Namespace) -> None:
    """Do one part, in this process."""
    name = arguments.part
    if name == "accurate":
        recipe(arguments, name, arguments.runs)
    elif name == "96":
        recipe(arguments, name, min(3, arguments.runs))
    elif name == "study":
        study(arguments, "--seeds", str(arguments.seeds))
    elif name.startswith("cnn3"):
        small(arguments, 16 if "16" in name else 1)
    else:
        others = {
            "airbench": airbench,
            "claims": claims,
            "max": largest,
            "overhead": steps,
            "sizes": steps,
        }
        others[name](arguments)


def main() -> None:
    """Run the parts that were asked for, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", default=USUAL, help=", ".join(PARTS))
    parser.add_argument("--out", help="the file for the figures, one line of JSON each")
    parser.add_argument("--airbench", help="airbench94_muon.py")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--data", default="cifar10")
    parser.add_argument("--study", default=str(ROOT / "studies" / "claims.toml"))
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--seconds", type=int, help="for each part, in place of its own limit")
    parser.add_argument("--total", type=int, help="the seconds of all parts together")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        run_part(arguments)
        return
    paths = filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    usual = {"KERAS_BACKEND": "jax", **os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}: {', '.join(PARTS)}")
    end = time.perf_counter() + (arguments.total or float("inf"))
    for name in arguments.parts:
        environment = dict(usual)
        if name.endswith("-conv"):
            environment["COTEJO_PRODUCTS"] = "0"
        if name.endswith("-fit"):
            environment["COTEJO_ENGINE"] = "fit"
        started = time.perf_counter()
        limit = min(arguments.seconds or PARTS[name], end - started)
        if limit <= 0:
            print(f"{name} was left out: the time of all parts is over", flush=True)
            continue
        options = [each for each in sys.argv[1:] if each not in arguments.parts]
        command = [sys.executable, __file__, *options, "--part", name]
        running = subprocess.Popen(command, env=environment, start_new_session=True)
        try:
            ended = f"ended with {running.wait(limit)}"
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            ended = "was stopped: its time was over"
        print(f"{name} {ended} after {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
