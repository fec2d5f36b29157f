"""A study that trains elsewhere, watched and stopped by its folder alone."""

from __future__ import annotations

import io
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakestudy import config, planned, row

from cotejo.cli import latest, stop_command, watch_command
from cotejo.cli.app import run
from cotejo.cli.console import make_console
from cotejo.cli.watching import Watching
from cotejo.errors import OutputError, TrainingError
from cotejo.messages import use_language
from cotejo.store import (
    StudyFile,
    clear_progress,
    is_asked_to_stop,
    locked,
    read_json,
    training_progress,
    trial_folder,
    write_checkpoint,
    write_json,
    write_progress,
    write_trial,
)
from cotejo.study.journal import Journal
from cotejo.study.progress import LookTaken, PlannedRun, TrialBegun
from cotejo.study.record import described_reason


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a study of which no run has ended."""
    study = config()
    alternatives = [
        {"name": each.name, "changes": each.changes, "settings": {"model": each.settings.model}}
        for each in study.alternatives
    ]
    write_json(
        tmp_path / StudyFile.RECORD,
        {"format": 2, "name": "pair", "seeds": [1, 2], "alternatives": alternatives},
    )
    return tmp_path


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (watch_command, stop_command, latest):
        monkeypatch.setattr(module, "_SECONDS", 0.01)
    monkeypatch.setattr(latest, "_SILENT_SECONDS", 0.1)
    monkeypatch.setattr("cotejo.study.journal._SECONDS", 0.0)
    monkeypatch.setattr("cotejo.study.journal._TIMES", 0)


def runs_of(folder: Path) -> list[PlannedRun]:
    return [replace(run, finished=False) for run in planned(config(), folder)]


def seen(folder: Path) -> dict[str, Any]:
    progress = training_progress(folder)
    assert progress is not None
    return progress


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "has been training since",
                "4 runs; done 0, to do 4",
                "1/4",
                "seed 1",
                "41.2%",
                "✗",
                "2/4",
            ),
        ),
        ("es", ("entrenándose desde", "hechas: 0", "1/4", "semilla 1", "41,2", "✗", "2/4")),
    ],
)
def test_a_run_is_shown_as_the_study_shows_it(
    language: str, words: tuple[str, ...], folder: Path
) -> None:
    use_language(language)
    out = io.StringIO()
    console = make_console(file=out, force_terminal=True, width=100, height=30)
    runs = runs_of(folder)
    with Journal(folder) as journal:
        journal.planned(None, None, runs, folder, False)
        watching = Watching(console, folder, seen(folder))
        with watching.display:
            watching.tell(seen(folder))
            journal.run_started(runs[0])
            journal.epoch_ended(runs[0], row(1))
            journal.batch_ended(runs[0], 2, 50, 100)
            watching.tell(seen(folder))
            watching.tell(seen(folder))  # nothing is said twice
            reason = TrainingError("loss_not_finite", epoch=2, learning_rate=0.1)
            record = {
                "format": 2,
                "alternative": "mlp",
                "seed": 1,
                "key": "0" * 64,
                "status": "failed",
                "reason": described_reason(reason),
            }
            runs[0].folder.mkdir(parents=True)
            write_json(runs[0].folder / "run.json", record)
            journal.run_failed(runs[0], reason)
            journal.run_started(runs[1])
            watching.tell(seen(folder))
    text = " ".join(out.getvalue().split())
    for word in words:
        assert word in text, word
    assert text.count("1/2") >= 1
    use_language(None)


def test_the_epoch_that_begins_is_named_before_its_first_step(folder: Path) -> None:
    use_language("en")
    out = io.StringIO()
    console = make_console(file=out, width=100)
    runs = runs_of(folder)
    with Journal(folder) as journal:
        journal.planned(None, None, runs, folder, False)
        journal.run_started(runs[0])
        journal.batch_ended(runs[0], 1, 100, 100)
        journal.epoch_ended(runs[0], row(1))
        watching = Watching(console, folder, seen(folder), live=False)
        with watching.display:
            watching.tell(seen(folder))
            watching.show_standing()
    text = out.getvalue().replace("\xa0", " ")
    assert "epoch 2/2" in text
    assert "0/100" in text
    use_language(None)


def test_several_runs_have_a_line_each_with_their_place(folder: Path) -> None:
    use_language("en")
    out = io.StringIO()
    console = make_console(file=out, width=100)
    runs = runs_of(folder)
    with Journal(folder, elsewhere=True) as journal:
        journal.planned(None, None, runs, folder, False)
        for place, each in (("1", runs[0]), ("lab-7", runs[1])):
            journal.run_placed(each, place)
            journal.run_started(each)
        journal.epoch_ended(runs[0], row(1))
        watching = Watching(console, folder, seen(folder), live=False)
        with watching.display:
            watching.tell(seen(folder))
            watching.show_standing()
    text = out.getvalue()
    for word in ("worker 1", "lab-7", "epoch 2/2", "52.0%", "0 of 4 runs"):
        assert word in text, word
    use_language(None)


def test_trials_are_shown_and_counted(folder: Path) -> None:
    use_language("en")
    out = io.StringIO()
    console = make_console(file=out, width=100)

    class Search:
        name, trials = "mlp", 3

    values = {"learning_rate": 0.01}
    begun = [TrialBegun("mlp", number, 3, values, 2, "1") for number in (1, 2, 3)]
    with Journal(folder) as journal:
        journal.searching([Search])  # type: ignore[list-item]
        for trial, status in zip(begun, ("finished", "stopped"), strict=False):
            outcome = {
                "key": "k",
                "search": "mlp",
                "number": trial.number,
                "seed": 5,
                "values": values,
                "epochs": 2,
                "images": 10,
                "started": "2026-01-01T00:00:00+00:00",
                "status": status,
                "reason": None,
                "valid_accuracy": 0.75,
                "valid_accuracies": [0.75],
                "best_epoch": 1,
                "seconds": 1.0,
                "finished": "2026-01-01T00:00:00+00:00",
            }
            write_trial(trial_folder(folder, "mlp", trial.number), outcome)
            journal.trial_started(trial)
            journal.trial_ended(trial, outcome)
        journal.trial_started(begun[2])
        watching = Watching(console, folder, seen(folder), live=False)
        with watching.display:
            watching.tell(seen(folder))
            watching.show_standing()
    text = out.getvalue()
    assert "mlp 1/3" in text
    assert "stopped after epoch 1 of 2" in text
    assert "2 of 3 trials done, 1 of them stopped early; best so far 75.0% (trial 1)" in text
    assert "trial 3  worker 1  epoch 1/2" in text
    use_language(None)


def test_where_nothing_trains_it_says_how_to_go_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["watch", str(folder), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "Nothing trains in" in said
    assert "Of 4 runs, 0 finished, 0 failed." in said
    assert "cotejo study" in said
    assert run(["stop", str(folder), "--lang", "en"]) == 0
    assert "nothing to stop" in capsys.readouterr().out
    assert not (folder / StudyFile.STOP).exists()


@pytest.mark.parametrize("command", ["watch", "stop", "report"])
def test_where_no_study_is_it_says_what_is_there(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "studies" / "first"
    (tmp_path / "empty").mkdir()
    study.mkdir(parents=True)
    write_json(study / StudyFile.RECORD, {})
    for path, words in (
        (tmp_path / "elsewhere", "there is no such folder"),
        (study / StudyFile.RECORD, "it is a file"),
        (tmp_path / "empty", "there is no study.json in it"),
        (study.parent, f"a folder with one. Name that: {study}"),
    ):
        assert run([command, str(path), "--lang", "en"]) == 2
        assert words in capsys.readouterr().err.replace("\n", " ")


def test_a_study_that_has_just_begun_can_be_watched_and_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no ``study.json`` yet."""
    with Journal(tmp_path):
        assert run(["watch", str(tmp_path), "--once", "--lang", "en"]) == 0
        assert "preparing" in capsys.readouterr().out
        content = read_json(tmp_path / StudyFile.PROGRESS)
    for command, code in (("watch", 1), ("stop", 0)):
        write_progress(tmp_path, content)
        module = {"watch": watch_command, "stop": stop_command}[command]
        monkeypatch.setattr(module.time, "sleep", lambda seconds: clear_progress(tmp_path))
        assert run([command, str(tmp_path), "--lang", "en"]) == code
        assert "has stopped" in capsys.readouterr().out


