"""Kill studies at random moments, continue them, and compare them with ones that nobody killed.

``python tests/torture.py --kills 200 --seed 1`` prints a table of what was done and found. Each
study trains in a process of its own. It is ended by SIGKILL, SIGTERM or SIGINT at a moment that the
seed chooses, started again, and so on until it is finished; then its predictions, histories and
weights must be, bit for bit, those of the same study that was left alone. Now and then a second
process tries to train the same study, or the folder of the run that trains is taken away.

The tests run a short version of it (`test_torture.py`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MLP = {"model": "mlp", "precision": "float32", "batch_size": 50}
_CNN = {"model": "cnn", "convolutions": 1, "dropout": 0.3, "batch_norm": True}
STUDIES: dict[str, dict[str, Any]] = {
    "features": {
        "data": "digits",
        "base": {**_MLP, "batch_size": 10, "train_fraction": 0.5, "epochs": 6},
        "alternative": [
            {"name": "stopping", "early_stopping": 1, "epochs": 30, "learning_rate": 0.02},
            {"name": "going-on", "start_from": "stopping", "learning_rate": 1e-4},
            {"name": "averaged", "average": "ema", "augment": "notebook", **_CNN},
            {
                "name": "staged",
                "model": "airbench",
                "width": 4,
                "optimizer": "muon",
                "schedule": "linear",
                "augment": "alternating-flip-crop-cutout",
                "small_epochs": 1,
                "hard_epochs": 2,
            },
        ],
    },
    "folds": {
        "data": "digits",
        "folds": 3,
        "base": {**_MLP, "batch_size": 10, "epochs": 5, "optimizer": "adamw", "schedule": "cosine"},
        "alternative": [{"name": "mixed", "augment": "mixup", "class_weight": "balanced"}],
    },
}
"""Studies which together have every feature whose state must survive."""

_SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
_MOST = 12
"""How many processes of one study are ended at most; then it is left alone."""

_LONGEST = 1800.0
"""Seconds after which a process that does not end is an error of its own."""


@dataclass
class Count:
    """What was done and found."""

    signals: Counter[str] = field(default_factory=Counter)
    moments: Counter[str] = field(default_factory=Counter)
    studies: int = 0
    rivals: int = 0
    taken_away: int = 0
    runs: int = 0
    resumed: int = 0
    seconds: float = 0.0

    @property
    def kills(self) -> int:
        """How many processes were ended."""
        return sum(self.signals.values())

    def table(self) -> str:
        """Return the figures, one a line."""
        rows = [
            *((f"ended by {name}", count) for name, count in sorted(self.signals.items())),
            *((f"moment: {name}", count) for name, count in sorted(self.moments.items())),
            ("second processes refused", self.rivals),
            ("folders taken away", self.taken_away),
            ("studies finished and compared", self.studies),
            ("runs compared, equal bit for bit", self.runs),
            ("processes that went on from a checkpoint", self.resumed),
            ("seconds", round(self.seconds)),
        ]
        return "\n".join(f"{name:<44} {count:>7}" for name, count in rows)


def train(study: dict[str, Any], folder: Path) -> int:
    """Train a study in this process, as the command line would, but without its report."""
    from cotejo import stopping

    stopping.listen()
    try:
        from cotejo.config import StudyConfig
        from cotejo.errors import CotejoError
        from cotejo.study import Study, execution, timing

        # The look at the mistakes and the timing of steps are not what is tortured.
        execution.look_back = lambda *given, **options: None
        timing.TIMED_SECONDS = 0
        config = StudyConfig.parse({**study, "checkpoint_minutes": 0.005})
        try:
            result = Study(config).run(out=folder)
        except CotejoError as error:
            print(error, file=sys.stderr)
            return 2
        return 1 if result.failed else 0
    except KeyboardInterrupt as stopped:
        return stopping.code_of(stopped)


def start(study: dict[str, Any], folder: Path) -> subprocess.Popen[bytes]:
    """Start a process that trains a study."""
    words = [sys.executable, __file__, "--study", json.dumps(study), "--out", str(folder)]
    source = str(Path(__file__).parents[1] / "src")
    paths = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    )


def torture(
    kills: int,
    seed: int,
    place: Path,
    seconds: float = float("inf"),
    studies: dict[str, dict[str, Any]] | None = None,
) -> Count:
    """End processes until there were ``kills`` of them, or the time is up; check all that is left.

    Args:
        kills: how many processes are ended.
        seed: of the moments and the signals.
        place: an empty folder.
        seconds: after which no further study is begun.
        studies: that are trained; `STUDIES` by default.

    Raises:
        AssertionError: something is not as it must be.
    """
    chance = random.Random(seed)
    count, began = Count(), time.monotonic()
    whole: dict[str, dict[str, Any]] = {}
    studies = studies or STUDIES
    kinds = list(studies)
    while count.kills < kills and time.monotonic() - began < seconds:
        kind = kinds[count.studies % len(kinds)]
        if kind not in whole:
            code, _ = ended(start(studies[kind], place / kind))
            expect(code == 0, f"the study {kind} that nobody killed ended with {code}")
            whole[kind] = results(place / kind)
        folder = place / f"{kind}-{count.studies + 1}"
        one_study(studies[kind], folder, min(_MOST, kills - count.kills), chance, count)
        compare(folder, whole[kind], count)
        count.studies += 1
        shutil.rmtree(folder)
    count.seconds = time.monotonic() - began
    return count


def one_study(
    study: dict[str, Any], folder: Path, most: int, chance: random.Random, count: Count
) -> None:
    """Train a study in parts until it is finished; of these at most ``most`` are cut short."""
    finished: dict[str, str] = {}
    for _ in range(most):
        process = start(study, folder)
        goes_on = newest_checkpoint(folder) > 0
        moment = wait_for_moment(process, folder, chance)
        count.resumed += goes_on and moment in ("training", "over")
        if moment == "over":
            code, said = ended(process)
            expect(code == 0, f"ended with {code}: {said}")
            break
        if moment != "starting" and chance.random() < 0.05:
            refused, _ = ended(start(study, folder))
            expect(refused in (0, 2), f"a second process ended with {refused}")
            count.rivals += refused == 2
        if moment == "training" and chance.random() < 0.03:
            count.taken_away += take_away(folder)
        number = chance.choice(_SIGNALS)
        process.send_signal(number)
        code, said = ended(process)
        count.signals[signal.Signals(number).name] += 1
        count.moments[moment] += 1
        # Before Python listens, a signal ends the process as it ends any; it may also be over.
        expect(code in (0, 128 + number, -number), f"{number} ended it with {code}: {said}")
        now = dict(stamps(folder))
        for name, stamp in finished.items():
            expect(now.get(name) == stamp, f"{name} was finished, and was done again")
        finished = now
    else:
        code, said = ended(start(study, folder))
        expect(code == 0, f"ended with {code}: {said}")
    for name, stamp in finished.items():
        expect(dict(stamps(folder)).get(name) == stamp, f"{name} was done again")


def wait_for_moment(process: subprocess.Popen[bytes], folder: Path, chance: random.Random) -> str:
    """Wait until the moment to end a process; say what it is doing then, as far as can be seen."""
    kind = chance.random()
    if kind < 0.1:
        return waited(process, chance.uniform(0, 8), "starting")
    started = since = time.time()
    while time.time() - since < _LONGEST:
        if process.poll() is not None:
            return "over"
        if kind < 0.25 and is_training(folder):  # it begins: networks are built and compiled
            return waited(process, chance.expovariate(1 / 2.0), "beginning to train")
        if kind >= 0.25 and newest_checkpoint(folder) > started:
            return waited(process, chance.expovariate(1 / 0.5), "training")
        time.sleep(0.01)
    raise AssertionError("it does not begin to train")


def newest_checkpoint(folder: Path) -> float:
    """Return when the last checkpoint of a study was written; 0 if there is none."""
    times = [0.0]
    for path in folder.glob("*/seed-*/checkpoint-*.npz"):
        with suppress(OSError):  # it is deleted when its run has finished
            times.append(path.stat().st_mtime)
    return max(times)


def waited(process: subprocess.Popen[bytes], seconds: float, doing: str) -> str:
    """Wait; say ``over`` if the process has ended meanwhile."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return doing
    return "over"


