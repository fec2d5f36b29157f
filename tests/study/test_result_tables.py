"""A table that can't be written after a run is told of once, and costs nothing else."""

from __future__ import annotations

from cotejo.errors import OutputError
from cotejo.study.progress import Observer
from cotejo.study.tables import ResultTables


class Listener(Observer):
    def __init__(self):
        self.told = []

    def tables_failed(self, reason):
        self.told.append(str(reason))


def test_a_table_that_can_not_be_written_is_told_of_once(tmp_path, monkeypatch):
    def full(folder, language):
        raise OutputError("cannot_write", path=folder / "runs.csv", reason="No space left")

    monkeypatch.setattr("cotejo.study.tables.write_result_tables", full)
    listener = Listener()
    tables = ResultTables(tmp_path, listener)
    tables.write()
    tables.write()
    (told,) = listener.told
    assert "runs.csv" in told
    assert "No space left" in told


def test_a_folder_without_a_study_costs_no_more_than_a_word(tmp_path):
    listener = Listener()
    ResultTables(tmp_path, listener).write()
    assert len(listener.told) == 1
