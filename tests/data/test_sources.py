"""What every data set that a study can name keeps to, and data sets of one's own."""

import json
import os
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

import cotejo
from cotejo.config import DEFAULT_DATA, StudyConfig
from cotejo.data import (
    Dataset,
    Source,
    Split,
    find_source,
    is_published,
    known_sources,
    load,
    register_source,
    registry,
    unregister_source,
)
from cotejo.errors import DataError
from cotejo.messages import LANGUAGES
from cotejo.report.words import Words

FOLDER = os.environ.get("COTEJO_DATA")  # read before the tests clear it
NAMES = [source.name for source in known_sources()]
OWN = "stripes-of-one-test"
"""A name that no data set that ships will have."""
TITLE = {"en": "striped squares", "es": "cuadrados a rayas"}


@pytest.fixture(scope="module")
def loaded():
    """Load a data set by its name, once; skip if it would have to be downloaded."""
    datasets = {}

    def loaded(name):
        if name not in datasets:
            source = find_source(name)
            data_dir = Path(FOLDER).resolve() if FOLDER else None
            if not source.is_at_hand(data_dir):
                pytest.skip(f"{name} is not on this machine")
            datasets[name] = load(name, data_dir=data_dir)
        return datasets[name]

    return loaded


def test_what_ships():
    ships = {"cifar10", "cifar100", "cifar100-coarse", "digits", "fashion-mnist", "mnist", "svhn"}
    assert ships <= set(NAMES)
    assert DEFAULT_DATA in NAMES
    assert all(source.ships for source in known_sources())


@pytest.mark.parametrize("name", NAMES)
def test_a_source_gives_what_its_fingerprint_says(name, loaded):
    dataset, fingerprint = loaded(name), find_source(name).fingerprint
    assert dataset.name == name
    if fingerprint is None:
        pytest.skip(f"the fingerprint of {name} is not known")
    assert dataset.fingerprint == fingerprint
    assert is_published(dataset)


@pytest.mark.parametrize("name", NAMES)
def test_its_classes_have_names_in_every_language(name, loaded):
    dataset = loaded(name)
    assert sorted(dataset.class_names) == sorted(LANGUAGES)
    assert all(len(names) == dataset.num_classes for names in dataset.class_names.values())


@pytest.mark.parametrize("name", NAMES)
def test_its_images_can_be_learned_from(name, loaded):
    dataset = loaded(name)
    for split in (dataset.train, dataset.valid, dataset.test):
        assert split.images.dtype == np.uint8
        assert split.images.flags.c_contiguous
        assert (np.bincount(split.labels, minlength=dataset.num_classes) > 0).all()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_title(name, language):
    title = find_source(name).say("title", language)
    assert title, f"locales/{language}/datasets.toml lacks {name}.title"
    assert Words(language).data_name(name) == title


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_where_mirroring_changes_a_class_it_says_so(name, language):
    source = find_source(name)
    for word in ("mirrored", "mirrored_views"):
        said = source.say(word, language, count=1, labels="cnn3")
        if source.mirroring_keeps_class:
            assert said is None, (
                f"{name}.{word} of locales/{language}/datasets.toml is never said, since "
                f"`mirroring_keeps_class` is true"
            )
        else:
            assert said, f"locales/{language}/datasets.toml lacks {name}.{word}"
            assert "cnn3" in said, f"{name}.{word} does not name its {{labels}}"


def test_every_word_is_one_that_is_asked_for():
    """A word in the catalogue under another key would never be read."""
    asked = {
        "title", "images", "source", "licence", "known_duplicates", "mirrored", "mirrored_views",
    }  # fmt: skip
    for language in LANGUAGES:
        path = files(cotejo) / "locales" / language / "datasets.toml"
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        assert sorted(tables) == NAMES, f"locales/{language}/datasets.toml has other data sets"
        assert all(table.keys() <= asked for table in tables.values())


def stripes(data_dir=None, progress=None):
    """Return squares with and without stripes: a data set that is learned in one epoch."""
    labels = np.arange(40) % 2
    images = np.random.default_rng(0).integers(0, 60, (40, 16, 16, 1), dtype=np.uint8)
    images[labels == 0, ::2] += 150
    part = Split(images, labels)
    names = {"en": ["striped", "plain"], "es": ["a rayas", "lisa"]}
    return Dataset(OWN, part, part, part, names, {"method": "own"}, "made")


