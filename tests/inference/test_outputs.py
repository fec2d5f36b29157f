"""Rows for programs and spreadsheets: CSV, lines of JSON, Parquet."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.errors import DataError, OutputError
from cotejo.inference import Prediction, Unreadable
from cotejo.inference.outputs import CsvRows, csv_file, json_row, parquet_file

NAMES = ["cat", "dog", "ship, or boat"]
ANSWER = Prediction((2, 0, 1), (0.7, 0.2, 0.1))
BAD = Unreadable("b.png", DataError("picture_missing", path="b.png"))
LIMITED = Prediction((2, 0, 1), (0.7, 0.2, 0.1), (2, 0), unlike=False, unlikeness=0.25)


def parsed(rows, *answers):
    text = rows.header() + "".join(
        rows.row(f"{number}.png", each) for number, each in enumerate(answers)
    )
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_names_the_likeliest_classes():
    first, bad = parsed(CsvRows(NAMES, 2), ANSWER, BAD)
    assert first == {
        "image": "0.png", "class": "ship, or boat", "probability": "0.7",
        "class_2": "cat", "probability_2": "0.2", "error": "",
    }  # fmt: skip
    assert (bad["class"], bad["error"]) == ("", str(BAD.error))
    assert len(parsed(CsvRows(NAMES, 99), ANSWER)[0]) == 2 * 3 + 2


def test_csv_says_what_a_model_knows_of_its_limits():
    first, bad, unknown = parsed(CsvRows(NAMES, 1, with_limits=True), LIMITED, BAD, ANSWER)
    assert first["candidates"] == "ship, or boat; cat"
    assert (first["unlike"], first["unlikeness"]) == ("false", "0.25")
    assert bad["candidates"] == unknown["candidates"] == unknown["unlike"] == ""


def test_json_has_every_class_and_the_limits():
    row = json.loads(json_row("a.png", LIMITED, NAMES))
    assert row["probabilities"] == {"ship, or boat": 0.7, "cat": 0.2, "dog": 0.1}
    assert (row["candidates"], row["unlike"], row["unlikeness"]) == (
        ["ship, or boat", "cat"], False, 0.25,
    )  # fmt: skip
    assert "unlike" not in json.loads(json_row("a.png", ANSWER, NAMES))
    assert json.loads(json_row("b.png", BAD, NAMES)) == {"image": "b.png", "error": str(BAD.error)}


@given(st.text(st.characters(codec=None, exclude_characters="\0"), min_size=1))
def test_any_name_is_one_line_of_json_and_a_row_of_csv(name):
    line = json_row(name, ANSWER, NAMES)
    assert len(line.splitlines()) == 1
    line.encode()
    assert json.loads(line)["image"] == name
    row = CsvRows(NAMES, 1).row(name, ANSWER)
    row.encode()
    (cells,) = csv.reader(io.StringIO(row, newline=""))
    assert cells[1:3] == ["ship, or boat", "0.7"]


def test_a_file_is_there_when_all_of_it_is_written(tmp_path):
    path = tmp_path / "out.csv"
    with csv_file(path, CsvRows(NAMES, 1)) as write:
        write("a.png", ANSWER)
        assert not path.exists()
    assert path.read_text() == 'image,class,probability,error\na.png,"ship, or boat",0.7,\n'

    def fail():
        with csv_file(path, CsvRows(NAMES, 1)) as write:
            write("b.png", BAD)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert "a.png" in path.read_text()
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_can_t_be_written_is_one_line(tmp_path):
    with (
        pytest.raises(OutputError, match="can't write"),
        csv_file(tmp_path / "nowhere" / "out.csv", CsvRows(NAMES, 1)),
    ):
        pass


def test_parquet_without_pyarrow_names_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with (
        pytest.raises(OutputError, match="pip install pyarrow"),
        parquet_file(tmp_path / "out.parquet", NAMES),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_parquet_has_typed_columns(tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    monkeypatch.setattr("cotejo.inference.outputs._ROW_GROUP", 4)
    path = tmp_path / "out.parquet"
    with parquet_file(path, NAMES) as write:
        for number in range(9):
            write(f"{number}.png", (ANSWER, BAD, LIMITED)[number % 3])
        assert not path.exists()
    file = parquet.ParquetFile(path)
    assert file.num_row_groups == 3
    rows = file.read().to_pylist()
    assert [row["image"] for row in rows] == [f"{number}.png" for number in range(9)]
    assert rows[0]["class"] == "ship, or boat"
    assert rows[0]["probabilities"] == pytest.approx([0.2, 0.1, 0.7])
    assert (rows[1]["class"], rows[1]["error"]) == (None, str(BAD.error))
    assert (rows[2]["candidates"], rows[2]["unlike"]) == (["ship, or boat", "cat"], False)
    assert json.loads(file.schema_arrow.metadata[b"classes"]) == NAMES
