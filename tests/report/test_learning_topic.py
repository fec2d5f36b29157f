"""Learning curves: which alternatives are on one, and what less data is said to cost."""

import pytest
from fabricate import Made

from cotejo.report import write_report
from cotejo.report.topics.learning.analysis import curves
from cotejo.report.topics.learning.figure import learning_figure
from cotejo.report.topics.learning.words import learning_intro, learning_steps
from cotejo.report.words import Words
from cotejo.store import read_csv

pytestmark = pytest.mark.usefixtures("undrawn")

EN, ES = Words("en"), Words("es")


def learned(name, fraction, accuracies, **changes):
    return Made(name, accuracies, changes={"train_fraction": fraction, **changes})


def test_what_halving_the_data_costs(study):
    findings = study(
        learned("tenth", 0.1, (0.400, 0.401, 0.402)),
        learned("quarter", 0.25, (0.550, 0.551, 0.552)),
        learned("half", 0.5, (0.600, 0.601, 0.602)),
        learned("whole", 1.0, (0.601, 0.602, 0.603)),
        seeds=(1, 2, 3),
    )
    (curve,) = curves(findings)
    assert [point.images for point in curve.points] == [400, 999, 1998, 3995]
    assert [(more.images, less.images) for more, less, _ in curve.steps] == [
        (1998, 999), (3995, 1998)
    ]  # fmt: skip
    english = learning_steps(findings, curve, EN)
    assert "With half of the images, 999 instead of 1,998, test accuracy is 5.00 points lower" in (
        english
    )
    assert "1,998 instead of 3,995, test accuracy is 0.10 points lower (int" in english
    assert "which is no difference that matters" in english
    spanish = learning_steps(findings, curve, ES)
    assert "la exactitud en prueba baja 5,00 puntos" in spanish
    assert "la exactitud en prueba baja 0,10 puntos" in spanish
    assert "no es una diferencia que importe" in spanish
    intro = " ".join(learning_intro([curve], EN))
    assert "fewer images are also fewer training steps" in intro
    assert "one seed" not in intro


def test_a_loss_that_is_not_settled_is_called_so(study):
    findings = study(
        learned("half", 0.5, (0.60, 0.65)), learned("whole", 1.0, (0.65, 0.68)), seeds=(1, 2)
    )
    (curve,) = curves(findings)
    (step,) = curve.steps
    assert not step[2].settled
    said = learning_steps(findings, curve, EN)
    assert "the loss of test accuracy measured, 4.00 points" in said
    assert said.count("not settled") == 1


def test_a_gain_that_is_not_settled_is_called_a_gain(study):
    findings = study(learned("half", 0.5, (0.953,)), learned("whole", 1.0, (0.950,)))
    (curve,) = curves(findings)
    english, spanish = (learning_steps(findings, curve, words) for words in (EN, ES))
    assert "the gain in test accuracy measured, 0.30 points" in english
    assert "la ganancia de exactitud en prueba medida, 0,30 puntos" in spanish


def test_without_halves_the_ends_are_compared(study):
    findings = study(
        learned("few", 0.1, (0.7,), early_stopping=5), learned("all", 1.0, (0.5,), early_stopping=5)
    )
    (curve,) = curves(findings)
    assert (
        "In this one training with 400 images instead of 3,995, test accuracy is 20.00 points"
        in (learning_steps(findings, curve, EN))
    )
    assert "En este único entrenamiento con 400 imágenes en lugar de 3995" in (
        learning_steps(findings, curve, ES)
    )
    assert "sube 20,00 puntos" in learning_steps(findings, curve, ES)
    intro = " ".join(learning_intro([curve], EN))
    assert "With one seed each" in intro
    assert "fewer training steps" not in intro


def test_a_curve_shares_all_other_settings(study, words, tmp_path):
    findings = study(
        learned("a-half", 0.5, (0.5,)),
        learned("a", 1.0, (0.6,)),
        learned("b-half", 0.5, (0.7,), model="cnn7"),
        learned("b", 1.0, (0.8,), model="cnn7"),
        learned("c", 0.5, (0.8,), optimizer="sgd"),
    )
    found = curves(findings)
    assert [[point.alternative.name for point in curve.points] for curve in found] == [
        ["a-half", "a"], ["b-half", "b"]
    ]  # fmt: skip
    (axes,) = learning_figure(found, words).axes
    drawn = [line for line in axes.get_lines() if line.get_marker() != "None"]
    assert [float(line.get_ydata()[0]) for line in drawn] == pytest.approx([0.5, 0.6, 0.7, 0.8])
    write_report(findings.facts.folder.path)
    rows = read_csv(findings.facts.folder.path / "learning-curve.csv")
    assert [(row["curve"], row["train_images"]) for row in rows] == [
        ("1", "1998"), ("1", "3995"), ("2", "1998"), ("2", "3995")
    ]  # fmt: skip


def test_without_different_shares_there_is_no_curve(reported):
    assert 'id="learning"' not in (reported / "report.html").read_text()
    assert not (reported / "learning-curve.csv").exists()
