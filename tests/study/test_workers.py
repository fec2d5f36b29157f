"""A study trained in several processes is the study of one, whatever happens to the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cotejo.config import StudyConfig
from cotejo.errors import ConfigError, OutputError
from cotejo.platform import own_cores
from cotejo.store import (
    StudyFolder,
    checkpoint_files,
    locked,
    read_readings,
    read_trial,
    trial_folder,
)
from cotejo.study import Study
from cotejo.study.events import BatchEnded, RunFinished, RunStarted, TestRead
from cotejo.study.executors import crew
from cotejo.study.executors.away import own_folder, seldom
from cotejo.study.executors.crew import shares
from cotejo.study.executors.placing import Place, taken
from cotejo.study.executors.turns import Turns
from cotejo.study.executors.workers import _Shift
from cotejo.study.planning import RunOptions, make_plan
from cotejo.study.progress import Observer
from tiny import TINY

STUDY = {
    "data": "digits",
    "seeds": 2,
    "base": {**TINY, "epochs": 1},
    "alternative": [
        {"name": "plain"},
        {"name": "part", "train_fraction": 0.5},
        {"name": "longer", "start_from": "plain", "learning_rate": 1e-4},
    ],
}
SEVERAL = min(2, len(own_cores()))


class Listener(Observer):
    """Keeps which runs began, where, and how they ended."""

    def __init__(self):
        self.started, self.places, self.ended = [], {}, {}

    def run_placed(self, run, place):
        self.places[run.id] = place

    def run_started(self, run):
        self.started.append(run.id)

    def run_finished(self, run, metrics):
        self.ended[run.id] = "finished"

    def run_failed(self, run, reason):
        self.ended[run.id] = str(reason)


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    return Study(StudyConfig.parse(STUDY)).run(out=tmp_path_factory.mktemp("serial") / "out")


@pytest.fixture
def started(monkeypatch):
    """Return the workers that are started."""
    all_of_them = []
    begin = crew.Worker.__init__

    def recorded(self, *arguments):
        begin(self, *arguments)
        all_of_them.append(self)

    monkeypatch.setattr(crew.Worker, "__init__", recorded)
    return all_of_them


def equal(ours: Path, theirs: Path, runs, tolerance=0.0):
    for name, seed in runs:
        mine, other = StudyFolder(ours).run(name, seed), StudyFolder(theirs).run(name, seed)
        assert mine.is_finished
        assert mine.key == other.key
        assert mine.record["test_reads"] == other.record["test_reads"]
        for array, values in other.predictions.items():
            np.testing.assert_allclose(mine.predictions[array], values, rtol=0, atol=tolerance)


def test_one_worker_with_all_cores_gives_the_same_to_the_last_bit(
    serial, started, tmp_path, monkeypatch
):
    # What lies in the current folder is not imported in place of Python's own.
    (tmp_path / "queue.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path, ""])  # as in a notebook
    listener = Listener()
    study = Study(StudyConfig.parse({**STUDY, "seeds": 1}))
    result = study.run(out=tmp_path / "out", workers=1, observer=listener)
    runs = [run.id for run in result.finished]
    assert runs == [("plain", 1), ("part", 1), ("longer", 1)]
    equal(result.folder, serial.folder, runs)
    assert set(listener.places.values()) == {"1"}
    assert len(started) == 1
    assert started[0].process.returncode == 0
    # Nothing is left of what the workers needed.
    assert not [path for path in result.folder.iterdir() if path.name.startswith(".tmp-")]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_a_worker_that_is_killed_costs_its_run_one_more_try(serial, started, tmp_path, monkeypatch):
    give, killed = crew.Worker.give, []

    def deadly(self, job, readings):
        give(self, job, readings)
        run = job.run.id
        if run == ("part", 1) or (run == ("plain", 2) and run not in killed):
            killed.append(run)
            self.process.kill()

    monkeypatch.setattr(crew.Worker, "give", deadly)
    listener = Listener()
    study = Study(StudyConfig.parse(STUDY))
    result = study.run(out=tmp_path / "out", workers=SEVERAL, observer=listener)
    assert sorted(killed) == [("part", 1), ("part", 1), ("plain", 2)]
    assert [run.id for run in result.failed] == [("part", 1)]
    assert "its process ended 2 times" in listener.ended["part", 1]
    assert "SIGKILL" in listener.ended["part", 1]
    assert sorted(listener.started) == sorted(run.id for run in [*result.finished, *result.failed])
    failed = StudyFolder(result.folder).run("part", 1)
    assert failed.record["status"] == "failed"
    assert "SIGKILL" in (failed.path / "log.txt").read_text()
    runs = [run.id for run in result.finished]
    assert len(runs) == 5
    cores = {StudyFolder(result.folder).run(*run).record["machine"]["cores"] for run in runs}
    assert cores == {len(own_cores()) // SEVERAL}
    # Other numbers of cores may round otherwise.
    equal(result.folder, serial.folder, runs, tolerance=1e-4)
    assert len(read_readings(result.folder)) == 5
    assert len(started) == SEVERAL + 3
    assert all(worker.process.returncode is not None for worker in started)


def test_one_crew_trains_all_rounds_of_a_search_and_the_runs_after_it(started, tmp_path):
    pytest.importorskip("optuna", reason="a search needs Optuna")
    search = {"name": "tuned", "trials": 3, "at_once": 1, "learning_rate": [1e-3, 1e-2]}
    study = Study(StudyConfig.parse({**STUDY, "seeds": 1, "search": [search]}))
    result = study.run(out=tmp_path / "out", workers=1)
    assert len(result.finished) == 4
    trials = [read_trial(trial_folder(result.folder, "tuned", number)) for number in (1, 2, 3)]
    assert [trial["status"] for trial in trials] == ["finished"] * 3
    assert len(started) == 1
    assert started[0].process.returncode == 0
    assert not [path for path in result.folder.iterdir() if path.name.startswith(".tmp-")]


@pytest.fixture
def deaf():
    """Ignore the signal by which workers are stopped, as they then do, too, unless they mend it."""
    heard = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGTERM, heard)


def test_a_study_that_is_stopped_leaves_no_process_and_its_runs_go_on(started, tmp_path, deaf):
    stopped = []

    class Stopping(Observer):
        def epoch_ended(self, run, row):
            if row["epoch"] == 3:
                stopped.append(run.seed)
                raise KeyboardInterrupt

    def study(*seeds):
        content = {
            "data": "digits",
            "seeds": list(seeds),
            "base": {"epochs": 6, "model": "mlp", "batch_size": 10},
            "alternative": [{"name": "plain"}],
            "checkpoint_minutes": 0.005,
        }
        return Study(StudyConfig.parse(content))

    with pytest.raises(KeyboardInterrupt):
        study(1, 2).run(out=tmp_path, workers=SEVERAL, observer=Stopping())
    assert len(started) == SEVERAL
    assert all(worker.process.returncode is not None for worker in started)
    (seed,) = stopped
    run = StudyFolder(tmp_path).run("plain", seed)
    assert any(checkpoint_files(run.path))
    assert study(seed).run(out=tmp_path, workers=1).finished
    assert StudyFolder(tmp_path).run("plain", seed).record["resumed"][0]["epoch"] >= 3


def test_a_stop_while_workers_still_start_leaves_no_process(started, tmp_path):
    class Stopping(Observer):
        def run_started(self, run):
            raise KeyboardInterrupt

    study = Study(StudyConfig.parse(STUDY))
    with pytest.raises(KeyboardInterrupt):
        study.run(out=tmp_path / "out", workers=SEVERAL, observer=Stopping())
    assert started
    assert all(worker.process.returncode is not None for worker in started)


def test_a_worker_that_can_not_start_ends_the_study_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "nothing")
    with pytest.raises(Exception, match="nothing") as raised:
        Study(StudyConfig.parse(STUDY)).run(out=tmp_path / "out", workers=1)
    assert type(raised.value).__name__ == "BackendError"


def test_what_can_not_be_is_refused_in_one_line(tmp_path):
    study = Study(StudyConfig.parse(STUDY))
    for options, words in (
        ({"workers": 0}, "from 1 to"),
        ({"workers": 10_000}, "from 1 to"),
        ({"workers": 1, "executor": "ray"}, "leave one of the two out"),
        ({"workers": 1, "deadline": 10.0}, "timed in this process"),
        ({"executor": "slurm"}, "no executor slurm"),
    ):
        with pytest.raises(ConfigError) as raised:
            study.run(out=tmp_path / "out", **options)
        assert words in str(raised.value)
        assert "\n" not in str(raised.value)
    assert not (tmp_path / "out").exists()


@pytest.fixture
def plan(tmp_path, digits):
    options = RunOptions(out=tmp_path / "plan", dataset=digits)
    return make_plan(StudyConfig.parse(STUDY), options, Observer())


def test_a_plan_is_placed_once_and_taken_as_it_was(plan, digits):
    place = Place()
    content = place.put(plan)
    assert content.path.stat().st_size >= digits.train.images.nbytes
    assert len(content.rest) < digits.test.images.nbytes
    there = taken(content)
    assert there.keys == plan.keys
    assert there.jobs[2].parent == plan.jobs[2].parent
    np.testing.assert_array_equal(there.dataset.train.images, digits.train.images)
    assert not there.dataset.train.images.flags.writeable
    del there
    place.close()
    assert not content.path.exists()


def test_a_worker_that_ended_while_it_waited_is_replaced_before_it_gets_a_run(started, plan):
    with crew.Crew([[0]]) as workers:
        workers.employ(plan, 1)
        started[0].process.kill()
        started[0].process.wait()
        workers.employ(plan, 1)
        assert workers.workers == [started[1]]
        assert started[1].process.poll() is None
        started[1].process.kill()


class Silent:
    """A crew without processes, of which `left` is what was not heard."""

    def __init__(self, *left):
        self.worker = SimpleNamespace(
            number=1,
            job=None,
            end="SIGKILL",
            said="",
            is_ready=True,
            give=lambda job, readings: None,
        )
        self.idle = self.workers = [self.worker]
        self.messages, self.replaced = [(self.worker, each) for each in left], []

    def hear(self):
        raise KeyboardInterrupt

    def end(self, *, at_once):
        assert at_once

    def left(self):
        return self.messages

    def replace(self, worker):
        self.replaced.append(worker)


def test_what_workers_said_before_a_study_was_stopped_is_heard(plan):
    told, job = [], plan.jobs[0]
    reading = TestRead(job.run.id, job.run.key, "2026-01-01T00:00:00Z")
    batch = BatchEnded(job.run.id, 1, 1, 10)
    with pytest.raises(KeyboardInterrupt):
        _Shift(plan, [job], told.append, Silent(("event", batch), ("event", reading), None)).work()
    assert told == [RunStarted(job.run.id, "1"), reading]


def test_nothing_else_is_raised_than_what_stopped_the_work(plan):
    told, job = [], plan.jobs[0]
    reading = TestRead(job.run.id, job.run.key, "2026-01-01T00:00:00Z")

    def tell(event):
        if isinstance(event, RunFinished):
            raise OutputError("disk_full", path="runs")
        told.append(event)

    with pytest.raises(KeyboardInterrupt):
        _Shift(plan, [job], tell, Silent(("ended", None), ("event", reading))).work()
    assert told == [RunStarted(job.run.id, "1"), reading]


def test_what_a_worker_said_last_is_not_lost(plan):
    with crew.Crew([[0]]) as workers:
        workers.employ(plan, 1)
        worker, message = workers.hear()
        assert message == ("ready",)
        worker.give(plan.jobs[0], [])
        while not (plan.jobs[0].run.folder / "run.json").exists():
            time.sleep(0.05)
        workers.end(at_once=False)
        said = [message for _, message in workers.left()]
    assert said[-1] is None
    # Whether it could still say that it was done is left to chance.
    assert any(isinstance(message[-1], TestRead) for message in said[:-1])


def test_a_run_whose_worker_died_once_all_was_written_has_finished(plan, serial):
    told, crew, job = [], Silent(), plan.jobs[0]
    there = replace(job.run, folder=serial.folder / "plain" / "seed-1")
    crew.worker.job = replace(job, run=there)
    _Shift(plan, [job], told.append, crew)._ended(crew.worker)
    assert told == [RunFinished(job.run.id)]
    assert crew.replaced == [crew.worker]
    assert (there.folder / "run.json").exists()


@pytest.mark.skipif(os.name != "posix", reason="no such locks here")
def test_what_killed_processes_left_on_a_machine_is_deleted(plan, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with own_folder(plan, []) as own:
        name = own.folder.name
    left, young, going, other = (
        tmp_path / each for each in (f"{name}-left", f"{name}-young", f"{name}-going", "cotejo")
    )
    for folder in (left, young, going, other):
        folder.mkdir()
        with locked(folder):
            (folder / "checkpoint-1.npz").touch()
        if folder != young:
            os.utime(folder / ".lock", (0, 0))
    with locked(going), own_folder(plan, []) as own, own_folder(plan, []) as second:
        assert own.folder != second.folder
        there = set(tmp_path.iterdir()) - {plan.folder}
        assert there == {own.folder, second.folder, young, going, other}


def test_batches_are_told_of_seldom_and_all_else_always(monkeypatch):
    times = iter([10.0, 10.0, 10.4, 10.6, 11.1, 11.1])
    monkeypatch.setattr("time.monotonic", lambda: next(times))
    told = []
    tell = seldom(told.append, 1.0)
    batches = [BatchEnded(("a", 1), 1, step, 4) for step in range(1, 5)]
    started = RunStarted(("a", 1))
    for event in (batches[0], batches[1], started, *batches[2:]):
        tell(event)
    assert told == [batches[0], started, batches[3]]


def test_images_that_are_there_are_not_written_again(plan):
    place = Place()
    first = place.put(plan)
    with_other_config = replace(plan, config=plan.config.model_copy(update={"claims": ()}))
    second = place.put(with_other_config)
    assert (second.path, second.spans) == (first.path, first.spans)
    third = place.put(replace(plan, dataset=replace(plan.dataset, test=plan.dataset.valid)))
    assert third.path != first.path
    place.clear_old()
    assert not first.path.exists()
    with pytest.raises(FileNotFoundError):
        taken(first)
    same = taken(third).dataset
    np.testing.assert_array_equal(same.test.images, plan.dataset.valid.images)
    del same
    place.close()
    assert not third.path.exists()


def test_a_run_begins_after_the_one_that_it_starts_from(plan):
    turns = Turns(plan.jobs)
    first = [turns.take().run.id for _ in range(4)]
    assert first == [("plain", 1), ("part", 1), ("plain", 2), ("part", 2)]
    assert turns.take() is None
    turns.ended(("plain", 2))
    assert turns.take().run.id == ("longer", 2)
    turns.put_back(plan.jobs[0])
    turns.ended(("plain", 1))
    assert [turns.take().run.id for _ in range(2)] == [("longer", 1), ("plain", 1)]
    assert turns.left == 4


def test_a_worker_loads_no_backend_before_it_knows_its_cores():
    code = """
import sys
import cotejo.study.executors.ray_task, cotejo.study.executors.worker
assert not {"keras", "tensorflow", "jax", "torch"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_core_has_one_worker():
    for count in range(1, 9):
        dealt = shares(list(range(8)), count)
        assert sorted(core for cores in dealt for core in cores) == list(range(8))
        assert max(map(len, dealt)) - min(map(len, dealt)) <= 1
