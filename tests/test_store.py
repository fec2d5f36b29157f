"""The store: whole files or none, and nothing of a stranger's executed."""

from __future__ import annotations

import errno
import json
import os
import pickle

import numpy as np
import pytest

from cotejo.errors import OutputError
from cotejo.store import (
    RUN_FILES,
    RunFolder,
    append_csv,
    make_folder,
    read_csv,
    read_json,
    read_npz,
    write_atomically,
    write_csv,
    write_json,
    write_npz,
)


def test_what_is_written_is_read_back(tmp_path):
    write_json(tmp_path / "a.json", {"á": [1, None]})
    assert read_json(tmp_path / "a.json") == {"á": [1, None]}
    write_csv(tmp_path / "a.csv", ["x", "y"], [{"x": 1, "y": None}, {"x": 'a,"b"', "y": 2.5}])
    assert read_csv(tmp_path / "a.csv") == [{"x": "1", "y": ""}, {"x": 'a,"b"', "y": "2.5"}]
    write_npz(tmp_path / "a.npz", x=np.arange(3))
    np.testing.assert_array_equal(read_npz(tmp_path / "a.npz")["x"], np.arange(3))
    append_csv(tmp_path / "b.csv", ["x"], {"x": 1})
    append_csv(tmp_path / "b.csv", ["x"], {"x": 2})
    assert read_csv(tmp_path / "b.csv") == [{"x": "1"}, {"x": "2"}]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"old": 1})

    def full_disk(file):
        file.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError, match="No space left"):
        write_atomically(path, full_disk)
    assert read_json(path) == {"old": 1}
    assert [found.name for found in tmp_path.iterdir()] == ["a.json"]


def test_numbers_that_are_not_finite_are_refused(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"x": float("nan")})
    assert not (tmp_path / "a.json").exists()


def test_damaged_missing_and_newer_files_are_refused(tmp_path):
    with pytest.raises(OutputError, match="is missing"):
        read_json(tmp_path / "none.json")
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(OutputError, match="damaged"):
        read_json(tmp_path / "a.json")
    (tmp_path / "b.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(OutputError, match="format 99"):
        read_json(tmp_path / "b.json")
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(OutputError, match="damaged"):
        read_npz(tmp_path / "a.npz")


def test_a_pickle_in_an_array_file_is_not_executed(tmp_path):
    class Hostile:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "executed"),))

    np.savez(tmp_path / "a.npz", x=np.array([Hostile()], dtype=object))
    with pytest.raises(OutputError, match="damaged"):
        read_npz(tmp_path / "a.npz")
    (tmp_path / "b.npz").write_bytes(pickle.dumps(Hostile()))
    with pytest.raises(OutputError, match="damaged"):
        read_npz(tmp_path / "b.npz")
    assert not (tmp_path / "executed").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't write"):
        make_folder(tmp_path / "file" / "folder")


def test_a_run_without_its_record_is_not_finished(tmp_path):
    run = RunFolder(tmp_path)
    assert not run.is_finished
    write_json(tmp_path / "run.json", {"format": 1, "status": "failed"})
    assert not RunFolder(tmp_path).is_finished
    write_json(tmp_path / "run.json", {"format": 1, "status": "finished", "key": "k"})
    assert not RunFolder(tmp_path).is_finished
    for name in RUN_FILES:
        (tmp_path / name).touch()
    write_json(tmp_path / "run.json", {"format": 1, "status": "finished", "key": "k"})
    assert RunFolder(tmp_path).is_finished
    assert RunFolder(tmp_path).key == "k"


def test_objects_are_refused_before_they_are_pickled(tmp_path):
    with pytest.raises(ValueError, match="Python objects"):
        write_npz(tmp_path / "a.npz", x=np.array([{}], dtype=object))


def test_files_have_the_users_own_permissions(tmp_path):
    (tmp_path / "plain").touch()
    write_json(tmp_path / "a.json", {})
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "plain").stat().st_mode
