"""The next study learns without the labels that a person confirmed to be wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cotejo.cli.app import run
from cotejo.data import load
from cotejo.data.audit import Reviewed, write_review
from cotejo.data.reviewing import save_arrays, without_wrong_labels
from cotejo.errors import DataError


@pytest.fixture(scope="module")
def digits():
    return load("digits")


def said(dataset, *places):
    return {
        (split, index): Reviewed(split, index, 0, 1, verdict, "", dataset.fingerprint)
        for split, index, verdict in places
    }


def test_confirmed_images_are_left_out_and_test_images_never(digits):
    review = said(
        digits,
        ("train", 3, "confirmed"),
        ("train", 4, "dismissed"),
        ("valid", 0, "confirmed"),
        ("test", 5, "confirmed"),
    )
    kept = without_wrong_labels(digits, review)
    assert np.array_equal(kept.train.images, np.delete(digits.train.images, 3, axis=0))
    assert np.array_equal(kept.valid.labels, digits.valid.labels[1:])
    assert np.array_equal(kept.test.images, digits.test.images)
    assert kept.fingerprint != digits.fingerprint


def test_a_review_of_other_images_is_refused(digits):
    with pytest.raises(DataError, match="99999"):
        without_wrong_labels(digits, said(digits, ("train", 99_999, "confirmed")))


def test_what_is_saved_is_read_back(digits, tmp_path):
    save_arrays(digits, tmp_path / "mine.npz")
    again = load(tmp_path / "mine.npz")
    for split in ("train", "valid", "test"):
        own, read = getattr(digits, split), getattr(again, split)
        assert np.array_equal(own.images, read.images)
        assert np.array_equal(own.labels, read.labels)
    assert again.class_names["en"] == digits.class_names["en"]


def test_what_an_archive_can_t_hold_is_refused(digits, tmp_path):
    with pytest.raises(DataError, match=r"\.npz"):
        save_arrays(digits, tmp_path / "mine.zip")
    grouped = replace(digits.train, groups=np.arange(len(digits.train)))
    with pytest.raises(DataError, match="belong together"):
        save_arrays(replace(digits, train=grouped), tmp_path / "mine.npz")


def test_the_command_writes_the_data_of_the_next_study(digits, tmp_path, capsys):
    write_review(tmp_path, said(digits, ("train", 3, "confirmed")).values())
    file = tmp_path / "clean.npz"
    command = ["data", "digits", "--lang", "en", "--review", str(tmp_path), "--save", str(file)]
    assert run(command) == 0
    assert "1 training and 0 validation images" in capsys.readouterr().out
    assert len(load(file).train) == len(digits.train) - 1


def test_a_review_of_nothing_is_refused(tmp_path, capsys):
    assert run(["data", "digits", "--lang", "en", "--review", str(tmp_path)]) == 2
    assert "review.csv" in capsys.readouterr().err
