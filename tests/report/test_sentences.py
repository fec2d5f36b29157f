"""For constructed results, the right sentence appears, in both languages."""

import pytest
from fabricate import Made

from cotejo.config.augmentation_parts import KINDS, SHORT_FORMS
from cotejo.config.augmentations import mirrors
from cotejo.config.views import VIEWS
from cotejo.report.card import _weaknesses
from cotejo.report.falls import kept_after_fall
from cotejo.report.naming import study_title
from cotejo.report.page import Page
from cotejo.report.topics import TOPICS
from cotejo.report.topics.cautions.words import cautions
from cotejo.report.topics.confusion.words import confusion, representative
from cotejo.report.topics.curves.words import (
    overfitting,
    overfitting_intro,
    swinging,
)
from cotejo.report.topics.data.words import data
from cotejo.report.topics.method.words import method
from cotejo.report.topics.mistakes.words import mistakes
from cotejo.report.topics.results.words import classes
from cotejo.report.topics.summary.words import key_figures, summary
from cotejo.report.topics.training.words import whole_training
from cotejo.report.words import Words

pytestmark = pytest.mark.usefixtures("undrawn")

EN, ES = Words("en"), Words("es")


def said(findings, words):
    return " ".join(summary(findings, words) + cautions(findings, words))


def test_a_clear_win(study):
    findings = study(Made("a", (0.60,)), Made("b", (0.75,)))
    assert findings.leads[0].difference.estimate == pytest.approx(0.15)
    assert "In this one training run, “The b” scored 15.00 points above “The a”" in said(
        findings, EN
    )
    assert "la red «La b» obtuvo 15,00 puntos más que «La a»" in said(findings, ES)


def test_a_tie_is_called_one(study):
    findings = study(Made("a", (0.950,)), Made("b", (0.953,)))
    assert not findings.leads[0].settled
    english, spanish = said(findings, EN), said(findings, ES)
    assert "These test images do not distinguish the networks of “The b” and “The a”" in english
    assert "beats" not in english
    assert "Estas imágenes de prueba no distinguen la red «La b» de la red «La a»" in spanish
    assert "supera" not in spanish


def test_the_same_answers(study):
    findings = study(Made("a", (0.7,)), Made("b", (0.7,)))
    assert "get exactly the same test images right" in said(findings, EN)
    assert "aciertan exactamente en las mismas imágenes" in said(findings, ES)


def test_the_choice_is_on_validation_even_where_test_disagrees(study):
    findings = study(Made("a", (0.6,), valid=(0.8,)), Made("b", (0.75,), valid=(0.7,)))
    assert findings.best.name == "a"
    assert "In this one training run, “The b” scored 15.00 points above “The a”" in said(
        findings, EN
    )
    assert "The choice stands all the same" in said(findings, EN)
    assert "la red «La b» obtuvo 15,00 puntos más que «La a»" in said(findings, ES)
    assert "la elección no cambia" in said(findings, ES)


def test_one_alternative_alone(study):
    findings = study(Made("a", (0.7,)))
    assert "It has no rival here" in said(findings, EN)
    assert "Este estudio entrena una sola alternativa" in said(findings, ES)


def test_no_better_than_the_most_frequent_class(study):
    findings = study(Made("a", (0.1,)), Made("b", (0.08,)))
    assert "not clearly above always naming the most frequent class" in said(findings, EN)
    assert "Respondiendo siempre con la clase más frecuente" in said(findings, ES)


def test_that_nothing_was_learned_is_said_once(study):
    findings = study(Made("a", (0.1,)))
    english = " ".join(summary(findings, EN))
    assert english.count("not clearly") == 1
    assert "Always naming the most frequent class would be right for 10.0%" in english


def test_one_seed_says_nothing_about_luck(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.7,)))
    assert "trained with a single seed" in said(findings, EN)
    assert "con una sola semilla" in said(findings, ES)
    assert representative(findings, EN) is None


