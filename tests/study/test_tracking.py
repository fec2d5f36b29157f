"""A study told to trackers: what they hear, and that none of them stops or slows a training."""

from __future__ import annotations

import threading
import time

import pytest

import cotejo
from cotejo.config import StudyConfig
from cotejo.errors import TrainingError
from cotejo.store import RunFile, StudyFile, read_json
from cotejo.study import SerialExecutor, Study
from cotejo.study.events import EpochEnded, RunFailed, RunStarted
from cotejo.study.progress import Observer
from cotejo.study.tracking import Tracking
from cotejo.trackers import Tracker, Worker
from tiny import TINY

CONFIG = {
    "data": "digits",
    "seeds": 2,
    "base": {**TINY, "epochs": 1, "augment": ["flip"]},
    "alternative": [{"name": "small"}],
}


class Recorder(Tracker):
    """Keeps what it is told."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def study_started(self, study):
        self.heard.append(("study", study))

    def run_started(self, run):
        self.heard.append(("started", run))

    def epoch_ended(self, run, row):
        self.heard.append(("epoch", run, row))

    def run_finished(self, run, result):
        self.heard.append(("finished", run, result))

    def run_failed(self, run, reason):
        self.heard.append(("failed", run, reason))

    def run_killed(self, run):
        self.heard.append(("killed", run))

    def study_ended(self, status, files):
        self.heard.append(("ended", status, files))

    @property
    def events(self):
        return [event for event, *_ in self.heard]


class Raising(Tracker):
    """Is down."""

    calls = 0

    def study_started(self, study):
        raise ConnectionError("no route to host")

    def run_started(self, run):
        self.calls += 1
        raise SystemExit(3)

    def epoch_ended(self, run, row):
        raise RuntimeError("again")


class Sleeping(Tracker):
    """Does not answer, until the test is over."""

    def __init__(self):
        super().__init__()
        self.awake = threading.Event()

    def study_started(self, study):
        self.awake.wait()


class Listening(Observer):
    """Keeps what an observer hears of trackers."""

    def __init__(self):
        self.places, self.troubles, self.awaited = [], [], []

    def tracked(self, tracker, place):
        self.places.append((tracker, place))

    def tracking_failed(self, tracker, reason):
        self.troubles.append(str(reason))

    def tracking_awaited(self, tracker, seconds):
        self.awaited.append(tracker)


class StopsIn(SerialExecutor):
    """Is stopped in the second run, after its epoch."""

    def execute(self, plan, jobs, emit):
        super().execute(plan, jobs[:1], emit)
        run = jobs[1].run
        emit(RunStarted(run.id))
        run.folder.mkdir(parents=True)
        emit(EpochEnded(run.id, {"epoch": 1, "train_loss": 1.0, "seconds": 1.0}))
        raise KeyboardInterrupt


class Fails(SerialExecutor):
    """Fails in all that is left, as runs whose worker is lost."""

    def execute(self, plan, jobs, emit):
        for job in jobs:
            emit(RunFailed(job.run.id, TrainingError("end_unknown")))


def test_a_study_that_is_stopped_and_continued_and_the_trackers_that_are_down(tmp_path):
    study, out = Study(StudyConfig.parse(CONFIG)), tmp_path / "study"
    first, raising, sleeping, listening = Recorder(), Raising(), Sleeping(), Listening()
    with (
        pytest.raises(KeyboardInterrupt),
        Tracking([first, raising, sleeping], seconds=0.2) as tracking,
    ):
        study.run(out=out, observer=listening, executor=StopsIn(), track=tracking)
    assert first.events == [
        "study", "started", "epoch", "finished", "started", "epoch", "killed", "ended",
    ]  # fmt: skip
    assert first.heard[-1][1] == "killed"
    run, result = first.heard[3][1:]
    assert (run.name, run.seed, run.settings["augment"]) == ("small/seed-1", 1, '["flip"]')
    assert {RunFile.MODEL, RunFile.METRICS} <= {path.name for path in result.files}
    assert result.scalars["final/test_accuracy"] == result.metrics["test"]["accuracy"]
    # Three errors, one after the other, and it was told nothing more: 5 more were not tried.
    assert raising.calls == 1
    failed, late = listening.troubles
    assert failed == "Raising: 8 of 8 messages did not arrive (ConnectionError: no route to host)."
    assert late == "Sleeping: 8 of 8 messages had not arrived after 0 s, and were given up."

    # What is finished is not told again, and what was left is known under the same id.
    second = Recorder()
    result = study.run(out=out, track=[second])
    assert len(result.finished) == 2
    assert second.events == ["study", "killed", "started", "epoch", "finished", "ended"]
    killed, again = second.heard[1][1], second.heard[2][1]
    assert killed.id == again.id == first.heard[4][1].id != run.id
    assert second.heard[0][1].id == first.heard[0][1].id
    assert second.heard[-1][1] == "finished"
    assert {"summary.csv", "runs.csv"} <= {path.name for path in second.heard[-1][2]}
    assert read_json(out / StudyFile.TRACKING)["id"] == first.heard[0][1].id

    # Nothing is left to do; then everything fails, with other settings, which are other runs.
    third = Recorder()
    study.run(out=out, track=[third])
    assert third.events == ["study", "ended"]
    other = Study(StudyConfig.parse(CONFIG | {"base": CONFIG["base"] | {"epochs": 2}}))
    fourth = Recorder()
    other.run(out=out, executor=Fails(), track=[fourth])
    assert fourth.events == ["study", "started", "failed", "started", "failed", "ended"]
    assert fourth.heard[-1][1] == "failed"
    assert fourth.heard[1][1].id != run.id
    sleeping.awake.set()


def test_without_trackers_nothing_is_written_and_the_observer_is_the_same(tmp_path):
    class Plan:
        folder = tmp_path

    observer = Observer()
    with Tracking().following(Plan(), observer) as following:
        assert following is observer
    assert not list(tmp_path.iterdir())


def test_one_that_is_far_behind_loses_epochs_first(monkeypatch):
    monkeypatch.setattr("cotejo.trackers.worker._MOST_EPOCHS", 3)
    monkeypatch.setattr("cotejo.trackers.worker._MOST", 5)
    sleeping = Sleeping()
    worker = Worker("slow", sleeping)
    worker.tell("study_started", None)
    while worker.waits:  # until it sleeps
        time.sleep(0.001)
    for number in range(4):
        worker.tell("epoch_ended", None, {"epoch": number}, may_be_left_out=True)
    for _ in range(3):
        worker.tell("run_finished", None, None)
    sleeping.awake.set()
    assert str(worker.close(seconds=60)) == "slow was too slow: 2 of 8 messages were left out."


def test_epochs_from_before_an_interruption_are_told(tmp_path):
    from types import SimpleNamespace

    from cotejo.study.tracking import _Follower

    worker, told = SimpleNamespace(name="mine", tracker=Recorder()), []
    worker.tell = lambda event, *values, **_: told.append((event, *values))
    run = SimpleNamespace(
        id=("a", 1), alternative="a", seed=1, key="k", folder=tmp_path / "seed-1", epochs=3,
        parameters=9,
    )  # fmt: skip
    follower = _Follower(None, [worker], Observer())
    follower.run_started(run)
    follower.run_resumed(run, 3, [{"epoch": 1}, {"epoch": 2}])
    follower.epoch_ended(run, {"epoch": 3})
    assert [values[-1]["epoch"] for event, *values in told[1:]] == [1, 2, 3]


def test_compare_takes_trackers(tmp_path):
    recorder = Recorder()
    cotejo.compare(
        {"small": "mlp"},
        data="digits",
        seeds=1,
        epochs=1,
        out=tmp_path / "study",
        observer=Observer(),
        track=[recorder, f"jsonl:{tmp_path}/lines.jsonl"],
    )
    assert recorder.events == ["study", "started", "epoch", "finished", "ended"]
    assert len((tmp_path / "lines.jsonl").read_text().splitlines()) == 5


def test_trials_of_a_search_are_told_as_runs(tmp_path):
    pytest.importorskip("optuna")
    search = {"name": "tuned", "trials": 2, "learning_rate": {"low": 1e-4, "high": 1e-2}}
    config = StudyConfig.parse(CONFIG | {"seeds": 1, "search": [search]})
    recorder, lines = Recorder(), tmp_path / "lines.jsonl"
    track = [recorder, f"jsonl:{lines}"]
    Study(config).run(out=tmp_path / "study", track=track)
    started = [run.name for event, run, *_ in recorder.heard if event == "started"]
    assert started[:2] == ["search/tuned/trial-1", "search/tuned/trial-2"]
    assert sorted(started[2:]) == ["small/seed-1", "tuned/seed-1"]
    assert recorder.events[0] == "study"
    assert recorder.events.count("finished") == 4
    trial = next(run for event, run, *_ in recorder.heard if event == "started")
    assert trial.seed is None
    assert 1e-4 <= trial.settings["learning_rate"] <= 1e-2
    assert len(lines.read_text().splitlines()) == len(recorder.heard)
    # Continued, they are not told again.
    again = Recorder()
    Study(config).run(out=tmp_path / "study", track=[again])
    assert again.events == ["study", "ended"]
