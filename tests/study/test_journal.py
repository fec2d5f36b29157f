"""What others see of a study that trains, and how they stop it."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from cotejo import stopping
from cotejo.config import StudyConfig
from cotejo.errors import OutputError
from cotejo.platform import own_cores
from cotejo.store import (
    StudyFile,
    checkpoint_files,
    is_abandoned,
    is_asked_to_stop,
    is_locked,
    locked,
    read_looks,
    request_stop,
    training_progress,
    write_progress,
)
from cotejo.study import Study
from cotejo.study.journal import Journal
from cotejo.study.progress import LookTaken, Observer, PlannedRun, TrialBegun
from listening import Listener

STUDY = {
    "data": "digits",
    "base": {"model": "mlp", "epochs": 2},
    "alternative": [{"name": "plain"}, {"name": "slow", "learning_rate": 0.0001}],
}
# Ctrl-C may come as a file has been opened and is not yet known to the block that closes it.
INTERRUPTED = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
LONG = {**STUDY, "base": {"model": "mlp", "epochs": 400}}
SEVERAL = min(2, len(own_cores()))


class Asking(Listener):
    """Asks the study to stop after an epoch, as somebody elsewhere would, and waits for a while."""

    def __init__(self, folder, epoch=2):
        super().__init__()
        self.folder, self.epoch, self.seen = folder, epoch, []

    def epoch_ended(self, run, row):
        super().epoch_ended(run, row)
        progress = training_progress(self.folder)
        self.seen.append(progress)
        if row["epoch"] == self.epoch:
            request_stop(self.folder, progress["start"])


def planned(tmp_path, name, **options):
    return PlannedRun(name, 1, "key", tmp_path, False, 4, 10, **options)


@INTERRUPTED
def test_a_study_stops_where_it_is_asked_to(tmp_path):
    config = StudyConfig.parse(LONG)
    folder = tmp_path / "out"
    asking = Asking(folder)
    with pytest.raises(KeyboardInterrupt):
        Study(config).run(out=folder, observer=asking)
    assert any(checkpoint_files(folder / "plain" / "seed-1"))
    for file in (StudyFile.PROGRESS, StudyFile.STOP):
        assert not (folder / file).exists()
    # A request of before says nothing to the study that goes on.
    request_stop(folder, asking.seen[-1]["start"])
    again = Listener()
    short = Study(StudyConfig.parse({**STUDY, "alternative": [{"name": "other"}]}))
    short.run(out=folder, observer=again)
    assert again.calls[-1] == ("finished", "other", 1)
    assert not (folder / StudyFile.STOP).exists()


def test_a_study_in_a_thread_stops_at_its_next_event(tmp_path):
    config = StudyConfig.parse(LONG)
    ended = []

    def train():
        try:
            Study(config).run(out=tmp_path / "out", observer=Asking(tmp_path / "out"))
        except BaseException as error:
            ended.append(type(error))

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert ended == [KeyboardInterrupt]
    assert any(checkpoint_files(tmp_path / "out" / "plain" / "seed-1"))


def test_a_thread_heeds_only_what_it_is_asked_itself():
    waits, over, seen = threading.Event(), threading.Event(), []

    def other():
        with suppress(KeyboardInterrupt), stopping.held():
            stopping.ask()
            seen.append(stopping.is_waiting())
            waits.set()
            over.wait(60)
            stopping.check()
            seen.append("not stopped")

    thread = threading.Thread(target=other)
    thread.start()
    assert waits.wait(60)
    assert not stopping.is_waiting()
    assert stopping.is_waiting(thread.ident)
    with stopping.held():
        stopping.check()
    # What waits in the other thread holds nothing back here.
    with pytest.raises(KeyboardInterrupt):
        stopping.ask()
    over.set()
    thread.join()
    assert seen == [True]


@INTERRUPTED
def test_workers_are_seen_and_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("cotejo.study.journal._SECONDS", 0.0)
    monkeypatch.setattr("cotejo.study.journal._TIMES", 0)
    config = StudyConfig.parse(LONG)
    folder = tmp_path / "out"
    asking = Asking(folder)
    with pytest.raises(KeyboardInterrupt):
        Study(config).run(out=folder, observer=asking, workers=SEVERAL)
    last = asking.seen[-1]
    assert last["elsewhere"]
    assert {run["place"] for run in last["running"]} <= {"1", "2"}
    assert len(last["running"]) == SEVERAL
    begun = {run["alternative"] for run in last["running"]}
    assert any(any(checkpoint_files(folder / name / "seed-1")) for name in begun)
    assert training_progress(folder) is None


def test_what_an_earlier_start_left_is_gone_at_once(tmp_path):
    with Journal(tmp_path) as journal:
        journal.planned(None, None, [planned(tmp_path, "a")], tmp_path, False)
        content = training_progress(tmp_path)
    write_progress(tmp_path, content)  # it was killed
    with locked(tmp_path), Journal(tmp_path) as journal:
        seen = training_progress(tmp_path)  # before anything is planned
        assert seen["start"] != content["start"]
        assert (seen["doing"], seen["runs"]) == ("preparing", [])


def test_events_do_not_wait_for_the_file(tmp_path, monkeypatch):
    """Between two writings, events are only noted."""
    monkeypatch.setattr("cotejo.study.journal._SECONDS", 3600.0)
    written = []
    monkeypatch.setattr("cotejo.study.journal.write_progress", lambda *_: written.append(1))
    runs = [planned(tmp_path, f"a{number}") for number in range(20)]
    with Journal(tmp_path) as journal:
        journal.planned(None, None, runs, tmp_path, False)
        for run in runs:
            journal.run_started(run)
            journal.run_finished(run, {})
    assert len(written) == 1


def test_a_run_that_is_tried_again_elsewhere_is_shown_there(tmp_path, monkeypatch):
    monkeypatch.setattr("cotejo.study.journal._SECONDS", 0.0)
    monkeypatch.setattr("cotejo.study.journal._TIMES", 0)
    run = planned(tmp_path, "a")
    with Journal(tmp_path, elsewhere=True) as journal:
        journal.planned(None, None, [run], tmp_path, False)
        journal.run_placed(run, "1")
        journal.run_started(run)
        journal.run_placed(run, "2")
        assert training_progress(tmp_path)["running"][0]["place"] == "2"


def test_all_runs_that_train_are_in_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("cotejo.study.journal._SECONDS", 0.0)
    monkeypatch.setattr("cotejo.study.journal._TIMES", 0)
    runs = [planned(tmp_path, name) for name in ("a", "b", "c")]
    row = {"epoch": 1, "train_loss": 1.0, "valid_accuracy": 0.5, "seconds": 2.0}
    with Journal(tmp_path, elsewhere=True) as journal:
        journal.planned(None, None, runs, tmp_path, False)
        for place, run in enumerate(runs[:2], 1):
            journal.run_placed(run, str(place))
            journal.run_started(run)
            journal.batch_ended(run, 1, 3, 4)
        journal.epoch_ended(runs[0], row)
        seen = training_progress(tmp_path)
        assert [each["state"] for each in seen["runs"]] == ["running", "running", "waiting"]
        first, second = seen["running"]
        assert (first["place"], first["epoch"], first["history"]) == ("1", 2, [row])
        assert first["seconds_left"] == 6.0
        assert (second["place"], second["epoch"], second["step"], second["steps"]) == ("2", 1, 3, 4)
        assert seen["doing"] == "training"
        for run in runs[:2]:
            journal.run_finished(run, {})
        journal.run_failed(runs[2], ValueError())
        assert training_progress(tmp_path)["doing"] == "looking back"
    assert training_progress(tmp_path) is None


def test_trials_are_in_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("cotejo.study.journal._SECONDS", 0.0)
    monkeypatch.setattr("cotejo.study.journal._TIMES", 0)

    class Search:
        name, trials = "tuned", 3

    def trial(number, place=""):
        return TrialBegun("tuned", number, 3, {"epochs": 1}, 4, place)

    with Journal(tmp_path) as journal:
        journal.searching([Search])
        for number, accuracy, status in ((1, 0.5, "finished"), (2, 0.75, "stopped")):
            journal.trial_started(trial(number, "2"))
            journal.trial_ended(trial(number), {"status": status, "valid_accuracy": accuracy})
        journal.trial_started(trial(3, "1"))
        journal.trial_batch_ended(trial(3), 2, 1, 9)
        journal.trial_epoch_ended(trial(3), {"epoch": 2, "valid_accuracy": 0.25})
        seen = training_progress(tmp_path)
    assert seen["doing"] == "searching"
    (search,) = seen["searches"]
    assert (search["best"], search["trials"]) == (1, 3)
    assert [each["status"] for each in search["ended"]] == ["finished", "stopped"]
    assert search["running"] == [
        {"number": 3, "place": "1", "epoch": 3, "epochs": 4, "valid_accuracy": 0.25}
    ]


def test_looks_are_in_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("cotejo.study.journal._SECONDS", 0.0)
    monkeypatch.setattr("cotejo.study.journal._TIMES", 0)
    look = LookTaken(1, 6, 3, 2, ("deeper is better",), ("deeper is better: open" * 500,), 4)
    with Journal(tmp_path) as journal:
        journal.planned(None, None, [planned(tmp_path, "a")], tmp_path, False)
        journal.looked(look)
        (seen,) = training_progress(tmp_path)["looks"]
    assert (seen["runs"], seen["settled"], seen["further"]) == (6, 2, 4)
    assert seen["lines"] == list(look.lines)


def test_silence_is_no_end(tmp_path, monkeypatch):
    """Where nothing happens, the file is written all the same; the time in it moves on."""
    monkeypatch.setattr("cotejo.study.journal._LOOK_SECONDS", 0.01)
    monkeypatch.setattr("cotejo.study.journal._TIMES", 0)
    monkeypatch.setattr("cotejo.study.journal._SILENT_SECONDS", 0.01)
    written = threading.Semaphore(0)

    def write(folder, content):
        written.release()
        write_progress(folder, content)

    monkeypatch.setattr("cotejo.study.journal.write_progress", write)
    with Journal(tmp_path) as journal:
        journal.planned(None, None, [planned(tmp_path, "a")], tmp_path, False)
        assert all(written.acquire(timeout=60) for _ in range(3))


def test_what_a_killed_study_left_is_no_progress(tmp_path):
    with Journal(tmp_path) as journal:
        journal.planned(None, None, [planned(tmp_path, "a")], tmp_path, False)
        content = training_progress(tmp_path)
    write_progress(tmp_path, content)
    os.utime(tmp_path / StudyFile.PROGRESS, (0, 0))
    assert training_progress(tmp_path) is None
    if os.name == "posix":
        with locked(tmp_path):  # it trains still, but has been silent for long
            assert training_progress(tmp_path) == content


@pytest.mark.skipif(os.name != "posix", reason="no such locks here")
def test_where_a_file_system_has_no_locks_nothing_is_locked_or_abandoned(tmp_path, monkeypatch):
    with locked(tmp_path):
        assert (is_locked(tmp_path), is_abandoned(tmp_path, 0)) == (True, False)
    assert (is_locked(tmp_path), is_abandoned(tmp_path, 0)) == (False, True)
    assert not is_abandoned(tmp_path, 60)  # it may just be taken

    def none(descriptor, kind):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", none)
    with locked(tmp_path):
        assert (is_locked(tmp_path), is_abandoned(tmp_path, 0)) == (False, False)


def test_a_network_s_file_system_may_fail_for_a_moment(tmp_path, monkeypatch):
    request_stop(tmp_path, "0" * 32)

    def hiccup(path, **options):
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", hiccup)
        assert not is_asked_to_stop(tmp_path, "0" * 32)
        with pytest.raises(OutputError, match=os.strerror(errno.ESTALE)):
            read_looks(tmp_path)
    assert is_asked_to_stop(tmp_path, "0" * 32)


def test_only_a_whole_request_counts(tmp_path):
    start, other = "0" * 32, "1" * 32
    assert not is_asked_to_stop(tmp_path, start)
    request_stop(tmp_path, start)
    assert is_asked_to_stop(tmp_path, start)
    assert not is_asked_to_stop(tmp_path, other)
    (tmp_path / StudyFile.STOP).write_text("{}")
    assert not is_asked_to_stop(tmp_path, start)


def test_times_are_not_measured_for_the_journal(tmp_path):
    assert not Journal(tmp_path).awaits_times
    assert not Observer().awaits_times
