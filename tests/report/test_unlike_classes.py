"""Where classes are unlike in size: what the report leads with, and what the best is chosen by."""

import csv
import json

import numpy as np
import pytest
from fabricate import Made, fabricate_study, rewrite

from cotejo.evaluate import split_metrics
from cotejo.evaluate.metrics import classification_metrics
from cotejo.facts import best_alternative, gather
from cotejo.facts.unlike_classes import unlike_classes
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.html import render
from cotejo.report.topics.results.balance import few_images
from cotejo.report.words import Words
from cotejo.store import RunFolder, read_json, write_npz

pytestmark = pytest.mark.usefixtures("undrawn")

NAMES = {"en": ["cat", "dog", "axolotl"], "es": ["gato", "perro", "ajolote"]}
LABELS = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [400, 120, 14]))


def only_large(folder, name):
    """Let a network answer the largest class always, which is right for three images in four."""
    path = folder / name / "seed-1"
    chances = np.tile(np.array([0.8, 0.1, 0.1], np.float32), (len(LABELS), 1))
    arrays = dict(RunFolder(path).predictions) | {
        "valid_probabilities": chances,
        "test_probabilities": chances,
    }
    arrays.pop("seal", None)
    write_npz(path / "predictions.npz", **arrays)
    metrics = read_json(path / "metrics.json")
    rewrite(path / "metrics.json", **{**metrics, **split_metrics(arrays)})


@pytest.fixture
def folder(tmp_path):
    """A study in which accuracy would choose a network that names one class alone."""
    made = [Made("one-class", (0.75,)), Made("fair", (0.70,))]
    folder = fabricate_study(tmp_path / "study", made, labels=LABELS, class_names=NAMES)
    only_large(folder, "one-class")
    return folder


def forget(folder):
    """Take balanced accuracy from the records, as runs of an earlier version have them."""
    for path in folder.glob("*/seed-*/metrics.json"):
        metrics = read_json(path)
        for split in ("valid", "test"):
            del metrics[split]["balanced_accuracy"]
        del metrics["test"]["intervals"]["balanced_accuracy"]
        rewrite(path, **metrics)


def test_classes_are_unlike_from_three_times_as_many_images_on():
    assert unlike_classes({"train": [30, 11], "test": [3, 2]}) is None
    assert unlike_classes({"train": [30, 10], "test": [3, 2]}).split == "train"
    assert unlike_classes({"train": [30, 10], "test": [9, 2]}).ratio == 4.5
    # A class without images is said elsewhere.
    assert unlike_classes({"train": [30, 20], "test": [3, 0]}) is None


def test_the_best_is_chosen_by_balanced_accuracy(folder):
    facts = gather(folder)
    assert facts.chosen_by == "balanced_accuracy"
    accuracies = {each.name: each.mean("valid", "accuracy") for each in facts.trained}
    assert accuracies["one-class"] > accuracies["fair"]
    assert best_alternative(facts).name == "fair"
    findings = Findings(facts)
    assert [each.name for each in findings.ranked] == ["fair", "one-class"]
    assert [each.name for each in findings.unlearned] == ["one-class"]
    assert findings.choice.estimate == pytest.approx(
        facts.trained[1].mean("valid", "balanced_accuracy") - 1 / 3
    )
    assert not findings.choice_is_uncertain


def test_an_older_study_keeps_its_choice_and_is_told_its_balanced_accuracy(folder):
    forget(folder)
    findings = Findings(gather(folder))
    assert findings.facts.chosen_by == "accuracy"
    assert findings.best.name == "one-class"
    assert findings.balanced["one-class"].estimate == pytest.approx(1 / 3)
    page = render(findings, "en")
    assert "chosen by its accuracy on the validation images" in page
    assert "Its balanced accuracy, the mean over the classes" in page


def test_a_doctored_balanced_accuracy_is_noticed(folder):
    path = folder / "one-class" / "seed-1" / "metrics.json"
    metrics = read_json(path)
    metrics["valid"]["balanced_accuracy"] = 0.99
    rewrite(path, **metrics)
    facts = gather(folder)
    assert [(left.alternative, left.seed) for left in facts.left_out] == [("one-class", 1)]
    assert "valid.balanced_accuracy" in str(facts.left_out[0].reason)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_report_leads_with_balanced_accuracy_and_says_why(folder, language):
    write_report(folder, language)
    findings, words = Findings(gather(folder)), Words(language)
    page = (folder / "report.html").read_text(encoding="utf-8")
    known = findings.balanced["fair"]
    assert page.index(words.say("summary.key_balanced")) < page.index(
        words.say("summary.key_accuracy")
    )
    assert words.numbers.interval(known.low, known.high) in page
    assert words.say("results.column_balanced") in page
    label = findings.facts.alternatives[0].label(language)
    assert words.say("results.best_by_accuracy", label=label) in page
    numbers = json.loads((folder / "report.json").read_text())
    assert numbers["best"]["alternative"] == "fair"
    assert numbers["best"]["chosen_by"] == "mean balanced validation accuracy"
    assert numbers["balanced_accuracy"]["fair"]["estimate"] == pytest.approx(known.estimate)
    rows = {
        row["alternative"]: row
        for row in csv.DictReader((folder / "summary.csv").read_text().splitlines())
    }
    assert float(rows["fair"]["test_balanced_accuracy_low"]) == pytest.approx(known.low, abs=1e-6)
    assert float(rows["one-class"]["valid_balanced_accuracy"]) == pytest.approx(1 / 3, abs=1e-6)


def test_classes_of_like_size_are_reported_as_ever(study):
    findings = study(Made("a"), Made("b", (0.6,)))
    page = render(findings, "en")
    assert findings.facts.unlike is None
    assert findings.facts.chosen_by == "accuracy"
    assert "alanced accuracy" not in page


def test_the_interval_over_seeds_is_wider_than_that_of_each(tmp_path):
    made = [Made("a", (0.7, 0.9))]
    folder = fabricate_study(
        tmp_path / "study", made, seeds=(1, 2), labels=LABELS, class_names=NAMES
    )
    findings = Findings(gather(folder))
    known, seeds = findings.balanced["a"], findings.best.balanced
    assert known.estimate == pytest.approx(np.mean([each.estimate for each in seeds]))
    assert known.high - known.low > min(each.high - each.low for each in seeds)


def test_a_class_with_too_few_images_is_said_to_be_so(folder):
    findings = Findings(gather(folder))
    (said,) = few_images(findings, Words("en"))
    assert "“axolotl” (14)" in said
    assert "“dog”" not in said
    assert said in render(findings, "en")


def test_of_many_classes_with_few_images_some_are_named(tmp_path):
    names = [f"class {number}" for number in range(12)]
    folder = fabricate_study(
        tmp_path / "study",
        [Made("a", (0.6,))],
        labels=np.arange(60) % 12,
        class_names={"en": names, "es": names},
    )
    (said,) = few_images(Findings(gather(folder)), Words("en"))
    assert said.startswith("Of 12 classes")
    assert said.count("“class") == 5


def test_what_is_recorded_of_each_split():
    labels = np.array([0, 0, 0, 1])
    chances = np.tile(np.array([0.9, 0.1]), (4, 1))
    assert classification_metrics(labels, chances)["balanced_accuracy"] == 0.5
