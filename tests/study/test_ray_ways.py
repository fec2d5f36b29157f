"""The three ways in which what a task leaves comes to the study's folder; without Ray itself."""

from __future__ import annotations

import shutil
import signal
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from cotejo.config import StudyConfig
from cotejo.errors import OutputError
from cotejo.store import CHECKPOINTS, RunFolder, StudyFile
from cotejo.study import Study
from cotejo.study.events import BatchEnded, CheckpointWritten, RunStarted, TestRead
from cotejo.study.executors.between import fetched, opened
from cotejo.study.executors.conditions import conditions
from cotejo.study.executors.crate import Crate, unpacked
from cotejo.study.executors.needs import measured
from cotejo.study.executors.ray_cluster import connected
from cotejo.study.executors.ray_task import CHECKPOINT, Terms, train_there
from cotejo.study.executors.shared import announced, job_there
from cotejo.study.planning import RunOptions, make_plan
from cotejo.study.progress import Observer

STUDY = {
    "data": "digits",
    "base": {"model": "mlp", "epochs": 1, "precision": "float32", "train_fraction": 0.1},
    "alternative": [{"name": "plain"}],
    "checkpoint_minutes": 1e-9,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return Study(StudyConfig.parse(STUDY)).run(out=tmp_path_factory.mktemp("whole") / "out").folder


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no such signal here")
@pytest.mark.parametrize("address", [None, "192.0.2.1:6379"])
def test_what_closes_a_terminal_is_heard_by_the_study_alone(address, monkeypatch):
    """The processes of a cluster that it starts would end before the tasks wrote checkpoints."""
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    numbers = (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM)
    usual = {number: signal.getsignal(number) for number in numbers}

    def heard(number, frame):
        """Stop, as a study does."""

    signal.signal(signal.SIGHUP, heard)
    before = [signal.getsignal(number) for number in numbers]
    inherited = []

    def init(**options):
        inherited.extend(map(signal.getsignal, numbers))
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as Ray takes it

    ray = SimpleNamespace(is_initialized=lambda: False, init=init, shutdown=lambda: None)
    try:
        with connected(ray, address):
            # Nobody hears SIGQUIT here, which ends this process with all that it started.
            assert inherited == [heard if address else signal.SIG_IGN, *before[1:]]
            assert [signal.getsignal(number) for number in numbers] == before
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("way", ["apart", "in one folder", "between"])
def test_a_run_comes_whole_whichever_way(way, whole, tmp_path):
    if way == "between":
        pytest.importorskip("fsspec", reason="fsspec is not installed: pip install '.[ray]'")
    plan = make_plan(StudyConfig.parse(STUDY), RunOptions(out=tmp_path / "out"), Observer())
    (job,) = plan.jobs
    events, kept = [], {}
    place = (tmp_path / "place").as_uri() if way == "between" else None
    with announced(plan.folder) as shared, opened(place) as between:
        if way != "in one folder":
            shared = replace(shared, token="0" * 32)
        terms = Terms(plan, conditions(["float32"]), shared, between)
        crate = train_there(terms, job, None, {}, [], events.append, kept.__setitem__, "node")
        if way == "between":
            with fetched(kept[1]) as files:
                assert files.keys() == {CHECKPOINT}
            assert not crate.files
            with fetched(crate.parcel) as files:
                crate = replace(crate, files=files)
        elif way == "in one folder":
            assert not kept
            assert not crate.files
        else:
            assert isinstance(kept[1], bytes)
        assert crate.is_in_place == (way == "in one folder")
        assert crate.reason is None
        assert unpacked(crate, plan, job, events.append) is None
    kinds = {type(event) for event in events}
    assert kinds >= {RunStarted, BatchEnded, TestRead}
    assert CheckpointWritten not in kinds
    ours, theirs = RunFolder(job.run.folder), RunFolder(whole / "plain" / "seed-1")
    assert ours.is_finished
    assert ours.listed.keys() == theirs.listed.keys()
    for name, values in theirs.predictions.items():
        np.testing.assert_array_equal(ours.predictions[name], values)
    # The reading is told of, and left to the process that has locked the study's folder.
    assert [reading["key"] for reading in crate.readings] == [job.run.key]
    assert not (plan.folder / StudyFile.TEST_READS).exists()
    assert not (plan.folder / StudyFile.SHARED).exists()
    assert not list(tmp_path.rglob(CHECKPOINTS))
    assert not any((tmp_path / "place").glob("*"))


def test_what_lies_in_a_shared_folder_counts_if_it_is_whole(whole, tmp_path):
    out = shutil.copytree(whole, tmp_path / "out")
    plan = make_plan(StudyConfig.parse(STUDY), RunOptions(out=out), Observer())
    (job,) = plan.jobs
    crate = Crate(None, {}, is_in_place=True)
    assert unpacked(crate, plan, job, print) is None
    other = replace(job, run=replace(job.run, key="0" * 64))
    with pytest.raises(OutputError, match="not as it was written"):
        unpacked(crate, plan, other, print)
    (job.run.folder / "predictions.npz").write_bytes(b"damaged")
    with pytest.raises(OutputError, match="not as it was written"):
        unpacked(crate, plan, job, print)
    with announced(out) as shared:
        assert shared.is_here
        assert not replace(shared, token="0" * 32).is_here
        assert not replace(shared, path=tmp_path).is_here
        there = job_there(job, plan, replace(shared, path=tmp_path / "there"))
        assert there.run.folder == tmp_path / "there" / "plain" / "seed-1"
    assert not shared.is_here


def test_a_machine_with_the_folder_puts_nothing_where_it_is_lost(whole, tmp_path):
    out = shutil.copytree(whole, tmp_path / "out")
    plan = make_plan(StudyConfig.parse(STUDY), RunOptions(out=out), Observer())
    (job,) = plan.jobs

    def train(job):
        with announced(out) as shared:
            terms = Terms(plan, conditions(["float32"]), shared)
            return train_there(terms, job, None, {}, [], print, print, "node")

    before = (job.run.folder / "run.json").read_bytes()
    # It is finished already, by a try whose end nobody heard of.
    assert train(job) == Crate(None, {}, is_in_place=True)
    assert (job.run.folder / "run.json").read_bytes() == before
    # Finished results of other settings are in the way, and stay in the study.
    other = replace(job, run=replace(job.run, key="0" * 64))
    assert train(other).reason is None
    (aside,) = (out / "replaced").iterdir()
    assert (aside / "run.json").read_bytes() == before


def test_a_timing_tells_the_seconds_of_a_run_and_its_memory(tmp_path):
    plan = make_plan(StudyConfig.parse(STUDY), RunOptions(out=tmp_path / "out"), Observer())
    with announced(plan.folder) as shared:
        timed = measured(Terms(plan, conditions(["float32"]), shared), "plain")
    assert timed.seconds > 0
    assert timed.bytes > 50 * 2**20
