"""Alternatives that share a training, or continue one, are told to depend on each other."""

from fabricate import Made

from cotejo.report.dependence import dependence
from cotejo.report.shared_seeds import same_trainings
from cotejo.report.words import Words

EN, ES = Words("en"), Words("es")
TWO = (1, 2)


def names(groups):
    return [[alternative.name for alternative in group] for group in groups]


def shorten(findings, name, of):
    """Let an alternative's runs have the history of another's, up to where they end."""
    both = {alternative.name: alternative for alternative in findings.facts.trained}
    for short, long in zip(both[name].finished, both[of].finished, strict=True):
        vars(short)["history"] = long.history[: len(short.history)]


def test_trainings_that_stop_apart_are_the_same_training(study):
    findings = study(
        Made("base", (0.7, 0.71)),
        Made("short", (0.7, 0.71), changes={"epochs": 5}),
        Made("he", (0.7, 0.71), changes={"initializer": "he"}),
        seeds=TWO,
    )
    shorten(findings, "short", of="base")
    assert names(same_trainings(findings.facts)) == [["base", "short"]]
    english, spanish = (" ".join(dependence(findings, words)) for words in (EN, ES))
    assert (
        "With the same seed, “The base” and “The short” are the same training, stopped at"
        in english
    )
    assert "cancels out in their comparison" in english
    assert "«La base» y «La short» son el mismo entrenamiento, detenido en épocas" in spanish


def test_other_histories_are_other_trainings(study):
    findings = study(
        Made("base", (0.7,)), Made("short", (0.6,), loss_rise=0.5, changes={"epochs": 5})
    )
    assert same_trainings(findings.facts) == []
    assert dependence(findings, EN) == []


def test_measured_otherwise_it_is_the_same_training(study):
    findings = study(Made("base", (0.7,)), Made("views", (0.7,), changes={"tta": "flip"}))
    (said,) = dependence(findings, EN)
    assert said == "With the same seed, “The base” and “The views” are the same training."


def test_a_training_that_goes_on_from_another_depends_on_it(study):
    findings = study(
        Made("base", (0.7, 0.71)),
        Made("tuned", (0.8, 0.81), changes={"start_from": "base", "learning_rate": 0.0001}),
        seeds=TWO,
    )
    assert same_trainings(findings.facts) == []
    assert dependence(findings, EN)[0] == "“The tuned” continues the training of “The base”."
    assert "continúa el entrenamiento de «La base»" in dependence(findings, ES)[0]
