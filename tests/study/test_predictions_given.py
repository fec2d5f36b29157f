"""What is refused of predictions from elsewhere: each in one line that says what to do."""

from __future__ import annotations

import csv
import io
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cotejo.data import Split
from cotejo.errors import CotejoError, DataError
from cotejo.messages import LANGUAGES
from cotejo.study.given import given_array, predictions_of
from cotejo.study.history_file import read_history
from cotejo.study.predictions_file import read_predictions


def rows_of(labels):
    rows = np.full((len(labels), 10), 0.02)
    rows[np.arange(len(labels)), labels] = 0.82
    return rows


def table(columns, rows, separator=","):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator)
    writer.writerow(columns)
    writer.writerows(rows)
    return file.getvalue().encode()


def read(name, content, dataset, split="test", logits=False):
    return predictions_of(
        read_predictions(Path(name), content, dataset, split), dataset, logits=logits
    )


def named(dataset):
    """Return the digits as if they had been read from files."""

    def with_names(split, name):
        names = tuple(f"{name}/{index:04}.png" for index in range(len(split)))
        return Split(split.images, split.labels, names)

    splits = ("train", "valid", "test")
    return replace(dataset, **{name: with_names(getattr(dataset, name), name) for name in splits})


def said(error):
    """Check that an error is one line in every language, and return its English."""
    for language in LANGUAGES:
        text = error.in_language(language)
        assert "\n" not in text
        assert "{" not in text
    return error.in_language("en")


@pytest.fixture(scope="module")
def right(digits):
    return rows_of(digits.test.labels)


BAD_ARRAYS = {
    "too few rows": (lambda rows: rows[:-1], "358 predictions"),
    "NaN": (lambda rows: np.where(np.arange(len(rows))[:, None] == 4, np.nan, rows), "row 5"),
    "negative": (lambda rows: rows - np.eye(10)[0] * 0.5 + np.eye(10)[1] * 0.5, "--logits"),
    "sums": (lambda rows: rows * 100, "sums to 100"),
    "too many classes": (lambda rows: np.pad(rows, ((0, 0), (0, 1))), "[359, 10]"),
    "three axes": (lambda rows: rows[None], "[1, 359, 10]"),
    "a number": (lambda rows: np.array(0.5), "[] float64"),
    "an unknown number": (lambda rows: np.full(len(rows), 10), '"10"'),
    "huge": (lambda rows: np.full_like(rows, 1e308), "--logits"),
    "halves": (lambda rows: np.full(len(rows), 0.5), '"0.5"'),
    "objects": (lambda rows: [object()] * len(rows), "object"),
    "unlike rows": (lambda rows: [[1.0], [1.0, 2.0]], "list"),
}


@pytest.mark.parametrize("bad", BAD_ARRAYS)
def test_arrays_that_are_no_predictions(digits, right, bad):
    change, expected = BAD_ARRAYS[bad]
    with pytest.raises(DataError) as caught:
        predictions_of({"test": given_array(change(right), "test")}, digits)
    assert expected in said(caught.value)


def test_logits_are_taken_if_they_are_called_so(digits, right):
    logits = np.log(right) + 3
    arrays = predictions_of({"test": given_array(logits, "test")}, digits, logits=True)
    assert np.allclose(arrays["test_probabilities"], right, atol=1e-6)


def test_classes_by_number_and_by_name(digits):
    labels = digits.test.labels
    for values in (labels, labels[:, None], labels.astype(float), [str(each) for each in labels]):
        arrays = predictions_of({"test": given_array(values, "test")}, digits)
        assert np.array_equal(arrays["test_classes"], labels)
        assert int(arrays["num_classes"]) == 10


def test_both_splits_have_the_same_form(digits, right):
    given = {
        "test": given_array(right, "test"),
        "valid": given_array(digits.valid.labels, "valid"),
    }
    with pytest.raises(DataError, match="same form"):
        predictions_of(given, digits)


