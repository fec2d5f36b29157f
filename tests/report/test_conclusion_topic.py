"""The aim and the conclusion say what the comparisons settle, and no more."""

import pytest
from fabricate import Made

from cotejo.report.report_json import report_json
from cotejo.report.topics import TOPICS
from cotejo.report.topics.aim.words import aim
from cotejo.report.topics.conclusion.words import conclusion
from cotejo.report.topics.summary.words import summary
from cotejo.report.words import Words

EN, ES = Words("en"), Words("es")
SEEDS = (1, 2, 3)


def said(findings, words=EN):
    return " ".join(conclusion(findings, words))


def test_what_is_settled_is_said_of_ways_of_training(study):
    findings = study(
        Made("a", (0.60, 0.61, 0.60)),
        Made("b", (0.80, 0.81, 0.80), changes={"dropout": 0.3}),
        Made("c", (0.80, 0.80, 0.80), changes={"augment": "flip-crop"}),
        seeds=SEEDS,
    )
    text = said(findings)
    assert "Of the three alternatives, the best on validation is “The b”" in text
    assert "The test set settles that it is ahead of “The a”." in text
    assert "no difference that matters sets it apart from “The c”." in text
    assert (
        "The two comparisons between alternatives that differ in one choice, on dropout and data"
        in text
    )
    assert "permite afirmar que supera a «La a»" in said(findings, ES)
    assert 3 <= len(conclusion(findings, EN)) <= 6
    kept = report_json(TOPICS, findings)["conclusion"]
    assert kept["best_against_others"] == {
        "supported": ["a"],
        "smaller": [],
        "refuted": [],
        "equal": ["c"],
        "unsettled": [],
    }
    assert kept["choices"] == kept["settled"] == {"dropout": 1, "augment": 1}


def test_with_one_seed_it_is_about_networks(study):
    findings = study(Made("a", (0.60,)), Made("b", (0.80,), changes={"dropout": 0.3}))
    text = said(findings)
    assert "On these test images, its network is ahead of those of “The a”." in text
    assert "With a single seed, no conclusion can be drawn on what each choice is worth" in text
    assert "settles that" not in text
    assert "Con una sola semilla no se puede concluir" in said(findings, ES)


def test_a_best_that_learned_nothing_is_said_to(study):
    assert "not clearly better than always naming" in said(
        study(Made("a", (0.1,)), Made("b", (0.08,)))
    )


def test_a_quick_look_concludes_little(study):
    text = said(study(Made("a", (0.6,)), Made("b", (0.7,)), quick=True))
    assert "This was a quick look" in text
    assert "All of this is about" not in text


def test_more_alternatives_than_can_be_named_are_counted(study):
    findings = study(*(Made(f"a{n}", (0.30 + n / 100,)) for n in range(8)), Made("b", (0.90,)))
    assert "ahead of those of all the others" in said(findings)


def test_every_number_of_the_conclusion_is_in_report_json(study):
    findings = study(Made("a", (0.60,)), Made("b", (0.80,)))
    kept = report_json(TOPICS, findings)["test_accuracy"]["b"]
    for value in (kept["estimate"], kept["low"], kept["high"]):
        assert EN.numbers.percent(value).removesuffix("%") in said(findings)


@pytest.mark.parametrize(("words", "choice"), [(EN, "data augmentation"), (ES, "aumento de datos")])
def test_the_aim_names_what_is_asked_and_the_rules(study, words, choice):
    findings = study(
        Made("a", (0.6,)), Made("b", (0.7,), changes={"augment": "flip-crop", "early_stopping": 0})
    )
    question, rules = aim(findings, words)
    assert choice in question
    assert "CIFAR-10" in question
    assert ("stops early" in rules or "antes de tiempo" in rules) is False
    assert "once" in rules or "una sola vez" in rules


def test_early_stopping_and_a_second_reading_change_the_rules(study):
    made = Made("a", (0.6,), changes={"early_stopping": 2}), Made("b", (0.7,))
    _, rules = aim(study(*made, extra_reads=1), EN)
    assert "when a training stops early and which alternative is the best" in rules
    assert "once" not in rules


def test_one_alternative_is_asked_about_alone(study):
    question, rules = aim(study(Made("a", (0.6,))), EN)
    assert "how well a network, trained in one way" in question
    assert "which alternative" not in rules


def test_a_lead_in_several_settings_is_put_down_to_none_of_them(study):
    apart = {"dropout": 0.3, "augment": "flip-crop", "epochs": 6}
    findings = study(Made("a", (0.60,)), Made("b", (0.80,), changes=apart))
    assert "“The b” differs from each of the others in several settings at once (" in said(findings)
    assert "Not all alternatives were trained for the same number of epochs (from 6 to" in said(
        findings
    )
    assert "su ventaja no puede atribuirse a uno solo" in " ".join(summary(findings, ES))


def test_a_lead_in_one_choice_has_no_such_caveat(study):
    findings = study(Made("a", (0.60,)), Made("b", (0.80,), changes={"dropout": 0.3}))
    assert "in several settings at once" not in said(findings)


def test_networks_with_convolutions_are_compared_with_the_one_without(study):
    findings = study(
        Made("mlp", (0.40,), changes={"model": "mlp"}),
        Made("a", (0.60,), changes={"batch_size": 128, "augment": "flip-crop"}),
        Made("b", (0.70,), changes={"batch_size": 32, "augment": "flip-crop"}),
    )
    text = said(findings)
    assert (
        "The convolutional networks scored between 20.00 and 30.00 points above the one without "
        "convolutions, “The mlp”, with fewer parameters; as other settings differ too (" in text
    )
    assert "the batch size" in text
    assert "entre 20,00 y 30,00 puntos por encima" in said(findings, ES)
