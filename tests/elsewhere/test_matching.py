"""The classes of a data set are matched with those of a model by name, or as somebody says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.elsewhere import given_classes, match_classes
from cotejo.elsewhere.matching import pairs_meant
from cotejo.errors import ConfigError

MODEL = {"en": ("cat", "tree frog", "ship"), "es": ("gato", "rana de árbol", "barco")}


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (("cat", "ship", "tree frog"), [0, 2, 1]),
        (("CAT", "Tree_Frog", "tree-frog "), [0, 1, 1]),
        (("Gato", "Barco", "dog"), [0, 2, -1]),
    ],
)
def test_names_match_in_any_language_and_any_writing(names, labels):
    assert match_classes({"en": names}, MODEL).labels.tolist() == labels


def test_what_is_given_goes_before_names():
    of_set = {"en": ("cat", "boat", "toad"), "es": ("gato", "bote", "sapo")}
    given = {"Boat": "ship", "sapo": "Rana de árbol", "cat": ""}
    matching = match_classes(of_set, MODEL, given)
    assert matching.labels.tolist() == [-1, 2, 1]
    assert matching.without == [0]
    assert matching.absent == [0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"bot": "ship"}, 'the data has no class "bot"; its classes are: boat, dog'),
        ({"boat": "shp"}, 'the model has no class "shp"; its classes are: cat, tree frog, ship'),
        ({}, 'no class in common. Classes of the data: boat, dog.*--classes "boat=cat"'),
    ],
)
def test_what_does_not_match_is_said(given, said):
    with pytest.raises(ConfigError, match=said):
        match_classes({"en": ("boat", "dog")}, MODEL, given)


def test_nearly_the_same_name_is_asked_about():
    said = 'Did you mean --classes "cats=cat" --classes "Tree_Frogs=tree frog"\\?'
    with pytest.raises(ConfigError, match=said):
        match_classes({"en": ("cats", "Tree_Frogs", "toad")}, MODEL)
    meant = pairs_meant({"en": ("ship", "Gatos"), "es": ("barco", "Gatos")}, MODEL, [1])
    assert meant == '--classes "Gatos=gato"'
    # Of a car nobody means a cat.
    assert pairs_meant({"en": ("car",)}, MODEL, [0]) == ""


def test_pairs_come_one_by_one_or_from_a_file(tmp_path):
    file = tmp_path / "classes.toml"
    file.write_text('"tree toad" = "tree frog"\nmonkey = ""\n')
    pairs = given_classes(["car = automobile", str(file)])
    assert pairs == {"car": "automobile", "tree toad": "tree frog", "monkey": ""}
    file.write_text("monkey = 3")
    for entry in ("car", "=cat", str(file), str(tmp_path / "none.toml")):
        with pytest.raises(ConfigError):
            given_classes([entry])


@given(st.lists(st.integers(0, 30), min_size=2, max_size=12, unique=True))
def test_each_class_is_matched_or_without_and_each_of_the_model_is_there_or_absent(numbers):
    names = tuple(f"class {number}" for number in numbers)
    model = {"en": tuple(f"Class-{number}" for number in range(15))}
    if all(number >= 15 for number in numbers):
        with pytest.raises(ConfigError):
            match_classes({"en": names}, model)
        return
    matching = match_classes({"en": names}, model)
    assert [number if number < 15 else -1 for number in numbers] == matching.labels.tolist()
    assert sorted({*matching.absent, *matching.labels[matching.labels >= 0]}) == list(range(15))
