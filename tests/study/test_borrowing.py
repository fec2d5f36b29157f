"""Finished runs that are copied from another study, with their readings of the test set."""

import pytest

from cotejo import Study
from cotejo.config import StudyConfig
from cotejo.errors import OutputError
from cotejo.store import StudyFolder, read_readings
from cotejo.study import borrowing
from cotejo.study.borrowing import borrow

ONE = {
    "data": "digits",
    "base": {"model": "mlp", "epochs": 1},
    "alternative": [{"name": "plain"}],
}


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    folder = tmp_path_factory.mktemp("borrowing") / "other"
    Study(StudyConfig.parse(ONE)).run(out=folder)
    return folder


def test_a_run_comes_with_its_readings_or_neither_comes(other, tmp_path, monkeypatch):
    keys = {("plain", 1): StudyFolder(other).run("plain", 1).key}
    folder = tmp_path / "study"
    folder.mkdir()

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(borrowing, "write_file", full)
        with pytest.raises(OutputError):
            borrow(folder, keys, [other])
    assert read_readings(folder) == []
    borrow(folder, keys, [other])
    assert StudyFolder(folder).run("plain", 1).is_finished
    assert read_readings(folder) == read_readings(other)
