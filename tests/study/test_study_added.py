"""Predictions from elsewhere: what is added takes part in a study, and nothing else changes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cotejo.config import StudyConfig
from cotejo.errors import ConfigError, CotejoError, OutputError
from cotejo.facts import gather
from cotejo.inference import Classifier
from cotejo.report import write_report
from cotejo.store import RunFolder, StudyFolder, read_json, read_readings
from cotejo.study import Study
from cotejo.study.added import add_predictions
from cotejo.verify import verify

pytestmark = pytest.mark.usefixtures("undrawn")


def chances(labels, accuracy=0.9, classes=10, seed=0):
    """Return probabilities ``[n, classes]`` of which so many are right, none of them certain."""
    rng = np.random.default_rng(seed)
    named = np.where(rng.random(len(labels)) < accuracy, labels, (labels + 1) % classes)
    rows = rng.dirichlet(np.ones(classes), len(labels)) * 0.4
    rows[np.arange(len(labels)), named] += 0.6
    return rows


@pytest.fixture
def copy(undrawn_study, tmp_path) -> Path:
    return Path(shutil.copytree(undrawn_study, tmp_path / "study"))


@pytest.fixture(scope="module")
def with_the_best(undrawn_study, digits, tmp_path_factory) -> Path:
    """A study whose best alternative was added from a file, with two seeds; copy it to change."""
    folder = tmp_path_factory.mktemp("added")
    study = Path(shutil.copytree(undrawn_study, folder / "study"))
    for seed in (1, 2):
        path = folder / f"torch-{seed}.npz"
        np.savez(
            path,
            test=chances(digits.test.labels, 0.99, seed=seed),
            valid=chances(digits.valid.labels, 0.99, seed=seed),
            test_labels=digits.test.labels,
        )
        add_predictions(study, "torch", seed, path, dataset=digits)
    return study


def tree(folder):
    """Return every file of a folder with its content, so that a change of anything shows."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def add(folder, digits, **given):
    test = given.pop("test", None)
    test = chances(digits.test.labels) if test is None else test
    values = {"name": "other", "seed": 1, "dataset": digits, **given}
    return add_predictions(folder, test=test, **values)


def test_what_is_added_becomes_a_run_of_the_study(copy, digits):
    before = gather(copy)
    added = add(copy, digits, valid=chances(digits.valid.labels), seed=7)
    run = RunFolder(copy / "other" / "seed-7")
    assert added.folder == run.path
    assert run.is_finished
    assert run.record["source"] == {
        "kind": "added",
        "probabilities": True,
        "predictions": run.record["source"]["predictions"],
        "files": [],
        "history": None,
        "cotejo": run.record["source"]["cotejo"],
    }
    assert "model" not in run.record
    assert "timings" not in run.record
    assert run.metrics["test"]["accuracy"] == added.accuracy
    assert run.metrics["test"]["calibration"]["temperature"] > 0
    assert len(run.mistakes["images"]) > 0
    facts = gather(copy)
    assert [each.name for each in facts.added] == ["other"]
    assert facts.asked == before.asked + 1
    assert facts.missing == 0
    assert [row["alternative"] for row in read_readings(copy)].count("other") == 1
    assert "trained elsewhere" not in (copy / "other" / "seed-7" / "run.json").read_text()


def test_adding_the_same_again_changes_nothing_of_the_run(copy, digits):
    add(copy, digits)
    before = tree(copy / "other")
    add(copy, digits)
    assert tree(copy / "other") == before
    assert len([row for row in read_readings(copy) if row["alternative"] == "other"]) == 1


def test_another_run_in_its_place_is_refused_or_put_aside(copy, digits):
    add(copy, digits)
    other = chances(digits.test.labels, 0.5)
    with pytest.raises(OutputError, match="--replace"):
        add(copy, digits, test=other)
    add(copy, digits, test=other, replace=True)
    aside = [path.name for path in (copy / "replaced").iterdir()]
    assert len(aside) == 1
    assert aside[0].startswith("other-seed-1-")
    assert RunFolder(copy / "replaced" / aside[0]).is_finished
    assert gather(copy).added[0].finished[0].metrics["test"]["accuracy"] < 0.7


def test_a_run_that_the_study_trained_is_never_replaced(copy, digits):
    before = tree(copy)
    with pytest.raises(ConfigError, match="trains itself"):
        add(copy, digits, name="plain", replace=True)
    assert tree(copy) == before


def test_a_folder_of_somebody_else_is_left_alone(copy, digits):
    mine = copy / "other" / "seed-1" / "predictions.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text("0,1\n")
    with pytest.raises(OutputError, match="something else"):
        add(copy, digits)
    assert mine.read_text() == "0,1\n"


def test_the_same_predictions_are_no_second_seed(copy, digits):
    add(copy, digits)
    with pytest.raises(CotejoError, match="seed 1"):
        add(copy, digits, seed=2)


