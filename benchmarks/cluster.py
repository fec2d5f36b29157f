"""What the executor on Ray costs beside the trainings: a simulated cluster and 500 short runs.

    python benchmarks/cluster.py --runs 500 --nodes 8 --kills 20

Several Ray nodes are simulated on this machine. A run is a stand-in: it takes a moment and returns
the files of one real training, named as its own. So what is measured is Ray, the way back of the
files, their checks, and their writing by the study. Processes that train are killed meanwhile; no
run may be lost, and each must be finished once.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import ray
from ray.cluster_utils import Cluster

from cotejo.config import StudyConfig
from cotejo.store import RunFile, RunFolder, now
from cotejo.store.files import json_content, parse_json
from cotejo.study import Study
from cotejo.study.events import RunStarted, TestRead
from cotejo.study.execution import announce, train_missing
from cotejo.study.executors.crate import Crate, packed
from cotejo.study.executors.on_ray import RayExecutor
from cotejo.study.journal import journalled
from cotejo.study.planning import RunOptions, make_plan, settle
from cotejo.study.progress import Observer


class Clock(Observer):
    """Keeps when runs began and ended."""

    def __init__(self) -> None:
        self.began: list[float] = []
        self.ended: list[float] = []
        self.failed: list[str] = []

    def run_started(self, run: Any) -> None:
        """A run began."""
        self.began.append(time.perf_counter())

    def run_finished(self, run: Any, metrics: Any) -> None:
        """A run finished."""
        self.ended.append(time.perf_counter())

    def run_failed(self, run: Any, reason: Any) -> None:
        """A run failed."""
        self.failed.append(str(reason))


def config(seeds: int) -> StudyConfig:
    base = {"model": "cnn3", "epochs": 1, "precision": "float32"}
    alternative = [{"name": "plain"}]
    return StudyConfig.parse(
        {"data": "digits", "seeds": seeds, "base": base, "alternative": alternative}
    )


def stand_in(files: dict[str, bytes], seconds: float) -> Any:
    """Return a function that takes the place of a training and returns these files."""

    def train(
        terms: Any,
        job: Any,
        parent: Any,
        checkpoints: Any,
        readings: Any,
        tell: Any,
        keep: Any,
        node: str,
    ) -> Crate:
        tell(RunStarted(job.run.id, node))
        record = parse_json(files[RunFile.RECORD], Path(RunFile.RECORD))
        record |= {"key": job.run.key, "seed": job.run.seed}
        record.pop("seal", None)
        when = now()
        own = {**files, RunFile.RECORD: json_content(record)}
        read = TestRead(job.run.id, job.run.key, when)
        tell(read)
        time.sleep(seconds)
        return Crate(None, own, (read.reading,))

    return train


def workers() -> list[int]:
    """Return the processes of this user's simulated nodes that train a run now."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().startswith(b"ray::task"):
                found.append(int(path.parent.name))
        except OSError:  # it has ended
            continue
    return found


def kill(count: int, pause: float, done: threading.Event) -> None:
    chosen = random.Random(0)  # noqa: S311
    while count and not done.wait(pause):
        if found := workers():
            try:
                os.kill(chosen.choice(found), signal.SIGKILL)
            except ProcessLookupError:
                continue
            count -= 1
    print(f"kills left: {count}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--nodes", type=int, default=8)
    parser.add_argument("--slots", type=int, default=1, help="runs at once on a node")
    parser.add_argument("--seconds", type=float, default=0.0, help="that a run takes")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two kills")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cotejo-cluster-") as place:
        result = Study(config(1)).run(out=Path(place) / "one")
        files = packed(RunFolder(result.finished[0].folder).path)
        size = sum(map(len, files.values()))
        options = RunOptions(out=Path(place) / "many")
        plan = settle(make_plan(config(asked.runs), options, Observer()), Observer())
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
        for _ in range(asked.nodes):
            cluster.add_node(num_cpus=asked.slots, object_store_memory=100 * 2**20)
        clock, done = Clock(), threading.Event()
        threading.Thread(target=kill, args=(asked.kills, asked.pause, done), daemon=True).start()
        executor = RayExecutor(cluster.address, cores=1, train=stand_in(files, asked.seconds))
        with journalled(plan.folder, clock, elsewhere=True) as observer:
            announce(plan, observer)
            started, used = time.perf_counter(), time.process_time()
            ended = train_missing(plan, executor, observer, timed=False)
        done.set()
        whole, used = time.perf_counter() - started, time.process_time() - used
        finished = [RunFolder(run.folder) for run in ended.finished]
        assert all(run.is_finished for run in finished)  # noqa: S101
        span = clock.ended[-1] - clock.began[0]
        print(f"runs: {len(finished)} finished, {len(ended.failed)} failed; {size:,} bytes each")
        print(f"from the first start to the last end: {span:.1f} s, with connecting {whole:.1f} s")
        slots = asked.nodes * asked.slots
        each = 1000 * (span / asked.runs - asked.seconds / slots)
        gap = 1000 * (median(later - ended for ended, later in pairwise(clock.ended)))
        print(f"beside the trainings, with starts and kills: {each:.1f} ms a run")
        print(f"median time from one end to the next: {gap:.1f} ms")
        print(f"of the study's own process: {1000 * used / asked.runs:.1f} ms of processor a run")
        ray.shutdown()
        cluster.shutdown()


if __name__ == "__main__":
    main()
