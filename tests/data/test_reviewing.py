"""The next study learns without the labels that a person confirmed to be wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cotejo.cli.app import run
from cotejo.config import StudyConfig
from cotejo.config.own_images import OwnImages
from cotejo.data import load
from cotejo.data.audit import Reviewed, write_review
from cotejo.data.reviewing import save_arrays, without_wrong_labels
from cotejo.data.summary import file_rows
from cotejo.errors import ConfigError, DataError


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


@pytest.fixture
def scans(digits, tmp_path, monkeypatch):
    """A folder of noughts and ones, as somebody's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for label in (0, 1):
        folder = tmp_path / "scans" / str(label)
        folder.mkdir(parents=True)
        for place in np.flatnonzero(digits.train.labels == label)[:30]:
            Image.fromarray(digits.train.images[place]).save(folder / f"{place}.png")
    return tmp_path / "scans"


@pytest.mark.parametrize("name", ["", "review.csv"])
def test_a_study_of_somebody_s_own_images_takes_a_review_by_itself(scans, tmp_path, name):
    whole = load(scans)
    write_review(
        tmp_path, said(whole, ("train", 3, "confirmed"), ("test", 0, "confirmed")).values()
    )
    table = {"path": str(scans), "review": str(tmp_path / name)}
    config = StudyConfig.parse({"data": table, "alternative": [{"name": "a"}]})
    kept = load(config.data, images=config.images)
    assert len(whole.train) - len(kept.train) == 1
    assert len(whole.test) == len(kept.test)
    # The runs of another data set have other keys.
    assert kept.fingerprint != whole.fingerprint
    (row,) = [row for row in file_rows(kept) if row["left_out"] == "wrong_label"]
    assert row["path"] == whole.train.names[3]
    # What was said of these images is said of no others.
    write_review(tmp_path, said(kept, ("train", 3, "confirmed")).values())
    with pytest.raises(ConfigError, match="says anything of scans"):
        load(config.data, images=config.images)


def test_a_review_goes_with_pictures_and_not_with_folds(scans, tmp_path):
    with pytest.raises(DataError, match="does not take review"):
        load("digits", images=OwnImages(review=str(tmp_path)))
    table = {"path": str(scans), "review": str(tmp_path)}
    with pytest.raises(ConfigError, match="`review` leaves out"):
        StudyConfig.parse({"data": table, "folds": 3, "alternative": [{"name": "a"}]})
