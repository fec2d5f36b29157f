"""Kill studies at random moments, continue them, and compare them with ones that nobody killed.

``python tests/torture.py --kills 200 --seed 1`` prints a table of what was done and found. Each
study of `tortured.py` trains in a process of its own. It is ended by SIGKILL, SIGTERM or SIGINT at
a moment that the seed chooses, or one of its workers is killed; it is started again, and so on
until it is finished. Then its predictions and histories must be, bit for bit, those of the
same study that was left alone. Now and then a second process tries to train the same study, the
folder of the run that trains is taken away, or the process starts with its clock set back. Where
``--place`` is on a file system of less than a gigabyte, its disk is filled now and then, too:

    mount -t tmpfs -o size=256m tmpfs /mnt/small
    python tests/torture.py --kills 20 --place /mnt/small

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

from tortured import CASES, Case, start

_SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
_MOST = 12
"""How many processes of one study are ended at most; then it is left alone."""

_LONGEST = 1800.0
"""Seconds after which a process that does not end is an error of its own."""

_SMALL = 10**9
"""Bytes of a file system that is small enough to be filled."""


@dataclass
class Count:
    """What was done and found."""

    signals: Counter[str] = field(default_factory=Counter)
    moments: Counter[str] = field(default_factory=Counter)
    studies: int = 0
    workers: int = 0
    rivals: int = 0
    taken_away: int = 0
    set_back: int = 0
    full: int = 0
    runs: int = 0
    resumed: int = 0
    seconds: float = 0.0

    @property
    def kills(self) -> int:
        """How many processes were ended."""
        return sum(self.signals.values()) + self.workers

    def table(self) -> str:
        """Return the figures, one a line."""
        rows = [
            *((f"ended by {name}", count) for name, count in sorted(self.signals.items())),
            *((f"moment: {name}", count) for name, count in sorted(self.moments.items())),
            ("workers killed", self.workers),
            ("second processes refused", self.rivals),
            ("folders taken away", self.taken_away),
            ("processes with their clock set back", self.set_back),
            ("disks filled", self.full),
            ("studies finished and compared", self.studies),
            ("runs compared, equal bit for bit", self.runs),
            ("processes that went on from a checkpoint", self.resumed),
            ("seconds", round(self.seconds)),
        ]
        return "\n".join(f"{name:<44} {count:>7}" for name, count in rows)


def torture(
    kills: int,
    seed: int,
    place: Path,
    seconds: float = float("inf"),
    cases: dict[str, Case] | None = None,
) -> Count:
    """End processes until there were ``kills`` of them, or the time is up; check all that is left.

    Args:
        kills: how many processes are ended.
        seed: of the moments and the signals.
        place: an empty folder.
        seconds: after which no further study is begun.
        cases: the studies that are trained; `CASES` by default.

    Raises:
        AssertionError: something is not as it must be.
    """
    chance = random.Random(seed)
    count, began = Count(), time.monotonic()
    whole: dict[str, dict[str, Any]] = {}
    cases = cases or CASES
    kinds = list(cases)
    while count.kills < kills and time.monotonic() - began < seconds:
        kind = kinds[count.studies % len(kinds)]
        if kind not in whole:
            code, said = ended(start(cases[kind], place / kind))
            expect(code == 0, f"the study {kind} that nobody killed ended with {code}: {said}")
            whole[kind] = results(place / kind)
            shutil.rmtree(place / kind)
        folder = place / f"{kind}-{count.studies + 1}"
        one_study(cases[kind], folder, min(_MOST, kills - count.kills), chance, count)
        compare(cases[kind], folder, whole[kind], count)
        count.studies += 1
        shutil.rmtree(folder)
    count.seconds = time.monotonic() - began
    return count


def one_study(case: Case, folder: Path, most: int, chance: random.Random, count: Count) -> None:
    """Train a study in parts until it is finished; of these at most ``most`` are cut short."""
    finished: dict[str, str] = {}
    until = count.kills + most
    while count.kills < until:
        set_back = chance.random() < 0.05
        process = start(case, folder, set_back=set_back)
        count.set_back += set_back
        goes_on = newest_checkpoint(folder) > 0
        moment = wait_for_moment(case, process, folder, chance)
        count.resumed += goes_on and moment in ("training", "over")
        if moment == "over":
            code, said = ended(process)
            expect(code == 0, f"ended with {code}: {said}")
            break
        if moment != "starting" and chance.random() < 0.05:
            refused, _ = ended(start(case, folder))
            expect(refused in (0, 2), f"a second process ended with {refused}")
            count.rivals += refused == 2
        if moment == "training" and chance.random() < 0.03:
            count.taken_away += take_away(folder)
        fills = chance.random() < 0.2 and moment != "starting" and is_small(folder)
        if fills:
            fill(folder, process, chance.uniform(1, 6))
            count.full += 1
        if chance.random() < 0.6 and kill_worker(process, chance):
            # The study goes on by itself; a run whose worker is killed twice fails, and is tried
            # again by the next process.
            count.workers += 1
            count.moments[moment] += 1
            if chance.random() < 0.5:
                code, said = ended(process)
                expect(code in (0, 1), f"without a worker it ended with {code}: {said}")
                finished = unchanged(finished, folder)
                if code == 0:
                    break
                continue
        number = chance.choice(_SIGNALS)
        process.send_signal(number)
        code, said = ended(process)
        count.signals[signal.Signals(number).name] += 1
        count.moments[moment] += 1
        # Before Python listens, a signal ends the process as it ends any; it may also be over.
        # On a full disk it may have ended by itself, after it kept what was finished.
        expected = (0, 128 + number, -number, *((2,) if fills else ()))
        expect(code in expected, f"{number} ended it with {code}: {said}")
        finished = unchanged(finished, folder)
    code, said = ended(start(case, folder))
    if code == 1 and count.workers:  # what failed without its worker is tried again
        code, said = ended(start(case, folder))
    expect(code == 0, f"ended with {code}: {said}")
    unchanged(finished, folder)


def unchanged(finished: dict[str, str], folder: Path) -> dict[str, str]:
    """Check that what was finished was not done again; return what is finished now."""
    now = dict(stamps(folder))
    for name, stamp in finished.items():
        expect(now.get(name) == stamp, f"{name} was finished, and was done again")
    return now


def wait_for_moment(
    case: Case, process: subprocess.Popen[bytes], folder: Path, chance: random.Random
) -> str:
    """Wait until the moment to end a process; say what it is doing then, as far as can be seen."""
    kind = chance.random()
    if kind < 0.1:
        return waited(process, chance.uniform(0, 8), "starting")
    started = since = time.time()
    while time.time() - since < _LONGEST:
        if process.poll() is not None:
            return "over"
        begins = kind < 0.25 or not case.has_checkpoints
        if begins and is_training(folder, started):  # networks are built and compiled
            return waited(process, chance.expovariate(1 / 2.0), "beginning to train")
        if not begins and newest_checkpoint(folder) > started:
            return waited(process, chance.expovariate(1 / 0.5), "training")
        time.sleep(0.01)
    raise AssertionError("it does not begin to train")


def kill_worker(process: subprocess.Popen[bytes], chance: random.Random) -> bool:
    """Kill one of a process's workers; say whether it has any."""
    try:
        listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    except OSError:  # it has ended; or the system has no such files
        return False
    if not listed:
        return False
    with suppress(ProcessLookupError):
        os.kill(int(chance.choice(listed)), signal.SIGKILL)
    return True


