"""README and pages are true: links lead somewhere, and the README's twin says the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from cotejo.config import Settings, StudyConfig
from cotejo.config.options import COMMON_OPTIONS
from cotejo.models import check_models

READMES = [Path("README.md"), Path("README.es.md")]
PAGES = [*READMES, *sorted(Path("docs").rglob("*.md")), Path("CONTRIBUTING.md")]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_its_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#:]+)[)#]", page.read_text()):
        assert (page.parent / link).exists(), link


@pytest.mark.parametrize("readme", READMES, ids=str)
def test_it_gives_the_two_commands(readme):
    assert "\nmake study\nmake test\n" in readme.read_text()


def test_the_twins_give_the_same_accuracies():
    first, second = (
        re.findall(r"\[(\d\d[.,]\d)[,;] (\d\d[.,]\d)\]", readme.read_text()) for readme in READMES
    )
    assert len(first) >= 6
    assert first == [tuple(number.replace(",", ".") for number in pair) for pair in second]


@pytest.mark.parametrize("readme", READMES, ids=str)
def test_it_names_every_folder_of_the_code(readme):
    named = set(re.findall(r"`(\w+)/`", readme.read_text()))
    source = Path("src/cotejo")
    folders = {path.name for path in source.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders <= named


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_to_headings_lead_to_one(page):
    for target, heading in re.findall(r"\]\(([^)#: ]*)#([^)]+)\)", page.read_text()):
        linked = page.parent / target if target else page
        titles = re.findall(r"^#+ (.*)$", linked.read_text(), re.M)
        anchors = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
        assert heading in anchors, f"{linked}#{heading}"


@pytest.mark.parametrize("page", [page for page in PAGES if "decisions" not in page.parts], ids=str)
def test_the_files_of_the_code_that_it_names_are_there(page):
    for name in re.findall(r"`((?:\w+/)+\w+\.py)`", page.read_text()):
        assert Path(name).exists() or Path("src/cotejo", name).exists(), name


@pytest.mark.parametrize("page", [*READMES, Path("docs/studies.md")], ids=str)
def test_its_example_is_a_study_that_can_be_read(page):
    content = "\n".join(re.findall(r"```toml\n(.*?)```", page.read_text(), re.S))
    study = check_models(StudyConfig.parse(tomllib.loads(content)))
    assert {"he", "glorot"} <= {alternative.name for alternative in study.alternatives}
    (claim,) = study.claims
    assert claim.better == "he"


def test_the_page_on_studies_names_every_setting():
    named = set(re.findall(r"`(\w+)`", Path("docs/studies.md").read_text()))
    assert {*Settings.names(), "options", *COMMON_OPTIONS} <= named
