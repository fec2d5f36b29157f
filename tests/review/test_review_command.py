"""The screen of `cotejo review`: its language, its lines, its exit codes, and the JSON."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from writtennotebooks import first_original, second_original, sound, write

from cotejo.cli.app import run
from cotejo.messages import use_language
from cotejo.review.language import language_of
from cotejo.review.worth import worth


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("COTEJO_LANG", "en")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def second(tmp_path):
    return str(write(tmp_path / "segundo.ipynb", *second_original()))


def test_it_speaks_the_language_of_the_notebook(second, capsys):
    assert run(["review", second]) == 1
    spanish = capsys.readouterr().out
    assert "celda 4 [2], línea 1" in spanish
    assert "7 hallazgos." in spanish
    assert run(["review", second, "--lang", "en"]) == 1
    assert "cell 4 [2], line 1" in capsys.readouterr().out
    assert run(["--lang", "en", "review", second]) == 1
    assert "7 findings." in capsys.readouterr().out


def test_a_sound_notebook_exits_with_0(tmp_path, capsys):
    path = write(tmp_path / "sound.ipynb", *sound()["functional_en"])
    assert run(["review", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "Nothing speaks against this evidence" in shown
    assert "--out FOLDER" in shown
    assert list(tmp_path.iterdir()) == [path]


def test_what_could_not_be_followed_is_not_called_sound(tmp_path, capsys):
    path = write(tmp_path / "loop.ipynb", *sound()["custom_loop_en"])
    assert run(["review", str(path)]) == 0
    assert "no training could be followed" in capsys.readouterr().out


def test_no_run_is_no_evidence(tmp_path, capsys):
    path = write(tmp_path / "primero.ipynb", *first_original())
    assert run(["review", str(path)]) == 1
    assert "No hay evidencia" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_kind_of_finding_has_its_words_and_its_worth(language):
    use_language(language)
    path = files("cotejo") / "locales" / language / "review.toml"
    catalogue = tomllib.loads(path.read_text(encoding="utf-8"))
    kinds = {key.removeprefix("title_") for key in catalogue if key.startswith("title_")}
    made = re.findall(r'"(\w+)"', Path("src/cotejo/review/checks.py").read_text(encoding="utf-8"))
    assert kinds <= set(made)
    for kind in kinds:
        assert {f"found_{kind}", f"why_{kind}"} <= set(catalogue)
        assert worth([kind], trained=True)


def test_the_page_shows_the_screen_as_it_is(tmp_path, monkeypatch, capsys):
    page = Path("docs/review.md").read_text(encoding="utf-8")
    write(tmp_path / "first.ipynb", *first_original())
    monkeypatch.chdir(tmp_path)
    run(["review", "first.ipynb", "--lang", "en"])
    assert f"```text\n{capsys.readouterr().out}```" in page


def test_the_json_says_everything(second, tmp_path, capsys):
    out = tmp_path / "estudio"
    assert run(["review", second, "--json", "--out", str(out)]) == 1
    content = json.loads(capsys.readouterr().out)
    assert (content["cells"], content["models"], content["trainings"]) == (13, 1, 2)
    first = content["findings"][0]
    assert first["kind"] == "unused_layer"
    place = first["places"][0]
    assert (place["cell"], place["execution_count"], place["lines"]) == (4, 2, [1, 1])
    assert place["quoted"][0].startswith("capa = ")
    assert len(content["findings"][-2]["sentences"]) == 7
    assert content["study"] == [str(out / "study.toml"), str(out / "nets.py")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("El modelo se entrena con los datos", "es"),
        ("The model is trained on the data", "en"),
        ("Adam SGD RMSprop", None),
        ("", None),
        ("the la of de", None),
        ("Le modèle est entraîné sur les images de la base avec une couche en plus", None),
        ("O modelo é treinado com as imagens de treino para que se possa comparar", None),
        ("Il modello è addestrato con le immagini e si valuta la rete in modo semplice", None),
        ("La red se entrena con imágenes y la exactitud se mide en las de prueba", "es"),
    ],
)
def test_the_language_is_told_by_its_commonest_words(text, language):
    assert language_of([text]) == language
