"""The README is true: its links lead somewhere, its twin says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

READMES = [Path("README.md"), Path("README.es.md")]


@pytest.mark.parametrize("readme", READMES, ids=str)
def test_its_links_lead_somewhere(readme):
    for link in re.findall(r"\]\(([^)#:]+)", readme.read_text()):
        assert Path(link).exists(), link


@pytest.mark.parametrize("readme", READMES, ids=str)
def test_it_gives_the_two_commands(readme):
    assert "\nmake study\nmake test\n" in readme.read_text()


def test_the_twins_give_the_same_accuracies():
    first, second = (
        re.findall(r"\[(\d\d[.,]\d)[,;] (\d\d[.,]\d)\]", readme.read_text()) for readme in READMES
    )
    assert len(first) >= 6
    assert first == [tuple(number.replace(",", ".") for number in pair) for pair in second]
