"""What every test shares: a cache of its own, and the real CIFAR-10 where it is there."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from figures import figures_drawn, figures_empty

LONGEST = (
    "test_extending.py",
    "test_study.py",
    "test_loop.py",
    "test_damaged_files.py",
    "test_bare_machine.py",
    "test_executor.py",
    "test_page.py",
    "test_formats.py",
    "test_applications.py",
    "test_torture.py",
    "test_workers.py",
    "test_searching.py",
    "test_resuming.py",
)
"""The files that take longest. If one of them came last, other workers would wait for its end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; the others stay in their random order."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep audits and decoded pictures out of the user's own cache; the first is the others'."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cotejo.data.audit.cached.cache_folder", lambda: folder)
        patch.setattr("cotejo.data.own.cache.cache_folder", lambda: folder)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_process() -> Iterator[None]:
    """Spend no time on what tests need not wait for.

    A study times two steps of each network, not as many as fit in 1.5 seconds. To explain a misread
    image, it hides it in 49 ways, not in 361. And garbage is collected after every network: what
    the libraries made when they were imported is left out.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cotejo.study.timing.TIMED_SECONDS", 0)  # imports it, and so the backend
        error_analysis = import_module("cotejo.study.afterwards.error_analysis")
        coarse = partial(error_analysis.occlusion_maps, patch=1)
        patch.setattr(error_analysis, "occlusion_maps", coarse)
        import_module("cotejo.report")
        gc.collect()
        gc.freeze()
        yield


@pytest.fixture
def undrawn() -> Iterator[None]:
    """Leave the figures of this test's reports empty."""
    with figures_empty():
        yield


@pytest.fixture
def drawn() -> Iterator[None]:
    """Draw the figures of this test's reports, in a module that leaves them empty."""
    with figures_drawn():
        yield


@pytest.fixture(autouse=True)
def language_of_the_surroundings() -> Iterator[None]:
    """Undo a test's choice of language after it, so that tests can run in any order."""
    from cotejo.messages import use_language

    yield
    use_language(None)


@pytest.fixture(scope="session")
def digits():
    from cotejo.data import load

    return load("digits")


@pytest.fixture(scope="session")
def cifar10():
    if not os.environ.get("COTEJO_DATA"):
        pytest.skip("COTEJO_DATA does not name a folder with the real CIFAR-10")
    from cotejo.data import load

    return load("cifar10")


@pytest.fixture(scope="session")
def small_study(tmp_path_factory):
    """A study of two alternatives, one of which starts from the other, × two seeds, with a report.

    Whoever changes it copies it first.
    """
    from cotejo.config import StudyConfig
    from cotejo.study import Study

    folder = tmp_path_factory.mktemp("small") / "study"
    config = StudyConfig.parse(
        {
            "data": "digits",
            "seeds": 2,
            "base": {"model": "cnn3", "epochs": 1},
            "alternative": [
                {"name": "plain"},
                {"name": "on", "start_from": "plain", "augment": "notebook"},
            ],
        }
    )
    study = Study(config)
    study.run(out=folder)
    with figures_drawn():
        study.report()
    return folder


@pytest.fixture(scope="session")
def undrawn_study(small_study, tmp_path_factory) -> Path:
    """The same with the figures of its report left empty, to be looked at with `undrawn`."""
    from cotejo.report import write_report

    folder = Path(shutil.copytree(small_study, tmp_path_factory.mktemp("undrawn") / "study"))
    with figures_empty():
        write_report(folder)
    return folder


@pytest.fixture(scope="session")
def own_data(digits):
    """A data set that nothing of Cotejo's can load: small grey images of three digits."""
    from cotejo.data import Dataset, Split

    def part(split):
        few = split.labels < 3
        return Split(split.images[few, ::2, ::2, 0], split.labels[few].astype("int64")[:, None])

    splits = (part(split) for split in (digits.train, digits.valid, digits.test))
    names = ["zero", "one", "two"]
    return Dataset("own-digits", *splits, names, {"method": "own"}, "made in a test")


@pytest.fixture(scope="session")
def own_study(own_data, tmp_path_factory):
    """A study of that data set, whose network computes in bfloat16; copy it to change it."""
    from cotejo import Study
    from cotejo.config import StudyConfig

    folder = tmp_path_factory.mktemp("own") / "study"
    settings = {"model": "cnn2", "epochs": 1, "precision": "bfloat16", "tta": "flip"}
    alternative = {"name": "small", **settings}
    Study(StudyConfig.parse({"alternative": [alternative]})).run(out=folder, dataset=own_data)
    return folder
