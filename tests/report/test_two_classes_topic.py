"""The topic of two classes: its numbers against scikit-learn, its files, and what it says."""

import csv
import json

import numpy as np
import pytest
from fabricate import Made, fabricate_study, rewrite
from sklearn.metrics import average_precision_score, confusion_matrix, roc_auc_score

from cotejo.evaluate import split_metrics
from cotejo.evaluate.intervals import proportion_interval
from cotejo.facts import gather
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.html import render
from cotejo.report.topics.two_classes.figure import threshold_curves
from cotejo.report.topics.two_classes.words import about_thresholds
from cotejo.report.two_classes import separations
from cotejo.report.words import Words
from cotejo.store import RunFolder, read_json, write_npz

pytestmark = pytest.mark.usefixtures("undrawn")

NAMES = {"en": ["healthy", "ill"], "es": ["sana", "enferma"]}
LABELS = np.random.default_rng(0).permutation(np.repeat([0, 1], [260, 140]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = [Made("a", (0.8, 0.82)), Made("b", (0.7, 0.71), changes={"augment": "flip-crop"})]
    path = tmp_path_factory.mktemp("two") / "study"
    fabricate_study(path, made, seeds=(1, 2), labels=LABELS, class_names=NAMES)
    write_report(path, "en")
    return path


@pytest.fixture(scope="module")
def findings(folder):
    return Findings(gather(folder))


def rows_of(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_the_numbers_are_scikit_learn_s(findings):
    for row in separations(findings):
        labels, chances = row.alternative.test_predictions
        assert row.area.estimate == pytest.approx(roc_auc_score(labels, chances[:, 1]))
        assert row.precision.estimate == pytest.approx(
            average_precision_score(labels, chances[:, 1])
        )
        for at, answers in (
            (row.half, chances.argmax(axis=1)),
            (row.chosen, (chances[:, 1].astype(float) >= row.chosen.threshold).astype(int)),
        ):
            rejected, alarms, missed, hits = confusion_matrix(labels, answers).ravel().tolist()
            assert at.counts == (hits, missed, alarms, rejected)
            assert [at.sensitivity.low, at.sensitivity.high] == pytest.approx(
                proportion_interval(hits, hits + missed)
            )
            assert at.specificity.estimate == pytest.approx(rejected / (rejected + alarms))


def test_the_area_has_the_interval_that_metrics_json_has(findings):
    for row in separations(findings):
        recorded = row.run.metrics["test"]["per_class"][1]
        assert [row.area.low, row.area.high] == pytest.approx(recorded["auc_interval"])


def test_the_threshold_is_chosen_on_the_validation_images_alone(findings):
    for row in separations(findings):
        labels, chances = row.alternative.valid_predictions
        values = chances[:, 1].astype(float)
        gains = [
            (values >= threshold)[labels == 1].mean() - (values >= threshold)[labels == 0].mean()
            for threshold in (row.chosen.threshold, *np.linspace(0, 1, 101))
        ]
        assert gains[0] == max(gains)


def test_the_files_have_the_numbers(folder, findings):
    rows = rows_of(folder / "two-classes.csv")
    assert [(row["alternative"], row["threshold_from"]) for row in rows] == [
        ("a", "one half"), ("a", "validation"), ("b", "one half"), ("b", "validation"),
    ]  # fmt: skip
    assert {row["positive_class"] for row in rows} == {"ill"}
    best = separations(findings)[0]
    assert float(rows[0]["sensitivity_low"]) == pytest.approx(best.half.sensitivity.low, abs=1e-6)
    points = rows_of(folder / "roc.csv")
    assert len(points) == len(best.curve.thresholds)
    assert [int(row["true_positives"]) for row in points] == best.curve.true_positives.tolist()
    for row in points[1:]:
        low, value, high = (float(row[f"sensitivity{end}"]) for end in ("_low", "", "_high"))
        assert low <= value <= high
    numbers = json.loads((folder / "report.json").read_text())["two_classes"]
    assert numbers["a"]["auc"]["estimate"] == pytest.approx(best.area.estimate)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_says_which_class_is_positive_and_what_the_thresholds_do(findings, language):
    page, words = render(findings, language), Words(language)
    names = NAMES[language]
    assert words.say("two_classes.positive", positive=names[1], negative=names[0]) in page
    best = separations(findings)[0]
    for sentence in about_thresholds(findings, best, words):
        assert sentence in page
    assert words.numbers.percent(best.chosen.sensitivity.estimate) in page


def test_the_body_mentions_it_where_the_classes_fare_unlike(tmp_path, findings):
    words = Words("en")
    balance = "Another threshold than 0.5 would shift that balance."
    best = separations(findings)[0]
    differs = (
        best.half.sensitivity.low > best.half.specificity.high
        or best.half.specificity.low > best.half.sensitivity.high
    )
    assert (balance in render(findings, "en", detail="brief")) == differs
    assert words.say("two_classes.title") not in render(findings, "en", detail="brief")


def test_the_body_says_so_of_a_network_that_prefers_one_class(tmp_path):
    folder = fabricate_study(
        tmp_path / "study", [Made("a", (0.9,))], labels=LABELS, class_names=NAMES
    )
    path = folder / "a" / "seed-1"
    arrays = {name: each for name, each in RunFolder(path).predictions.items() if name != "seal"}
    for split in ("valid", "test"):
        ill = arrays[f"{split}_probabilities"][:, 1] * np.float32(0.6)
        arrays[f"{split}_probabilities"] = np.stack([1 - ill, ill], axis=1)
    write_npz(path / "predictions.npz", **arrays)
    metrics = read_json(path / "metrics.json")
    rewrite(path / "metrics.json", **{**metrics, **split_metrics(arrays)})
    findings = Findings(gather(folder))
    (row,) = separations(findings)
    assert row.half.sensitivity.high < row.half.specificity.low
    said = Words("en").say(
        "two_classes.in_body",
        positive="ill",
        negative="healthy",
        sensitivity=Words("en").numbers.percent(row.half.sensitivity.estimate),
        specificity=Words("en").numbers.percent(row.half.specificity.estimate),
    )
    assert said in render(findings, "en", detail="brief")
    # The threshold on validation brings the sensitivity back.
    assert row.chosen.youden > row.half.youden


def test_the_figure_draws_the_curve_and_both_thresholds(findings):
    best = separations(findings)[0]
    for width in (7.4, 3.6):
        left, right = threshold_curves(best, "#0072B2", Words("es"), width).axes
        _, measured, half, chosen = left.lines
        assert measured.get_ydata()[-1] == 1
        assert half.get_ydata()[0] == pytest.approx(best.half.sensitivity.estimate)
        assert chosen.get_xdata()[0] == pytest.approx(1 - best.chosen.specificity.estimate)
        assert right.lines[0].get_ydata()[0] == pytest.approx(140 / 400)
        assert len(left.collections) == len(right.collections) == 1


def test_other_studies_have_nothing_of_it(study):
    findings = study(Made("a"))
    assert separations(findings) == []
    assert "two-classes.csv" not in render(findings, "en")


def test_test_images_of_one_class_alone_have_no_curve(tmp_path):
    labels = np.zeros(60, int)
    folder = fabricate_study(
        tmp_path / "study", [Made("a", (0.8,))], labels=labels, class_names=NAMES
    )
    assert separations(Findings(gather(folder))) == []
