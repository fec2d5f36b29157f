"""A run over Ray goes on from its checkpoints, though its process dies or the study is stopped."""

from __future__ import annotations

import gc
import os
import signal
import time
import warnings
from importlib.util import find_spec

import pytest
from same_run import check_same

from cotejo.config import StudyConfig
from cotejo.platform import own_cores
from cotejo.store import (
    CHECKPOINTS,
    RunFolder,
    StudyFile,
    checkpoint_files,
    read_checkpoint,
    read_trial,
    trial_folder,
)
from cotejo.study import Study
from cotejo.study.progress import Observer

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install '.[ray]'")

# Ray leaves sockets open, and warns about its own future.
pytestmark = pytest.mark.filterwarnings("ignore")

CORES = len(own_cores())
STUDY = {
    "data": "digits",
    "base": {"model": "mlp", "epochs": 3, "precision": "float32", "train_fraction": 0.2},
    "alternative": [{"name": "plain"}, {"name": "going-on", "start_from": "plain"}],
    "checkpoint_minutes": 1e-9,
}
CUT = ("going-on", 2)


def waiting(folder, cut=CUT):
    """Return a training that waits in an epoch of a run, the first time, for what comes then."""

    def train(terms, job, parent, checkpoints, readings, tell, keep, node):
        from cotejo import stopping
        from cotejo.study.events import EpochEnded
        from cotejo.study.executors.ray_task import train_there

        def telling(event):
            tell(event)
            if not isinstance(event, EpochEnded) or (event.run[0], event.row["epoch"]) != cut:
                return
            place = folder / "process"
            if place.exists():
                return
            place.write_text(str(os.getpid()))
            while not stopping.is_waiting():
                time.sleep(0.05)

        crate = train_there(terms, job, parent, checkpoints, readings, telling, keep, node)
        ways = {"apart": crate.files, "in one folder": crate.is_in_place, "between": crate.parcel}
        (folder / "way").write_text(" and ".join(name for name, taken in ways.items() if taken))
        return crate

    return train


class Watcher(Observer):
    """Does something at the first end of an epoch of a run, and keeps what it heard."""

    def __init__(self, act=lambda: None):
        self.act, self.acted = act, 0
        self.epochs, self.resumed, self.started = [], [], []

    def run_started(self, run):
        self.started.append(run.alternative)

    def run_resumed(self, run, epoch, rows):
        self.resumed.append((run.alternative, epoch, [row["epoch"] for row in rows]))

    def epoch_ended(self, run, row):
        self.epochs.append((run.alternative, row["epoch"]))
        if self.epochs[-1] == CUT and not self.acted:
            self.acted = 1
            self.act()


@pytest.fixture(scope="module", autouse=True)
def machine():
    # As from a script in the background, whose processes ignore the signal of Ctrl-C.
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    ray.init("local", num_cpus=CORES, include_dashboard=False, log_to_driver=False)
    signal.signal(signal.SIGINT, heard)
    yield
    ray.shutdown()
    with warnings.catch_warnings(action="ignore"):
        gc.collect()  # Ray's processes, whose ends it does not wait for


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return Study(StudyConfig.parse(STUDY)).run(out=tmp_path_factory.mktemp("whole") / "out").folder


def over_ray(folder, observer, through=None):
    from cotejo.study.executors.on_ray import RayExecutor

    executor = RayExecutor(cores=CORES, through=through, train=waiting(folder))
    study = Study(StudyConfig.parse(STUDY))
    return study.run(out=folder / "out", executor=executor, observer=observer)


def check_gone_on(folder, whole, epoch):
    """Check that the run that was cut is the one that nobody cut, and says that it went on."""
    for name in ("plain", "going-on"):
        check_same(folder / "out" / name / "seed-1", whole / name / "seed-1")
    run = RunFolder(folder / "out" / "going-on" / "seed-1")
    (entry,) = run.record["resumed"]
    assert (entry["network"], entry["epoch"], entry["exact"]) == (1, epoch, True)
    assert "resumed" not in RunFolder(folder / "out" / "plain" / "seed-1").record
    assert not list(folder.rglob(CHECKPOINTS))