def is_small(folder: Path) -> bool:
    """Return whether a folder is on a file system that can be filled."""
    return shutil.disk_usage(folder).total < _SMALL


def fill(folder: Path, process: subprocess.Popen[bytes], seconds: float) -> None:
    """Leave no room on a disk for so long, or until a process has ended."""
    ballast = folder.parent / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    waited(process, seconds, "")
    ballast.unlink()


def newest_checkpoint(folder: Path) -> float:
    """Return when the last checkpoint of a study was written; 0 if there is none."""
    times = [0.0]
    for path in folder.rglob("checkpoint-*.npz"):
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


def is_training(folder: Path, started: float) -> bool:
    """Return whether a process that was started then says that it trains a run of a study."""
    try:
        content = json.loads((folder / "progress.json").read_text())
        there = content["running"] or any(each["running"] for each in content["searches"])
        return bool(there) and (folder / "progress.json").stat().st_mtime > started
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
    """Yield the finished runs and trials of a study, each with what shows that it is unchanged."""
    for record in sorted(folder.glob("*/seed-*/run.json")):
        if json.loads(record.read_text())["status"] == "finished":
            digest = hashlib.sha256()
            for path in sorted(record.parent.iterdir()):
                if not path.name.startswith((".tmp-", "checkpoint-")):
                    digest.update(f"{path.name} {path.stat().st_mtime_ns}".encode())
                    digest.update(path.read_bytes())
            yield str(record.parent.relative_to(folder)), digest.hexdigest()
    for record in sorted(folder.glob("search/*/trial-*/trial.json")):
        if json.loads(record.read_text())["status"] != "failed":
            yield str(record.relative_to(folder)), f"{record.stat().st_mtime_ns}"


def results(folder: Path) -> dict[str, Any]:
    """Return what must be the same of a study's runs and trials, by the folder of each."""
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
    for record in sorted(folder.glob("search/*/trial-*/trial.json")):
        told = json.loads(record.read_text())
        names = ("key", "values", "status", "valid_accuracies", "best_epoch")
        kept = {name: told[name] for name in names}
        found[str(record.parent.relative_to(folder))] = (None, None, kept)
    return found


def compare(case: Case, folder: Path, whole: dict[str, Any], count: Count) -> None:
    """Compare a study with the one that nobody killed, and look for what must not be there."""
    here = results(folder)
    expect(len(here) == len(whole), f"runs {sorted(here)}, not {sorted(whole)}")
    # Which seeds are added at a look depends on the seconds that runs took.
    names = here.keys() & whole.keys() if case.options.get("until_settled") else whole.keys()
    for name in sorted(names):
        arrays, rows, kept = here[name]
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
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--place", type=Path, help="a folder on the file system to write to")
    given = parser.parse_args()
    cases = {name: CASES[name] for name in given.cases}
    with tempfile.TemporaryDirectory(dir=given.place) as place:
        count = torture(given.kills, given.seed, Path(place), 60 * given.minutes, cases)
    print(count.table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
