"""A study of a data set that is given in Python: its files and its report say which."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from cotejo import Study
from cotejo.config import StudyConfig
from cotejo.data import Split
from cotejo.errors import DataError
from cotejo.report import write_report
from cotejo.store import StudyFolder
from cotejo.study.planning import RunOptions, _command, _named_for

ONE = StudyConfig.parse({"alternative": [{"name": "a", "model": "mlp", "epochs": 1}]})


def test_the_files_name_the_data_that_was_given(own_study):
    study = StudyFolder(own_study).study
    assert (study["data"], study["requested_data"]) == ("own-digits", "own-digits")
    assert tomllib.loads((own_study / "study.toml").read_text())["data"] == "own-digits"
    # No command loads it: what repeats the study is Python, and asks for the data set.
    assert study["command"].startswith("python -c")
    assert "dataset=…" in study["command"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_report_does_not_say_that_other_data_was_asked_for(own_study, tmp_path, language):
    import shutil

    folder = shutil.copytree(own_study, tmp_path / "study")
    page = write_report(folder, language).read_text(encoding="utf-8")
    assert "own-digits" in page
    # A reference may name it in its title.
    body, _, references = page.partition('<section id="references"')
    assert references
    assert "CIFAR" not in body


def test_data_that_has_a_name_is_named_in_the_study(digits, tmp_path):
    assert _named_for(ONE, digits).data == "digits"
    assert _named_for(ONE, None).data == "cifar10"
    by_path = ONE.model_copy(update={"data": "/data/cifar"})
    assert _named_for(by_path, replace(digits, name="cifar10")).data == "/data/cifar"
    assert _command(tmp_path, RunOptions(), by_name=True).startswith("cotejo study ")


def test_other_images_under_a_known_name_are_refused(digits, tmp_path):
    fewer = replace(digits, train=Split(digits.train.images[:500], digits.train.labels[:500]))
    for name in ("digits", "cifar10"):
        with pytest.raises(DataError, match=r"is another than the one of that name.*replace"):
            Study(ONE).run(out=tmp_path / name, dataset=replace(fewer, name=name))
        assert not (tmp_path / name).exists()


def test_what_can_t_be_chosen_by_or_learned_is_refused_before_it_is_trained(own_data, tmp_path):
    none = Split(own_data.valid.images[:0], own_data.valid.labels[:0])
    with pytest.raises(DataError, match=r"no validation images.*final=True"):
        Study(ONE).run(out=tmp_path / "a", dataset=replace(own_data, valid=none))
    kept = np.flatnonzero(own_data.train.labels != 1)
    without = Split(own_data.train.images[kept], own_data.train.labels[kept])
    with pytest.raises(DataError, match='no training image is of the class "one"'):
        Study(ONE).run(out=tmp_path / "b", dataset=replace(own_data, train=without))
    assert not list(tmp_path.iterdir())