def is_training(folder: Path) -> bool:
    """Return whether a process says that it trains a run of a study."""
    try:
        content = json.loads((folder / "progress.json").read_text())
        there = bool(content["running"])
        return there and time.time() - (folder / "progress.json").stat().st_mtime < 5
    except (OSError, ValueError):
        return False


def take_away(folder: Path) -> bool:
    """Delete the folder of the run that trains, with its checkpoints; say whether there was one."""
    for run in sorted(folder.glob("*/seed-*")):
        if not (run / "run.json").exists() and any(run.glob("checkpoint-*.npz")):
            shutil.rmtree(run, ignore_errors=True)
            return True
    return False


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Return the exit code of a process and the end of what it said."""
    try:
        _, said = process.communicate(timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError("it did not end") from None
    return process.returncode, said.decode(errors="replace")[-2000:]


def stamps(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the finished runs of a study, each with a hash of its files and their times."""
    for record in sorted(folder.glob("*/seed-*/run.json")):
        if json.loads(record.read_text())["status"] == "finished":
            digest = hashlib.sha256()
            for path in sorted(record.parent.iterdir()):
                if not path.name.startswith((".tmp-", "checkpoint-")):
                    digest.update(f"{path.name} {path.stat().st_mtime_ns}".encode())
                    digest.update(path.read_bytes())
            yield str(record.parent.relative_to(folder)), digest.hexdigest()