def test_several_seeds_say_how_much(study):
    findings = study(Made("a", (0.60, 0.62, 0.61)), Made("b", (0.70, 0.74, 0.71)), seeds=(1, 2, 3))
    english = said(findings, EN)
    assert "On average over 3 seeds it classifies 71.7%" in english
    assert "between 1.00 and 2.08 points" in english
    assert "single seed" not in english
    assert "one seed alone" not in english
    assert "entre 1,00 y 2,08 puntos" in said(findings, ES)
    assert "median validation accuracy, seed 3" in representative(findings, EN)
    assert "la semilla 3" in representative(findings, ES)


def test_failed_and_missing_runs_are_named(study):
    findings = study(
        Made("a", (0.6, 0.6, 0.6), failed=(2, 3)),
        Made("b", (0.7, 0.7, 0.7), missing=(3,)),
        Made("c", failed=(1, 2, 3)),
        seeds=(1, 2, 3),
    )
    english, spanish = said(findings, EN), said(findings, ES)
    assert "The two that have a finished run learn from 3,995 images" in english
    assert "Las dos que tienen ejecuciones terminadas se entrenan con 3995" in spanish
    assert "5 runs failed and are in no figure: “The a” (seeds 2 and 3)" in english
    assert "“The c” has no finished run" in english
    assert "3 of 9 runs finished. One of those asked for has not been trained" in english
    assert "same number of finished seeds" in english
    assert "5 ejecuciones fallaron" in spanish
    assert "Ejecuciones terminadas: 3 de 9. Una de las pedidas no se ha entrenado" in spanish
    assert key_figures(findings, EN)[-1][1] == "3 of 9"
    assert "«La a» (semillas 2 y 3)" in spanish


def test_quick_and_other_data_are_in_title_and_summary(study):
    findings = study(Made("a"), Made("b"), data="digits", requested_data="cifar10", quick=True)
    assert (
        study_title(findings.facts, EN)
        == "Made-up alternatives, on scikit-learn's digits instead of CIFAR-10 (quick look)"
    )
    assert "en lugar de CIFAR-10 (vistazo rápido)" in study_title(findings.facts, ES)
    assert "CIFAR-10 was asked for and could not be obtained" in said(findings, EN)
    english = said(findings, EN)
    assert "This is a quick look" in english
    assert (
        "3,995 training, 1,000 validation and 1,000 test images, and 10 epochs at most" in english
    )
    assert "Se pidió CIFAR-10, pero no se pudo obtener" in said(findings, ES)
    assert "Este es un vistazo rápido" in said(findings, ES)


def test_an_ordinary_study_has_none_of_these(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.7,)))
    english = said(findings, EN)
    assert study_title(findings.facts, EN) == "Made-up alternatives"
    for word in ("quick", "failed", "asked for", "more than once"):
        assert word not in english


def test_reading_the_test_set_again_is_said(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.7,)), extra_reads=1)
    assert "The test set was read more than once for “The a” (seed 1)" in said(findings, EN)
    assert "3 readings of the test set, with 2 finished runs" in " ".join(method(findings, EN))
    assert "se leyó más de una vez en el caso de «La a» (semilla 1)" in said(findings, ES)


def test_reading_it_once_a_run_is_said(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.7,)))
    english = " ".join(method(findings, EN))
    assert "This folder records 2 readings of the test set, one for each finished run" in english
    assert "readings elsewhere are not counted" in english
    assert "una por cada ejecución terminada" in " ".join(method(findings, ES))


@pytest.mark.parametrize(
    ("train", "english", "spanish"),
    [
        (0.95, "a clear sign of overfitting, is found in “The a”", "señal clara de sobreajuste"),
        (0.75, "a sign of some overfitting, is found in “The a”", "señal de cierto sobreajuste"),
        (0.71, "There is hardly any overfitting, or none, in “The a”", "Apenas hay sobreajuste"),
        (0.60, "There is hardly any overfitting, or none, in “The a”", "o no lo hay, en «La a»"),
    ],
)
def test_overfitting_in_words(study, train, english, spanish):
    findings = study(Made("a", (0.7,), train=(train,)))
    assert english in overfitting(findings, EN)[0]
    assert spanish in overfitting(findings, ES)[0]


