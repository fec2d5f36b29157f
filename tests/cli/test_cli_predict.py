"""``cotejo predict`` on the command line: what goes where, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import sys
from types import SimpleNamespace

import pytest
from PIL import Image

from cotejo.cli.app import run as command_line


@pytest.fixture(scope="module")
def model(own_study):
    return str(own_study)


@pytest.fixture
def album(own_data, tmp_path, monkeypatch):
    """Seven pictures of digits in folders, in the folder that one is in."""
    monkeypatch.chdir(tmp_path)
    for number in range(7):
        path = tmp_path / "album" / f"{number % 2}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(own_data.test.images[number, ..., 0]).save(path)
    return tmp_path / "album"


@pytest.fixture
def with_bad(album):
    (album / "bad.png").write_bytes(b"no picture")
    return album


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def standard_input(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))


@pytest.mark.parametrize("command", ["predict", "explain"])
def test_a_model_that_is_not_there_is_not_replaced_by_another(command, album, capsys):
    assert command_line([command, "runs/nowhere", "album"]) == 2
    said = capsys.readouterr()
    assert "runs/nowhere is no model" in said.err
    assert said.out == ""
    assert command_line([command, "shiped", "album"]) == 2
    assert 'Did you mean "shipped"' in capsys.readouterr().err


def test_the_first_word_may_be_the_model(model, album, capsys):
    assert command_line(["predict", model, "album"]) == 0
    first = capsys.readouterr().out
    assert "small, seed 1" in first
    assert command_line(["predict", "--model", model, "album"]) == 0
    assert capsys.readouterr().out == first
    assert sum(f"{number}.png" in first for number in range(7)) == 7


def test_lines_of_json_for_a_folder(model, with_bad, capsys):
    assert command_line(["predict", model, "album", "--json", "--lang", "es"]) == 1
    shown = capsys.readouterr()
    rows = [json.loads(line) for line in shown.out.splitlines()]
    assert [row["image"] for row in rows][:2] == ["album/bad.png", "album/0/0.png"]
    assert list(rows[0]) == ["image", "error"]
    assert set(rows[1]["probabilities"]) == {"zero", "one", "two"}
    assert shown.err.count("\n") == 1
    assert "bad.png" in shown.err


def test_csv_on_standard_output_and_in_a_file(model, with_bad, capsys, tmp_path):
    assert command_line(["predict", model, "album", "--csv", "-", "--top", "2"]) == 1
    printed = capsys.readouterr().out
    assert command_line(["predict", model, "album", "--csv", "out.csv", "--top", "2"]) == 1
    shown = capsys.readouterr().out
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == printed
    assert len(rows_of(printed)) == 8
    assert rows_of(printed)[0]["error"].startswith("album/bad.png is no picture")
    # What was written, and how many there are of each class; not 8 rows again.
    assert "out.csv" in shown
    assert "6.png" not in shown


def test_two_that_print_are_refused(model, album, capsys):
    assert command_line(["predict", model, "album", "--csv", "-", "--json"]) == 2
    assert "both print to standard output" in capsys.readouterr().err


def test_pictures_sorted_into_folders(model, with_bad, capsys):
    arguments = ["predict", model, "album", "--sort-into", "album/sorted", "--json"]
    assert command_line(arguments) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    copies = sorted(with_bad.glob("sorted/*/*"))
    assert len(copies) == 7
    for row in rows[1:]:
        name = row["image"].rpartition("/")[2]
        assert (with_bad / "sorted" / row["class"] / name).is_file()
    # Again, nothing is copied twice, and the copies are no pictures of the album's.
    assert command_line(arguments) == 1
    assert len(capsys.readouterr().out.splitlines()) == 8
    assert sorted(with_bad.glob("sorted/*/*")) == copies


def test_names_and_a_picture_on_standard_input(model, album, capsys, monkeypatch):
    standard_input(monkeypatch, b"album/0/0.png\nalbum/1\n")
    assert command_line(["predict", model, "-", "--json"]) == 0
    names = [json.loads(line)["image"] for line in capsys.readouterr().out.splitlines()]
    assert names == ["album/0/0.png", *(f"album/1/{number}.png" for number in (1, 3, 5))]
    standard_input(monkeypatch, (album / "0" / "0.png").read_bytes())
    assert command_line(["predict", model, "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["image"] == "-"
    standard_input(monkeypatch, (album / "0" / "0.png").read_bytes())
    assert command_line(["predict", model, "-", "--sort-into", "sorted"]) == 2
    assert "has no file to copy" in capsys.readouterr().err


def test_a_pattern_that_the_shell_left(model, album, capsys):
    assert command_line(["predict", model, "album/**/[0-2].png", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize("words", [["empty"], ["empty", "-"]])
def test_no_picture_at_all_is_said(model, words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("no picture")
    standard_input(monkeypatch, b"")
    assert command_line(["predict", model, *words]) == 2
    assert "there is no picture in empty" in capsys.readouterr().err


def test_a_long_table_comes_in_pieces(model, album, capsys, monkeypatch):
    monkeypatch.setattr("cotejo.cli.predicting._PIECE", 3)
    assert command_line(["predict", model, "album", "--lang", "es"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("probabilidad") == 3
    assert sum(f"{number}.png" in shown for number in range(7)) == 7


def test_csv_has_the_class_names_of_the_language(album, capsys):
    assert command_line(["predict", "shipped", "album", "--csv", "-", "--lang", "es"]) == 0
    names = {row["class"] for row in rows_of(capsys.readouterr().out)}
    assert names <= {
        "avión", "coche", "ave", "gato", "ciervo", "perro", "rana", "caballo", "barco", "camión",
    }  # fmt: skip


def test_parquet_beside_csv(model, with_bad, capsys):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    outputs = ["--parquet", "out.parquet", "--csv", "out.csv"]
    assert command_line(["predict", model, "album", *outputs]) == 1
    rows = parquet.read_table("out.parquet").to_pylist()
    assert len(rows) == 8
    assert {row["class"] for row in rows} <= {"zero", "one", "two", None}
    assert sum(rows[1]["probabilities"]) == pytest.approx(1, abs=1e-5)
