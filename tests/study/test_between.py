"""Files go through a place in between, and what is wrong with the place is said in a line."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from cotejo.errors import BackendError, ConfigError, OutputError
from cotejo.study.executors import chosen_executor
from cotejo.study.executors.between import check_between, fetched, opened

FILES = {"run.json": b"{}", "predictions.npz": bytes(1000)}


@pytest.fixture
def fsspec():
    return pytest.importorskip("fsspec", reason="fsspec is not installed: pip install '.[ray]'")


@pytest.mark.parametrize("is_url", [False, True])
def test_files_go_through_and_nothing_stays(is_url, fsspec, tmp_path):
    place = tmp_path / "a place"
    with opened(check_between(f"file://{place}" if is_url else f"{place}/")) as between:
        parcel, other = between.put(FILES), between.put({"left": b"behind"})
        assert parcel.folder != other.folder
        # It stays until whoever takes the files has kept them.
        with pytest.raises(KeyboardInterrupt), fetched(parcel):
            raise KeyboardInterrupt
        with fetched(parcel) as files:
            assert files == FILES
        with pytest.raises(OutputError, match="is not there"), fetched(parcel):
            pass
    assert list(place.iterdir()) == []


def test_other_files_than_those_that_were_put_there_are_refused(fsspec, tmp_path):
    with opened(check_between(str(tmp_path))) as between:
        for content in (b"[]", b"longer", b""):
            parcel = between.put(FILES)
            (Path(parcel.folder) / "run.json").write_bytes(content)
            with pytest.raises(OutputError, match="not as it was written"), fetched(parcel):
                pass


def test_a_machine_that_does_not_reach_the_place_is_named(fsspec, tmp_path):
    with opened(check_between(str(tmp_path))) as between:
        between.check("near")
        # A machine that has a folder of its own at that path.
        shutil.rmtree(between.token.folder)
        with pytest.raises(BackendError, match="on far, files can't be written"):
            between.check("far")


def test_without_a_place_there_is_none():
    with opened(None) as between:
        assert between is None


def test_a_place_that_can_not_be_used_is_refused_in_a_line(fsspec, tmp_path):
    with pytest.raises(ConfigError, match="odd://place is no place that fsspec knows"):
        check_between("odd://place")
    (tmp_path / "file").touch()
    with pytest.raises(BackendError, match="read again"), opened(str(tmp_path / "file")):
        pytest.fail("it is no folder")


def test_what_is_not_installed_is_named(fsspec, monkeypatch):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(BackendError, match="s3fs"):
        check_between("s3://bucket/folder")
    monkeypatch.setitem(sys.modules, "paramiko", None)
    with pytest.raises(BackendError, match="paramiko"):
        check_between("sftp://host/folder")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(BackendError, match=r"pip install '\.\[ray\]'"):
        check_between("s3://bucket/folder")


@pytest.mark.parametrize("executor", [None, "slurm"])
def test_it_goes_with_ray_alone(executor):
    with pytest.raises(ConfigError, match="--executor ray"):
        chosen_executor(executor, None, through="s3://bucket/folder")


def test_a_training_that_has_to_end_at_a_time_goes_nowhere_else(tmp_path):
    with pytest.raises(ConfigError, match="timed in this process"):
        chosen_executor("ray", None, deadline=True, through=str(tmp_path))
