"""Searches, trained: trials on validation alone, resumed exactly, what was found trained anew."""

from __future__ import annotations

import shutil
import sys
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.config import StudyConfig
from cotejo.config.search import FIRST_TRIAL_SEED
from cotejo.errors import ConfigError, OutputError, TrainingError
from cotejo.report import write_report
from cotejo.store import (
    StudyFile,
    StudyFolder,
    checkpoint_files,
    read_csv,
    read_trial,
    trial_folder,
)
from cotejo.study import Study
from cotejo.study.executor import SerialExecutor
from cotejo.study.merging import merge
from cotejo.study.observers import Observers
from cotejo.study.progress import Observer
from cotejo.study.search.pruning import FIRST_EPOCH, FIRST_TRIALS, is_stopped, stop_below
from cotejo.verify import verify
from tiny import TINY

TRIALS = 7
CONTENT = {
    "data": "digits",
    "seeds": 2,
    "base": {**TINY, "epochs": 3, "batch_size": 128},
    "alternative": [{"name": "plain"}],
    "claim": [{"text": "Tuning helps", "better": "tuned", "than": "plain"}],
    "search": [
        {
            "name": "tuned",
            "trials": TRIALS,
            "learning_rate": {"low": 1e-4, "high": 10.0, "log": True},
            "batch_size": [64, 128],
        }
    ],
}


class _Told(Observer):
    """Keeps what it is told of trials."""

    def __init__(self):
        self.begun, self.ended = [], []

    def trial_started(self, trial):
        self.begun.append(trial.number)

    def trial_ended(self, trial, outcome):
        self.ended.append(outcome)


class _StoppedAt(Observer):
    """Stops the study as Ctrl-C does, in the middle of a trial."""

    def __init__(self, number):
        self.number = number

    def trial_epoch_ended(self, trial, row):
        if trial.number == self.number:
            raise KeyboardInterrupt


def study(**changes):
    return Study(StudyConfig.parse({**CONTENT, **changes}))


@pytest.fixture(scope="module")
def searched(tmp_path_factory, digits):
    """A study with a search, trained after it was stopped in the middle of two trials."""
    pytest.importorskip("optuna", reason="a search needs Optuna")
    folder = tmp_path_factory.mktemp("searched") / "study"
    for number in (3, 6):
        with pytest.raises(KeyboardInterrupt):
            study().run(out=folder, dataset=digits, observer=_StoppedAt(number))
    told = _Told()
    result = study().run(out=folder, dataset=digits, observer=told)
    return folder, told, result


def trials_of(folder, name="tuned"):
    found = [read_trial(trial_folder(folder, name, number)) for number in range(1, TRIALS + 1)]
    left_out = ("started", "finished", "seconds", "resumed", "seal")
    return [{key: each[key] for key in each if key not in left_out} for each in found]


def test_what_was_found_is_trained_with_fresh_seeds(searched):
    folder, told, result = searched
    entry = StudyFolder(folder).study["searches"][0]
    trials = trials_of(folder)
    best = max(
        (each for each in trials if each["status"] == "finished"),
        key=lambda each: each["valid_accuracy"],
    )
    assert (entry["number"], entry["found"]) == (best["number"], best["values"])
    assert entry["start"] == "plain"
    assert {run.id for run in result.finished} == {
        (name, seed) for name in ("plain", "tuned") for seed in (1, 2)
    }
    settings = StudyFolder(folder).run("tuned", 1).record["settings"]
    assert {name: settings[name] for name in best["values"]} == best["values"]
    assert [each["seed"] for each in trials] == [FIRST_TRIAL_SEED + n for n in range(TRIALS)]
    assert len(told.ended) == TRIALS


def test_one_that_was_stopped_twice_has_the_trials_of_one_that_was_not(searched, tmp_path, digits):
    folder, told, _ = searched
    # The last start trained the sixth trial and what came after it, and nothing again.
    assert told.begun == [6, 7]
    whole = tmp_path / "whole"
    with pytest.raises(_EnoughError):
        study().run(out=whole, dataset=digits, observer=_UntilPlanned())
    assert trials_of(whole) == trials_of(folder)


class _EnoughError(Exception):
    pass


class _UntilPlanned(Observer):
    def planned(self, *args):
        raise _EnoughError