def test_averages_that_lag_behind_are_explained(study):
    findings = study(Made("a", (0.35,), train=(0.35,), changes={"model": "cnn7"}))
    assert not [each for each in overfitting(findings, EN) if "moving averages" in each]
    run = findings.best.representative
    for row in run.history:
        row["train_accuracy"] = 0.81
    assert "“The a” got 81.0% right during the epoch that was kept, and 35.0%" in " ".join(
        overfitting(findings, EN)
    )
    assert "«La a» acertó el 81,0\N{NO-BREAK SPACE}%" in " ".join(overfitting(findings, ES))


def test_overfitting_of_several_is_one_sentence(study):
    made = [
        Made(name, (0.7,), train=(train,))
        for name, train in zip("abc", (0.9, 0.75, 0.7), strict=True)
    ]
    said = overfitting(study(*made), EN)[0]
    assert said == (
        "A gap of 10 points or more between training and validation accuracy, a clear sign of "
        "overfitting, is found in “The a”; one of 3 points or more, a sign of some overfitting, in "
        "“The b”; the gap is smaller in “The c”. The limits of 3 and 10 points are conventions."
    )
    alike = study(*(Made(name, (0.7,), train=(0.95,)) for name in "ab"))
    assert overfitting(alike, EN)[0].startswith("All overfit clearly: the gap is 10 points")
    assert overfitting(alike, ES)[0].startswith("Todas sobreajustan con claridad")


def test_of_many_that_overfit_the_number_is_said(study):
    made = [Made(f"a{number}", (0.7,), train=(0.95,)) for number in range(6)]
    said = overfitting(study(*made, Made("b", (0.7,), train=(0.7,))), EN)[0]
    assert "is found in 6 of the 7 alternatives; the gap is smaller in “The b”" in said


@pytest.mark.parametrize(("schedule", "told"), [("constant", True), ("one-cycle", False)])
def test_a_loss_that_falls_to_the_end_is_told_unless_the_rate_is_run_down(study, schedule, told):
    findings = study(Made("a", (0.7,), changes={"schedule": schedule}))
    assert ("may have ended before" in " ".join(overfitting(findings, EN))) == told


def test_a_whole_training_says_why_its_curve_is_lower_and_how_its_loss_ends(study):
    made = Made("a", (0.7, 0.72), changes={"augment": "flip-crop", "label_smoothing": 0.1})
    findings = study(made, seeds=(1, 2))
    run = findings.best.representative
    run.history[-1].update(train_accuracy=0.5, valid_accuracy=0.7)
    trained, tested, curves = whole_training(findings, EN)
    seed = run.record["seed"]
    assert trained.startswith(f"The network shown (seed {seed}) trained for")
    assert f"the network shown (seed {seed}) classifies" in tested
    assert tested.endswith("The mean accuracy of the 2 seeds is 71.0%.")
    assert "with augmented images and smoothed labels. Hence it lies below" in curves
    assert "The validation loss was lowest at the last epoch" in curves
    assert "etiquetas suavizadas" in whole_training(findings, ES)[2]
    run.history[-1].update(train_accuracy=0.8)
    assert "Hence" not in whole_training(findings, EN)[2]


def overfitting_rows(findings, words):
    (topic,) = (topic for topic in TOPICS if topic.name == "curves")
    table = topic.section(Page(findings, words))["overfitting_table"]
    return table, [[cell.text for cell in row] for row in table.rows]


def test_the_table_of_overfitting_has_the_figures(study):
    findings = study(Made("a", (0.7,), train=(0.952,), loss_rise=0.8), Made("b", (0.6,)))
    record = findings.overfitting["a"]
    assert (record.lowest_epoch, round(record.loss_rise, 2)) == (5, 0.62)
    _, rows = overfitting_rows(findings, EN)
    assert rows[0] == ["The a", "95.2%", "70.0%", "25.20", "5 of 10", "0.62"]
    assert rows[1][-2:] == ["10 of 10", "0.00"]
    _, rows = overfitting_rows(findings, ES)
    assert rows[0][3:] == ["25,20", "5 de 10", "0,62"]
    assert "In “The b” the validation loss was lowest at the last epoch" in (
        " ".join(overfitting(findings, EN))
    )


