"""Calibration: the right figures, and the right sentences on them."""

import json
import re

import numpy as np
import pytest
from fabricate import Made, fabricate_study, rewrite

from cotejo.errors import OutputError
from cotejo.evaluate import split_metrics
from cotejo.facts import gather
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topics.calibration import TOPIC
from cotejo.report.topics.calibration.analysis import (
    Diagnosis,
    calibrations,
    diagnosis,
    error_by_chance,
)
from cotejo.report.topics.calibration.figure import reliability_figure
from cotejo.report.topics.calibration.words import calibration_intro, diagnosis_sentences
from cotejo.report.topics.cautions.words import cautions
from cotejo.report.words import Words
from cotejo.stats import Interval
from cotejo.store import RunFolder, write_npz

EN, ES = Words("en"), Words("es")


def resurely(folder, change):
    """Give a study's runs other probabilities: ``change(right, generator)`` is each answer's."""
    for path in folder.glob("*/seed-*"):
        run, generator = RunFolder(path), np.random.default_rng(0)
        kept = dict(run.predictions)
        for split in ("valid", "test"):
            labels, chances = kept[f"{split}_labels"], kept[f"{split}_probabilities"]
            predicted = chances.argmax(axis=1)
            sure = change(predicted == labels, generator)
            spread = np.repeat(((1 - sure) / 9)[:, None], 10, axis=1)
            spread[np.arange(len(labels)), predicted] = sure
            kept[f"{split}_probabilities"] = spread.astype(np.float32)
        write_npz(path / "predictions.npz", **kept)
        rewrite(path / "metrics.json", **split_metrics(kept))
    return Findings(gather(folder))


def diagnosed(findings, words):
    return " ".join(diagnosis_sentences(findings, diagnosis(findings), words))


def test_an_overconfident_network(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.5,)))
    found = diagnosis(findings)
    _, chances = findings.best.test_predictions
    assert found.excess.estimate == pytest.approx(chances.max(axis=1).mean() - 0.6, abs=1e-6)
    assert found.error > found.by_chance
    english, spanish = diagnosed(findings, EN), diagnosed(findings, ES)
    assert "“The a” is overconfident" in english
    assert "is right in 60.0%" in english
    assert "more than chance explains" in english
    assert "«La a» confía en exceso en sus respuestas" in spanish
    assert "acierta en el 60,0" in spanish
    intro = " ".join(calibration_intro(calibrations(findings.facts.trained), 15, EN))
    assert "In each of the 2 alternatives, the mean probability of the answers is at least" in intro


def test_alternatives_are_counted_where_there_are_any(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.95,)), Made("c", (0.5,)))
    rows = calibrations(findings.facts.trained)
    english, spanish = (" ".join(calibration_intro(rows, 15, words)) for words in (EN, ES))
    assert "of the 3 alternatives, 2 are overconfident and one is underconfident." in english
    assert "neither" not in english
    assert "2 confían en exceso y una confía menos de lo debido." in spanish


def test_an_underconfident_network(study):
    findings = study(Made("a", (0.95,)))
    english = diagnosed(findings, EN)
    assert "“The a” is underconfident" in english
    assert re.search(r"is right in 95.0%, \d+\.\d\d points more \(95% interval \[\d", english)
    assert "confía menos de lo debido" in diagnosed(findings, ES)


def test_the_limitations_say_how_far_off_the_probabilities_are(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.5,)))
    points = EN.numbers.points(abs(diagnosis(findings).excess.estimate))
    said = f"The probabilities that “The a” gives its answers are {points} points too high"
    assert any(said in caution for caution in cautions(findings, EN))


def test_a_calibrated_network_is_not_called_anything_else(tmp_path):
    def sure(right, generator):
        # Uniform from 0.5 to 1, and right as often as that: then 0.75 are right, whose
        # probabilities are distributed as the larger of two in a third of the cases.
        one, other = generator.uniform(0.5, 1, (2, len(right)))
        larger = np.where(generator.uniform(size=len(right)) < 1 / 3, np.maximum(one, other), one)
        return np.where(right, larger, np.minimum(one, other))

    fabricate_study(tmp_path, [Made("a", (0.75,))], images=2000)
    findings = resurely(tmp_path, sure)
    found = diagnosis(findings)
    assert found.error <= found.by_chance
    assert not any("probabilities" in caution for caution in cautions(findings, EN))
    english = diagnosed(findings, EN)
    assert "these images show “The a” neither over- nor underconfident" in english
    assert "chance alone may explain" in english
    assert "hardly changes that" in english
    assert "no muestran en «La a» ni exceso ni falta de confianza" in diagnosed(findings, ES)