@pytest.fixture
def own():
    """Register a source named `OWN` with whatever else a test gives it."""

    def register(**given):
        return register_source(Source(**{"name": OWN, "load": stripes} | given))

    yield register
    if find_source(OWN):
        unregister_source(OWN)


def test_a_source_of_ones_own_is_loaded_by_its_name(own):
    source = own(words={"title": TITLE})
    assert not source.ships
    assert source in known_sources()
    assert load(OWN).class_names["es"] == ("a rayas", "lisa")
    assert Words("es").data_name(OWN) == "cuadrados a rayas"
    assert source.say("licence", "en") is None
    unregister_source(OWN)
    with pytest.raises(DataError, match="neither a data set nor a path"):
        load(OWN)


def test_it_may_be_registered_again(own):
    own()
    again = own(words={"title": TITLE})
    assert find_source(OWN) is again


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_ships_is_not_given_away(name, own):
    with pytest.raises(DataError, match="of Cotejo's own"):
        own(name=name)


def test_two_sources_that_ship_have_two_names():
    digits = find_source("digits")
    with pytest.raises(DataError, match='"digits" is a data set of Cotejo'):
        registry._by_name([digits, replace(digits, fingerprint=None)])


def test_what_it_loads_bears_its_name(own):
    own(load=lambda data_dir, progress: replace(stripes(), name="others"))
    with pytest.raises(
        DataError, match=r'"stripes-of-one-test" was registered .* is named "others"'
    ):
        load(OWN)


def test_its_words_are_in_every_language(own):
    with pytest.raises(DataError, match='"title" of the data set "stripes-of-one-test"'):
        own(words={"title": {"en": "stripes"}})


def test_its_words_are_filled_in(own):
    own(words={"mirrored": {"en": "{labels}: {{mirrored}}", "es": "{count}: espejo"}})
    for language, said in (("en", "“a”: {mirrored}"), ("es", "1: espejo")):
        assert Words(language).of_data(OWN, "mirrored", count=1, labels="“a”") == said


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ({"tilte": TITLE}, r'unknown key "tilte".*Did you mean "title"'),
        ({"title": {**TITLE, "en": "{labels}"}}, "can not be filled in"),
        ({"mirrored": {**TITLE, "es": "{label}"}}, "can not be filled in"),
        ({"images": {**TITLE, "es": "a } b"}}, r"can not be filled in: a } b"),
    ],
)
def test_words_that_could_not_be_said_are_refused(own, words, line):
    with pytest.raises(DataError, match=line) as caught:
        own(words=words)
    assert "\n" not in str(caught.value)
    assert caught.value.in_language("es") != str(caught.value)


def test_a_path_that_nobody_can_read_gets_the_error_of_what_ships(own, tmp_path):
    with pytest.raises(DataError) as alone:
        load(tmp_path)

    def read(path):
        raise DataError("source_ships", name="first of all")

    register_source(Source("aaa", stripes, read=read))
    try:
        with pytest.raises(DataError) as beside:
            load(tmp_path)
    finally:
        unregister_source("aaa")
    assert str(beside.value) == str(alone.value)


def test_only_its_fingerprint_makes_a_name_sure(own):
    own()
    assert not is_published(stripes())
    own(fingerprint=stripes().fingerprint)
    # It is that data, but another machine does not know the name.
    assert not is_published(stripes())
    own(fingerprint="0" * 64)
    with pytest.raises(DataError, match="another than the one of that name"):
        is_published(stripes())


def test_the_name_of_an_unknown_data_set_stays_as_it_is():
    words = Words("en")
    for name in ("photos", "photos/2024", "equal", "digits.title", "cifar10.title.x"):
        assert find_source(name) is None
        assert words.data_name(name) == name


@pytest.mark.usefixtures("undrawn")
def test_a_study_of_ones_own_source(own, tmp_path):
    own(words={"title": TITLE}, mirroring_keeps_class=False)
    settings = {"model": "mlp", "epochs": 1, "batch_size": 16, "augment": "flip-crop"}
    config = StudyConfig.parse({"data": OWN, "base": settings, "alternative": [{"name": "plain"}]})
    study = cotejo.Study(config)
    assert study.run(out=tmp_path).finished
    about = json.loads((tmp_path / "study.json").read_text(encoding="utf-8"))
    assert (about["data"], about["requested_data"]) == (OWN, OWN)
    # The command line knows no source of one's own.
    assert about["command"].startswith("python -c")
    page = study.report(language="es").read_text(encoding="utf-8")
    assert "cuadrados a rayas" in page
    assert "una imagen reflejada puede dejar de ser de su clase" in page
