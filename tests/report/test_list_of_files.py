"""The report's list of the files beside it: all that are there, and each for what it holds."""

import re

import numpy as np
import pytest
from fabricate import Made, fabricate_study

from cotejo.data.audit import METHOD, Audit, write_audit_files
from cotejo.report import write_report
from cotejo.report.words import Words
from cotejo.store import read_json

pytestmark = pytest.mark.usefixtures("undrawn")


def listed(folder, language="en"):
    page = write_report(folder, language).read_text(encoding="utf-8").replace("&#39;", "'")
    (names,) = re.findall(r'<dl class="files">(.*?)</dl>', page, re.DOTALL)
    return dict(re.findall(r"<dt><code>(.*?)</code></dt><dd>(.*?)</dd>", names))


def add_audit(folder):
    empty = np.zeros((0, 32, 32, 3), np.uint8)
    fingerprint = read_json(folder / "data.json")["fingerprint"]
    about = {
        "dataset": {"name": "x", "fingerprint": fingerprint, "images": {"test": 1000}},
        "method": {
            "version": METHOD,
            "likeness": 0.75,
            "expected_by_chance": 0,
            "outlier_share": 0.001,
            "neighbours": 8,
            "similarity": 0.9,
            "similarity_to_test": 0.9,
        },
        "differently_labelled": 0,
    }
    write_audit_files(
        folder, Audit((), empty, np.zeros((0, 2), np.int32), np.zeros(0, np.int32), about)
    )


@pytest.mark.parametrize("audited", [True, False])
def test_every_file_that_is_there_is_listed_and_no_other(tmp_path, audited):
    made = [Made("one", (0.6, 0.62)), Made("two", (0.8, 0.82))]
    folder = fabricate_study(tmp_path / "study", made, seeds=(1, 2))
    if audited:
        add_audit(folder)
    names = set(listed(folder)) - {"&lt;…&gt;/seed-&lt;k&gt;/"}
    there = {path.name for path in folder.iterdir() if path.is_file()} - {"report.html"}
    assert names == there
    assert ("audit.json" in names) is audited


@pytest.mark.parametrize("language", ["en", "es"])
def test_augmented_images_are_named_where_a_study_augments(tmp_path, language):
    words = Words(language)
    for augment, key in (("none", "file_data_npz"), ("notebook", "file_data_npz_augmented")):
        made = [Made("one", (0.6,), changes={"augment": augment}), Made("two", (0.8,))]
        folder = fabricate_study(tmp_path / augment, made, seeds=(1,))
        assert listed(folder, language)["data.npz"] == words.say(f"data.{key}")