def test_looks_are_shown_where_they_were_taken(folder: Path) -> None:
    """The last of those before it was watched, and each later one before the runs that follow."""
    out = io.StringIO()
    console = make_console(file=out, width=100)
    looks = [
        LookTaken(number, 4 * number, 3, number, (), (f"claim {number}: open",), 4)
        for number in (1, 2, 3)
    ]
    with Journal(folder) as journal:
        journal.planned(None, None, runs_of(folder), folder, False)
        for look in looks[:2]:
            journal.looked(look)
        watching = Watching(console, folder, seen(folder), live=False)
        watching.tell(seen(folder))
        journal.looked(looks[2])
        watching.tell(seen(folder))
        watching.tell(seen(folder))
    said = out.getvalue()
    assert "claim 1" not in said
    assert [said.count(f"claim {number}: open") for number in (2, 3)] == [1, 1]


def test_it_is_shown_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Journal(folder) as journal:
        journal.planned(None, None, runs_of(folder), folder, False)
        journal.run_started(runs_of(folder)[0])
        assert run(["watch", str(folder), "--once", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "cnn3-he" in said
    assert "run 1 of 4" in said


def test_watching_ends_with_the_study(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal(folder) as journal:
        journal.planned(None, None, runs_of(folder), folder, False)
        content = read_json(folder / StudyFile.PROGRESS)
    write_progress(folder, content)
    cut = runs_of(folder)[0].folder
    cut.mkdir(parents=True)
    write_checkpoint(cut, 1, {"epoch": 1})
    # The study ends between two looks.
    monkeypatch.setattr(watch_command.time, "sleep", lambda seconds: clear_progress(folder))
    assert run(["watch", str(folder), "--lang", "en"]) == 1
    said = capsys.readouterr().out
    assert "The study has stopped before its end." in said
    assert "1 run was cut short and goes on from where it was." in said
    assert "To go on, where it was started:" in said


def test_stopping_asks_and_waits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Journal(folder) as journal:
        journal.planned(None, None, runs_of(folder), folder, False)
        content = read_json(folder / StudyFile.PROGRESS)
    write_progress(folder, content)
    asked: list[bool] = []

    def study() -> None:
        while not is_asked_to_stop(folder, content["start"]):
            time.sleep(0.01)
        asked.append(True)
        clear_progress(folder)

    thread = threading.Thread(target=study)
    thread.start()
    assert run(["stop", str(folder), "--lang", "en"]) == 0
    thread.join()
    assert asked == [True]
    assert "The study has stopped." in capsys.readouterr().out
    assert not (folder / StudyFile.STOP).exists()


def test_stopping_asks_the_start_that_trains_now(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Journal(folder) as journal:
        journal.planned(None, None, runs_of(folder), folder, False)
        left = read_json(folder / StudyFile.PROGRESS)
    write_progress(folder, left)  # it was killed
    asked: list[str] = []

    def study() -> None:
        while not is_asked_to_stop(folder, left["start"]):
            time.sleep(0.01)
        clear_progress(folder)
        again = left | {"start": "1" * 32}
        write_progress(folder, again)
        while not is_asked_to_stop(folder, again["start"]):
            time.sleep(0.01)
        asked.append(again["start"])
        clear_progress(folder)

    with locked(folder):
        thread = threading.Thread(target=study)
        thread.start()
        ended: list[int] = []
        stopping = threading.Thread(
            target=lambda: ended.append(run(["stop", str(folder), "--lang", "en"]))
        )
        stopping.start()
        thread.join()
        assert not ended  # the folder is locked still
    stopping.join()
    assert ended == [0]
    assert asked == ["1" * 32]
    assert not (folder / StudyFile.STOP).exists()


def test_a_study_with_another_clock_is_known_by_its_writings(folder: Path) -> None:
    with Journal(folder) as journal:
        journal.planned(None, None, runs_of(folder), folder, False)
        content = read_json(folder / StudyFile.PROGRESS)
    over = threading.Event()

    def write() -> None:
        second = 0
        while not over.wait(0.01):
            second += 1
            updated = f"2020-01-01T00:00:{second % 60:02}+00:00"
            write_progress(folder, content | {"updated": updated})
            os.utime(folder / StudyFile.PROGRESS, (0, 0))

    write_progress(folder, content)
    os.utime(folder / StudyFile.PROGRESS, (0, 0))
    assert latest.latest_progress(folder) is None  # it was killed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latest, "_SILENT_SECONDS", 60.0)
        thread = threading.Thread(target=write)
        thread.start()
        try:
            assert latest.latest_progress(folder) is not None
        finally:
            over.set()
            thread.join()


def test_nothing_is_claimed_where_nothing_can_be_asked(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OutputError("cannot_write", path=folder, reason="read-only")

    with Journal(folder) as journal:
        journal.planned(None, None, runs_of(folder), folder, False)
        monkeypatch.setattr("cotejo.store.request_stop", refuse)
        assert run(["stop", str(folder), "--lang", "en"]) != 0
    said = capsys.readouterr()
    assert "Asked the study" not in said.out
    assert "read-only" in said.err


def test_files_that_a_folder_shows_late_are_waited_for(folder: Path) -> None:
    use_language("en")
    out = io.StringIO()
    runs = runs_of(folder)
    with Journal(folder) as journal:
        journal.planned(None, None, runs, folder, False)
        watching = Watching(make_console(file=out, width=100), folder, seen(folder), live=False)
        with watching.display:
            watching.tell(seen(folder))
            journal.run_started(runs[0])
            assert watching.display.standing() is None
            watching.tell(seen(folder))
            assert watching.display.standing() is not None
            journal.run_finished(runs[0], {})
            watching.tell(seen(folder))
            watching.tell(seen(folder))
            assert "is missing" not in out.getvalue()
            watching.finish()
            watching.finish()
    assert "is missing" in out.getvalue()
    assert out.getvalue().count("✗") == 1
    use_language(None)