def test_what_was_added_stays_when_the_study_is_run_again(with_the_best, digits, tmp_path):
    folder = Path(shutil.copytree(with_the_best, tmp_path / "study"))
    before = tree(folder / "torch")
    study = Study.load(folder / "study.toml")
    result = study.run(out=folder, dataset=digits)
    assert {run.alternative for run in result.finished} == {"plain", "on"}
    assert tree(folder / "torch") == before
    facts = gather(folder)
    assert [each.name for each in facts.alternatives] == ["plain", "on", "torch"]
    assert len(facts.added[0].finished) == 2
    assert "torch" not in (folder / "study.toml").read_text()


def test_a_study_that_trains_one_of_its_name_puts_it_aside(copy, digits):
    add(copy, digits, name="third")
    config = StudyConfig.parse(
        {
            "data": "digits",
            "base": {"model": "cnn3", "epochs": 1},
            "alternative": [{"name": "third"}],
        }
    )
    Study(config).run(out=copy, dataset=digits)
    assert [each.name for each in gather(copy).trained] == ["third"]
    assert not gather(copy).added
    assert [path.name[:13] for path in (copy / "replaced").iterdir()] == ["third-seed-1-"]


def test_runs_of_other_images_are_not_listed(copy, digits):
    add(copy, digits)
    fewer = replace(digits, name="fewer", test=digits.test.take(np.arange(100)))
    config = StudyConfig.parse(
        {"data": "digits", "base": {"epochs": 1}, "alternative": [{"name": "plain"}]}
    )
    Study(config).run(out=copy, dataset=fewer)
    assert [entry["name"] for entry in StudyFolder(copy).study["alternatives"]] == ["plain"]
    assert (copy / "other" / "seed-1" / "run.json").is_file()


def test_several_are_told_in_one_sentence(copy, digits):
    add(copy, digits, name="first")
    add(copy, digits, name="second")
    page = write_report(copy, "en", format="md").read_text()
    line = "The predictions of “first” (from arrays in Python) and “second” (from arrays in Python)"
    assert line in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "The predictions of “torch” were added from “torch-1.npz” and “torch-2.npz”: "
                "how it was trained is not known to Cotejo.",
                "“torch” was trained elsewhere, and its predictions were added.",
                "So there is no training to show, no model to use",
                "its lead can't be put down to anything in particular",
            ],
        ),
        (
            "es",
            [
                "Las predicciones de «torch» se añadieron a partir de «torch-1.npz» y "
                "«torch-2.npz»: Cotejo no sabe cómo se entrenó.",
                "«torch» se entrenó fuera de este estudio y de ella se añadieron las predicciones.",
                "no hay entrenamiento que mostrar ni modelo que usar",
                "su ventaja no puede atribuirse a nada en concreto",
            ],
        ),
    ],
)
def test_a_report_whose_best_was_added(with_the_best, tmp_path, language, said):
    folder = Path(shutil.copytree(with_the_best, tmp_path / "study"))
    page = write_report(folder, language).read_text().replace("&#39;", "'").replace("\xa0", " ")
    for sentence in said:
        assert sentence in page, sentence
    numbers = read_json(folder / "report.json")
    assert numbers["best"]["alternative"] == "torch"
    assert numbers["best"]["whole_training_epochs"] is None
    assert numbers["added"] == {"torch": ["torch-1.npz", "torch-2.npz"]}
    assert numbers["calibration"]["temperature"] > 0
    assert set(numbers["overfitting"]) == {"plain", "on"}
    assert numbers["failures"]["agreement"]["networks"] == 6
    rows = (folder / "summary.csv").read_text().splitlines()
    assert rows[-1].startswith("torch,,,2,,,")
    assert "torch" not in (folder / "cost.csv").read_text()
    assert "torch" in (folder / "comparisons.csv").read_text()


def test_a_report_of_classes_alone_without_validation(copy, digits):
    named = chances(digits.test.labels).argmax(axis=1)
    added = add(copy, digits, test=[digits.class_names["es"][label] for label in named])
    assert not added.has_probabilities
    assert not added.has_validation
    for language, said in (("en", "no predictions on the validation"), ("es", "validación, con")):
        assert said in write_report(copy, language).read_text()
    numbers = read_json(copy / "report.json")
    assert numbers["best"]["alternative"] != "other"
    assert numbers["ranking"][-1] == "other"
    assert "other" in numbers["lead_of_best"]
    assert "other" not in (copy / "calibration.csv").read_text()
    metrics = RunFolder(copy / "other" / "seed-1").metrics
    assert metrics["test"]["loss"] is None
    assert metrics["test"]["macro_auc"] is None
    assert metrics["test"]["macro_f1"] > 0.5
    assert "calibration" not in metrics["test"]
    assert "probabilities" not in " ".join(np.load(copy / "other/seed-1/predictions.npz"))


def test_a_best_of_classes_alone(copy, digits):
    right = [digits.test.labels.copy(), digits.valid.labels.copy()]
    for labels in right:
        labels[:3] = (labels[:3] + 1) % 10
    add(copy, digits, test=right[0], valid=right[1])
    for language in ("en", "es"):
        write_report(copy, language)
    numbers = read_json(copy / "report.json")
    assert numbers["best"]["alternative"] == "other"
    assert numbers["best"]["sure_mistakes"] is None
    assert numbers["calibration"] is None
    assert not (copy / "reliability.csv").exists()
    assert (copy / "mistakes.csv").read_text().splitlines()[1].endswith(",,")


