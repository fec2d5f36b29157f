"""Help in both languages, and a catalogue that has every text in both."""

from __future__ import annotations

import inspect
import re
import string
import tomllib
from importlib.resources import files
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from cotejo.cli.app import run
from cotejo.cli.train_command import train
from cotejo.config import Settings
from cotejo.config.checking import kind_of, parts_of
from cotejo.data import known_sources
from cotejo.messages import LANGUAGES, knows, message

COMMANDS = (
    "study",
    "train",
    "recipes",
    "predict",
    "explain",
    "evaluate",
    "export",
    "serve",
    "report",
    "add",
    "watch",
    "stop",
    "merge",
    "verify",
    "review",
    "data",
    "models",
    "doctor",
)


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_is_in_english_and_in_spanish(
    command: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [command] if command else []
    assert run([*arguments, "--help"]) == 0
    english = capsys.readouterr().out
    assert run([*arguments, "--help", "--lang", "es"]) == 0
    spanish = capsys.readouterr().out
    assert english.startswith("Usage: cotejo")
    assert spanish.startswith("Uso: cotejo")
    for word in ("Usage", "Options:", "OPTIONS", "Arguments:", "Commands:", "Show"):
        assert word not in spanish
    assert "--lang" in english
    assert "--debug" in english


def test_arguments_are_named_without_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["add", "--help"]) == 0
    assert "[OPTIONS] FOLDER NAME PREDICTIONS\n" in capsys.readouterr().out


def test_help_without_a_command_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2].split("\n")
    assert [line.split()[0] for line in listed if line.strip()] == list(COMMANDS)


def test_the_argument_of_study_reads_as_one_types_it(capsys: pytest.CaptureFixture[str]) -> None:
    run(["study", "--help", "--lang", "es"])
    assert capsys.readouterr().out.splitlines()[0] == "Uso: cotejo study [OPCIONES] ARCHIVO"


@pytest.mark.parametrize("arguments", [("study",), ("train",), ("data",)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_lists_every_data_set(
    arguments: tuple[str, ...], language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run([*arguments, "--help", "--lang", language])
    names = ", ".join(source.name for source in known_sources() if source.ships)
    assert names in " ".join(capsys.readouterr().out.split())


def test_an_argument_has_no_type_beside_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    run(["predict", "--help"])
    assert "<" not in capsys.readouterr().out


FLAGS = [name for name in inspect.signature(train).parameters if name in Settings.names()]
"""The settings that ``cotejo train`` takes as options of their own; --set gives any setting."""


def test_every_setting_with_words_for_a_flag_has_the_flag_and_the_other_way_round() -> None:
    assert [name for name in Settings.names() if knows(f"settings.{name}.help")] == FLAGS


@pytest.mark.parametrize("name", FLAGS)
def test_a_flag_takes_what_its_setting_takes_and_its_help_says_so(name: str) -> None:
    kinds = parts_of(kind_of(Settings.model_fields[name]))
    number = next((kind for kind in (float, int) if kind in kinds), str)
    assert get_type_hints(train)[name] == number | None
    choices = [choice for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)]
    default = Settings.default(name)
    for language in LANGUAGES:
        words = message(f"settings.{name}.help", language=language)
        said = set(re.findall(r"[\w-]+", words))
        assert set(choices) <= said
        assert default is None or str(default) in said


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("Cotejo ")


@pytest.mark.parametrize("area", ["cli", "errors"])
def test_the_catalogues_have_the_same_keys_and_values(area: str) -> None:
    english, spanish = _catalogue("en", area), _catalogue("es", area)
    # A metavar that is left out stays as it is in the code, which is English.
    own = {key for key in spanish if key.startswith("metavar_")}
    assert english.keys() - own == spanish.keys() - own
    for key in english:
        # Spanish may say with a plain number what English groups.
        assert _values(english[key]) == _values(spanish[key]), key


def _catalogue(language: str, area: str) -> dict[str, Any]:
    path = files("cotejo") / "locales" / language / f"{area}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _values(entry: Any) -> set[str]:
    texts = entry.values() if isinstance(entry, dict) else [entry]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