def test_an_alternative_that_learned_nothing_is_said_to(study):
    findings = study(Made("a", (0.1,)), Made("b", (0.7,)))
    assert "“The a” has not learned" in " ".join(overfitting(findings, EN))
    assert "«La a» no ha aprendido" in " ".join(overfitting(findings, ES))
    assert "“The b” has not learned" not in " ".join(overfitting(findings, EN))


def test_the_loss_that_is_told_is_one_seed_s(study):
    findings = study(Made("a", (0.7, 0.72, 0.71)), seeds=(1, 2, 3))
    assert "the loss is that of the middle seed" in overfitting_rows(findings, EN)[0].caption
    assert "la de la semilla central" in overfitting_rows(findings, ES)[0].caption


def test_a_curve_that_swings_is_said_to(study):
    findings = study(Made("a", (0.7,)), Made("b", (0.7,)))
    assert swinging(findings, EN) == []
    for row, accuracy in zip(
        findings.facts.alternatives[1].finished[0].history,
        (0.1, 0.5, 0.3, 0.55, 0.6, 0.62, 0.52, 0.65, 0.48, 0.7),
        strict=True,
    ):
        row["valid_accuracy"] = accuracy
    # The fall of 20 points in the first third does not count.
    (english,), (spanish,) = swinging(findings, EN), swinging(findings, ES)
    assert "One curve is unstable" in english
    assert "falls by 17.00 points from epoch 8 to 9 in “The b”." in english
    assert "cae 17,00 puntos de la época 8 a la 9 en «La b»." in spanish


def test_of_several_seeds_the_one_that_swings_is_named(study):
    findings = study(Made("a", (0.7, 0.7)), Made("b", (0.7, 0.7)), seeds=(1, 2))
    for alternative in findings.facts.alternatives:
        alternative.finished[1].history[5]["valid_accuracy"] = 0.2
    (said,) = swinging(findings, EN)
    assert said.startswith("Some curves are unstable")
    assert "in “The a” (seed 2)" in said
    assert "in “The b” (seed 2)" in said


def test_a_fall_over_several_epochs_to_the_kept_weights_is_told(study):
    findings = study(Made("a", (0.7,)), Made("b", (0.7,)))
    assert kept_after_fall(findings.facts.trained, EN) == []
    history = findings.facts.alternatives[1].finished[0].history
    for row, accuracy in zip(history[-3:], (0.72, 0.65, 0.57), strict=True):
        row["valid_accuracy"] = accuracy
    # It is told once, with what it means.
    (kept,) = swinging(findings, EN)
    assert "fell by 15.00 points in “The b”, from its best epoch (8: 72.0%)" in kept
    assert "to the one whose weights were kept (10: 57.0%)" in kept
    assert kept in cautions(findings, EN)
    (spanish,) = kept_after_fall([findings.facts.alternatives[1]], ES)
    assert spanish in cautions(findings, ES)
    assert "cayó 15,00 puntos en «La b», de su mejor época (la 8: 72,0\u00a0%)" in spanish
    assert kept_after_fall([findings.facts.alternatives[0]], ES) == []


def test_weights_kept_from_before_a_fall_have_not_fallen(study):
    findings = study(Made("a", (0.7,)))
    run = findings.facts.alternatives[0].finished[0]
    run.history[-1]["valid_accuracy"] = 0.2
    run.record["best_epoch"] = len(run.history) - 1
    assert kept_after_fall(findings.facts.trained, EN) == []


def test_alternatives_that_learn_from_different_amounts_are_not_said_to_vary(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.7,)))
    for run, images in zip(findings.facts.finished, (269, 1078), strict=True):
        run.record["dataset"]["train"] = images
    english, spanish = said(findings, EN), said(findings, ES)
    assert "They learn from 269 to 1,078 images, depending on the alternative" in english
    assert "Se entrenan con entre 269 y 1078 imágenes, según la alternativa" in spanish


def test_one_epoch_says_nothing_about_the_loss(study):
    findings = study(Made("a", changes={"epochs": 1}))
    assert overfitting_rows(findings, EN)[1][0][-2:] == ["–", "–"]
    assert "last epoch" not in " ".join(overfitting(findings, EN))


