"""Whoever carries out the jobs of a study, the study is the same."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from cotejo.config import StudyConfig
from cotejo.errors import OutputError, TrainingError
from cotejo.store import RunFile, StudyFile, StudyFolder, read_csv
from cotejo.study import SerialExecutor, Study
from cotejo.study.events import (
    BatchEnded,
    EpochEnded,
    RunFailed,
    RunFinished,
    RunStarted,
    WaitingToWrite,
)
from cotejo.study.planning import RunOptions, make_plan
from cotejo.study.progress import Observer
from cotejo.study.run import train_run
from listening import Listener
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
REASON = TrainingError("loss_not_finite", epoch=1, learning_rate=0.1)
EVENTS = [
    RunStarted(("plain", 1)),
    BatchEnded(("plain", 1), 1, 2, 3),
    EpochEnded(("plain", 1), {"epoch": 1, "valid_loss": None}),
    WaitingToWrite(("plain", 1), OutputError("cannot_write", path=Path("a"), reason="full")),
    RunFinished(("plain", 1)),
    RunFailed(("plain", 1), REASON),
]


class Backwards:
    """Trains the last seed first, and sends each event through pickle, as another machine would."""

    def execute(self, plan, jobs, emit):
        def send(event):
            emit(pickle.loads(pickle.dumps(event)))

        for job in sorted(jobs, key=lambda job: (-job.run.seed, job.parent is not None)):
            send(RunStarted(job.run.id))
            assert train_run(plan, job, send) is None
            send(RunFinished(job.run.id))


class Broken:
    """Loses the machine of one alternative, and trains the others."""

    def execute(self, plan, jobs, emit):
        for job in jobs:
            if job.run.alternative == "part":
                emit(RunStarted(job.run.id))
                emit(RunFailed(job.run.id, REASON))
            else:
                SerialExecutor().execute(plan, [job], emit)


class Checking(Listener):
    """Checks what is there when a run has ended."""

    def run_finished(self, run, metrics):
        assert 0 <= metrics["test"]["accuracy"] <= 1
        assert self.status_of(run) == "finished"
        super().run_finished(run, metrics)

    def status_of(self, run):
        """Return what ``runs.csv`` says of a run that has just ended."""
        rows = read_csv(run.folder.parent.parent / "runs.csv")
        (row,) = (row for row in rows if (row["alternative"], int(row["seed"])) == run.id)
        return row["status"]


def run(folder, **options):
    return Study(StudyConfig.parse(STUDY)).run(out=folder, **options)


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    return run(tmp_path_factory.mktemp("serial") / "out")


def ids(runs):
    return [run.id for run in runs]


def test_another_order_gives_the_same_results(serial, tmp_path):
    listener = Checking()
    result = run(tmp_path / "out", executor=Backwards(), observer=listener)
    first = [("started", "plain", 2), ("epoch", "plain", 2, 1), ("finished", "plain", 2)]
    assert listener.calls[:3] == first
    assert ids(result.finished) == ids(serial.finished)
    assert not result.failed
    ours, theirs = StudyFolder(result.folder), StudyFolder(serial.folder)
    for alternative, seed in ids(serial.finished):
        mine, other = ours.run(alternative, seed), theirs.run(alternative, seed)
        assert mine.key == other.key
        assert mine.metrics == other.metrics
        np.testing.assert_equal(mine.predictions, other.predictions)
    # What it left is whole: nothing is left to train.
    again = Checking()
    run(result.folder, observer=again)
    assert again.calls == []


def test_a_run_that_an_executor_loses_is_told_of_and_tried_again(tmp_path):
    listener = Checking()
    study = Study(StudyConfig.parse({**STUDY, "seeds": 1}))
    result = study.run(out=tmp_path / "out", executor=Broken(), observer=listener)
    assert ids(result.failed) == [("part", 1)]
    assert ("failed", "part", 1, REASON.key) in listener.calls
    assert ids(result.finished) == [("plain", 1), ("longer", 1)]
    again = Checking()
    result = study.run(out=tmp_path / "out", observer=again)
    assert not result.failed
    assert [call for call in again.calls if call[0] == "started"] == [("started", "part", 1)]


def test_an_executor_that_forgets_a_run_is_found_out(tmp_path):
    class Forgetful:
        def execute(self, plan, jobs, emit):
            SerialExecutor().execute(plan, jobs[:1], emit)

    listener = Checking()
    result = run(tmp_path / "out", executor=Forgetful(), observer=listener)
    assert ids(result.finished) == [("plain", 1)]
    assert len(result.failed) == 5
    failures = [call for call in listener.calls if call[0] == "failed"]
    assert [call[1:3] for call in failures] == ids(result.failed)
    assert {call[3] for call in failures} == {"end_unknown"}
    # What is there is looked at as ever.
    assert (result.folder / StudyFile.ERROR_ANALYSIS).is_file()


def test_what_the_observer_raises_ends_the_execution(tmp_path):
    class Impatient(Observer):
        def batch_ended(self, run, epoch, step, steps):
            raise KeyboardInterrupt

    folder = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(folder, observer=Impatient())
    log = (StudyFolder(folder).run("plain", 1).path / "log.txt").read_text()
    assert log.endswith("stopped\n")


def test_an_error_of_the_observer_ends_the_study_and_fails_no_run(tmp_path):
    class Faulty(Observer):
        def epoch_ended(self, run, row):
            raise ValueError("a mistake in the observer") from KeyError("its cause")

    folder = tmp_path / "out"
    with pytest.raises(ValueError, match="a mistake in the observer") as raised:
        run(folder, observer=Faulty())
    assert isinstance(raised.value.__cause__, KeyError)
    assert not (StudyFolder(folder).run("plain", 1).path / RunFile.RECORD).exists()
    assert not (folder / "part").exists()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_events_travel(event):
    there = pickle.loads(pickle.dumps(event))
    if hasattr(event, "reason"):
        assert str(there.reason) == str(event.reason)
        assert type(there.reason) is type(event.reason)
        assert there.run == event.run
    else:
        assert there == event


def test_a_plan_says_all_that_its_jobs_need(tmp_path, digits):
    options = RunOptions(out=tmp_path / "out", dataset=digits)
    plan = make_plan(StudyConfig.parse(STUDY), options, Observer())
    assert [job.run.id for job in plan.jobs] == [
        (name, seed) for seed in (1, 2) for name in ("plain", "part", "longer")
    ]
    parents = {job.run.id: job.parent.id for job in plan.jobs if job.parent is not None}
    assert parents == {("longer", 1): ("plain", 1), ("longer", 2): ("plain", 2)}
    assert not plan.final
    sent = pickle.loads(pickle.dumps(plan))
    assert sent.keys == plan.keys
    assert sent.dataset.fingerprint == digits.fingerprint
