"""Both languages say the same things with the same values."""

import re
import string
import tomllib
from importlib.resources import files

import pytest

AREAS = sorted(
    path.name.removesuffix(".toml") for path in (files("cotejo") / "locales" / "en").iterdir()
)


def test_both_languages_have_the_same_catalogues():
    spanish = (path.name for path in (files("cotejo") / "locales" / "es").iterdir())
    assert sorted(spanish) == [f"{area}.toml" for area in AREAS]


def catalogue(language, area):
    """Return an area's sentences by key; those in the table ``digits`` as ``digits.title``."""
    path = files("cotejo") / "locales" / language / f"{area}.toml"
    return dict(sentences(tomllib.loads(path.read_text(encoding="utf-8"))))


def sentences(table, before=""):
    for key, entry in table.items():
        if isinstance(entry, dict) and entry.keys() != {"one", "other"}:
            yield from sentences(entry, f"{before}{key}.")
        else:
            yield f"{before}{key}", entry


def placeholders(entry):
    texts = entry.values() if isinstance(entry, dict) else [entry]
    # Either form of a plural may leave out a value: "one seed" needs no number.
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_have_the_same_keys(area):
    assert sorted(catalogue("en", area)) == sorted(catalogue("es", area))


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_name_the_same_values(area):
    english, spanish = catalogue("en", area), catalogue("es", area)
    for key, entry in english.items():
        assert placeholders(entry) == placeholders(spanish[key]), key
        assert isinstance(entry, dict) == isinstance(spanish[key], dict), key
        if isinstance(entry, dict):
            assert list(entry) == list(spanish[key]) == ["one", "other"], key


@pytest.mark.parametrize("area", AREAS)
def test_no_sentence_is_the_other_language_s(area):
    english, spanish = catalogue("en", area), catalogue("es", area)
    long = [key for key, entry in english.items() if len(re.sub(r"{\w+}", "", str(entry))) > 30]
    assert [key for key in long if english[key] == spanish[key]] == []
