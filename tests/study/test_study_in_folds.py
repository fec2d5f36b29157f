"""A study with cross-validation, from its file to its report."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape

import numpy as np
import pytest

from cotejo.config import StudyConfig
from cotejo.data.folds import fold_parts, in_folds
from cotejo.errors import ConfigError
from cotejo.facts import gather
from cotejo.inference import Classifier
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.store import RunFolder, StudyFolder
from cotejo.study import Study
from cotejo.study.keys import run_keys
from cotejo.verify import verify

FOLDS = 3
CONTENT = {
    "data": "digits",
    "folds": FOLDS,
    "base": {"model": "mlp", "epochs": 2},
    "alternative": [{"name": "plain"}, {"name": "still", "learning_rate": 1e-7}],
    "claim": [
        {"text": "Learning helps", "better": "plain", "than": "still"},
        {"text": "It is above a half", "better": "plain", "than": 0.5},
    ],
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("folds") / "study"
    result = Study(StudyConfig.parse(CONTENT)).run(out=folder)
    assert [len(result.finished), len(result.failed)] == [2, 0]
    return folder


@pytest.fixture(scope="module")
def findings(study):
    return Findings(gather(study))


def test_every_image_is_answered_by_the_network_of_its_part(study, digits):
    dataset = in_folds(digits, FOLDS)
    for name in ("plain", "still"):
        predictions = RunFolder(study / name / "seed-1").predictions
        np.testing.assert_array_equal(predictions["test_parts"], fold_parts(dataset, 1))
        np.testing.assert_array_equal(predictions["test_labels"], dataset.test.labels)
        assert len(predictions["valid_labels"]) == len(predictions["test_labels"]) == 1797


def test_the_model_that_is_kept_is_the_network_of_the_first_part(study, digits):
    run = RunFolder(study / "plain" / "seed-1")
    of_first = run.predictions["test_parts"] == 0
    kept = Classifier.load(run.path).probabilities(in_folds(digits, FOLDS).test.images)
    chances = run.predictions["test_probabilities"]
    # Its probabilities are calibrated, which changes no answer.
    same = kept.argmax(axis=1) == chances.argmax(axis=1)
    assert same[of_first].all()
    assert not same[~of_first].all()


def test_the_record_says_what_each_network_learned_from(study):
    record = RunFolder(study / "plain" / "seed-1").record
    rows = record["folds"]
    assert len(rows) == FOLDS
    assert sum(row["test"] for row in rows) == sum(row["valid"] for row in rows) == 1797
    assert all(row["train"] + row["valid"] + row["test"] == 1797 for row in rows)
    assert record["epochs"] == 2
    assert record["test_reads"] == 1


def test_the_study_file_repeats_it(study):
    assert StudyConfig.load(study / "study.toml").folds == FOLDS
    assert StudyFolder(study).study["folds"] == FOLDS


def test_one_repetition_settles_a_large_difference(findings):
    (lead,) = findings.leads
    assert findings.best.name == "plain"
    assert lead.difference.method == "folds"
    assert lead.settled
    assert not lead.one_seed
    interval = findings.accuracy["plain"]
    assert interval.low < findings.best.mean("test", "accuracy") < interval.high


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_report_says_what_its_figures_are(study, tmp_path, language):
    folder = shutil.copytree(study, tmp_path / "study")
    page = write_report(folder, language).read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
    said = {
        "en": (
            "a single seed, that is, one cross-validation in 3 parts",
            "1,797 images of scikit-learn's digits are used",
            "dealt out in 3 parts for cross-validation",
            "It trained 3 networks",
            "on the same images that measure it",
            "Nadeau, C. and Bengio, Y. (2003)",
        ),
        "es": (
            "una sola semilla, es decir, una validación cruzada en 3 partes",
            "Se usan 1797 imágenes",
            "Se reparten en 3 partes para la validación cruzada",
            "Entrenó 3 redes",
            "con las mismas imágenes que la miden",
            "Nadeau, C. y Bengio, Y. (2003)",
        ),
    }[language]
    missing = [words for words in said if words not in text.replace("\xa0", " ")]
    assert not missing
    verdicts = (folder / "claims.csv").read_text().splitlines()[1:]
    assert len(verdicts) == 2
    assert all("supported" in row for row in verdicts)


@pytest.mark.usefixtures("undrawn")
def test_verify_knows_the_parts_and_trains_them_again(study, digits, tmp_path):
    folder = shutil.copytree(study, tmp_path / "study")
    write_report(folder)
    levels = {finding.level for finding in verify(folder, dataset=digits, rerun=1)}
    assert levels == {"ok"}


@pytest.mark.parametrize("change", ["none", "two", "other"])
def test_parts_that_were_changed_are_found(study, tmp_path, change):
    folder = shutil.copytree(study, tmp_path / "study")
    path = folder / "plain" / "seed-1"
    arrays = dict(RunFolder(path).predictions)
    if change == "none":
        del arrays["test_parts"]
    elif change == "two":
        arrays["test_parts"] = arrays["test_parts"] % 2
    else:
        arrays["test_parts"] = arrays["test_parts"][:-1]
    # As a run would be that never listed its files.
    record = json.loads((path / "run.json").read_text())
    del record["files"], record["seal"]
    (path / "run.json").write_text(json.dumps(record))
    np.savez(path / "predictions.npz", **arrays)
    (left_out,) = gather(folder).left_out
    assert "test_parts" in str(left_out.reason)


def test_the_number_of_parts_is_part_of_the_key(digits):
    def keys(count):
        config = StudyConfig.parse({**CONTENT, "folds": count})
        return run_keys(config, in_folds(digits, count), "tensorflow")

    assert not set(keys(3).values()) & set(keys(4).values())


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"folds": 2}, "`folds` must be"),
        ({"folds": 21}, "`folds` must be"),
        ({"folds": "five"}, "`folds` must be"),
        (
            {"alternative": [{"name": "a"}, {"name": "b", "start_from": "a"}]},
            "b starts from another alternative",
        ),
    ],
)
def test_what_can_t_be_is_refused(content, line):
    with pytest.raises(ConfigError, match=line):
        StudyConfig.parse({**CONTENT, "claim": [], **content})


def test_a_final_training_of_all_folds_is_refused(tmp_path):
    config = StudyConfig.parse({"data": "digits", "folds": 3, "alternative": [{"name": "a"}]})
    with pytest.raises(ConfigError, match="choose with `folds`, then train"):
        Study(config).run(out=tmp_path / "study", final=True)