@pytest.fixture
def apart(monkeypatch):
    """Train as on machines that do not have the study's folder."""
    monkeypatch.setattr("cotejo.study.executors.shared.write_file", lambda path, token: None)


@pytest.mark.parametrize("where", ["apart", "in one folder"])
def test_a_run_whose_process_is_killed_goes_on(where, whole, tmp_path, request):
    if where == "apart":
        request.getfixturevalue("apart")
    watcher = Watcher(lambda: os.kill(int((tmp_path / "process").read_text()), signal.SIGKILL))
    result = over_ray(tmp_path, watcher)
    assert watcher.acted
    assert not result.failed
    assert watcher.started == ["plain", "going-on"]
    # In the second epoch, since the first process died before it wrote the one at its end.
    assert watcher.resumed == [("going-on", 2, [1])]
    assert watcher.epochs[3:] == [("going-on", epoch) for epoch in (1, 2, 2, 3)]
    check_gone_on(tmp_path, whole, epoch=2)
    assert (tmp_path / "way").read_text() == where
    assert not (tmp_path / "out" / StudyFile.SHARED).exists()


def test_a_trial_whose_process_is_killed_goes_on(tmp_path, apart):
    pytest.importorskip("optuna", reason="a search needs Optuna")
    from cotejo.study.executors.on_ray import RayExecutor

    class Killer(Watcher):
        def planned(self, *args):
            raise KeyboardInterrupt  # the trials are all that this is about

        def trial_epoch_ended(self, trial, row):
            self.epochs.append(row["epoch"])
            if row["epoch"] == 2 and not self.acted:
                self.acted = 1
                os.kill(int((tmp_path / "process").read_text()), signal.SIGKILL)

    search = {"name": "tuned", "trials": 1, "learning_rate": [1e-3, 1e-4]}
    content = {**STUDY, "alternative": STUDY["alternative"][:1], "search": [search]}
    executor = RayExecutor(cores=CORES, train=waiting(tmp_path, ("tuned-trial-1", 2)))
    killer = Killer()
    with pytest.raises(KeyboardInterrupt):
        Study(StudyConfig.parse(content)).run(
            out=tmp_path / "out", executor=executor, observer=killer
        )
    assert killer.epochs == [1, 2, 1, 2, 3]
    trial = read_trial(trial_folder(tmp_path / "out", "tuned", 1))
    assert [each["epoch"] for each in trial["resumed"]] == [2]
    assert len(trial["valid_accuracies"]) == 3
    assert not list(tmp_path.rglob(CHECKPOINTS))


def test_a_study_that_is_stopped_goes_on(whole, tmp_path, apart):
    def stop():
        raise KeyboardInterrupt

    # By a place in between, through which the checkpoints come, too.
    place = (tmp_path / "place").as_uri() if find_spec("fsspec") else None
    with pytest.raises(KeyboardInterrupt):
        over_ray(tmp_path, Watcher(stop), place)
    # The one that the task wrote because it was asked to stop, at the end of the second epoch.
    newest = next(checkpoint_files(tmp_path / "out" / "going-on" / "seed-1", 1))
    state = read_checkpoint(newest)["training"]
    assert (state["epoch"], state["step"]) == (2, 0)
    watcher = Watcher()
    over_ray(tmp_path, watcher, place)
    assert watcher.resumed == [("going-on", 3, [1, 2])]
    assert watcher.epochs == [("going-on", 3)]
    check_gone_on(tmp_path, whole, epoch=3)
    assert not any((tmp_path / "place").glob("*"))


def test_each_timing_has_its_cores_and_a_process_of_its_own(monkeypatch):
    from cotejo.study.executors import needs

    def timing(terms, name):
        if name == "broken":
            raise MemoryError
        return needs.Timed(float(os.environ["OMP_NUM_THREADS"]), os.getpid())

    monkeypatch.setattr(needs, "measured", timing)
    sizes = sorted({1, CORES})
    times = needs._times(ray, "terms", {"pace": "plain", "odd": "broken"}, sizes, {})
    assert times.keys() == {"pace"}
    assert {size: timed.seconds for size, timed in times["pace"].items()} == dict(
        zip(sizes, sizes, strict=True)
    )
    assert len({timed.bytes for timed in times["pace"].values()}) == len(sizes)
