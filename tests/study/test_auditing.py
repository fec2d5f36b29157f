"""The audit of a study's data: once, with labels judged by its best, and never at its cost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cotejo.config import Settings, StudyConfig
from cotejo.data import Dataset, Split
from cotejo.data.audit import read_audit
from cotejo.facts import gather
from cotejo.report.findings import Findings
from cotejo.report.topics.audit.analysis import audited
from cotejo.study import Study
from cotejo.study.afterwards import auditing
from cotejo.study.crossvalidation import (
    cross_validated,
    expected_seconds,
    judged_labels,
    recipe,
)
from cotejo.study.progress import Observer

STUDY = {
    "data": "digits",
    "seeds": 1,
    "base": {"epochs": 1, "model": "mlp"},
    "alternative": [{"name": "plain"}],
}
SMALL = Settings(model="mlp", epochs=2).resolved()


class Listener(Observer):
    """Keeps what it is told of audits."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def audit_started(self, dataset: Dataset) -> None:
        self.told.append("started")

    def audit_failed(self, reason: Exception) -> None:
        self.told.append(str(reason))


def run(folder: Path, **options: object) -> list[str]:
    listener = Listener()
    Study(StudyConfig.parse(STUDY)).run(out=folder, observer=listener, **options)
    return listener.told


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("auditing") / "out"
    run(folder)
    return folder


def test_a_study_audits_its_data(finished: Path) -> None:
    found = audited(Findings(gather(finished)))
    assert found is not None
    assert found.audit.about["dataset"]["name"] == "digits"
    assert found.has_judged("test")
    assert found.has_judged("valid")
    assert not found.has_judged("train")
    assert {issue.split for issue in found.audit.of_kind("label")} <= {"valid", "test"}
    assert not (finished / "audit.log").exists()


def test_it_is_done_once(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(auditing, "cached_audit", refuse)
    assert run(finished) == []


def test_a_damaged_file_is_written_anew_from_the_cache(finished: Path) -> None:
    (finished / "audit.csv").write_text("nonsense")
    assert run(finished) == []
    assert read_audit(finished).issues


def test_other_runs_judge_the_labels_anew(finished: Path) -> None:
    before = read_audit(finished).about["labels_judged_by"]
    listener = Listener()
    changed = {**STUDY, "base": {**STUDY["base"], "learning_rate": 0.002}}
    Study(StudyConfig.parse(changed)).run(out=finished, observer=listener)
    assert listener.told == []
    assert read_audit(finished).about["labels_judged_by"] != before
    run(finished)
    assert read_audit(finished).about["labels_judged_by"] == before


def test_a_failure_is_told_and_leaves_the_study_whole(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise MemoryError("no room")

    (finished / "audit.json").unlink()
    monkeypatch.setattr(auditing, "cached_audit", fail)
    (told,) = run(finished)
    assert "MemoryError: no room" in told
    assert "MemoryError" in (finished / "audit.log").read_text()
    assert audited(Findings(gather(finished))) is None
    monkeypatch.undo()
    assert run(finished) == []
    assert not (finished / "audit.log").exists()


def test_a_quick_look_has_none(tmp_path: Path) -> None:
    assert run(tmp_path / "quick", quick=True) == []
    assert not (tmp_path / "quick" / "audit.json").exists()


def test_cross_validation_judges_each_image_by_others(digits: Dataset) -> None:
    """Labels changed in one part are found by networks that learned from the others."""
    labels = digits.train.labels.copy()
    labels[:30] = (labels[:30] + 5) % 10
    changed = Dataset(
        digits.name,
        Split(digits.train.images, labels),
        digits.valid,
        digits.test,
        digits.class_names,
        digits.split,
        digits.source,
    )
    epochs = []
    settings = SMALL.model_copy(update={"epochs": 6})
    issues = judged_labels(changed, settings, 2, lambda fold, epoch: epochs.append((fold, epoch)))
    suspected = [issue.index for issue in issues if issue.split == "train"]
    assert len(set(suspected) & set(range(30))) >= 24
    assert epochs == [(fold, epoch) for fold in (1, 2) for epoch in range(1, 7)]


def test_cross_validation_gives_every_image_probabilities(digits: Dataset) -> None:
    chances = cross_validated(digits, SMALL, 2)
    assert chances.shape == (1438, 10)
    assert chances.sum(axis=1) == pytest.approx(np.ones(1438), abs=1e-5)


def test_its_time_is_known_before(digits: Dataset) -> None:
    assert expected_seconds(digits, SMALL, 2) > 0


def test_the_recipe_mirrors_no_digits(digits: Dataset) -> None:
    assert recipe(digits).augment == "none"
    assert recipe(digits).early_stopping == 0


@pytest.mark.parametrize(("folds", "patience", "named"), [(1, 0, "`folds`"), (2, 3, "`settings`")])
def test_what_would_leak_is_refused(digits: Dataset, folds: int, patience: int, named: str) -> None:
    settings = SMALL.model_copy(update={"early_stopping": patience})
    with pytest.raises(ValueError, match=named):
        cross_validated(digits, settings, folds)