def archive(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def test_an_archive_of_both_splits(digits, right):
    content = archive(test=right, valid=rows_of(digits.valid.labels), test_labels=np.arange(359))
    with pytest.raises(DataError, match="no class"):
        read("a.npz", content, digits)
    content = archive(
        test=right, valid=rows_of(digits.valid.labels), test_labels=digits.test.labels
    )
    arrays = read("a.npz", content, digits)
    assert np.allclose(arrays["test_probabilities"], right)
    assert len(arrays["valid_labels"]) == len(digits.valid)


def test_labels_that_differ_show_that_the_order_is_another(digits, right):
    labels = digits.test.labels.copy()
    labels[:2] = labels[1::-1]
    different = int((labels != digits.test.labels).sum())
    with pytest.raises(DataError) as caught:
        read("a.npz", archive(test=right, test_labels=labels), digits)
    assert said(caught.value).startswith(f"{different} of the 359 labels")
    assert "another order" in said(caught.value)


def test_archives_that_can_t_be_read(digits, right):
    content = archive(test=right)
    pickled = io.BytesIO()
    np.savez(pickled, test=np.array([{"a": 1}], dtype=object))
    damaged = content[:200] + bytes(50) + content[250:]
    for broken in (b"", b"no archive", content[: len(content) // 2], damaged, pickled.getvalue()):
        with pytest.raises(DataError) as caught:
            read("a.npz", broken, digits)
        assert caught.value.key == "added_npz"
        said(caught.value)
    with pytest.raises(DataError, match="probs"):
        read("a.npz", archive(probs=right), digits)
    with pytest.raises(DataError, match=r"\.pkl"):
        read("a.pkl", pickle.dumps(right), digits)


def test_tables_of_probabilities(digits, right):
    by_number = table([*range(10)], right)
    assert np.allclose(read("a.csv", by_number, digits)["test_probabilities"], right)
    # As a spreadsheet in Spanish writes it, columns in another order, and one more.
    order = [3, 1, 2, 0, *range(4, 10)]
    cells = [[str(cell).replace(".", ",") for cell in row[order]] + ["x"] for row in right]
    spanish = table([*map(str, order), "nota"], cells, ";")
    assert np.allclose(read("a.csv", spanish, digits)["test_probabilities"], right)


def test_a_table_of_both_splits_and_labels(digits):
    rows = [("test", label, label) for label in digits.test.labels]
    rows += [("val", label, label) for label in digits.valid.labels]
    arrays = read("a.csv", table(["split", "clase", "etiqueta"], rows), digits)
    assert np.array_equal(arrays["test_classes"], digits.test.labels)
    assert np.array_equal(arrays["valid_classes"], digits.valid.labels)
    rows[5] = ("tset", 1, 1)
    with pytest.raises(DataError, match="row 6"):
        read("a.csv", table(["split", "clase", "etiqueta"], rows), digits)


BAD_TABLES = {
    "empty": (b"", "no rows"),
    "no rows": (b"prediction\n", "no rows"),
    "no column": (b"a,b\n1,2\n", "has no column for each class"),
    "some classes": (b"0,1\n0.5,0.5\n", "2, 3, 4, 5, 6, 7, 8, 9"),
    "no number": (table([*range(10)], [["x"] * 10] * 359), "row 1"),
    "no class": (table(["prediction"], [["dog"]] * 359), '"dog"'),
    "too few": (table(["prediction"], [["1"]] * 3), "3 predictions"),
}


@pytest.mark.parametrize("bad", BAD_TABLES)
def test_tables_that_are_no_predictions(digits, bad):
    content, expected = BAD_TABLES[bad]
    with pytest.raises(DataError) as caught:
        read("a.csv", content, digits)
    assert expected in said(caught.value)


def test_rows_by_the_names_of_files(digits):
    photos = named(digits)
    shuffled = np.random.default_rng(0).permutation(len(photos.test))
    rows = [(f"/home/me/{photos.test.names[at]}", photos.test.labels[at]) for at in shuffled]
    rows += list(zip(photos.valid.names, photos.valid.labels, strict=True))
    rows += [(photos.train.names[0], 3)]
    arrays = read("a.csv", table(["file", "prediction"], rows), photos)
    assert np.array_equal(arrays["test_classes"], photos.test.labels)
    assert np.array_equal(arrays["valid_classes"], photos.valid.labels)

    def refused(changed, columns=("file", "prediction"), dataset=photos):
        with pytest.raises(DataError) as caught:
            read("a.csv", table(columns, changed), dataset)
        return said(caught.value)

    assert "no image of this study" in refused([*rows, ("test/other.png", 1)])
    assert "named twice" in refused([*rows, rows[0]])
    assert "lacks 1 of its 359" in refused(rows[1:])
    assert "were not read from files" in refused(rows, dataset=digits)
    with_split = [(*row, "test") for row in rows]
    assert "another split" in refused(with_split, ("file", "prediction", "split"))


def test_parquet_is_read_where_pyarrow_is(digits, monkeypatch):
    try:
        import pyarrow
    except ImportError:
        with pytest.raises(DataError, match="pyarrow"):
            read("a.parquet", b"PAR1", digits)
        return
    from pyarrow import parquet

    file = io.BytesIO()
    parquet.write_table(pyarrow.table({"prediction": digits.test.labels}), file)
    arrays = read("a.parquet", file.getvalue(), digits)
    assert np.array_equal(arrays["test_classes"], digits.test.labels)
    with pytest.raises(DataError):
        read("a.parquet", b"PAR1", digits)


ROW = {"train_loss": 1, "train_accuracy": 0.5, "valid_loss": 1, "valid_accuracy": 0.5}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "no rows"),
        ([{"loss": 1}], "train_accuracy, valid_loss, valid_accuracy"),
        ([ROW, ROW | {"valid_accuracy": 50}], "row 2"),
        ([ROW | {"train_loss": "nan"}], '"nan"'),
        ([ROW | {"valid_loss": ""}], '"∅"'),
        ([1, 2], "received list"),
        ({"loss": [1, 2], "accuracy": [1]}, "received dict"),
    ],
)
def test_histories_that_are_none(rows, expected):
    with pytest.raises(CotejoError) as caught:
        read_history(rows)
    assert expected in said(caught.value)


def test_a_history_of_keras(tmp_path):
    columns = {"loss": [2, 1], "accuracy": [0.1, 0.5], "val_loss": [2, 1], "val_accuracy": [0, 1]}
    assert [row["valid_accuracy"] for row in read_history(columns).rows] == [0, 1]
    path = tmp_path / "log.csv"
    path.write_text("epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1.5,0.4,1.6\n1,0.6,1,0.5,1\n")
    history = read_history(path)
    assert [row["epoch"] for row in history.rows] == [1, 2]
    assert history.rows[0]["valid_loss"] == 1.6
    assert history.source["name"] == "log.csv"
