"""Augmentations as a study writes them: one spelling each, their errors, and what a list varies."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.config import Settings, StudyConfig
from cotejo.config.augmentation_parts import KINDS, SHORT_FORMS, Part
from cotejo.config.augmentations import (
    array_name,
    compact,
    mirrors,
    read_augmentation,
    slug,
    varied,
    written,
)
from cotejo.config.labels import augmentation_phrase
from cotejo.errors import ConfigError
from cotejo.messages import LANGUAGES, use_language

FLIP_AND_TURN = (Part("flip"), Part("rotate", 20))


def number_for(kind):
    """Return a strategy for the numbers that a part takes."""
    if kind.unit is None:
        return st.none()
    whole = st.integers(int(kind.low), int(kind.high))
    if kind.unit == "magnitude":
        return whole
    if kind.low >= 1:
        return whole
    return whole | st.floats(0, min(0.9, kind.high), allow_subnormal=False)


def some_parts():
    """Return a strategy for the parts of an augmentation, in any order."""
    names = st.lists(st.sampled_from([n for n in KINDS if n != "flip"]), unique=True)
    return names.flatmap(
        lambda chosen: st.tuples(
            *(number_for(KINDS[n]).map(lambda number, n=n: Part(n, number)) for n in chosen)
        )
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("none", "none"),
        ([], "none"),
        ("flip-crop", "flip-crop"),
        ("flip", (Part("flip"),)),
        (["flip"], (Part("flip"),)),
        ({"rotate": 20}, (Part("rotate", 20),)),
        (["flip", {"rotate": 20}], FLIP_AND_TURN),
        ([{"rotate": 20.0}, "flip"], FLIP_AND_TURN),
        ("flip,rotate=20", FLIP_AND_TURN),
        (" flip , rotate = 20.0 ", FLIP_AND_TURN),
        (FLIP_AND_TURN, FLIP_AND_TURN),
        (["flip", {"rotate": 0}], (Part("flip"),)),
        ([{"rotate": 0}], "none"),
        ("rotate", (Part("rotate", 15),)),
        (["flip", "rotate", "shift"], "notebook"),
        ([{"crop": 0.125}, "flip"], "flip-crop"),
        (["flip", {"crop": 4}], (Part("flip"), Part("crop", 4))),
    ],
)
def test_one_meaning_has_one_spelling(value, expected):
    assert read_augmentation(value) == expected
    settings = Settings(augment=value)
    assert settings == Settings(augment=written(expected))
    stored = settings.model_dump()["augment"]
    assert stored == (expected if isinstance(expected, str) else written(expected))
    assert Settings.model_validate({"augment": stored}) == settings
    hash(settings.augment)


@given(some_parts())
def test_what_is_written_is_read_back(parts):
    augmentation = read_augmentation(parts)
    assert read_augmentation(written(augmentation)) == augmentation
    assert read_augmentation(compact(written(augmentation))) == augmentation
    assert read_augmentation(parts[::-1]) == augmentation
    assert set(slug(written(augmentation))) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    for language in LANGUAGES:
        assert augmentation_phrase(written(augmentation), language)


def test_a_study_file_keeps_its_lists():
    content = {
        "alternative": [
            {"name": "a", "augment": ["flip", {"rotate": 20}]},
            {"name": "b", "augment": [{"rotate": 20}, {"zoom": 0.1}]},
            {"name": "c"},
        ]
    }
    study = StudyConfig.parse(content, ["c.augment=crop=4,mixup"])
    again = StudyConfig.parse(tomllib.loads(study.to_toml()))
    assert [a.settings for a in again.alternatives] == [a.settings for a in study.alternatives]
    assert written(study.alternative("c").settings.augment) == [{"crop": 4}, {"mixup": 0.2}]


def test_an_override_may_be_a_list():
    content = {"alternative": [{"name": "a"}]}
    study = StudyConfig.parse(content, ['augment=["flip", {rotate = 20}]'])
    assert study.alternatives[0].settings.augment == FLIP_AND_TURN


def test_twins_are_seen_through_their_spelling():
    content = {
        "alternative": [
            {"name": "a", "augment": "notebook"},
            {"name": "b", "augment": [{"shift": 0.1}, "flip", {"rotate": 15}]},
        ]
    }
    with pytest.raises(ConfigError, match='"a" and "b" have the same settings'):
        StudyConfig.parse(content)


REFUSED = [
    (3, "must be a name or a list of parts", "un nombre o una lista de partes"),
    ("flp", 'one of "none", .*Did you mean "flip"', "uno de .*Quería decir «flip»"),
    (["flip", "rotat"], "'rotat'.*Did you mean \"rotate\"", "parte que no existe.*«rotate»"),
    ("flip,rotat=3", "'rotat'.*Did you mean \"rotate\"", "«rotate»"),
    ([{"rotate": 200}], "`rotate` in `augment` .*degrees from 0 to 180; received 200", "grados"),
    ([{"rotate": "x"}], "received x", "se recibió x"),
    ([{"rotate": True}], "received True", "se recibió True"),
    ([{"rotate": float("nan")}], "received nan", "se recibió nan"),
    ([{"rotate": 10**400}], "from 0 to 180", "de 0 a 180"),
    (["flip", {"shift": 0}], r"`shift` .*is 0 .*\[\[vary\]\]: {shift = \[0, 0.1\]}", "es 0 y no"),
    ("flip,rotate=0", "`rotate` .*is 0 and does nothing", "no tiene efecto"),
    ([{"rotate": [1, 2]}], r"takes one number.*\[\[vary\]\]", "admite un solo número"),
    ([{"shift": 0.7}], "share of each side .*from 0 to 0.5", "fracción de cada lado"),
    ([{"crop": 4.5}], "whole number of pixels up to 64, or a share", "entero de píxeles"),
    ([{"rand-augment": 2.5}], "whole number from 1 to 30", "entero de 1 a 30"),
    ([{"flip": 1}], '`flip` .*takes no number. Write "flip" alone', "no admite ningún número"),
    (["flip", "flip"], "has the part `flip` twice", "dos veces la parte `flip`"),
    (["flip", "alternating-flip"], "both `flip` and `alternating-flip`", "también"),
    ([{"rotate": 1, "shift": 0.1}], "a table of one key", "una sola clave"),
    ([["flip"]], "each a name or a table", "un nombre o una tabla"),
    (["notebook", "flip"], r'"notebook" is a whole .*\[\[vary\]\]', "aumento de datos completo"),
    (["none", "notebook"], r"put the list into a \[\[vary\]\]", r"en un \[\[vary\]\]"),
]


@pytest.mark.parametrize(
    ("value", "english", "spanish"), REFUSED, ids=lambda value: str(value)[:40]
)
def test_what_is_wrong_is_said_in_one_line(value, english, spanish):
    for language, line in (("en", english), ("es", spanish)):
        use_language(language)
        for content, where in (
            ({"alternative": [{"name": "a", "augment": value}]}, '(alternative "a")'),
            ({"alternative": [{"name": "a"}], "base": {"augment": value}}, "([base])"),
        ):
            with pytest.raises(ConfigError, match=line) as caught:
                StudyConfig.parse(content)
            assert where in str(caught.value) or language == "es"
            assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("notebook", None),
        ("flip", None),
        ({"rotate": 15}, None),
        ({"rotate": [0, 15]}, [[{"rotate": 0}], [{"rotate": 15}]]),
        (["none", "notebook"], ["none", "notebook"]),
        (["none", "flip", {"rotate": 15}], ["none", "flip", [{"rotate": 15}]]),
        ([["flip"], ["flip", {"rotate": 15}]], ["flip", ["flip", {"rotate": 15}]]),
        ([["flip", {"rotate": [5, 15]}], "none"],
         [["flip", {"rotate": 5}], ["flip", {"rotate": 15}], "none"]),
        (["flip", {"rotate": [0, 15]}], [["flip", {"rotate": 0}], ["flip", {"rotate": 15}]]),
        ([{"rotate": [1, 2]}, {"crop": [3, 4]}],
         [[{"rotate": 1}, {"crop": 3}], [{"rotate": 1}, {"crop": 4}],
          [{"rotate": 2}, {"crop": 3}], [{"rotate": 2}, {"crop": 4}]]),
        ([], []),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_vary_compares(value, expected):
    assert varied(value) == expected


def test_what_mirrors_is_known_without_keras():
    for name, kind in KINDS.items():
        assert mirrors([name]) == (kind.mirrors != "never")
    assert mirrors("flip,rotate=3")
    assert not mirrors(None)
    assert not mirrors(["of a newer version"])


def test_names_of_arrays_are_as_they_were():
    for name in SHORT_FORMS:
        assert array_name(name) == f"augmented_{name.replace('-', '_')}"
    assert (
        array_name(["alternating-flip", {"crop": 0.25}]) == "augmented_alternating_flip_crop_0.25"
    )


def test_every_part_has_words_in_every_language():
    said = {
        language: [augmentation_phrase([name], language) for name in KINDS]
        for language in LANGUAGES
    }
    english = dict(zip(KINDS, said["en"], strict=True))
    assert (english["flip"], english["alternating-flip"]) == ("flips", "alternating flips")
    assert english["rotate"] == "rotations up to 15°"
    assert english["zoom"] == "zoom up to 10% of each side"
    for texts in said.values():
        assert len(set(texts)) == len(KINDS)
        assert not any("{" in text for text in texts)
    assert augmentation_phrase([{"crop": 1}], "en") == "crops padded by 1 pixel"