def test_classes_and_confusion_are_what_the_matrix_says(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.7,)))
    true, predicted, count = findings.pairs[0]
    names = findings.facts.class_names("es")
    sentence = " ".join(confusion(findings, ES))
    assert "Falla en 300 de las 1000 imágenes de prueba." in sentence
    assert f"clasificar «{names[true]}» como «{names[predicted]}»: {count} de 100" in sentence
    worst = findings.classes_by_f1(findings.best)[-1]
    assert f"más bajo en «{names[worst]}»" in classes(findings, ES)[0]


def test_the_lowest_f1_is_called_that_and_not_the_hardest_class(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.7,)))
    _set_f1(findings, [0.9] * 9 + [0.6])
    english, spanish = " ".join(classes(findings, EN)), " ".join(classes(findings, ES))
    assert "The class with the lowest F1 is the same in every alternative: “truck”" in english
    assert "con el F1 más bajo es la misma en todas las alternativas: «camión»" in spanish
    assert "hardest class" not in english


def _set_f1(findings, *values):
    """Give each alternative's classes these F1, with narrow intervals; one list may do for all."""
    trained = findings.facts.trained
    for alternative, f1 in zip(trained, values * (len(trained) // len(values)), strict=True):
        rows = alternative.finished[0].metrics["test"]["per_class"]
        for row, value in zip(rows, f1, strict=True):
            row["f1"], row["f1_interval"] = value, [value - 0.01, value + 0.01]
        alternative.__dict__.pop("per_class", None)


def test_classes_of_one_f1_are_named_together(study):
    findings = study(Made("a", (0.7,)), Made("b", (0.7,)))
    _set_f1(findings, [0.9, 0.8, 0.8, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.6])
    assert classes(findings, EN)[0] == (
        "“The a” has its best F1 on “airplane” (0.900); its worst, on “truck” (0.600)."
    )
    _set_f1(findings, [0.9] * 5 + [0.8, 0.7, 0.7, 0.6, 0.6])
    assert "best F1 on 5 classes (0.900); its worst, on “ship” and “truck” (0.600)." in " ".join(
        classes(findings, EN)
    )
    assert "más alto en 5 clases (0,900), y más bajo en «barco» y «camión» (0,600)." in " ".join(
        classes(findings, ES)
    )
    _set_f1(findings, [0.9] * 10)
    assert "best F1" not in " ".join(classes(findings, EN))


def test_classes_that_share_the_lowest_f1_are_all_named(study):
    findings = study(Made("a", (0.7,)), Made("b", (0.7,)), Made("c", (0.7,)))
    _set_f1(findings, [0.6, 0.6] + [0.9] * 8)
    assert findings.hardest_counts() == {0: 3, 1: 3}
    assert (
        "The classes with the lowest F1 are the same in every alternative: "
        "“airplane” and “automobile”." in classes(findings, EN)
    )
    assert (
        "Las clases con el F1 más bajo son las mismas en todas las alternativas: "
        "«avión» y «coche»." in classes(findings, ES)
    )
    _set_f1(findings, [0.6, 0.6] + [0.9] * 8, [0.6] + [0.9] * 9, [0.6] + [0.9] * 9)
    assert (
        "is the same in every alternative: “airplane”. In one of them another class has the "
        "same F1." in " ".join(classes(findings, EN))
    )
    _set_f1(findings, [0.6, 0.6] + [0.9] * 8, [0.6] + [0.9] * 9, [0.9, 0.6] + [0.9] * 8)
    assert (
        "The lowest F1 is, in 2 of 3 alternatives, that of each of these classes: "
        "“airplane” and “automobile”." in classes(findings, EN)
    )


def test_of_equally_good_alternatives_none_is_said_to_be_ahead(study):
    findings = study(Made("a", (0.7,)), Made("b", (0.7,)))
    english, spanish = said(findings, EN), said(findings, ES)
    assert "on validation “The a” and “The b” have the same accuracy" in english
    assert "en validación, «La a» y «La b» tienen la misma exactitud" in spanish
    assert "ahead of “The b” by" not in english


def test_a_card_names_every_class_of_the_lowest_recall():
    test = {
        "confusion": [[5, 5, 0], [5, 5, 0], [0, 0, 10]],
        "per_class": [{"recall": recall, "support": 10} for recall in (0.5, 0.5, 1.0)],
    }
    said = _weaknesses(test, ["cat", "dog", "frog"], EN)
    assert "lowest recall is that of “cat” and “dog”, 50.0%." in said


def test_of_equally_confused_pairs_none_is_picked(study):
    findings = study(Made("a", (0.7,)))
    findings.__dict__["pairs"] = [(0, 1, 5), (2, 3, 4), (1, 0, 3), (3, 2, 4)]
    assert findings.mutual_pair is None
    del findings.__dict__["mutual_pair"]
    findings.__dict__["pairs"] = [(0, 1, 5), (2, 3, 4), (1, 0, 4), (3, 2, 4)]
    assert findings.mutual_pair == (0, 1, 9)


def test_classes_whose_intervals_overlap_are_said_to(study):
    findings = study(Made("a", (0.7,)), Made("b", (0.7,)))
    best = findings.best
    rows = best.finished[0].metrics["test"]["per_class"]
    for one in findings.facts.trained:
        for label, row in enumerate(one.finished[0].metrics["test"]["per_class"]):
            row["f1"], row["f1_interval"] = 0.9, [0.85, 0.95]
            if label == 3:
                row["f1"], row["f1_interval"] = 0.6, [0.5, 0.7]
        one.__dict__.pop("per_class", None)
    assert "overlaps" not in " ".join(classes(findings, EN))
    assert "in every alternative: “cat”" in " ".join(classes(findings, EN))
    rows[5]["f1_interval"] = [0.69, 0.95]
    english, spanish = " ".join(classes(findings, EN)), " ".join(classes(findings, ES))
    assert "In “The a” its interval overlaps that of “dog”: which of them" in english
    assert "su intervalo se solapa con el de «perro»" in spanish
    for label in (0, 1, 2):
        rows[label]["f1_interval"] = [0.69, 0.95]
    assert "those of 4 other classes" in " ".join(classes(findings, EN))


def test_no_mistakes(study):
    findings = study(Made("a", (1.0,)))
    assert "makes no mistake" in " ".join(confusion(findings, EN))
    assert "ningún error" in " ".join(mistakes(findings, ES))


def test_the_whole_training_has_its_parents(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.7,), changes={"start_from": "a", "epochs": 4}))
    english = whole_training(findings, EN)[0]
    assert "starts from the weights of “The a”" in english
    assert "14 epochs" in english
    assert "14 épocas" in whole_training(findings, ES)[0]


