"""The runs of a final training, which learns from the validation images too and has no report."""

from __future__ import annotations

from pathlib import Path

from cotejo.errors import OutputError
from cotejo.store import RunFolder, StudyFolder, check_study

__all__ = ["chosen_run", "final_runs"]


def final_runs(folder: Path) -> list[RunFolder]:
    """Return the finished runs of a final training, in the order of their seeds.

    Raises:
        OutputError: the folder holds no study, a run of it is damaged, or none has finished.
    """
    study = StudyFolder(folder)
    check_study(folder)
    if not study.study["alternatives"]:
        raise OutputError("no_finished_run", path=folder)
    runs = [run for _, run in study.runs(study.study["alternatives"][0]["name"])]
    damage = next((run.damage for run in runs if run.damage is not None), None)
    if damage is not None:
        raise damage
    finished = [run for run in runs if run.is_finished]
    if not finished:
        raise OutputError("no_finished_run", path=folder)
    return sorted(finished, key=lambda run: int(run.record["seed"]))


def chosen_run(runs: list[RunFolder]) -> RunFolder:
    """Return the run whose model is kept: that of the lowest seed.

    It is not the best one on the test images, whose accuracy would be flattered by the choice.
    """
    return runs[0]
