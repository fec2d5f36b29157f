"""Factors: what one setting does is said where it changes alone and the difference is settled."""

import re

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
    assert up.startswith("“The he” scored 10.00 points above “The base” in test accuracy (int")
    assert "the difference is settled" in up
    (down,) = effect_sentences(optimizer, ES)
    assert down.startswith("«La sgd» quedó 10,00 puntos por debajo de «La base» en exactitud en")
    assert "Además cambian la tasa de aprendizaje (0,01 frente a 0,001) y el momento." in down


def test_a_factor_without_a_settled_difference_says_so(study):
    findings = study(
        Made("base", (0.70, 0.73, 0.71)),
        Made("he", (0.71, 0.72, 0.715), changes={"initializer": "he"}),
        seeds=THREE,
    )
    (sentence,) = effect_sentences(factors(findings)[0], EN)
    assert "is not settled" in sentence
    assert "difference is settled" not in sentence


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
    assert "They also differ in the maximum number of epochs (30 against 10)." in sentence


def table_of(findings, words):
    (topic,) = (topic for topic in TOPICS if topic.name == "factors")
    ((_, table),) = topic.details(Page(findings, words))["factors"]
    return [column.name for column in table.columns], table.rows


def test_with_one_seed_an_effect_is_that_of_one_training(study):
    findings = study(Made("base", (0.60,)), Made("he", (0.75,), changes={"initializer": "he"}))
    (english,) = effect_sentences(factors(findings)[0], EN)
    assert english.startswith("In this one training run, “The he” scored 15.00 points above")
    (spanish,) = effect_sentences(factors(findings)[0], ES)
    assert spanish.startswith("En este único entrenamiento, «La he» quedó 15,00 puntos por encima")
    assert "Each alternative was trained once" in " ".join(factors_intro(findings, EN))
    assert "settled" not in " ".join(factors_intro(findings, EN))
    for words in (EN, ES):
        names, rows = table_of(findings, words)
        assert {len(row) for row in rows} == {len(names)}
        assert "0.001" not in str(rows).replace(",", ".")


def test_a_difference_of_one_training_that_images_may_explain_is_called_so(study):
    findings = study(Made("base", (0.950,)), Made("he", (0.953,), changes={"initializer": "he"}))
    (sentence,) = effect_sentences(factors(findings)[0], EN)
    assert "In this one training run, “The he” scored 0.30 points above “The base”" in sentence
    assert "the sample of test images may explain" in sentence


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


def test_with_another_network_the_options_that_both_have_are_told(study):
    findings = study(
        Made("base", GOOD), Made("mlp", POOR, changes={"model": "mlp", "dropout": 0.5}), seeds=THREE
    )
    (factor,) = factors(findings)
    assert factor.name == "model"
    (sentence,) = effect_sentences(factor, EN)
    assert "They also differ in dropout (0.5 against 0)." in sentence


def test_an_interval_on_both_sides_of_zero_says_which_bound_is_where(study):
    findings = study(
        Made("base", (0.70, 0.73, 0.71)),
        Made("he", (0.70, 0.72, 0.71), changes={"initializer": "he"}),
        seeds=THREE,
    )
    (sentence,) = effect_sentences(factors(findings)[0], ES)
    assert re.search(r"de \d+,\d\d por debajo a \d+,\d\d por encima", sentence)


def section_of(findings, words):
    (topic,) = (topic for topic in TOPICS if topic.name == "factors")
    return topic.section(Page(findings, words))


def test_many_comparisons_are_a_table_and_the_settled_ones_are_told(study):
    sizes = (8, 16, 32, 128, 256, 512)
    findings = study(
        Made("base", POOR),
        Made("he", GOOD, changes={"initializer": "he"}),
        *(Made(f"batch-{size}", POOR, changes={"batch_size": size}) for size in sizes),
        seeds=THREE,
    )
    said = ["yes", "no difference that matters"], ["sí", "sin diferencia que importe"]
    for words, outcomes in zip((EN, ES), said, strict=True):
        section = section_of(findings, words)
        assert section["factors"] == []
        assert [row[3].text for row in section["table"].rows] == [outcomes[0]] + [outcomes[1]] * 6
        assert {len(row) for row in section["table"].rows} == {len(section["table"].columns)}
        assert len(section["settled"]) == 1


def test_many_comparisons_of_one_seed_say_nothing_of_settled(study):
    sizes = (8, 16, 32, 128, 256, 512, 1024)
    findings = study(
        Made("base", (0.6,)),
        *(Made(f"batch-{size}", (0.7,), changes={"batch_size": size}) for size in sizes),
    )
    section = section_of(findings, EN)
    assert section["title"] == "Alternatives compared"
    assert section["settled"] == []
    assert {len(row) for row in section["table"].rows} == {len(section["table"].columns)} == {3}


def test_alternatives_that_continue_others_are_said_to_depend_on_them(study):
    findings = study(
        Made("base", POOR),
        Made("tuned", GOOD, changes={"start_from": "base", "learning_rate": 0.0001}),
        seeds=THREE,
    )
    assert "“The tuned” continues the training of “The base”." in factors_intro(findings, EN)