@pytest.mark.parametrize(
    ("excess", "scaled", "loss_scaled", "english", "spanish"),
    [
        (0.006, 0.010, 0.49, "is slightly overconfident", "confía ligeramente en exceso"),
        (-0.006, 0.010, 0.49, "is slightly underconfident", "confía algo menos de lo debido"),
        (0.05, 0.010, 0.45, "calibration error falls to 1.00 points", "baja a 1,00 puntos"),
        (0.05, 0.010, 0.45, "What is left is still more", "sigue siendo mayor"),
        (0.05, 0.000, 0.45, "Chance alone may explain what is left", "El azar basta para explicar"),
        (0.05, 0.048, 0.50, "hardly changes that", "apenas lo cambia"),
        (0.05, 0.060, 0.51, "does not help on the test images", "no mejora el resultado en las"),
    ],
)
def test_sentences_on_one_network(study, excess, scaled, loss_scaled, english, spanish):
    findings = study(Made("a", (0.8,)))
    run = RunFolder(findings.best.representative.path)
    bins = [{"low": 0.8, "high": 1.0, "images": 90_000, "confidence": 0.9, "accuracy": 0.9}]
    calibration = {
        "ece": 0.05, "ece_scaled": scaled, "temperature": 1.25, "loss_scaled": loss_scaled,
        "reliability": bins, "reliability_scaled": bins,
    }  # fmt: skip
    test = {"accuracy": 0.8, "loss": 0.5, "calibration": calibration}
    run.__dict__["metrics"] = {"test": test}
    found = Diagnosis(run, Interval(excess, excess - 0.003, excess + 0.003))
    assert english in " ".join(diagnosis_sentences(findings, found, EN))
    assert spanish in " ".join(diagnosis_sentences(findings, found, ES))


def test_several_seeds_are_averaged_and_one_is_drawn(study):
    findings = study(Made("a", (0.6, 0.7)), seeds=(1, 2))
    (row,) = calibrations(findings.facts.trained)
    runs = [run.metrics["test"] for run in findings.best.finished]
    assert row.error == pytest.approx(np.mean([run["calibration"]["ece"] for run in runs]))
    assert row.brier == pytest.approx(np.mean([run["brier"] for run in runs]))
    assert "one trained network of “The a”, that of seed 1" in diagnosed(findings, EN)


def test_a_damaged_calibration_is_refused(tmp_path):
    fabricate_study(tmp_path, [Made("a")], images=100)
    path = tmp_path / "a" / "seed-1" / "metrics.json"
    test = json.loads(path.read_text())["test"]
    test["calibration"]["reliability"] = "none"
    rewrite(path, test=test)
    with pytest.raises(OutputError, match=r"metrics\.json is damaged"):
        gather(tmp_path)


def test_the_error_by_chance_shrinks_with_the_images():
    bins = [{"images": 100, "confidence": 0.7}, {"images": 0, "confidence": None}]
    few = error_by_chance(bins)
    many = error_by_chance([{**row, "images": 100 * row["images"]} for row in bins])
    assert 0 < many < few < 0.15
    assert few == error_by_chance(bins)


def test_of_few_images_no_reliability_diagram_is_drawn(study):
    few = TOPIC.section(Page(study(Made("a", (0.6,)), images=90), Words("en")))
    assert few["reliability"] is None
    assert few["diagnosis"][-1].endswith("that takes 100 images or more.")


def test_the_reliability_diagram_draws_the_bins(study, words):
    findings = study(Made("a", (0.6,)))
    found = diagnosis(findings)
    above = reliability_figure(found, "#009e73", words).axes[0]
    points = above.get_lines()[-1].get_xydata()
    filled = [row for row in found.before if row["images"]]
    assert points.tolist() == [[row["confidence"], row["accuracy"]] for row in filled]