def test_the_time_of_a_training_is_that_of_the_other_tables(study):
    findings = study(Made("a", (0.6,)))
    (run,) = findings.facts.finished
    run.record["timings"]["train_seconds"] = 75.0  # its epochs together took 60
    assert (
        "for 10 epochs, in 1\N{NO-BREAK SPACE}min 15\N{NO-BREAK SPACE}s"
        in (whole_training(findings, EN)[0])
    )
    assert findings.whole_training == (10, 75.0)


def test_the_lead_has_the_sign_of_the_sentence_beside_it(study):
    findings = study(Made("a", (0.6,), valid=(0.8,)), Made("b", (0.75,), valid=(0.7,)))
    assert "“The b” scored 15.00 points above “The a”" in said(findings, EN)
    for words, name in ((EN, "Behind the second"), (ES, "Desventaja respecto a la segunda")):
        behind = key_figures(findings, words)[2]
        assert behind[0].startswith(name)
        assert behind[1] == words.say("summary.points", points=words.numbers.difference(0.15))


def test_one_mistake_is_one(study):
    findings = study(Made("a", (0.99,)), images=100)
    assert findings.mistakes == 1
    assert "Its only mistake is made with a probability" in " ".join(mistakes(findings, EN))
    assert "Su único error lo comete con una probabilidad" in " ".join(mistakes(findings, ES))
    assert EN.say("mistakes.figure", count=1, best="a") == "The worst mistake of “a”."
    assert ES.say("mistakes.figure", count=1, best="a") == "El peor error de «a»."


