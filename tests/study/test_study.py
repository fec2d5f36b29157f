"""Studies end to end on the digits: files, resuming, failures, the one reading of the test set."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cotejo.backend import keras
from cotejo.config import StudyConfig
from cotejo.errors import ConfigError, DownloadError, OutputError
from cotejo.inference import Classifier
from cotejo.platform import resolve_precision
from cotejo.store import RUN_FILES, StudyFolder, locked, read_csv
from cotejo.study import Study
from cotejo.study.progress import Observer
from cotejo.train import softmax

STUDY = {
    "data": "digits",
    "seeds": 1,
    "base": {"model": "mlp", "epochs": 1, "batch_size": 64},
    "alternative": [
        {"name": "plain"},
        {"name": "augmented", "augment": "notebook"},
        {"name": "longer", "start_from": "plain", "learning_rate": 1e-4},
    ],
}


class Recorder(Observer):
    """Keeps the names of what it was told, the plan, and the runs that were started."""

    def __init__(self):
        self.calls = []
        self.started = []
        self.plan = []
        self.aside = []

    def __getattribute__(self, name):
        if name in ("calls", "started", "plan", "aside") or name.startswith("__"):
            return object.__getattribute__(self, name)
        self.calls.append(name)
        return object.__getattribute__(self, name)

    def planned(self, study, dataset, runs, out, quick):
        self.plan = list(runs)

    def readings_put_aside(self, path):
        self.aside.append(path)

    def run_started(self, run):
        self.started.append((run.alternative, run.seed))


def study(**changes) -> Study:
    return Study(StudyConfig.parse({**STUDY, **changes}))


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "out"
    result = study().run(out=folder)
    assert not result.failed
    return folder


@pytest.fixture
def copy(finished, tmp_path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "out"))


def test_a_run_leaves_its_files(finished):
    for name in ("plain", "augmented", "longer"):
        run = StudyFolder(finished).run(name, 1)
        assert {found.name for found in run.path.iterdir()} == set(RUN_FILES)
        assert run.record["status"] == "finished"
        assert run.record["test_reads"] == 1
        assert run.record["model"]["parameters"] == 1_707_274
        assert len(run.history) == run.record["epochs"] == 1
    assert {found.name for found in finished.iterdir() if found.is_file()} - {".lock"} == {
        "data.json",
        "data.npz",
        "audit.csv",
        "audit.json",
        "audit.npz",
        "failures.npz",
        "runs.csv",
        "study.json",
        "study.toml",
        "summary.csv",
        "test-reads.csv",
    }


def test_predictions_metrics_and_model_agree(finished, digits):
    run = StudyFolder(finished).run("plain", 1)
    predictions = run.predictions
    assert predictions["test_probabilities"].dtype == np.float32
    np.testing.assert_array_equal(predictions["test_labels"], digits.test.labels)
    accuracy = (predictions["test_probabilities"].argmax(1) == digits.test.labels).mean()
    assert run.metrics["test"]["accuracy"] == pytest.approx(accuracy)
    again = softmax(Classifier.load(run.path).logits(digits.test.images))
    np.testing.assert_allclose(again, predictions["test_probabilities"], atol=1e-5)
    # The file by itself computes in float32; a run does so in bfloat16 where that is faster.
    model = keras.saving.load_model(run.path / "model.keras", safe_mode=True)
    alone = model.predict_on_batch(digits.test.images)
    within = 1e-5 if resolve_precision("auto") == "float32" else 0.02
    np.testing.assert_allclose(alone, predictions["test_probabilities"], rtol=0, atol=within)
    indices = run.mistakes["indices"]
    np.testing.assert_array_equal(run.mistakes["images"], digits.test.images[indices])


def test_the_test_set_is_read_once_a_run(finished):
    reads = read_csv(finished / "test-reads.csv")
    assert [read["alternative"] for read in reads] == ["plain", "augmented", "longer"]


def test_the_samples_hold_the_data_and_its_augmentation(finished, digits):
    images = StudyFolder(finished).images
    assert images["example_images"].shape == (10, 8, 32, 32, 3)
    assert images["augmented_notebook"].shape == (8, 6, 32, 32, 3)
    assert "augmented_none" not in images
    assert StudyFolder(finished).data["fingerprint"] == digits.fingerprint


def test_a_run_that_starts_from_another_trains_on(finished):
    folder = StudyFolder(finished)
    longer, plain = folder.run("longer", 1), folder.run("plain", 1)
    assert longer.record["start_from"] == {"alternative": "plain", "key": plain.record["key"]}
    assert longer.history[0]["train_loss"] < plain.history[0]["train_loss"]


def test_a_finished_study_trains_nothing_again(copy):
    watcher = Recorder()
    result = study().run(out=copy, observer=watcher)
    assert watcher.started == []
    assert len(result.finished) == 3


def test_what_is_missing_is_trained_again_with_the_same_result(copy):
    run = StudyFolder(copy).run("plain", 1)
    before = run.predictions
    (run.path / "run.json").unlink()
    watcher = Recorder()
    study().run(out=copy, observer=watcher)
    assert watcher.started == [("plain", 1)]
    after = StudyFolder(copy).run("plain", 1).predictions
    for name, array in before.items():
        np.testing.assert_array_equal(array, after[name])
    reads = [row["alternative"] for row in read_csv(copy / "test-reads.csv")]
    assert reads.count("plain") == 2


def test_other_settings_are_trained_and_the_old_run_is_kept_aside(copy):
    changed = {**STUDY, "alternative": [{"name": "plain", "batch_size": 32}]}
    watcher = Recorder()
    Study(StudyConfig.parse(changed)).run(out=copy, observer=watcher)
    assert watcher.started == [("plain", 1)]
    (kept,) = (copy / "replaced").iterdir()
    assert kept.name.startswith("plain-seed-1-")
    assert (kept / "predictions.npz").is_file()


def test_runs_that_were_replaced_come_back_when_they_are_asked_for_again(copy):
    before = StudyFolder(copy).run("plain", 1).predictions["test_probabilities"]
    study(base={"epochs": 1, "batch_size": 32}, alternative=[{"name": "plain"}]).run(out=copy)
    watcher = Recorder()
    study().run(out=copy, observer=watcher)
    assert watcher.started == []
    after = StudyFolder(copy).run("plain", 1).predictions["test_probabilities"]
    np.testing.assert_array_equal(before, after)
    reads = [row["alternative"] for row in read_csv(copy / "test-reads.csv")]
    assert reads.count("plain") == 2  # one of each setting, none of them again


def test_a_report_never_takes_a_run_of_other_settings(copy):
    class Stopped(Recorder):
        def run_started(self, run):
            raise KeyboardInterrupt

    changed = study(base={"epochs": 2})
    with pytest.raises(KeyboardInterrupt):
        changed.run(out=copy, observer=Stopped())
    names = ("plain", "augmented", "longer")
    assert [list(StudyFolder(copy).runs(name)) for name in names] == [[]] * 3
    study().run(out=copy)
    assert len(list(StudyFolder(copy).runs("plain"))) == 1


def swapped(run: Path) -> None:
    shutil.copy(run.parent.parent / "augmented" / "seed-1" / "model.keras", run / "model.keras")


@pytest.mark.parametrize(
    "damage",
    [
        lambda run: (run / "metrics.json").unlink(),
        swapped,
        lambda run: (run / "run.json").write_text('{"status": "finished"}'),
    ],
)
def test_a_damaged_run_is_announced_put_aside_and_trained_again(copy, damage):
    damage(copy / "plain" / "seed-1")
    left = {path.name for path in (copy / "plain" / "seed-1").iterdir()}
    watcher = Recorder()
    study().run(out=copy, observer=watcher)
    assert watcher.started == [("plain", 1)]
    assert [run.alternative for run in watcher.plan if run.in_the_way] == ["plain"]
    (aside,) = (copy / "replaced").iterdir()
    assert {path.name for path in aside.iterdir()} == left
    assert StudyFolder(copy).run("plain", 1).record["test_reads"] == 2


def test_a_log_that_is_gone_costs_nothing(copy):
    (copy / "plain" / "seed-1" / "log.txt").unlink()
    watcher = Recorder()
    study().run(out=copy, observer=watcher)
    assert watcher.started == []


def test_damaged_readings_are_put_aside_and_told(copy):
    path = copy / "test-reads.csv"
    damaged = path.read_text().replace("plain,1", "plain,2")
    path.write_text(damaged)
    watcher = Recorder()
    study().run(out=copy, observer=watcher)
    assert watcher.started == []
    assert watcher.aside == [copy / "test-reads-damaged-1.csv"]
    assert watcher.aside[0].read_text() == damaged
    assert not path.exists()


@pytest.mark.parametrize("name", ["study.json", "data.json", "data.npz"])
def test_a_damaged_file_of_the_study_is_written_anew(copy, name):
    (copy / name).write_text("damaged")
    watcher = Recorder()
    study().run(out=copy, observer=watcher)
    assert watcher.started == []
    assert StudyFolder(copy).study["name"] == "study"
    assert StudyFolder(copy).images["example_images"].any()


def test_two_studies_do_not_write_to_one_folder(copy):
    with locked(copy), pytest.raises(OutputError, match="is in use"):
        study().run(out=copy)
    study().run(out=copy)


def test_half_written_files_do_not_lock_a_folder(tmp_path):
    # Of a process that is no more: no system counts so far.
    (tmp_path / ".tmp-4194304999-0123abcd").write_text("{")
    study(alternative=[{"name": "a"}]).run(out=tmp_path)
    assert not list(tmp_path.glob(".tmp-*"))


class Waiting(Observer):
    """Keeps how long the runs were said to take."""

    def __init__(self):
        self.seconds = []

    def estimated(self, seconds):
        self.seconds.append(seconds)


def test_an_alternative_that_cannot_be_timed_does_not_end_the_study(tmp_path, monkeypatch):
    import cotejo.study.execution as execution

    asked = []

    def greedy(alternative, *given):
        asked.append(alternative.name)
        raise RuntimeError("RESOURCE_EXHAUSTED: out of memory")

    monkeypatch.setattr(execution, "estimate", greedy)
    waiting = Waiting()
    result = study(alternative=[{"name": "a"}]).run(out=tmp_path / "told", observer=waiting)
    assert len(result.finished) == 1
    assert (asked, waiting.seconds) == (["a"], [0.0])


def test_nothing_is_timed_for_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr("cotejo.study.execution.estimate", lambda *given: pytest.fail("was timed"))
    idle = SimpleNamespace(execute=lambda plan, jobs, emit: None)
    study(alternative=[{"name": "a"}]).run(out=tmp_path, observer=Recorder(), executor=idle)


def test_the_settings_are_recorded_with_the_models_own(finished):
    settings = StudyFolder(finished).run("plain", 1).record["settings"]
    assert settings["initializer"] == "glorot"
    assert settings["dropout"] == 0.5
    assert settings["momentum"] is None
    assert StudyFolder(finished).study["alternatives"][0]["settings"] == settings


def test_the_recorded_study_repeats_it(finished):
    again = Study.load(finished / "study.toml")
    watcher = Recorder()
    again.run(out=finished, observer=watcher)
    assert watcher.started == []


def test_a_change_of_the_parent_changes_the_child(digits):
    from cotejo.models import resolve
    from cotejo.study.keys import run_keys

    def keys(**changes):
        config = StudyConfig.parse({**STUDY, "base": {"epochs": 1, **changes}})
        found = run_keys(resolve(config), digits, "tensorflow")
        return {name: key for (name, _), key in found.items()}

    one = keys()
    assert one == keys()
    assert len(set(one.values())) == 3
    assert all(one[name] != key for name, key in keys(epochs=2).items())


def test_a_failing_alternative_is_recorded_and_the_study_goes_on(tmp_path):
    alternatives = [
        {"name": "bad", "model": "mlp", "optimizer": "sgd", "learning_rate": 100.0},
        {"name": "child", "model": "mlp", "start_from": "bad"},
        {"name": "good"},
    ]
    watcher = Recorder()
    result = study(alternative=alternatives).run(out=tmp_path, observer=watcher)
    assert [run.alternative for run in result.failed] == ["bad", "child"]
    assert [run.alternative for run in result.finished] == ["good"]
    assert watcher.calls.count("run_failed") == 2
    folder = StudyFolder(tmp_path)
    reasons = {name: folder.run(name, 1).record["reason"] for name in ("bad", "child")}
    assert [reason["key"] for reason in reasons.values()] == [
        "loss_not_finite",
        "parent_failed",
    ]
    assert "Traceback" in (folder.run("bad", 1).path / "log.txt").read_text()
    # A failed run is tried again.
    again = Recorder()
    study(alternative=alternatives).run(out=tmp_path, observer=again)
    assert [name for name, _ in again.started] == ["bad", "child"]


def test_an_unforeseen_failure_is_recorded_with_its_traceback(tmp_path, monkeypatch):
    import cotejo.study.run as run_module

    def broken(*arguments, **keywords):
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr(run_module, "training_steps", broken)
    result = study(alternative=[{"name": "a"}]).run(out=tmp_path)
    record = StudyFolder(tmp_path).run("a", 1).record
    assert len(result.failed) == 1
    assert record["reason"]["message"].startswith("ZeroDivisionError: surprise")


def test_memory_that_runs_out_is_said(tmp_path, monkeypatch):
    import cotejo.study.run as run_module

    def greedy(*arguments, **keywords):
        raise MemoryError

    monkeypatch.setattr(run_module, "training_steps", greedy)
    study(alternative=[{"name": "a"}]).run(out=tmp_path)
    reason = StudyFolder(tmp_path).run("a", 1).record["reason"]
    assert reason["key"] == "out_of_memory"


@pytest.fixture
def full_disk(monkeypatch, tmp_path):
    """Let nothing of a run be written where it belongs; `places` are where it may go instead."""
    from cotejo.study import results

    write = results.write_file
    places = [tmp_path / "beside"]

    def write_where_there_is_room(path, content):
        if not any(path.is_relative_to(place) for place in places):
            raise OutputError("cannot_write", path=path, reason=os.strerror(errno.ENOSPC))
        write(path, content)

    monkeypatch.setattr(results, "_places", lambda: (tmp_path / "full", *places[:1]))
    monkeypatch.setattr(results, "write_file", write_where_there_is_room)
    monkeypatch.setattr(results, "PAUSE", 0)
    monkeypatch.setattr(results, "PATIENCE", 0)
    return places


def test_a_full_disk_ends_the_study_and_loses_no_training(copy, full_disk, monkeypatch):
    before = StudyFolder(copy).run("augmented", 1).predictions
    shutil.rmtree(copy / "augmented")
    with pytest.raises(OutputError, match=r"No space left.*is kept in .*beside"):
        study().run(out=copy)
    folder = StudyFolder(copy)
    assert not folder.run("augmented", 1).is_written
    assert folder.run("plain", 1).is_finished
    full_disk.append(copy)
    watcher = Recorder()
    study().run(out=copy, observer=watcher)
    assert watcher.started == []
    np.testing.assert_equal(folder.run("augmented", 1).predictions, before)
    assert not list(full_disk[0].iterdir())


def test_results_that_fit_nowhere_wait_in_memory(copy, full_disk):
    class MakesRoom(Recorder):
        def waiting_to_write(self, run, reason):
            assert "No space left" in str(reason)
            full_disk.append(copy)

    shutil.rmtree(copy / "augmented")
    full_disk.clear()
    watcher = MakesRoom()
    result = study().run(out=copy, observer=watcher)
    assert watcher.started == [("augmented", 1)]
    assert len(result.finished) == 3


def test_a_study_killed_at_any_moment_goes_on(finished, tmp_path):
    out = tmp_path / "out"
    script = (
        "from cotejo.config import StudyConfig\nfrom cotejo.study import Study\n"
        f"Study(StudyConfig.parse({STUDY!r})).run(out={str(out)!r})\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    # Killed once the second run has begun.
    deadline = time.monotonic() + 120
    while not (out / "augmented" / "seed-1").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert StudyFolder(out).run("plain", 1).is_finished
    assert not StudyFolder(out).run("longer", 1).is_written
    watcher = Recorder()
    result = study().run(out=out, observer=watcher)
    assert ("plain", 1) not in watcher.started
    assert len(result.finished) == 3
    for name in ("plain", "augmented", "longer"):
        expected = StudyFolder(finished).run(name, 1).predictions
        found = StudyFolder(out).run(name, 1).predictions
        np.testing.assert_array_equal(expected["test_probabilities"], found["test_probabilities"])
    assert not list(out.rglob(".tmp-*"))


def test_a_fallback_is_used_only_when_asked_for(tmp_path, monkeypatch):
    from cotejo.study import planning

    real = planning.load

    def offline(name, **keywords):
        if name == "cifar10":
            raise DownloadError("data_download_failed", sources="none", ways="")
        return real(name, **keywords)

    monkeypatch.setattr(planning, "load", offline)
    wanting = study(data="cifar10", alternative=[{"name": "a"}])
    with pytest.raises(DownloadError):
        wanting.run(out=tmp_path / "a")
    watcher = Recorder()
    wanting.run(out=tmp_path / "b", fallback="digits", observer=watcher)
    assert watcher.calls.index("data_missing") < watcher.calls.index("planned")
    content = StudyFolder(tmp_path / "b").study
    assert (content["requested_data"], content["data"]) == ("cifar10", "digits")


def test_a_quick_look_is_cut_down_and_marked(tmp_path):
    study(base={"epochs": 9}, alternative=[{"name": "a"}]).run(out=tmp_path, quick=True)
    folder = StudyFolder(tmp_path)
    assert folder.study["quick"] is True
    assert folder.run("a", 1).record["quick"] is True
    assert folder.run("a", 1).record["epochs"] == 2


def test_wrong_names_and_foreign_folders_are_refused_before_training(tmp_path):
    with pytest.raises(ConfigError, match="unknown model"):
        study(alternative=[{"name": "a", "model": "resnet"}]).run(out=tmp_path / "a")
    with pytest.raises(ConfigError, match="has no option `kernel_size`"):
        study(alternative=[{"name": "a", "model": "mlp", "kernel_size": 3}]).run(out=tmp_path / "b")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="no study's"):
        study().run(out=tmp_path / "mine")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't write"):
        study().run(out=tmp_path / "file")


def test_a_report_wants_a_study_that_was_run():
    with pytest.raises(OutputError, match="not been run"):
        study().report()