def test_a_trial_that_is_cut_short_goes_on_to_the_same(searched, tmp_path, digits):
    """From its last checkpoint, and its epochs from before are told again."""

    class Cut(_Told):
        def trial_epoch_ended(self, trial, row):
            if (trial.number, row["epoch"]) == (2, 2):
                raise KeyboardInterrupt

    class Epochs(_UntilPlanned):
        def __init__(self):
            self.told = []

        def trial_epoch_ended(self, trial, row):
            if trial.number == 2:
                self.told.append(row["epoch"])

    folder, epochs = tmp_path / "study", Epochs()
    often = study(checkpoint_minutes=1e-6)
    with pytest.raises(KeyboardInterrupt):
        often.run(out=folder, dataset=digits, observer=Cut())
    second = trial_folder(folder, "tuned", 2)
    assert list(checkpoint_files(second))
    with pytest.raises(_EnoughError):
        often.run(out=folder, dataset=digits, observer=epochs)
    assert not list(folder.rglob("checkpoint-*"))
    assert epochs.told[: len(read_trial(second)["valid_accuracies"])] == sorted(epochs.told)
    (resumed,) = read_trial(second)["resumed"]
    assert resumed["exact"]
    assert resumed["epoch"] > 1 or resumed["step"] > 0
    assert trials_of(folder) == trials_of(searched[0])


def test_no_trial_reads_the_test_images(searched):
    folder, _, _ = searched
    rows = read_csv(folder / StudyFile.TEST_READS)
    assert sorted((row["alternative"], row["seed"]) for row in rows) == [
        (name, seed) for name in ("plain", "tuned") for seed in ("1", "2")
    ]


def test_a_trial_is_handed_validation_images_in_the_place_of_test_images(tmp_path, digits):
    pytest.importorskip("optuna", reason="a search needs Optuna")

    class Looks:
        def execute(self, plan, jobs, emit):
            if jobs[0].trial is not None:
                assert np.array_equal(plan.dataset.test.images, digits.valid.images)
                raise _EnoughError
            SerialExecutor().execute(plan, jobs, emit)

    with pytest.raises(_EnoughError):
        study().run(out=tmp_path / "study", dataset=digits, executor=Looks())


def test_more_trials_go_on_after_those_that_there_are(searched, tmp_path, digits):
    folder = tmp_path / "copy"
    shutil.copytree(searched[0], folder)
    more = [{**CONTENT["search"][0], "trials": TRIALS + 1}]
    told = _Told()
    with pytest.raises(_EnoughError):
        study(search=more).run(
            out=folder, dataset=digits, observer=Observers(told, _UntilPlanned())
        )
    assert told.begun == [TRIALS + 1]


def test_trials_that_fail_leave_the_others_and_their_study(tmp_path, digits, undrawn):
    pytest.importorskip("optuna", reason="a search needs Optuna")

    class Fails:
        def execute(self, plan, jobs, emit):
            from cotejo.study.events import RunFailed, RunStarted

            for job in jobs:
                if job.trial is not None and job.trial.search == "bad":
                    emit(RunStarted(job.run.id))
                    reason = TrainingError("loss_not_finite", epoch=1, learning_rate=9.0)
                    emit(RunFailed(job.run.id, reason))
                elif job.trial is None or job.trial.number == 2:
                    SerialExecutor().execute(plan, [job], emit)
                # Of the first trial of the other search nothing is told: it counts as failed.

    space = {"learning_rate": {"low": 1e-3, "high": 1e-2}}
    content = {
        "seeds": 1,
        "base": {**TINY, "epochs": 1},
        "alternative": [{"name": "plain"}],
        "claim": [{"text": "Bad is better", "better": "bad", "than": "plain"}],
        "search": [
            {"name": "bad", "trials": 2, **space},
            {"name": "good", "trials": 2, **space},
        ],
    }
    folder = tmp_path / "study"
    result = study(**content).run(out=folder, dataset=digits, executor=Fails())
    assert [run.alternative for run in result.finished] == ["plain", "good"]
    bad, good = StudyFolder(folder).study["searches"]
    assert (bad["found"], good["number"]) == (None, 2)
    page = write_report(folder).read_text()
    assert "nothing was found" in page
    # Where further runs would rest on it, the study ends instead.
    with pytest.raises(ConfigError, match="none of the 2 trials"):
        study(**{**content, "seeds": 2}).run(
            out=folder, dataset=digits, executor=Fails(), until_settled=True
        )