def test_training_accuracy_says_on_how_many_images(study):
    findings = study(Made("a"))
    assert "the first 2,000 of the 3,995 training images" in overfitting_intro(findings, EN)
    assert "las primeras 2000 de las 3995 imágenes" in overfitting_intro(findings, ES)
    (run,) = findings.facts.finished
    run.metrics["train"]["images"] = 3995
    assert "first" not in overfitting_intro(findings, EN)


def test_classes_of_the_same_size_are_said_to_be(study):
    findings = study(Made("a"))
    assert "aproximadamente el mismo número de imágenes" in " ".join(data(findings, ES))
    findings.facts.data["counts"]["train"] = [400] * 10
    assert "tienen el mismo número de imágenes en entrenamiento: 400." in " ".join(
        data(findings, ES)
    )


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("gato", "perro y gato"),
        ("iguana", "perro e iguana"),
        ("«Iglú»", "perro e «Iglú»"),
        ("hipopótamo", "perro e hipopótamo"),
        ("hiena", "perro y hiena"),
        ("yegua", "perro y yegua"),
        ("Yves", "perro e Yves"),
    ],
)
def test_y_becomes_e_before_its_own_sound(last, expected):
    assert ES.both(["perro", last]) == expected


def test_lists_in_words():
    assert EN.both(["cat, and dog", "bird", "ice"]) == "cat, and dog, bird and ice"
    assert ES.both(["gato", "perro", "iguana"]) == "gato, perro e iguana"
    assert [EN.both(items) for items in ([], ["a"], ["a", "b"])] == ["", "a", "a and b"]


def test_of_two_seeds_the_lower_one_is_not_called_the_median(study):
    findings = study(Made("a", (0.6, 0.7)), seeds=(1, 2))
    assert "the one with the lower validation accuracy, seed 1" in representative(findings, EN)
    assert "median" not in representative(findings, EN)
    assert "la de menor exactitud en validación" in representative(findings, ES)


def test_a_lead_on_validation_within_the_seeds_makes_the_choice_uncertain(study):
    findings = study(Made("a", (0.66, 0.72)), Made("b", (0.67, 0.72)), seeds=(1, 2))
    english = said(findings, EN)
    assert "That choice is uncertain" in english
    assert "Other seeds or other validation images could choose the other" in english
    assert "Con otras semillas u otras imágenes de validación" in said(findings, ES)
    findings = study(Made("a", (0.50, 0.51)), Made("b", (0.70, 0.71)), seeds=(1, 2))
    assert "uncertain" not in said(findings, EN)


def test_a_lead_on_validation_within_its_interval_makes_the_choice_uncertain(study):
    findings = study(Made("a", (0.700,)), Made("b", (0.702,)))
    assert "Other validation images could choose the other" in said(findings, EN)
    assert "Con otras imágenes de validación podría elegirse la otra" in said(findings, ES)
    assert "uncertain" not in said(study(Made("a", (0.5,)), Made("b", (0.7,))), EN)


def test_a_lead_that_is_none_does_not_stand_out(study):
    tie = key_figures(study(Made("a", (0.950,)), Made("b", (0.953,))), EN)[2]
    assert tie[2].startswith("not distinguished; in this one training; interval over the im")
    assert not tie[3]
    assert key_figures(study(Made("a", (0.5,)), Made("b", (0.7,))), EN)[2][3]


def test_those_that_learned_nothing_are_named_at_the_start(study):
    findings = study(Made("a", (0.1,)), Made("b", (0.7,)), Made("c", (0.1,)))
    english, spanish = said(findings, EN), said(findings, ES)
    assert "“The a” and “The c” have not learned to tell the classes apart" in english
    assert "“The a” and “The c” were not clearly better on validation" in english
    assert "«La a» y «La c» no han aprendido a distinguir las clases" in spanish


def test_seeds_are_those_trained(study):
    two = study(
        Made("a", (0.5,) * 3, missing=(3,)), Made("b", (0.7,) * 3, missing=(3,)), seeds=(1, 2, 3)
    )
    assert "with 2 of 3 seeds" in said(two, EN)
    assert "means over 2 seeds" in said(two, EN)
    assert "con 2 de 3 semillas" in said(two, ES)


