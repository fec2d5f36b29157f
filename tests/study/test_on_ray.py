"""A study over a Ray cluster is the study of one process, though a machine dies and another joins.

The machines are nodes that Ray simulates on this one (`ray.cluster_utils`).
"""

from __future__ import annotations

import numpy as np
import pytest

from cotejo.config import StudyConfig
from cotejo.platform import own_cores
from cotejo.store import StudyFolder, read_readings
from cotejo.study import Study
from cotejo.study.progress import Observer

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install '.[ray]'")

# Ray leaves sockets open, and warns about its own future.
pytestmark = pytest.mark.filterwarnings("ignore")

CORES = len(own_cores())
STUDY = {
    "data": "digits",
    "base": {"epochs": 1, "model": "mlp"},
    "alternative": [
        {"name": "plain"},
        {"name": "part", "train_fraction": 0.5},
        {"name": "longer", "start_from": "plain", "learning_rate": 1e-4},
        {"name": "wild", "learning_rate": 100.0, "optimizer": "sgd"},
    ],
}


@pytest.fixture(scope="module")
def cluster():
    from ray.cluster_utils import Cluster

    # Whether a machine is gone is asked twice a second; usually that takes half a minute.
    checks = {"initial_delay_ms": 500, "period_ms": 500, "failure_threshold": 3}
    config = {f"health_check_{name}": value for name, value in checks.items()}
    simulated = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "_system_config": config}
    )
    yield simulated
    ray.shutdown()
    simulated.shutdown()


class Saboteur(Observer):
    """Takes the first machine away as soon as a run has begun there, and brings another."""

    def __init__(self, cluster):
        self.cluster, self.places, self.started = cluster, [], []
        self.first = cluster.add_node(num_cpus=CORES)

    def run_placed(self, run, place):
        self.places.append(place)

    def run_started(self, run):
        self.started.append(run.id)
        if len(self.started) == 1:
            self.cluster.remove_node(self.first, allow_graceful=False)
            self.cluster.add_node(num_cpus=CORES)


def test_a_study_over_ray_is_the_same_though_a_machine_dies(cluster, tmp_path, monkeypatch):
    from cotejo.study.executors.on_ray import RayExecutor

    # As on machines that do not have the study's folder.
    monkeypatch.setattr("cotejo.study.executors.shared.write_file", lambda path, token: None)
    study = Study(StudyConfig.parse(STUDY))
    serial = study.run(out=tmp_path / "serial")
    observer = Saboteur(cluster)
    executor = RayExecutor(cluster.address, cores=CORES)
    result = study.run(out=tmp_path / "ray", executor=executor, observer=observer)
    assert [run.id for run in result.finished] == [run.id for run in serial.finished]
    # The first of them was begun again on the second machine, and is told of once.
    assert sorted(observer.started) == [(name, 1) for name in ("longer", "part", "plain", "wild")]
    # Where it was begun again is told, too.
    assert len(set(observer.places)) == 2
    assert len(observer.places) == 5
    ours, theirs = StudyFolder(result.folder), StudyFolder(serial.folder)
    for name in ("plain", "part", "longer"):
        mine, other = ours.run(name, 1), theirs.run(name, 1)
        assert mine.key == other.key
        assert mine.is_finished
        assert mine.metrics == other.metrics
        assert mine.listed.keys() == other.listed.keys()
        assert mine.record["machine"] == other.record["machine"]
        np.testing.assert_equal(mine.predictions, other.predictions)
    # One that fails there has failed in the same way here, and its log is where the reason says.
    (failed,), (here,) = result.failed, serial.failed
    assert str(result.reasons[failed.id]) == str(serial.reasons[here.id])
    assert ours.run("wild", 1).record["status"] == "failed"
    assert (failed.folder / "log.txt").is_file()
    assert sorted(row["alternative"] for row in read_readings(result.folder)) == [
        "longer",
        "part",
        "plain",
    ]
    assert not ray.is_initialized()
