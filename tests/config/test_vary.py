"""``[[vary]]``: names, labels, order, overrides, and what is refused."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotejo.config import Settings, StudyConfig
from cotejo.config.labels import label_of
from cotejo.config.options import COMMON_OPTIONS
from cotejo.errors import ConfigError
from cotejo.messages import use_language
from cotejo.models import check_models

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def parse(*tables, overrides=(), **content):
    return StudyConfig.parse({"vary": list(tables), **content}, overrides)


def names(study):
    return [alternative.name for alternative in study.alternatives]


def labels(study, language):
    return [alternative.label[language] for alternative in study.alternatives]


def test_a_list_makes_one_alternative_a_value():
    study = parse({"batch_size": [32, 64, 128], "augment": "notebook"}, base={"epochs": 2})
    assert names(study) == ["batch-size-32", "batch-size-64", "batch-size-128"]
    assert [a.settings.batch_size for a in study.alternatives] == [32, 64, 128]
    assert {a.settings.augment for a in study.alternatives} == {"notebook"}
    assert {a.settings.epochs for a in study.alternatives} == {2}
    assert study.alternatives[0].changes == {"augment": "notebook", "batch_size": 32}
    assert labels(study, "en") == ["Batch size 32", "Batch size 64", "Batch size 128"]
    assert labels(study, "es") == [f"Tamaño de lote {size}" for size in (32, 64, 128)]


@pytest.mark.parametrize(
    ("setting", "values", "expected"),
    [
        ("batch_norm", [True, False], ["batch-norm-true", "batch-norm-false"]),
        ("dropout", [0, 0.3], ["dropout-0", "dropout-0.3"]),
        ("train_fraction", [0.25, 1.0], ["train-fraction-0.25", "train-fraction-1"]),
        ("learning_rate", [1e-3, 1e-5], ["learning-rate-0.001", "learning-rate-1e-05"]),
        ("augment", ["none", "flip-crop"], ["augment-none", "augment-flip-crop"]),
    ],
)
def test_names_say_the_values(setting, values, expected):
    assert names(parse({setting: values})) == expected


@pytest.mark.parametrize(
    ("setting", "value", "english", "spanish"),
    [
        ("model", "cnn7", "Model: cnn7", "Modelo: cnn7"),
        ("initializer", "he", "Initialiser: He", "Inicialización: He"),
        ("convolutions", 1, "1 convolution", "1 convolución"),
        ("convolutions", 3, "3 convolutions", "3 convoluciones"),
        ("kernel_size", 5, "5×5 filters", "Filtros de 5×5"),
        ("width", 64, "Width 64", "Anchura 64"),
        ("dropout", 0.3, "Dropout 0.3", "Dropout 0,3"),
        ("batch_norm", True, "With batch normalisation", "Con normalización por lotes"),
        ("batch_norm", False, "Without batch normalisation", "Sin normalización por lotes"),
        ("augment", "none", "No augmentation", "Sin aumento de datos"),
        (
            "augment",
            "notebook",
            "The notebooks' augmentation",
            "Aumento de datos de los cuadernos",
        ),
        ("augment", "flip-crop", "Flips and crops", "Volteos y recortes"),
        (
            "augment",
            ["flip", {"rotate": 15}],
            "Flips, rotations up to 15°",
            "Volteos, rotaciones de hasta 15°",
        ),
        ("optimizer", "sgd", "Optimiser: SGD", "Optimizador: SGD"),
        ("learning_rate", 1e-5, "Learning rate 0.00001", "Tasa de aprendizaje 0,00001"),
        ("momentum", 0.9, "Momentum 0.9", "Momento 0,9"),
        ("weight_decay", 5e-4, "Weight decay 0.0005", "Decaimiento de pesos 0,0005"),
        (
            "schedule",
            "one-cycle",
            "Learning rate schedule: one-cycle",
            "Planificación de la tasa de aprendizaje: ciclo único (one-cycle)",
        ),
        (
            "train_fraction",
            0.25,
            "25% of the training images",
            "25\N{NO-BREAK SPACE}% de las imágenes de entrenamiento",
        ),
        (
            "train_fraction",
            0.0625,
            "6.25% of the training images",
            "6,25\N{NO-BREAK SPACE}% de las imágenes de entrenamiento",
        ),
        ("batch_size", 1024, "Batch size 1,024", "Tamaño de lote 1024"),
        ("epochs", 15, "15 epochs", "15 épocas"),
        (
            "early_stopping",
            3,
            "Early stopping after 3 epochs without progress",
            "Parada temprana tras 3 épocas sin mejora",
        ),
        ("early_stopping", 0, "No early stopping", "Sin parada temprana"),
        ("label_smoothing", 0.1, "Label smoothing 0.1", "Suavizado de etiquetas 0,1"),
        (
            "class_weight",
            "balanced",
            "Balanced class weights",
            "Pesos equilibrados de las clases",
        ),
        ("precision", "float32", "Precision: float32", "Precisión numérica: float32"),
        ("start_from", "he", "Starts from: he", "Punto de partida: he"),
    ],
)
def test_labels_read_well_in_every_language(setting, value, english, spanish):
    assert label_of({setting: value}) == {"en": english, "es": spanish}


def test_every_setting_has_a_label():
    for name in (*Settings.names(), *COMMON_OPTIONS):
        for value in (1, "x", True):
            try:
                label = label_of({name: value})
            except KeyError:
                continue
            assert set(label) == {"en", "es"}
            break
        else:
            pytest.fail(f"no label for {name}")


def test_augmentations_vary_as_wholes():
    study = parse({"augment": [["flip"], ["flip", {"rotate": 15}], ["flip", {"shift": 0.1}]]})
    assert names(study) == ["augment-flip", "augment-flip-rotate-15", "augment-flip-shift-0.1"]
    assert labels(study, "en")[2] == "Flips, shifts up to 10% of each side"
    assert study.alternatives[1].changes == {"augment": ["flip", {"rotate": 15}]}


def test_augmentations_vary_in_one_part():
    table = {"epochs": [1, 2], "augment": ["flip", {"shift": 0.1}, {"rotate": [0, 15]}]}
    study = parse(table)
    assert names(study) == [
        "epochs-1-augment-flip-shift-0.1",
        "epochs-1-augment-flip-rotate-15-shift-0.1",
        "epochs-2-augment-flip-shift-0.1",
        "epochs-2-augment-flip-rotate-15-shift-0.1",
    ]
    # What a part varies in is said by its parts, also where they have a short form.
    assert study.alternatives[1].settings.augment == "notebook"
    assert labels(study, "es")[1].startswith("1 época, volteos, rotaciones de hasta 15°")


def test_an_augmentation_that_varies_can_not_be_overridden():
    with pytest.raises(ConfigError, match=r"--set augment .*\[\[vary\]\]"):
        parse({"augment": {"rotate": [5, 10]}}, overrides=["augment=none"])


def test_several_lists_make_the_grid_whose_last_changes_fastest():
    study = parse({"batch_size": [32, 64], "dropout": [0.0, 0.3]})
    assert names(study) == [
        "batch-size-32-dropout-0",
        "batch-size-32-dropout-0.3",
        "batch-size-64-dropout-0",
        "batch-size-64-dropout-0.3",
    ]
    assert labels(study, "es")[1] == "Tamaño de lote 32, dropout 0,3"


def test_a_name_and_a_label_come_first():
    table = {"name": "aug", "label": {"en": "Augmented", "es": "Con aumento"}, "epochs": [5, 15]}
    study = parse(table, {"name": "grid", "label": "G", "epochs": [1], "dropout": [0.5]})
    assert names(study) == ["aug-5", "aug-15", "grid-1-0.5"]
    assert labels(study, "en") == ["Augmented, 5 epochs", "Augmented, 15 epochs",
                                   "G, 1 epoch, dropout 0.5"]  # fmt: skip
    assert labels(study, "es")[:2] == ["Con aumento, 5 épocas", "Con aumento, 15 épocas"]


def test_alternatives_come_first_then_the_tables_in_their_order():
    content = tomllib.loads(
        """
        [[vary]]
        epochs = [1, 2]
        [[alternative]]
        name = "a"
        [[vary]]
        batch_size = [8]
        start_from = "a"
        """
    )
    assert names(StudyConfig.parse(content)) == ["a", "epochs-1", "epochs-2", "batch-size-8"]


def test_equal_settings_under_two_names_are_refused():
    with pytest.raises(ConfigError, match='"a" and "batch-size-64" have the same settings'):
        parse({"batch_size": [64]}, alternative=[{"name": "a"}])


def test_overrides_reach_what_does_not_vary():
    study = parse({"batch_size": [8, 16]}, overrides=["epochs=1", "batch-size-8.dropout=0.5"])
    assert {a.settings.epochs for a in study.alternatives} == {1}
    assert [dict(a.settings.options) for a in study.alternatives] == [{"dropout": 0.5}, {}]


@pytest.mark.parametrize("override", ["batch_size=4", "batch-size-8.batch_size=4"])
def test_overriding_what_varies_is_refused(override):
    with pytest.raises(ConfigError, match=r'--set batch_size .*\[\[vary\]\].*"batch-size-8"'):
        parse({"batch_size": [8, 16]}, overrides=[override])


def test_an_override_of_another_alternative_may_name_what_varies():
    study = parse({"batch_size": [8]}, alternative=[{"name": "a"}], overrides=["a.batch_size=4"])
    assert [a.settings.batch_size for a in study.alternatives] == [4, 8]


def test_the_study_as_toml_spells_the_alternatives_out():
    study = parse({"batch_size": [8, 16], "dropout": [0.5]}, claim=[
        {"text": "Small is better", "better": "batch-size-8-dropout-0.5",
         "than": "batch-size-16-dropout-0.5"},
    ])  # fmt: skip
    again = StudyConfig.parse(tomllib.loads(study.to_toml()))
    assert names(again) == names(study)
    assert labels(again, "es") == labels(study, "es")
    assert [a.settings for a in again.alternatives] == [a.settings for a in study.alternatives]
    assert again.claims == study.claims


@settings(deadline=None, max_examples=50)
@given(
    sizes=st.lists(st.integers(1, 65536), min_size=1, max_size=5, unique=True),
    rates=st.lists(
        st.floats(0, 1, exclude_max=True, allow_subnormal=False), min_size=1, max_size=5,
        unique=True,
    ),
)  # fmt: skip
def test_a_grid_has_every_combination_once(sizes, rates):
    study = parse({"name": "g", "batch_size": sizes, "dropout": rates})
    made = [(a.settings.batch_size, a.settings.options["dropout"]) for a in study.alternatives]
    assert made == [(size, rate) for size in sizes for rate in rates]
    assert len(set(names(study))) == len(made)
    assert all(NAME.fullmatch(name) for name in names(study))


REFUSED = [
    ({"batch_size": []}, r"`batch_size` \(\[\[vary\]\] 1\) is an empty list", "lista vacía"),
    ({"batch_size": [[1]]}, "must be a list of plain values", "valores simples"),
    ({"batch_size": [1, {"a": 1}]}, "must be a list of plain values", "valores simples"),
    ({"batch_size": [8, 16, 8]}, "has 8 twice", "contiene 8 dos veces"),
    ({"train_fraction": [1, 1.0]}, "has 1 twice", "contiene 1 dos veces"),
    ({"batchsize": [1]}, 'unknown `batchsize` .*Did you mean "batch_size"', "Quería decir"),
    ({"batch_size": [0]}, r"`batch_size` \(\[\[vary\]\] 1\) must be .*received 0", "se recibió 0"),
    ({"batch_size": ["8"]}, "`batch_size` .*received '8'", "se recibió '8'"),
    ({"augment": ["notebok"]}, 'Did you mean "notebook"', "Quería decir «notebook»"),
    ({"augment": ["flip", {"rotate": 15}]}, "may be one augmentation or several", "o varios"),
    ({"augment": ["flip", "cutout"]}, r"\[\[vary\]\] 1\) may be one", "puede ser un solo"),
    ({"augment": []}, "is an empty list", "lista vacía"),
    ({"augment": [{"rotate": []}]}, "is an empty list", "lista vacía"),
    ({"augment": ["none", [{"rotate": 0}]]}, "has none twice", "contiene none dos veces"),
    ({"augment": [["flip"], ["flop"]]}, 'Did you mean "flip"', "Quería decir «flip»"),
    ({"augment": [[["flip"]]]}, "each a name or a table", "un nombre o una tabla"),
    ({"epochs": 3}, "varies nothing.*single alternative", "no varía nada"),
    ({}, "varies nothing", "no varía nada"),
    (
        {"epochs": list(range(1, 50)), "batch_size": list(range(1, 50))},
        "makes 2401 alternatives; at most 1000",
        "2401 alternativas; se admiten 1000",
    ),
    ({"model": ["a b"]}, 'would name an alternative "model-a b"', "llamaría «model-a b»"),
    ({"name": "x" * 64, "epochs": [1]}, r"x-1.*up to 64\. Give", "hasta 64. Dé"),
    ({"name": "x y", "epochs": [1]}, "`name` .*received 'x y'", "`name` .*se recibió 'x y'"),
    ({"name": ["x"], "epochs": [1]}, "`name` ", "`name` "),
    ({"label": 3, "epochs": [1]}, "`label` .*must be a text", "`label` .*un texto"),
    ({"epochs": [1], "dropout": 2}, "`dropout` .*received 2", "se recibió 2"),
    ({"epochs": [1], "start_from": "z"}, "not an earlier alternative", "alternativa anterior"),
]


@pytest.mark.parametrize(("table", "english", "spanish"), REFUSED)
def test_what_is_wrong_is_said_in_one_line(table, english, spanish):
    for language, line in (("en", english), ("es", spanish)):
        use_language(language)
        with pytest.raises(ConfigError, match=line) as caught:
            check_models(parse(table))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "english", "spanish"),
    [
        ({"vary": 3}, "`vary` must be tables", "`vary` debe escribirse como tablas"),
        ({"vary": [3]}, "`vary` must be tables", "`vary` debe escribirse como tablas"),
        ({}, r"no alternatives.*\[\[vary\]\]", "no tiene alternativas"),
        (
            {"alternative": [{"name": "Epochs-1"}], "vary": [{"epochs": [1]}]},
            r'two alternatives are named "epochs-1".*\[\[vary\]\].*`name`',
            "dos alternativas se llaman «epochs-1»",
        ),
        (
            {"vary": [{"epochs": [1]}, {"epochs": [1], "dropout": 0.5}]},
            r'two alternatives are named "epochs-1".*\[\[vary\]\]',
            "una de ellas sale de un",
        ),
    ],
)
def test_tables_that_do_not_fit_together_are_refused(content, english, spanish):
    for language, line in (("en", english), ("es", spanish)):
        use_language(language)
        with pytest.raises(ConfigError, match=line):
            StudyConfig.parse(content)
