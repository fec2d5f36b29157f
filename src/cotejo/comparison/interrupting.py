"""What is said when a comparison is interrupted: how much is kept, and how to go on."""

from __future__ import annotations

from cotejo.errors import CotejoError
from cotejo.messages import message
from cotejo.store import StudyFolder, read_looks
from cotejo.study import Study

__all__ = ["Interrupted", "interrupted"]


class Interrupted(KeyboardInterrupt):
    """A `KeyboardInterrupt` that says what is kept; a notebook shows that sentence alone."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this.
        return [str(self)]


def interrupted(study: Study) -> Interrupted:
    """Return the interrupt of a study, in the current language.

    Args:
        study: that was being trained, or was about to be.
    """
    return Interrupted(
        message("cli.compare_interrupted", done=_finished(study), asked=_asked(study))
    )


def _asked(study: Study) -> int:
    """Return how many runs a study has; until its claims are settled, before its next look."""
    looks = read_looks(study.folder) if study.folder is not None else None
    if looks is not None:
        return sum(map(len, looks["looks"][-1]["asked"].values()))
    return len(study.config.alternatives) * len(study.config.seeds)


def _finished(study: Study) -> int:
    """Return how many of a study's runs are finished; 0 of one that has not begun."""
    if study.folder is None:
        return 0
    folder = StudyFolder(study.folder)
    try:
        return sum(
            run.is_finished
            for alternative in study.config.alternatives
            for _, run in folder.runs(alternative.name)
        )
    except CotejoError:  # nothing is written yet
        return 0
