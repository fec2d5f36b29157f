"""Which model is meant: a run's, the best of a study, one alone in a file, or the shipped one."""

from __future__ import annotations

from pathlib import Path

from cotejo.errors import OutputError
from cotejo.facts import best_alternative, chosen_run, final_runs, gather
from cotejo.messages import did_you_mean
from cotejo.store import RunFile, RunFolder, StudyFile, StudyFolder
from cotejo.store.model_words import MODEL_ENDING, SHIPPED_NAME, is_file

__all__ = ["find_model"]


def find_model(model: Path | str | None = None) -> RunFolder | Path | None:
    """Return where a model lies.

    Args:
        model: a run's folder, such as ``runs/notebooks/cnn7/seed-1``; a study's folder, which
            means the run that its report shows of the best alternative, or the one that a final
            training keeps; a ``.keras`` file that Cotejo wrote; ``"shipped"``, or None for it.

    Returns:
        The finished run; the path of a ``.keras`` file without a run beside it; None for the
        model that ships.

    Raises:
        OutputError: there is no such model, or the run has none.
    """
    if model is None or str(model) == SHIPPED_NAME:
        return None
    path = _resolved(model)
    if is_file(path / RunFile.RECORD):
        return _usable(RunFolder(path), model)
    if is_file(path / StudyFile.RECORD):
        return _usable(_best_run(path), model)
    if path.suffix == MODEL_ENDING and is_file(path):
        if path.name == RunFile.MODEL and is_file(path.parent / RunFile.RECORD):
            return _usable(RunFolder(path.parent), model)
        return path
    hint = did_you_mean(str(model), [SHIPPED_NAME])
    raise OutputError("no_run_to_predict", path=model, hint=hint)


def _resolved(model: Path | str) -> Path:
    try:
        return Path(model).resolve()
    except (OSError, ValueError) as error:  # a name that is too long, or has a zero byte in it
        raise OutputError("no_run_to_predict", path=model, hint="") from error


def _best_run(folder: Path) -> RunFolder:
    """Return the run that stands for a study: that of the best alternative, as its report says."""
    if StudyFolder(folder).study.get("final"):
        return chosen_run(final_runs(folder))
    return best_alternative(gather(folder)).representative


def _usable(run: RunFolder, model: Path | str) -> RunFolder:
    if run.record.get("status") != "finished":
        raise OutputError("unfinished_run", path=model)
    if run.is_added:
        raise OutputError("added_no_model", path=run.path)
    return run
