"""The page on extending: its diffs apply, and what they add can be trained and reported."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "extending.md"
STUDY = """
name = "toy"
data = "shapes"

[base]
model = "one-layer"
epochs = 1

[[vary]]
filters = [8, 16]

[[alternative]]
name = "noisy"
augment = ["flip", {noise = 0.1}]
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """Return a copy of the sources to which every diff of the page was applied."""
    copy = tmp_path_factory.mktemp("extended")
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for diff in re.findall(r"```diff\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        subprocess.run(["git", "apply", "-"], cwd=copy, input=diff, text=True, check=True)
    return copy


def run(copy, *arguments):
    environment = os.environ | {"PYTHONPATH": str(copy / "src")}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def trained(extended):
    """Return the copy with a study of all that was added, trained and reported in Spanish."""
    (extended / "toy.toml").write_text(STUDY)
    run(extended, "-m", "cotejo", "study", "toy.toml", "--out", "out", "--lang", "es")
    return extended


def test_a_study_of_all_that_was_added_is_trained_and_reported(trained):
    page = (trained / "out" / "report.html").read_text(encoding="utf-8")
    for said in ("cuadrados y cruces", "Ritmo", "volteos, ruido de 0,1", "pace.csv"):
        assert said in page
    with (trained / "out" / "pace.csv").open(newline="") as file:
        names = [row["alternative"] for row in csv.DictReader(file)]
    assert names == ["noisy", "filters-8", "filters-16"]


def test_the_added_topic_is_in_english_and_in_markdown_too(trained):
    run(trained, "-m", "cotejo", "report", "out", "--lang", "en", "--out", "report.md")
    page = (trained / "report.md").read_text(encoding="utf-8")
    assert "learns from the most images a second" in page
    assert "flips, noise of 0.1" in page


def test_the_example_of_the_added_model_runs(extended):
    module = "src/cotejo/models/builders/one_layer.py"
    assert "1 passed" in run(
        extended, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules", module
    )