def results(folder: Path) -> dict[str, Any]:
    """Return what must be the same of a study's runs, by run."""
    import csv

    import numpy as np

    found = {}
    for record in sorted(folder.glob("*/seed-*/run.json")):
        run = record.parent
        with np.load(run / "predictions.npz", allow_pickle=False) as predictions:
            arrays = {name: predictions[name].tobytes() for name in predictions.files}
        with (run / "history.csv").open(newline="") as file:
            rows = [{**row, "seconds": None} for row in csv.DictReader(file)]
        told = json.loads(record.read_text())
        kept = {name: told.get(name) for name in ("key", "best_epoch", "epochs", "stopped_early")}
        found[str(run.relative_to(folder))] = (arrays, rows, kept)
    return found


def compare(folder: Path, whole: dict[str, Any], count: Count) -> None:
    """Compare a study with the one that nobody killed, and look for what must not be there."""
    here = results(folder)
    expect(here.keys() == whole.keys(), f"runs {sorted(here)}, not {sorted(whole)}")
    for name, (arrays, rows, kept) in here.items():
        expect(arrays == whole[name][0], f"{folder / name}: other predictions")
        expect(rows == whole[name][1], f"{folder / name}: another history")
        expect(kept == whole[name][2], f"{folder / name}: {kept}, not {whole[name][2]}")
        count.runs += 1
    names = [path.name for path in folder.rglob("*")]
    left = [name for name in names if name.startswith((".tmp-", "checkpoint-"))]
    expect(not left, f"left behind: {left}")
    expect(not (folder / "replaced").exists(), "runs were put aside")


def expect(holds: bool, otherwise: str) -> None:
    """Raise an `AssertionError` if something does not hold."""
    if not holds:
        raise AssertionError(otherwise)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no study later")
    parser.add_argument("--study", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.study:
        return train(given.study, given.out)
    with tempfile.TemporaryDirectory() as place:
        count = torture(given.kills, given.seed, Path(place), 60 * given.minutes)
    print(count.table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
