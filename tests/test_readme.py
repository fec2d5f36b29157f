"""The README is true: its tree is the tree, its links lead somewhere, its twin says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

READMES = [Path("README.md"), Path("README.es.md")]


def test_the_tree_names_every_file_and_no_other():
    (tree,) = re.findall(r"```\nsrc/cotejo/\n(.*?)```", READMES[0].read_text(), re.S)
    folders: list[str] = []
    named = set()
    for line in tree.splitlines():
        indent = len(line) - len(line.lstrip())
        name = line.split()[0]
        folders = folders[: indent // 2 - 1]
        if name.endswith(".py"):
            named.add("/".join([*folders, name]))
        else:
            folders.append(name.rstrip("/"))
    source = Path("src/cotejo")
    files = {str(path.relative_to(source)) for path in source.rglob("*.py")}
    assert named == {path for path in files if path == "__init__.py" or "__init__" not in path}


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
