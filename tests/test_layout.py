"""Where the files of a study and of a run lie: named in one place, moved whole."""

from __future__ import annotations

import ast
import errno
import os
import shutil
from pathlib import Path

import pytest

from cotejo.errors import OutputError
from cotejo.store import RUN_FILES, ReportFile, RunFile, StudyFile, move_folder

SOURCE = Path("src/cotejo")
# A download has a lock of this name too.
NAMES = {*RunFile, *StudyFile, *ReportFile} - {StudyFile.LOCK}


def spelled_out(path: Path) -> set[str]:
    """The strings of a module that are a file's whole name."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.value for node in nodes if isinstance(node, ast.Constant)} & NAMES


def test_the_names_are_spelled_out_in_one_place():
    # A report names the files that its topics write, and files in its words for its readers.
    others = [
        path
        for path in SOURCE.rglob("*.py")
        if path != SOURCE / "store" / "layout.py" and "report" not in path.parts
    ]
    assert {str(path): names for path in others if (names := spelled_out(path))} == {}


def test_a_run_has_the_files_that_there_are_names_for():
    # It is written later, and has a seal of its own.
    assert {*RUN_FILES, RunFile.ROBUSTNESS} == set(RunFile)
    assert RUN_FILES[-1] == "run.json"  # written last


@pytest.fixture
def run(tmp_path) -> Path:
    folder = tmp_path / "kept" / "run"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.txt").write_text("a")
    return folder


@pytest.fixture
def two_disks(monkeypatch):
    """Let no folder called "run" be renamed, as if its target was on another disk."""
    rename = Path.rename

    def refuse(path, target):
        if path.name == "run":
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)


def test_a_folder_is_moved_with_all_in_it(run, tmp_path):
    target = tmp_path / "new" / "place"
    move_folder(run, target)
    assert (target / "deep" / "a.txt").read_text() == "a"
    assert not run.exists()


def test_a_folder_is_moved_to_another_disk(run, tmp_path, two_disks):
    target = tmp_path / "new" / "place"
    move_folder(run, target)
    assert (target / "deep" / "a.txt").read_text() == "a"
    assert not run.exists()
    assert [path.name for path in target.parent.iterdir()] == ["place"]


def test_a_disk_that_is_full_halfway_leaves_the_folder_whole(run, tmp_path, two_disks, monkeypatch):
    def full(source, target):
        target.mkdir()
        raise shutil.Error([("a", "b", "No space left on device")])

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(OutputError, match="can't write"):
        move_folder(run, tmp_path / "new" / "place")
    assert (run / "deep" / "a.txt").read_text() == "a"
    assert not list((tmp_path / "new").iterdir())