def test_a_study_of_added_alternatives_alone(copy, digits):
    add(copy, digits, valid=chances(digits.valid.labels))
    for name in ("plain", "on"):
        shutil.rmtree(copy / name)
    for language in ("en", "es"):
        write_report(copy, language)
    assert read_json(copy / "report.json")["ranking"] == ["other"]
    assert not (copy / "cost.csv").exists()


def test_a_history_is_drawn_and_kept(copy, digits, drawn):
    history = [
        {"loss": 2.0, "accuracy": 0.3, "val_loss": 1.9, "val_accuracy": 0.35},
        {"loss": 1.0, "accuracy": 0.7, "val_loss": 1.1, "val_accuracy": 0.68},
    ]
    add(copy, digits, valid=chances(digits.valid.labels), history=history)
    run = gather(copy).added[0].representative
    assert [row["valid_accuracy"] for row in run.history] == [0.35, 0.68]
    assert run.record["epochs"] == 2
    page = write_report(copy).read_text()
    assert "“on” and “other”" in page or "“plain”, “on” and “other”" in page


def test_a_claim_may_name_what_is_added(copy, digits):
    content = {
        "data": "digits",
        "seeds": 2,
        "added": ["other"],
        "base": {"model": "cnn3", "epochs": 1},
        "alternative": [{"name": "plain"}],
        "claim": [
            {"text": "Better", "better": "other", "than": "plain", "by": 0.01},
            {"text": "Faster", "better": "other", "than": "plain", "metric": "seconds"},
        ],
    }
    config = StudyConfig.parse(content)
    again = StudyConfig.parse({**content, "added": []} | {"claim": []})
    assert "added" not in again.to_toml()
    assert 'added = [\n    "other",\n]' in config.to_toml()
    with pytest.raises(ConfigError, match="trains itself"):
        StudyConfig.parse({**content, "added": ["plain"]})
    study = Study(config)
    study.run(out=copy, dataset=digits)
    study.report()
    claims = (copy / "claims.csv").read_text()
    assert claims.count("untested") == 4
    for seed in (1, 2):
        test = chances(digits.test.labels, 0.99, seed=seed)
        valid = chances(digits.valid.labels, 0.99, seed=seed)
        study.add("other", seed, test, valid, dataset=digits)
    study.report(language="es")
    rows = (copy / "claims.csv").read_text().splitlines()
    assert "supported" in rows[1]
    assert "untested" in rows[2]


def test_verify_accepts_it_and_says_that_it_was_added(with_the_best, digits, tmp_path):
    folder = Path(shutil.copytree(with_the_best, tmp_path / "study"))
    add(folder, digits, test=digits.test.labels, name="classes")
    write_report(folder)
    findings = list(verify(folder, digits))
    assert "verify.added_arrays" in {finding.key for finding in findings}
    assert [finding.key for finding in findings if finding.level == "error"] == []
    said = [finding.text for finding in findings if finding.key == "verify.added"]
    assert len(said) == 2
    assert "torch-1.npz" in said[0]


def test_a_changed_file_of_an_added_run_shows(copy, digits):
    add(copy, digits)
    path = copy / "other" / "seed-1" / "metrics.json"
    path.write_text(path.read_text().replace("accuracy", "acuracy", 1))
    assert [left_out.alternative for left_out in gather(copy).left_out] == ["other"]


def test_it_has_no_model(copy, digits):
    added = add(copy, digits)
    with pytest.raises(OutputError, match="has no model"):
        Classifier.load(added.folder)


def test_rows_in_another_order_are_doubted(copy, digits):
    rows = chances(digits.test.labels, 0.95)
    assert not add(copy, digits, test=rows).is_doubtful
    config = gather(copy)
    best = max(each.mean("test", "accuracy") for each in config.trained)
    shuffled = rows[np.random.default_rng(0).permutation(len(rows))]
    doubted = add(copy, digits, test=shuffled, name="shuffled")
    assert best > 0.9
    assert doubted.accuracy < 0.3
    assert doubted.is_doubtful


def test_a_cross_validation_takes_no_predictions(copy, digits):
    record = read_json(copy / "study.json")
    (copy / "study.json").write_text(json.dumps({**record, "folds": 3, "format": 1}))
    with pytest.raises(OutputError, match="cross-validation"):
        add(copy, digits)


def test_other_data_are_refused(copy, digits):
    other = replace(digits, test=digits.test.take(np.arange(len(digits.test))[::-1]))
    before = tree(copy)
    with pytest.raises(CotejoError, match="not the data"):
        add(copy, other)
    assert tree(copy) == before


def test_the_data_are_found_by_the_study_s_own_file(copy, digits):
    test = chances(digits.test.labels)
    assert add_predictions(copy, "other", 1, test).accuracy > 0.8
