"""What is bound to fail is found before anything is trained, and nothing is lost by it."""

from __future__ import annotations

import errno
import os
import shutil
from collections import namedtuple
from datetime import UTC, datetime

import pytest

from cotejo.config import StudyConfig
from cotejo.errors import ConfigError, OutputError
from cotejo.store import (
    StudyFile,
    read_json,
    request_stop,
    temporary_path,
    write_looks,
    write_progress,
)
from cotejo.study import Study, preflight
from cotejo.study.journal import Journal
from cotejo.study.place import check_place, clear_half_written

USAGE = namedtuple("USAGE", "total used free")


@pytest.fixture
def refused(tmp_path, monkeypatch):
    """Run a study that must be refused before it trains, and return why."""

    def train(*arguments, **options):
        raise AssertionError("it was trained")

    monkeypatch.setattr("cotejo.study.planning.load", lambda *a, **o: pytest.fail("it was loaded"))
    monkeypatch.setattr("cotejo.study.executor.train_run", train)
    monkeypatch.setattr("cotejo.study.execution.estimate", train)

    def refused(kind, dataset, **settings):
        content = {"data": "digits", "alternative": [{"name": "a", "model": "mlp", **settings}]}
        with pytest.raises(kind) as caught:
            Study(StudyConfig.parse(content)).run(out=tmp_path / "out", dataset=dataset)
        assert "\n" not in str(caught.value)
        return caught.value

    return refused


def test_a_disk_without_room(refused, digits, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: USAGE(10**9, 10**9, 5 * 10**6))
    error = refused(OutputError, digits)
    assert error.key == "no_room"
    assert error.values["free"] == 5
    # Twice a model of 1.7 million weights, and some.
    assert 40 < error.values["needed"] < 80


def test_a_disk_that_takes_no_file(refused, digits, monkeypatch):
    def full(path, write):
        raise OutputError("cannot_write", path=path, reason="No space left on device")

    monkeypatch.setattr(preflight, "write_atomically", full)
    assert "No space left" in str(refused(OutputError, digits))


@pytest.mark.parametrize("year", [1970, 1979, 2108])
def test_a_clock_that_no_model_can_be_dated_with(year, refused, digits, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(year, 6, 1, tzinfo=UTC)

    monkeypatch.setattr("cotejo.store.clock.datetime", Clock)
    assert refused(OutputError, digits).key == "clock_wrong"


@pytest.mark.parametrize(
    "settings", [{"batch_size": 1079}, {"batch_size": 200, "train_fraction": 0.1}]
)
def test_a_batch_larger_than_the_images(settings, refused, digits):
    error = refused(ConfigError, digits, **settings)
    assert (error.key, error.values["name"]) == ("batch_too_large", "a")


def test_smaller_images_for_a_network_of_one_size(refused, digits):
    error = refused(ConfigError, digits, epochs=4, small_epochs=2)
    assert (error.key, error.values["model"]) == ("size_needed", "mlp")


def test_a_file_where_a_run_goes(refused, digits, tmp_path):
    (tmp_path / "out" / "a").mkdir(parents=True)
    (tmp_path / "out" / "a" / "seed-1").write_text("mine")
    (tmp_path / "out" / "study.json").write_text('{"seeds": [1], "alternatives": []}')
    error = refused(OutputError, digits)
    assert error.values["path"] == tmp_path / "out" / "a" / "seed-1"
    assert error.values["reason"] == os.strerror(errno.ENOTDIR)
    assert (tmp_path / "out" / "a" / "seed-1").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("thesis.tex", "x"),
        (".tmp-notes", "x"),
        ("study.json", '{"study": "of bees"}'),
        ("study.json", "{"),
        ("audit.csv", "x"),
        ("progress.json", '{"epoch": 3}'),
        ("stop.json", "{}"),
        ("looks.json", "[]"),
    ],
)
def test_a_foreign_folder_loses_nothing_and_gains_nothing(name, content, refused, digits, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    half_written = out / ".tmp-4194304999-0123abcd"
    for path, text in ((out / name, content), (half_written, "half")):
        path.write_text(text)
    assert refused(OutputError, digits).key == "foreign_folder"
    assert (out / name).read_text() == content
    assert sorted(path.name for path in out.iterdir()) == sorted([name, half_written.name])


def test_a_study_whose_file_is_damaged_is_known_by_its_runs(tmp_path):
    (tmp_path / "a" / "seed-1").mkdir(parents=True)
    (tmp_path / "a" / "seed-1" / "run.json").write_text("{}")
    check_place(tmp_path)  # `study.json` was deleted, as the advice on a damaged one has it
    (tmp_path / "study.json").write_text("{")
    check_place(tmp_path)


def test_a_study_that_was_killed_at_its_beginning_goes_on(tmp_path):
    """Its `study.json` comes after its progress, a request to stop it, and its looks."""
    with Journal(tmp_path):
        progress = read_json(tmp_path / StudyFile.PROGRESS)
    write_progress(tmp_path, progress)
    request_stop(tmp_path, progress["start"])
    write_looks(
        tmp_path, {"study": "0" * 64, "limit": {"runs": 9}, "looks": [{"asked": {"a": [1]}}]}
    )
    check_place(tmp_path)
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(OutputError, match="no study's"):
        check_place(tmp_path)


def test_what_others_write_is_not_cleared(tmp_path):
    kept = {".tmp-notes", ".tmp-1-0123abcd", "a.txt"}
    for name in (*kept, ".tmp-4194304999-0123abcd"):
        (tmp_path / name).touch()
    for folder in ("plain", "replaced"):  # a run that was copied or moved there
        half = tmp_path / folder / ".tmp-4194304999-0123abcd"
        half.mkdir(parents=True)
        (half / "model.keras").touch()
    own = temporary_path(tmp_path / "plan")  # of this very process, which is at work on it
    own.touch()
    earlier = tmp_path / f".tmp-{os.getpid()}-0123abcd"
    earlier.touch()
    clear_half_written(tmp_path)
    kept |= {own.name, "plain", "replaced"}
    assert {path.name for path in tmp_path.iterdir()} == kept
    assert not list(tmp_path.glob("*/*"))


def test_a_probe_that_stays_behind_makes_no_foreign_folder(tmp_path, monkeypatch):
    def killed(path, write):
        path.write_bytes(b"probe")
        raise KeyboardInterrupt

    monkeypatch.setattr(preflight, "write_atomically", killed)
    with pytest.raises(KeyboardInterrupt):
        preflight.check_writable(tmp_path)
    (probe,) = tmp_path.iterdir()
    check_place(tmp_path)
    monkeypatch.undo()
    preflight.check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == [probe]


def test_each_network_is_tried_on_smaller_images_once(tmp_path, digits, monkeypatch):
    sizes = []

    def counted(network, shape):
        sizes.append(shape)

    def trained(*arguments, **options):
        raise LookupError

    monkeypatch.setattr(preflight, "at_size", counted)
    monkeypatch.setattr("cotejo.study.executor.train_run", trained)
    alternatives = [
        {"name": name, "model": "cnn3", "epochs": 4, "small_epochs": 2, **settings}
        for name, settings in {"a": {}, "b": {"weight_decay": 0.1}, "c": {"kernel_size": 5}}.items()
    ]
    config = StudyConfig.parse({"data": "digits", "alternative": alternatives})
    with pytest.raises(LookupError):
        Study(config).run(out=tmp_path / "out", dataset=digits)
    assert len(sizes) == 2
