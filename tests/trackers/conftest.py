"""A fabricated study's runs, as trackers are told of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# So that `fabricate` and `told` are found in whichever of its import modes pytest runs.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "report"))

from fabricate import CLASSES, Made, fabricate_study

from cotejo.store import RUN_FILES, RunFolder
from cotejo.trackers import RunResult, TrackedRun, TrackedStudy


@pytest.fixture(scope="session")
def fabricated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tracked") / "study"
    return fabricate_study(folder, [Made("mlp", (0.51, 0.52))], seeds=(1, 2))


@pytest.fixture
def told(fabricated, tmp_path):
    """The study, in a folder of the test's own, and its first run."""
    folder = tmp_path / "own"
    folder.mkdir()
    study = TrackedStudy(
        "5" * 16, "pair", "A pair", folder, "cifar10", (32, 32, 3), tuple(CLASSES["es"])
    )
    settings = {
        "model": "mlp",
        "epochs": 2,
        "learning_rate": 0.001,
        "nesterov": True,
        "width": None,
    }
    run = TrackedRun(
        "a" * 16,
        "mlp/seed-1",
        "mlp",
        1,
        "key",
        fabricated / "mlp" / "seed-1",
        settings,
        epochs=2,
        parameters=100,
    )
    return study, run


@pytest.fixture
def result(fabricated):
    run = RunFolder(fabricated / "mlp" / "seed-1")
    files = tuple(run.path / name for name in RUN_FILES if (run.path / name).is_file())
    return RunResult(run.metrics, files)
