"""A trained model on another labelled set: what is measured, what is said, and what is written."""

import json
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cotejo.data import load
from cotejo.elsewhere import (
    EvaluationFile,
    check_evaluation_place,
    evaluate,
    evaluate_on,
    load_model,
    sentences,
    write_evaluation,
)
from cotejo.elsewhere.recalibration import recalibrate
from cotejo.errors import ConfigError, CotejoError, OutputError
from cotejo.evaluate.calibration import tempered
from cotejo.inference.temperature import read_temperature
from cotejo.report.words import Words
from cotejo.store import read_csv, read_json, read_npz, read_robustness
from cotejo.store.folders import StudyFolder
from cotejo.verify import verify


@pytest.fixture(scope="module")
def model(digits_study):
    return load_model(digits_study / "mlp" / "seed-1")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Digits as pictures of another size, some inverted, in folders; the nines are letters."""
    folder = tmp_path_factory.mktemp("pictures") / "scans"
    digits = load("digits")
    for place in range(150):
        label = int(digits.test.labels[place])
        name = "letter" if label == 9 else f" {label}"
        (folder / name).mkdir(parents=True, exist_ok=True)
        pixels = digits.test.images[place] if place % 4 else 255 - digits.test.images[place]
        Image.fromarray(pixels).resize((50, 40)).save(folder / name / f"{place}.png")
    return folder


@pytest.fixture(scope="module")
def elsewhere(model, pictures):
    from cotejo.elsewhere import load_for

    dataset = load_for(pictures, model.classifier)
    return evaluate_on(model, dataset, corrupt=True, sample=20, calibrate=True)


def test_a_folder_is_taken_whole_and_classes_are_matched(elsewhere, model):
    assert elsewhere.split == "all"
    letters = elsewhere.dataset.class_names["en"].index("letter")
    assert elsewhere.left_out == {letters: 150 - len(elsewhere.labels)}
    assert elsewhere.matching.absent == [9]
    assert elsewhere.metrics["images"] == len(elsewhere.labels)
    answers = elsewhere.probabilities.argmax(axis=1)
    assert elsewhere.accuracy.estimate == pytest.approx((answers == elsewhere.labels).mean())
    difference = elsewhere.difference
    assert difference.estimate == pytest.approx(elsewhere.accuracy.estimate - model.own.accuracy)
    assert difference.low < difference.estimate < difference.high
    assert len(elsewhere.robustness.clean) <= 20


@pytest.mark.parametrize("language", ["en", "es"])
def test_its_files_hold_what_its_page_says(elsewhere, tmp_path, language):
    folder = tmp_path / "evaluation"
    page = write_evaluation(elsewhere, folder, language).read_text()
    assert {path.name for path in folder.iterdir()} - {".lock"} == {*map(str, EvaluationFile)}
    record = read_json(folder / EvaluationFile.RECORD)
    assert record["metrics"]["accuracy"] == elsewhere.metrics["accuracy"]
    assert set(record["files"]) == {*map(str, EvaluationFile)} - {
        EvaluationFile.RECORD,
        EvaluationFile.PAGE,
    }
    arrays = read_npz(folder / EvaluationFile.PREDICTIONS)
    assert np.array_equal(arrays["labels"], elsewhere.labels)
    assert np.array_equal(arrays["probabilities"], elsewhere.probabilities)
    rows = read_csv(folder / EvaluationFile.CLASSES)
    assert sum(int(row["support"]) for row in rows) == len(elsewhere.labels)
    assert len(read_csv(folder / EvaluationFile.CORRUPTIONS)) == 75
    mistakes = read_csv(folder / EvaluationFile.MISTAKES)
    assert all(row["file"].endswith(".png") for row in mistakes)
    assert f'<span class="file">{Path(mistakes[0]["file"]).name}</span>' in page
    words = Words(language)
    # Judged are fewer than 100 images: bin by bin they would show chance above all.
    assert words.say("calibration.undrawn", least=100) in page
    assert 'id="figure-3"' not in page.partition('id="calibration"')[2].partition("</section>")[0]
    for sentence in sentences.verdict(elsewhere, words):
        assert sentence in unescape(page)
    assert words.numbers.percent(elsewhere.metrics["accuracy"]) in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    # Written again, without what was asked for before, nothing old is left.
    again = evaluate_on(elsewhere.model, elsewhere.dataset, split="test")
    write_evaluation(again, folder, language)
    assert not (folder / EvaluationFile.CORRUPTIONS).exists()
    assert not (folder / EvaluationFile.TEMPERATURE).exists()


def test_a_temperature_is_judged_on_other_images_and_can_be_used(elsewhere, tmp_path):
    changed = elsewhere.recalibration
    assert changed.fitted_on + changed.judged_on == len(elsewhere.labels)
    assert not changed.valid
    write_evaluation(elsewhere, tmp_path / "new")
    path = tmp_path / "new" / EvaluationFile.TEMPERATURE
    assert read_temperature(str(path)) == pytest.approx(changed.temperature)
    for wrong in ("0", "nan", str(path.parent / EvaluationFile.RECORD)):
        with pytest.raises(ConfigError):
            read_temperature(wrong)
    with pytest.raises(OutputError):
        read_temperature(str(tmp_path / "none.json"))


def test_the_new_temperature_is_that_of_the_logits():
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 400)
    logits = 2 * np.eye(3)[labels] + random.normal(0, 2, (400, 3))
    plain = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    from_plain = recalibrate(labels, plain, 1.0, (labels, plain))
    halved = tempered(plain, 0.5)
    from_halved = recalibrate(labels, halved, 0.5, (labels, halved))
    assert from_halved.temperature == pytest.approx(from_plain.temperature, rel=1e-3)


def test_its_own_data_is_known_and_nothing_is_claimed_by_it(model):
    result = evaluate_on(model, load("digits"), calibrate=True)
    assert (result.split, result.is_own_data, result.difference) == ("test", True, None)
    assert result.accuracy.estimate == pytest.approx(model.own.accuracy)
    assert result.recalibration.valid
    assert result.recalibration.temperature == pytest.approx(model.classifier.temperature, rel=0.02)
    said = sentences.holding_up(result, Words("en"))
    assert "tested on once before" in said
    learned = evaluate_on(model, load("digits"), split="all")
    assert "learned from 1,438 of these images" in sentences.holding_up(learned, Words("en"))


@pytest.mark.parametrize(("right", "said"), [(0.5, "worse"), (1.0, "better"), (None, "alike")])
def test_the_verdict_follows_the_interval(elsewhere, right, said):
    own = elsewhere.model.own
    accuracy = own.accuracy if right is None else right
    # As good or as bad as we like: answers that are right that often.
    labels = np.arange(2000) % 9
    answers = np.where(np.arange(2000) < round(accuracy * 2000), labels, (labels + 1) % 9)
    chances = np.full((2000, 10), 0.01, np.float32)
    chances[np.arange(2000), answers] = 0.91
    model = replace(elsewhere.model, own=replace(own, accuracy=min(own.accuracy, 0.9)))
    if right is None:
        model = elsewhere.model
    result = replace(elsewhere, model=model, labels=labels, probabilities=chances)
    sentence = sentences.holding_up(result, Words("en"))
    words = {"worse": "does not hold up", "better": "does better", "alike": "may be chance"}
    assert words[said] in sentence


def test_few_images_can_not_tell_whether_it_holds_up(elsewhere):
    few = replace(
        elsewhere, labels=elsewhere.labels[:20], probabilities=elsewhere.probabilities[:20]
    )
    accurate = replace(
        few, model=replace(few.model, own=replace(few.model.own, accuracy=few.accuracy.estimate))
    )
    assert "can't tell whether it holds up" in sentences.holding_up(accurate, Words("en"))
    assert "no se puede decir" in sentences.holding_up(accurate, Words("es"))


def test_what_can_not_be_evaluated_is_said_in_one_line(model, tmp_path):
    with pytest.raises(ConfigError, match="--split must be one of"):
        evaluate_on(model, load("digits"), split="trai")
    with pytest.raises(CotejoError, match="nowhere"):
        evaluate(tmp_path / "nowhere", "digits")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds other files"):
        check_evaluation_place(tmp_path)
    with pytest.raises(OutputError, match="holds other files"):
        check_evaluation_place(tmp_path / "notes.txt")


def test_a_study_keeps_and_reports_robustness(digits_study):
    (_, run), *_ = StudyFolder(digits_study).runs("mlp")
    content = read_robustness(run)
    assert content["images"] == 359
    assert content["mean_corruption_accuracy"] < content["accuracy"]
    (row,) = read_csv(digits_study / "robustness.csv")
    assert float(row["mean_corruption_accuracy"]) == pytest.approx(
        content["mean_corruption_accuracy"], abs=1e-6
    )
    assert len(read_csv(digits_study / "corruptions.csv")) == 75
    assert "mean corruption accuracy" in (digits_study / "report.html").read_text()
    # The corrupted images belong to the one reading that the run has noted.
    assert len(read_csv(digits_study / "test-reads.csv")) == 1
    assert all(finding.level != "error" for finding in verify(digits_study))


def test_robustness_that_does_not_agree_with_itself_is_refused(digits_study, tmp_path):
    import shutil

    from cotejo.store import RunFolder, write_json

    copy = tmp_path / "seed-1"
    shutil.copytree(digits_study / "mlp" / "seed-1", copy)
    content = json.loads((copy / "robustness.json").read_text())
    write_json(copy / "robustness.json", {**content, "mean_corruption_accuracy": 0.999})
    with pytest.raises(OutputError):
        read_robustness(RunFolder(copy))
    write_json(copy / "robustness.json", {**content, "key": "of another"})
    assert read_robustness(RunFolder(copy)) is None
    (copy / "robustness.json").unlink()
    assert read_robustness(RunFolder(copy)) is None
