"""The page on extending: its diffs apply, and what they add can be trained and reported.

The diffs are applied to the files of this checkout as they are, so that a change that is not
committed yet is tested too. One line of context is enough for a diff to apply, so that somebody's
own addition at the same place does no harm.
"""

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
OTHERS, _, LANGUAGE = (
    (ROOT / "docs" / "extending.md").read_text(encoding="utf-8").partition("\n## A language\n")
)
CONTRACTS = (
    "src/cotejo/data/registry.py",
    "src/cotejo/models/registry.py",
    "src/cotejo/models/builders/one_convolution.py",
    "tests/data/test_sources.py",
    "--deselect=tests/data/test_sources.py::test_a_study_of_ones_own_source",
    "tests/models/test_contract.py::test_every_model_is_in_the_contract",
    "tests/models/test_contract.py::test_a_model_has_its_parameters_and_gives_logits[one-convolution]",
    "tests/config/test_augmentations.py",
    "tests/report/test_references_topic.py",
    "tests/report/test_catalogues.py",
    "tests/report/test_topics.py",
    "tests/test_structure.py",
)
"""What tests an extension, without what takes long and tests the models and parts that ship."""
PARTS = ("tests/augment/test_parts.py", "-k", "not test_parts or noise or declared")
"""What tests an added part: of its file the tests that have its name, and of the declarations."""
STUDY = """
name = "toy"
data = "shapes"

[base]
model = "one-convolution"
epochs = 1

[[vary]]
filters = [8]

[[vary]]
pooling = ["max"]

[[alternative]]
name = "noisy"
augment = ["flip", {noise = 0.1}]
"""
IN_FRENCH = """
from cotejo.cli.app import run
from cotejo.data import load

run("report out --lang fr --out report-fr.html".split())
run("report --help --lang fr".split())
print(load("digits").class_names["fr"])
"""
"""What the added language is asked for, in one process."""


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """Return a copy of the sources to which every diff of the page was applied."""
    copy = tmp_path_factory.mktemp("extended")
    for name in ("src", "tests", "tools", "docs"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    apply(OTHERS, copy)
    return copy


def apply(text, copy):
    for diff in re.findall(r"```diff\n(.*?)```", text, re.DOTALL):
        subprocess.run(["git", "apply", "-C1", "-"], cwd=copy, input=diff, text=True, check=True)


def test_the_diffs_apply_beside_somebodys_own_additions(extended, tmp_path):
    """The page's own additions under other names stand in for somebody's."""
    copy = tmp_path / "copy"
    shutil.copytree(extended, copy)
    others = OTHERS
    for name in (
        "shapes",
        "one-convolution",
        "one_convolution",
        "noise",
        "pace",
        "filters",
        "pooling",
    ):
        others = others.replace(name, f"own_{name}")
    apply(others, copy)
    contract = (copy / "tests" / "models" / "test_contract.py").read_text(encoding="utf-8")
    assert '"one-convolution": 618' in contract
    assert '"own_one-convolution": 618' in contract


def run(copy, *arguments):
    environment = os.environ | {"PYTHONPATH": str(copy / "src")}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def trained(extended):
    """Return the copy with a study of all that was added, trained and reported in Spanish."""
    (extended / "toy.toml").write_text(STUDY)
    run(extended, "-m", "cotejo", "study", "toy.toml", "--out", "out", "--lang", "es")
    return extended


def test_a_study_of_all_that_was_added_is_trained_and_reported(trained):
    page = (trained / "out" / "report.html").read_text(encoding="utf-8")
    for said in (
        "cuadrados y cruces",
        "dibujadas por Cotejo",
        "la que traen los datos",
        "Ritmo",
        "volteos, ruido de 0,1",
        "8 filtros",
        "Máximo de cada mapa",
        "pace.csv",
    ):
        assert said in page
    with (trained / "out" / "pace.csv").open(newline="") as file:
        names = [row["alternative"] for row in csv.DictReader(file)]
    assert names == ["noisy", "filters-8", "pooling-max"]


def test_the_added_topic_is_in_english_and_in_markdown_too(trained):
    run(
        trained,
        "-m",
        "cotejo",
        "report",
        "out",
        "--lang",
        "en",
        "--out",
        "report.md",
        "--detail",
        "full",
    )
    page = (trained / "report.md").read_text(encoding="utf-8")
    assert "learns from the most images a second" in page
    assert "flips, noise of 0.1" in page


def test_what_was_added_keeps_the_contracts(extended):
    run(extended, "tools/structure.py")
    run(extended, "-m", "pytest", "-q", "-p", "no:cacheprovider", *CONTRACTS, *PARTS)


def test_an_added_language_is_that_of_a_report(trained, tmp_path):
    """The English sentences stand in for their translations."""
    copy = tmp_path / "french"
    shutil.copytree(trained, copy)
    apply(LANGUAGE, copy)
    source = copy / "src" / "cotejo"
    shutil.copytree(source / "locales" / "en", source / "locales" / "fr")
    for path in (source / "report" / "topics").glob("*/en.toml"):
        shutil.copy(path, path.with_name("fr.toml"))
    said = run(copy, "-c", IN_FRENCH)
    page = (copy / "report-fr.html").read_text(encoding="utf-8")
    assert '<html lang="fr"' in page
    assert "flips, noise of 0,1" in page
    assert "--lang en|es|fr" in said
    assert "'9'" in said
