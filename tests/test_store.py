"""The store: whole files or none, and nothing of a stranger's executed."""

from __future__ import annotations

import errno
import io
import json
import os
import pickle
import zipfile

import numpy as np
import pytest

from cotejo.errors import OutputError
from cotejo.store import (
    RESULT_FILES,
    RunFolder,
    described_files,
    make_folder,
    note_reading,
    put_damaged_readings_aside,
    read_csv,
    read_json,
    read_npz,
    read_readings,
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


@pytest.mark.parametrize(
    "text",
    ["[" * 5000, "1" * 5000, '{"a": NaN}', '{"a": 1e999}', '{"format": "2"}', "[]", '"\\ud800"'],
)
def test_json_that_is_hard_to_read_is_damaged(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(OutputError, match="damaged"):
        read_json(tmp_path / "a.json")


@pytest.mark.parametrize("text", ["a,b\n1\n", "a,b\n1,2,3\n", 'a\n"1\n'])
def test_a_table_with_a_cell_too_many_or_too_few_is_damaged(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(OutputError, match="damaged"):
        read_csv(tmp_path / "a.csv")


def test_a_change_breaks_the_seal(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"format": 2, "a": 1})
    path.write_text(path.read_text().replace('"a": 1', '"a": 2'))
    with pytest.raises(OutputError, match="damaged"):
        read_json(path)
    write_npz(tmp_path / "a.npz", x=np.arange(3), y=np.zeros(2))
    with np.load(tmp_path / "a.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    np.savez(tmp_path / "a.npz", **arrays | {"x": np.arange(1, 4)})
    with pytest.raises(OutputError, match="damaged"):
        read_npz(tmp_path / "a.npz")


def test_a_new_format_has_a_seal_and_an_old_one_needs_none(tmp_path):
    (tmp_path / "a.json").write_text('{"format": 2}')
    with pytest.raises(OutputError, match="damaged"):
        read_json(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('{"format": 1, "a": 1}')
    assert read_json(tmp_path / "a.json") == {"format": 1, "a": 1}


def test_an_archive_that_would_fill_the_memory_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, x=np.zeros(2**21, np.uint8))
    assert read_npz(path)["x"].size == 2**21
    monkeypatch.setattr("cotejo.store.archives._MOST_BYTES", 2**20)
    monkeypatch.setattr("cotejo.store.archives._read", None)  # refused before anything is read
    with pytest.raises(OutputError, match="damaged"):
        read_npz(path)


def test_a_header_that_asks_for_more_than_follows_is_refused(tmp_path):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "<f8", "fortran_order": False, "shape": (2**50,)}
    )
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", file.getvalue())
    with pytest.raises(OutputError, match="damaged"):
        read_npz(tmp_path / "a.npz")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_a_files_place_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.json")
    with pytest.raises(OutputError, match="can't read"):
        read_json(tmp_path / "a.json")


def note(folder, seed=1, key="ab"):
    note_reading(folder, time="2026-11-21T10:05:00", alternative="a", seed=seed, key=key)


def test_readings_are_kept_in_order(tmp_path):
    assert read_readings(tmp_path) == []
    note(tmp_path, seed=1)
    note(tmp_path, seed=2)
    assert [row["seed"] for row in read_readings(tmp_path)] == ["1", "2"]


def test_readings_of_before_there_were_seals_are_gone_on_with(tmp_path):
    (tmp_path / "test-reads.csv").write_text("time,alternative,seed,key\n2026-11-21T10:05,a,7,cd\n")
    note(tmp_path)
    assert [row["seed"] for row in read_readings(tmp_path)] == ["7", "1"]


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[0], lines[2], lines[1], lines[3]],
        lambda lines: [lines[0], *(line.replace("a,1,", "a,4,") for line in lines[1:])],
        lambda lines: lines[1:],
        lambda lines: [*lines, "yesterday,a,1,ab,"],
    ],
)
def test_readings_that_were_changed_are_put_aside_whole(tmp_path, change):
    path = tmp_path / "test-reads.csv"
    for seed in (1, 2, 3):
        note(tmp_path, seed=seed)
    assert put_damaged_readings_aside(tmp_path) is None
    text = "\n".join(change(path.read_text().splitlines())) + "\n"
    path.write_text(text)
    with pytest.raises(OutputError, match="damaged"):
        read_readings(tmp_path)
    with pytest.raises(OutputError, match="damaged"):
        note(tmp_path)
    aside = put_damaged_readings_aside(tmp_path)
    assert aside.read_text() == text
    assert read_readings(tmp_path) == []


def write_run(folder, **changes):
    """Write a run's record as a study does, and files that only have to be there."""
    for name in RESULT_FILES:
        (folder / name).write_text(name)
    record = {
        "format": 2, "status": "finished", "key": "k", "alternative": "a", "seed": 1, "epochs": 1,
        "timings": {"train_seconds": 1.0, "images_per_second": 1.0},
        "files": described_files(folder, RESULT_FILES),
    }  # fmt: skip
    write_json(folder / "run.json", record | changes)


def test_a_run_without_its_record_is_not_finished(tmp_path):
    assert not RunFolder(tmp_path).is_finished
    write_run(tmp_path, status="failed")
    assert not RunFolder(tmp_path).is_finished
    write_run(tmp_path)
    assert RunFolder(tmp_path).is_finished
    assert RunFolder(tmp_path).key == "k"
    assert RunFolder(tmp_path).in_the_way("k") is None
    assert RunFolder(tmp_path).in_the_way("l").key == "run_of_other_settings"


@pytest.mark.parametrize("name", [*RESULT_FILES, "run.json"])
def test_a_run_that_lacks_a_file_or_has_anothers_is_not_finished(tmp_path, name):
    write_run(tmp_path)
    (tmp_path / name).write_text("another's")
    changed = RunFolder(tmp_path)
    assert not changed.is_finished
    assert name in str(changed.in_the_way("k"))
    (tmp_path / name).unlink()
    missing = RunFolder(tmp_path)
    assert not missing.is_finished
    assert missing.in_the_way("k").key == "missing_file"


def test_a_log_is_no_part_of_what_a_run_found(tmp_path):
    write_run(tmp_path)
    (tmp_path / "log.txt").unlink(missing_ok=True)
    assert RunFolder(tmp_path).is_finished


def test_objects_are_refused_before_they_are_pickled(tmp_path):
    with pytest.raises(ValueError, match="Python objects"):
        write_npz(tmp_path / "a.npz", x=np.array([{}], dtype=object))


def test_files_have_the_users_own_permissions(tmp_path):
    (tmp_path / "plain").touch()
    write_json(tmp_path / "a.json", {})
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "plain").stat().st_mode
