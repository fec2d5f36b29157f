"""A study whose runs are interrupted goes on in them, and its files say so."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from rich.console import Console
from same_run import check_same

from cotejo.cli.display import Display
from cotejo.config import StudyConfig
from cotejo.errors import ConfigError
from cotejo.store import CHECKPOINTS, RunFolder
from cotejo.study import Study
from cotejo.study.progress import Observer
from cotejo.verify import verify
from tiny import TINY

STUDY = {
    "data": "digits",
    "base": {**TINY, "epochs": 3, "precision": "float32", "train_fraction": 0.5},
    "alternative": [{"name": "plain"}, {"name": "going-on", "start_from": "plain"}],
    "checkpoint_minutes": 1e-9,
}
FOLDS = {
    **STUDY,
    "folds": 3,
    "base": {**TINY, "epochs": 2, "precision": "float32"},
    "alternative": [{"name": "plain"}],
}


class Cut(Observer):
    """Ends a study in an epoch of a run, and keeps what it heard."""

    def __init__(self, name=None, epoch=0):
        self.name, self.epoch = name, epoch
        self.epochs, self.resumed = [], []

    def run_resumed(self, run, epoch, rows):
        self.resumed.append((run.alternative, epoch, [row["epoch"] for row in rows]))

    def epoch_ended(self, run, row):
        self.epochs.append((run.alternative, row["epoch"]))
        if (run.alternative, row["epoch"]) == (self.name, self.epoch):
            raise KeyboardInterrupt


def run(content, out, observer=None):
    return Study(StudyConfig.parse(content)).run(out=out, observer=observer)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    run(STUDY, folder / "study")
    run(FOLDS, folder / "folds")
    return folder


def test_a_run_goes_on_and_its_record_says_so(whole, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(STUDY, out, Cut("going-on", 3))
    assert list((out / "going-on" / "seed-1").glob(CHECKPOINTS))
    assert not list((out / "plain" / "seed-1").glob(CHECKPOINTS))
    watcher = Cut()
    run(STUDY, out, watcher)
    ((name, epoch, rows),) = watcher.resumed
    assert (name, epoch, rows) == ("going-on", 3, [1, 2])
    assert watcher.epochs == [("going-on", 3)]
    for each in ("plain", "going-on"):
        check_same(out / each / "seed-1", whole / "study" / each / "seed-1")
    folder = RunFolder(out / "going-on" / "seed-1")
    (entry,) = folder.record["resumed"]
    assert entry["network"] == 1
    assert entry["epoch"] == 3
    assert entry["exact"] is True
    assert "resumed" not in RunFolder(out / "plain" / "seed-1").record
    assert not list(out.rglob(CHECKPOINTS))
    log = (folder.path / "log.txt").read_text()
    assert log.count("epoch=") == 3
    assert "went on in epoch 3" in log
    assert not [finding for finding in verify(out) if finding.level == "error"]


def test_networks_of_folds_that_are_trained_are_not_trained_again(whole, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(FOLDS, out, Cut("plain", 4))
    watcher = Cut()
    run(FOLDS, out, watcher)
    assert [epoch for _, epoch, _ in watcher.resumed] == [3, 4]
    assert [epoch for _, epoch in watcher.epochs] == [4, 5, 6]
    check_same(out / "plain" / "seed-1", whole / "folds" / "plain" / "seed-1")
    resumed = RunFolder(out / "plain" / "seed-1").record["resumed"]
    assert [entry["network"] for entry in resumed] == [1, 2]


def test_other_settings_begin_anew(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(STUDY, out, Cut("plain", 2))
    watcher = Cut("plain", 1)
    changed = {**STUDY, "base": {**STUDY["base"], "learning_rate": 0.02}}
    with pytest.raises(KeyboardInterrupt):
        run(changed, out, watcher)
    assert watcher.resumed == []


def test_a_study_can_do_without_checkpoints(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run({**STUDY, "checkpoint_minutes": 0}, out, Cut("plain", 3))
    assert not list(out.rglob(CHECKPOINTS))
    config = StudyConfig.parse({**STUDY, "checkpoint_minutes": 2.5})
    assert "checkpoint_minutes = 2.5" in config.to_toml()
    with pytest.raises(ConfigError, match="checkpoint_minutes"):
        StudyConfig.parse({**STUDY, "checkpoint_minutes": -1})


def test_a_run_against_the_clock_begins_anew(tmp_path):
    config = StudyConfig.parse({**STUDY, "alternative": [{"name": "plain"}]})
    with pytest.raises(KeyboardInterrupt):
        Study(config).run(out=tmp_path, observer=Cut("plain", 2), deadline=1e12)
    assert not list(tmp_path.rglob(CHECKPOINTS))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "goes on from epoch 2 of 3, where it was interrupted"),
        ("es", "continúa en la época 2 de 3, donde se interrumpió"),
    ],
)
def test_the_display_says_where_a_run_goes_on(language, words, whole, tmp_path):
    from cotejo.messages import use_language
    from cotejo.study.progress import PlannedRun

    use_language(language)
    file = StringIO()
    planned = PlannedRun("plain", 1, "key", tmp_path, finished=False, epochs=3, parameters=10)
    rows = [{"epoch": 1, "valid_loss": 0.5, "seconds": 1.0}]
    with Display(Console(file=file, width=80)) as display:
        display.run_started(planned)
        display.run_resumed(planned, 2, rows)
        assert display.under_way == [(planned, 2)]
    assert words in file.getvalue()


def test_the_record_is_refused_if_it_says_something_odd(whole, tmp_path):
    from cotejo.errors import OutputError
    from cotejo.store import check_content
    from cotejo.store.schemas import FinishedRun

    path = whole / "study" / "plain" / "seed-1" / "run.json"
    content = json.loads(path.read_text())
    check_content(FinishedRun, {**content, "resumed": []}, path)
    with pytest.raises(OutputError):
        check_content(FinishedRun, {**content, "resumed": [{"epoch": 0}]}, path)
