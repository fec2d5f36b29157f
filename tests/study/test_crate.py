"""What comes back of a run that failed elsewhere: as it would be, had it failed here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cotejo.config import StudyConfig
from cotejo.errors import OutputError, TrainingError
from cotejo.store import (
    RunFile,
    RunFolder,
    checkpoint_files,
    keep_checkpoint,
    make_folder,
    write_file,
)
from cotejo.study import run as of_runs
from cotejo.study.executors import crate
from cotejo.study.executors.crate import Crate, packed, unpacked
from cotejo.study.planning import RunOptions, make_plan
from cotejo.study.progress import Observer
from cotejo.study.run import train_run

STUDY = {"data": "digits", "base": {"model": "mlp", "epochs": 1}, "alternative": [{"name": "a"}]}


def ignored(event):
    """Take an event, and do nothing."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory, digits):
    options = RunOptions(out=tmp_path_factory.mktemp("crate") / "study", dataset=digits)
    return make_plan(StudyConfig.parse(STUDY), options, Observer())


@pytest.fixture(scope="module")
def away(plan, tmp_path_factory):
    """A folder elsewhere with a run that failed there, and why it did."""

    def broken(*given, **options):
        raise ZeroDivisionError("surprise")

    folder = tmp_path_factory.mktemp("away")
    (job,) = plan.jobs
    there = replace(job, run=replace(job.run, folder=folder / "a" / "seed-1"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(of_runs, "training_steps", broken)
        reason = train_run(replace(plan, folder=folder), there, ignored)
    assert reason.values["log"] == there.run.folder / RunFile.LOG
    return there.run.folder, reason


@pytest.fixture
def here(plan, tmp_path):
    """The plan and its job, in a folder of the test."""
    (job,) = plan.jobs
    folder = tmp_path / "study"
    return replace(plan, folder=folder), replace(
        job, run=replace(job.run, folder=folder / "a" / "seed-1")
    )


def test_a_run_that_failed_is_unpacked_with_its_reason_and_its_log(away, here):
    folder, failed = away
    plan, job = here
    # What an earlier try left makes room.
    make_folder(job.run.folder)
    write_file(job.run.folder / RunFile.LOG, b"an earlier try\n")
    reason = unpacked(Crate(failed, packed(folder)), plan, job, ignored)
    assert (type(reason), reason.key) == (TrainingError, "unexpected")
    # It names the log that is here.
    log = job.run.folder / RunFile.LOG
    assert reason.values == {**failed.values, "log": log}
    run = RunFolder(job.run.folder)
    assert run.is_written
    assert not run.is_finished
    assert (run.key, run.record["status"]) == (job.run.key, "failed")
    assert run.record["reason"]["values"]["log"] == str(log)
    assert run.record["reason"]["message"] == reason.in_language("en")
    there = RunFolder(folder).record
    left_out = ("reason", "seal")
    assert {name: run.record[name] for name in run.record if name not in left_out} == {
        name: there[name] for name in there if name not in left_out
    }
    assert log.read_bytes() == (folder / RunFile.LOG).read_bytes()
    assert "ZeroDivisionError: surprise" in log.read_text()
    assert {path.name for path in job.run.folder.iterdir()} == {RunFile.LOG, RunFile.RECORD}
    assert not list(plan.folder.glob("replaced/*"))


def test_checkpoints_stay_until_what_came_is_written(away, here, monkeypatch):
    folder, failed = away
    plan, job = here
    make_folder(job.run.folder)
    keep_checkpoint(job.run.folder, 1, b"of the epochs before")

    def stopped(results, emit):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(crate, "save", stopped)
        with pytest.raises(KeyboardInterrupt):
            unpacked(Crate(failed, packed(folder)), plan, job, ignored)
    assert list(checkpoint_files(job.run.folder))
    unpacked(Crate(failed, packed(folder)), plan, job, ignored)
    assert not list(checkpoint_files(job.run.folder))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (RunFile.LOG, b"shorter on the way", "log.txt"),
        ("../evil", b"from a stranger", "evil"),
        ("unlisted.txt", b"of nobody", "unlisted.txt"),
    ],
)
def test_what_was_changed_on_the_way_is_refused_and_nothing_is_written(
    name, content, words, away, here
):
    folder, failed = away
    plan, job = here
    files = {**packed(folder), name: content}
    with pytest.raises(OutputError, match=words) as raised:
        unpacked(Crate(failed, files), plan, job, ignored)
    assert raised.value.key == "file_changed"
    assert not plan.folder.exists()


def test_a_run_under_another_key_is_refused(away, here):
    folder, failed = away
    plan, job = here
    other = replace(job, run=replace(job.run, key="another"))
    with pytest.raises(OutputError) as raised:
        unpacked(Crate(failed, packed(folder)), plan, other, ignored)
    assert raised.value.key == "run_of_other_settings"
    assert not plan.folder.exists()
