"""Mistakes and failures: one line on standard error, the right exit code, no traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cotejo.cli import app
from cotejo.cli.app import run

MISTAKES = [
    (["studi"], 'there is no command "studi". Did you mean "study"?', "no existe la orden «studi»"),
    (["study"], "FILE is missing.", "falta ARCHIVO."),
    (
        ["data", "--data", "digits"],
        "no option --data. Write it without: cotejo data NAME|PATH",
        "Escríbalo sin ella: cotejo data NOMBRE|RUTA",
    ),
    (["study", "a.toml", "--sed", "3"], "no option --sed", "no existe la opción --sed"),
    (["study", "a.toml", "--data"], "--data needs a value.", "--data necesita un valor."),
    (["study", "a.toml", "--seeds", "x"], "--seeds must be a whole", "--seeds debe ser un número"),
    (["train", "--learning-rate", "x"], "--learning-rate must be", "--learning-rate debe ser"),
    (["data", "a", "b"], "one argument too many: b.", "sobra un argumento: b."),
    (["study", "missing.toml"], "there is no study file", "no existe el archivo de estudio"),
    (["study", "notbooks"], 'Did you mean "notebooks"?', "¿Quería decir «notebooks»?"),
    (["study", "notebooks", "--set", "epoch=3"], 'Did you mean "epochs"?', "«epochs»"),
    (["study", "notebooks", "--seeds", "0"], "`seeds` must be", "`seeds` debe ser"),
    (["train", "--epochs", "0"], "`epochs` (alternative", "`epochs` (alternativa"),
    (["train", "--augment", "all"], 'one of "none"', 'uno de "none"'),
    (["report", "nowhere"], "nowhere holds no study", "nowhere no contiene ningún estudio"),
    (["data", "letters"], '"letters" is neither', "«letters» no es ningún conjunto"),
]


@pytest.mark.parametrize(("arguments", "english", "spanish"), MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments: list[str], english: str, spanish: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, words in (("en", english), ("es", spanish)):
        assert run([*arguments[:1], "--lang", language, *arguments[1:]]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("error: ")
        assert captured.err.count("\n") == 1
        assert words in captured.err


def test_an_unknown_language_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--lang", "fr"]) == 2
    assert (
        capsys.readouterr().err == 'error: there is no language "fr"; the languages are: en, es.\n'
    )


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "nowhere", "--debug"]) == 2
    shown = capsys.readouterr().err
    assert "Traceback (most recent call last)" in shown
    assert "error: nowhere holds no study" in shown


@pytest.mark.parametrize("debug", [False, True])
def test_a_bug_says_so(
    debug: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cotejo.data.load", _fail)
    assert run(["data", "digits", *["--debug"] * debug]) == 1
    shown = capsys.readouterr().err
    assert "error: ZeroDivisionError: by nought. This is a bug in Cotejo" in shown
    assert ("Traceback" in shown) is debug


def _fail(*arguments: object, **options: object) -> None:
    raise ZeroDivisionError("by nought")


def test_ctrl_c_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "application", interrupt)
    assert run(["models"]) == 130


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = "import sys; sys.stdout.reconfigure(line_buffering=True); from cotejo.cli.app import run"
    reader = subprocess.Popen(
        [sys.executable, "-c", f"{code}; sys.exit(run(['data', 'digits']))"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert reader.stdout is not None
    assert reader.stderr is not None
    reader.stdout.close()
    errors = reader.stderr.read().decode()
    reader.stderr.close()
    assert reader.wait(timeout=60) == 0
    assert errors == ""
