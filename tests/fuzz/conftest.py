"""What the fuzzers share: how many cases they try, each drawn from a seed of its own."""

from __future__ import annotations

import os

import pytest


def cases(few: int) -> list[int]:
    """Return the seeds of the cases to try: ``few``, or as many as ``COTEJO_FUZZ_CASES`` says."""
    return list(range(int(os.environ.get("COTEJO_FUZZ_CASES", few))))


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A small study, trained: two alternatives, one of which starts from the other, two seeds."""
    from cotejo.config import StudyConfig
    from cotejo.study import Study

    folder = tmp_path_factory.mktemp("fuzz") / "study"
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
    study.report()
    return folder
