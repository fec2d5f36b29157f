"""Factors: what one setting does is said where it changes alone and the difference is settled."""

from fabricate import Made

from cotejo.report.page import Page
from cotejo.report.topics import TOPICS
from cotejo.report.topics.factors.analysis import factors
from cotejo.report.topics.factors.words import effect_sentences, factors_intro
from cotejo.report.words import Words

EN, ES = Words("en"), Words("es")
THREE = (1, 2, 3)


def test_a_setting_that_changes_alone_is_a_factor(study):
    findings = study(
        Made("base", (0.60, 0.61, 0.605)),
        Made("he", (0.70, 0.71, 0.705), changes={"initializer": "he"}),
        Made("sgd", (0.50, 0.51, 0.505), changes={"optimizer": "sgd", "learning_rate": 0.01}),
        Made("both", (0.9,) * 3, changes={"batch_size": 128, "augment": "notebook"}),
        seeds=THREE,
    )
    assert [factor.name for factor in factors(findings)] == ["initializer", "optimizer"]
    initializer, optimizer = factors(findings)
    (up,) = effect_sentences(initializer, EN)
    assert up.startswith("“The he” has 10.00 points [")
    (down,) = effect_sentences(optimizer, ES)
    assert down.startswith("«La sgd» logra 10,00 puntos [")


def test_a_factor_without_a_settled_difference_says_so(study):
    findings = study(
        Made("base", (0.70, 0.73, 0.71)),
        Made("he", (0.71, 0.72, 0.715), changes={"initializer": "he"}),
        seeds=THREE,
    )
    (sentence,) = effect_sentences(factors(findings)[0], EN)
    assert "is not settled" in sentence
    assert "more test accuracy" not in sentence


def test_no_factor_where_everything_changes_at_once(study):
    findings = study(Made("a"), Made("b", changes={"batch_size": 128, "augment": "notebook"}))
    assert factors(findings) == []


GOOD, POOR = (0.75, 0.76, 0.755), (0.60, 0.61, 0.605)


def test_early_stopping_is_not_blamed_for_other_epochs(study):
    findings = study(
        Made("base"),
        Made("stopping", changes={"early_stopping": 3, "epochs": 30}),
        Made("five", changes={"epochs": 5}),
    )
    names = {
        factor.name: [(e.lead.first.name, e.lead.second.name) for e in factor.effects]
        for factor in factors(findings)
    }
    assert names == {"epochs": [("five", "base")], "early_stopping": [("stopping", "base")]}
    (sentence,) = effect_sentences(factors(findings)[1], EN)
    assert "Along with it change: epochs" in sentence


def table_of(findings, words):
    (topic,) = (topic for topic in TOPICS if topic.name == "factors")
    ((_, table),) = topic.details(Page(findings, words))["factors"]
    return [column.name for column in table.columns], table.rows


def test_with_one_seed_an_effect_is_that_of_one_training(study):
    findings = study(Made("base", (0.60,)), Made("he", (0.75,), changes={"initializer": "he"}))
    (english,) = effect_sentences(factors(findings)[0], EN)
    assert english.startswith("In this one training, “The he” got 15.00 points [")
    (spanish,) = effect_sentences(factors(findings)[0], ES)
    assert spanish.startswith("En este único entrenamiento, «La he» obtuvo 15,00 puntos [")
    assert "Each was trained once" in " ".join(factors_intro(findings, EN))
    assert "settled" not in " ".join(factors_intro(findings, EN))
    for words in (EN, ES):
        names, rows = table_of(findings, words)
        assert words.say("column_p_corrected") not in names
        assert {len(row) for row in rows} == {len(names)}
        assert "0.001" not in str(rows).replace(",", ".")


def test_a_difference_of_one_training_that_images_may_explain_is_called_so(study):
    findings = study(Made("base", (0.700,)), Made("he", (0.702,), changes={"initializer": "he"}))
    (sentence,) = effect_sentences(factors(findings)[0], EN)
    assert "In this one training, the difference between “The he” and “The base”, 0.20" in sentence
    assert "the choice of test images may explain" in sentence


def test_with_several_seeds_the_table_has_the_corrected_p(study):
    findings = study(
        Made("base", POOR), Made("he", GOOD, changes={"initializer": "he"}), seeds=THREE
    )
    names, rows = table_of(findings, EN)
    assert EN.say("column_p_corrected") in names
    assert {len(row) for row in rows} == {len(names)}


def test_the_gap_is_spoken_of_where_it_is_beyond_chance(study):
    findings = study(
        Made("base", POOR, train=(0.90, 0.91, 0.905)),
        Made("augmented", POOR, train=(0.62, 0.63, 0.625), changes={"augment": "notebook"}),
        seeds=THREE,
    )
    (sentence,) = effect_sentences(factors(findings)[0], EN)
    assert "narrower" in sentence
    (spanish,) = effect_sentences(factors(findings)[0], ES)
    assert "menor" in spanish
