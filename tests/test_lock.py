"""The lock of a folder, and what can stand in its place."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cotejo.errors import OutputError
from cotejo.store import StudyFile, locked

pytestmark = pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")


def refused(folder):
    with pytest.raises(OutputError) as caught, locked(folder):
        pass
    assert "\n" not in str(caught.value)
    return caught.value


def test_another_process_holds_it(tmp_path):
    code = "import sys, pathlib\nfrom cotejo.store import locked\n"
    code += "with locked(pathlib.Path(sys.argv[1])):"
    code += "\n    print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert refused(tmp_path).key == "folder_in_use"
    with locked(tmp_path):
        pass


def test_it_is_let_go_of_whatever_happens(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    with locked(tmp_path):
        pass


@pytest.mark.parametrize("kind", ["folder", "loop", "link", "pipe"])
def test_what_is_no_file_is_left_as_it_is(kind, tmp_path):
    lock = tmp_path / StudyFile.LOCK
    match kind:
        case "folder":
            lock.mkdir()
        case "loop":
            lock.symlink_to(lock)
        case "link":
            (tmp_path / "diary").write_text("dear")
            lock.symlink_to(tmp_path / "diary")
        case "pipe":
            os.mkfifo(lock)
    error = refused(tmp_path)
    assert (error.key, error.values["path"]) == ("lock_unusable", lock)
    assert os.path.lexists(lock)


@pytest.mark.parametrize("mode", [0o444, 0o000])
def test_another_user_s_file(mode, tmp_path):
    if os.getuid() == 0:
        pytest.skip("root may write to every file")
    (tmp_path / StudyFile.LOCK).touch(mode=0o644)
    (tmp_path / StudyFile.LOCK).chmod(mode)
    if mode:
        with locked(tmp_path):
            pass  # to be read is enough
    else:
        assert refused(tmp_path).key == "lock_unusable"


def test_a_folder_that_may_not_be_written(tmp_path):
    assert refused(tmp_path / "nowhere").key == "cannot_write"
