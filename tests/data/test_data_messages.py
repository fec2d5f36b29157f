"""The sentences of the data stage: there in both languages, with the same values."""

import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import cotejo


def catalogue(language):
    path = files(cotejo) / "locales" / language / "errors.toml"
    return {
        key: text
        for key, text in tomllib.loads(path.read_text(encoding="utf-8")).items()
        if key.startswith("data_")
    }


def used():
    folder = files(cotejo) / "data"
    modules = [file.read_text(encoding="utf-8") for file in Path(str(folder)).rglob("*.py")]
    return {key for module in modules for key in re.findall(r'"(data_[a-z_]+)"', module)} - {
        "data_dir"
    }


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_sentence_is_there_and_used(language):
    assert set(catalogue(language)) == used()


def test_both_languages_name_the_same_values():
    english, spanish = catalogue("en"), catalogue("es")
    for key, text in english.items():
        names = [
            {name for _, name, _, _ in string.Formatter().parse(t)} - {None}
            for t in (text, spanish[key])
        ]
        assert names[0] == names[1], key