def test_the_study_is_sound_and_reported_in_both_languages(searched, undrawn, tmp_path):
    folder, _, _ = searched
    write_report(folder)
    assert {each.level for each in verify(folder)} <= {"ok", "warning"}
    keys = [each.key for each in verify(folder)]
    assert "verify.report_follows" in keys
    assert "searching.trials_whole" in keys
    for language, said in (("en", "The search for settings"), ("es", "La búsqueda de ajustes")):
        assert said in write_report(folder, language).read_text()
    rows = read_csv(folder / "trials.csv")
    assert [row["trial"] for row in rows] == [str(number + 1) for number in range(TRIALS)]
    assert {row["setting"] for row in read_csv(folder / "importance.csv")} == {
        "learning_rate",
        "batch_size",
    }
    (row,) = read_csv(folder / "searches.csv")
    fresh = [StudyFolder(folder).run("tuned", seed).metrics["valid"]["accuracy"] for seed in (1, 2)]
    assert float(row["fresh_valid_accuracy"]) == pytest.approx(sum(fresh) / 2, abs=1e-5)
    excess = float(row["best_valid_accuracy"]) - sum(fresh) / 2
    assert float(row["excess"]) == pytest.approx(excess, abs=1e-5)
    assert not (folder / "expected-best.csv").exists()


def test_a_refused_command_leaves_the_study_as_it_is(searched, tmp_path, digits):
    folder = tmp_path / "study"
    shutil.copytree(searched[0], folder)
    (folder / StudyFile.LOOKS).write_text("{}")
    before = (folder / StudyFile.RECORD).read_bytes()
    with pytest.raises(OutputError, match="until-settled"):
        study().run(out=folder, dataset=digits)
    assert (folder / StudyFile.RECORD).read_bytes() == before
    with pytest.raises(OutputError, match="holds a study with searches"):
        merge([searched[0]], tmp_path / "merged")


def test_what_is_known_only_later_is_refused(tmp_path, digits):
    with pytest.raises(ConfigError, match="can't start from the weights"):
        StudyConfig.parse(
            {
                "data": "digits",
                "base": {"model": "mlp"},
                "space": {"learning_rate": {"low": 1e-4, "high": 1e-2}},
                "alternative": [
                    {"name": "plain", "tuned_with": 2},
                    {"name": "next", "start_from": "plain"},
                ],
            }
        )
    with pytest.raises(ConfigError, match="no end by the clock"):
        study().run(out=tmp_path, dataset=digits, deadline=1e9)


def test_without_optuna_one_line_says_how_to_install_it(monkeypatch, tmp_path, digits):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ConfigError, match="pip install optuna"):
        study().run(out=tmp_path / "study", dataset=digits)
    assert not (tmp_path / "study").exists()


def test_a_final_training_has_nothing_to_search_on(tmp_path, digits):
    pytest.importorskip("optuna", reason="a search needs Optuna")
    with pytest.raises(ConfigError, match="which --final learns from"):
        study().run(out=tmp_path / "study", dataset=digits, final=True)


COURSES = st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=1, max_size=9)


@given(COURSES, st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_the_rule_is_that_of_optunas_median_pruner(courses, mine):
    optuna = pytest.importorskip("optuna", reason="a search needs Optuna")
    trials = [{"status": "finished", "valid_accuracies": course} for course in courses]
    limits = stop_below(trials, epochs=5)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    peer = optuna.create_study(
        direction="maximize",
        pruner=optuna.pruners.MedianPruner(FIRST_TRIALS, n_warmup_steps=FIRST_EPOCH),
    )
    for course in courses:
        values = dict(enumerate(course, 1))
        peer.add_trial(optuna.trial.create_trial(value=course[-1], intermediate_values=values))
    trial = peer.ask()
    for epoch, accuracy in enumerate(mine, 1):
        trial.report(accuracy, epoch)
        assert is_stopped(limits, mine[:epoch]) == trial.should_prune()


@given(COURSES)
def test_a_trial_at_the_median_is_not_stopped(courses):
    trials = [{"status": "finished", "valid_accuracies": course} for course in courses]
    limits = stop_below(trials, epochs=4)
    middle = [median(course[epoch] for course in courses) for epoch in range(4)]
    assert not any(is_stopped(limits, middle[: epoch + 1]) for epoch in range(4))