def test_seeds_that_differ_are_a_range(study):
    findings = study(
        Made("a", (0.5,) * 3, missing=(2, 3)), Made("b", (0.7,) * 3, missing=(3,)), seeds=(1, 2, 3)
    )
    assert "with between 1 and 2 of the 3 seeds" in said(findings, EN)
    assert "means over up to 2 seeds" in said(findings, EN)
    assert "one seed alone, its interval covers the images and not luck" in said(findings, EN)
    assert "una sola semilla, su intervalo recoge el azar de las imágenes" in said(findings, ES)
    assert "con entre 1 y 2 de las 3 semillas" in said(findings, ES)


def test_mistakes_of_the_same_frequency_are_both_named(study):
    findings = study(Made("a", (0.7,)))
    matrix = [[0] * 10 for _ in range(10)]
    for label in range(10):
        matrix[label][label] = 100
    matrix[3][5] = matrix[9][1] = 6
    (run,) = findings.facts.finished
    run.metrics["test"]["confusion"] = matrix
    english, spanish = " ".join(confusion(findings, EN)), " ".join(confusion(findings, ES))
    assert "taking “cat” for “dog” and “truck” for “automobile”: 6 images each" in english
    assert (
        "clasificar «gato» como «perro» y «camión» como «coche»: 6 imágenes en cada caso" in spanish
    )


def test_digits_are_said_to_be_enlarged_and_mirrored(study):
    made = Made("a", changes={"augment": "notebook"}), Made("b", (0.6,))
    digits = study(*made, data="digits")
    assert "grey images of 8×8 pixels" in " ".join(data(digits, EN))
    assert "imágenes de 8×8 píxeles en escala de grises" in " ".join(data(digits, ES))
    assert "“The a” is trained on digits of which half are mirrored" in said(digits, EN)
    assert "«La a» se entrena con dígitos" in said(digits, ES)
    photographs = study(*made)
    assert "8×8" not in " ".join(data(photographs, EN))
    assert "mirrored" not in said(photographs, EN)


@pytest.mark.parametrize("augment", [*SHORT_FORMS, *([name] for name in KINDS)], ids=str)
def test_every_augmentation_that_mirrors_is_cautioned_about_on_digits(study, augment):
    digits = study(Made("a", changes={"augment": augment}), data="digits")
    assert ("half are mirrored" in said(digits, EN)) == mirrors(augment)
    assert ("la mitad están reflejados" in said(digits, ES)) == mirrors(augment)


@pytest.mark.parametrize("tta", sorted(VIEWS))
def test_views_that_are_mirrored_are_cautioned_about_on_digits(study, tta):
    made = Made("a", changes={"tta": tta}), Made("b", (0.6,))
    mirrored = any(flipped for _, flipped in VIEWS[tta])
    assert ("“The a” also looks" in said(study(*made, data="digits"), EN)) == mirrored
    assert "also looks" not in said(study(*made), EN)


def test_a_quick_look_does_not_tell_overfitting(study):
    findings = study(Made("a", (0.7,), train=(0.95,)), quick=True)
    assert "too short to tell whether an alternative overfits" in overfitting(findings, EN)[0]
    assert "demasiado corto" in overfitting(findings, ES)[0]


def test_reading_the_test_set_again_for_all_is_said_once(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.7,)))
    findings.__dict__["extra_test_reads"] = {("a", "1"): 2, ("b", "1"): 2}
    assert "more than once for every alternative" in said(findings, EN)
    assert "con todas las alternativas" in said(findings, ES)


def test_of_the_backends_only_the_one_that_trained_is_named(study):
    findings = study(Made("a", (0.7,)))
    run = findings.facts.finished[0]
    run.record["backend"] = "jax"
    run.record["versions"] = {"keras": "3.15.1", "jax": "0.11.2", "torch": "2.11.0"}
    run.record["precision"], run.record["settings"]["precision"] = "bfloat16", "auto"
    (topic,) = (topic for topic in TOPICS if topic.name == "method")
    rows = topic.section(Page(findings, EN, TOPICS))["table"].rows
    shown = {row[0].text: row[1].text for row in rows}
    assert shown["Versions"] == "keras 3.15.1, jax 0.11.2"
    assert shown["Precision"] == "bfloat16 (chosen for the machine)"
