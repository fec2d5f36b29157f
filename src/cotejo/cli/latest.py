"""How far a study is that trains elsewhere, of which its folder alone may tell."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

__all__ = ["latest_progress"]

_SECONDS = 1.0
"""Between two looks; the study itself writes no more often."""

_SILENT_SECONDS = 13.0
"""A study that trains writes within this time, whatever its clock shows: every ten seconds, and a
shared folder shows it a little later."""


def latest_progress(folder: Path) -> dict[str, Any] | None:
    """Return the ``progress.json`` of a study that trains; None where none does.

    It is asked for twice, because a shared folder may stutter. Where the file is there but looks
    old, it is waited for the next writing: the clocks of two machines may differ, and not every
    folder has locks.
    """
    from cotejo.store import recorded_progress, training_progress

    progress = training_progress(folder)
    if progress is not None:
        return progress
    time.sleep(_SECONDS)
    progress, first = training_progress(folder), recorded_progress(folder)
    until = time.monotonic() + _SILENT_SECONDS
    while progress is None and first is not None and time.monotonic() < until:
        time.sleep(_SECONDS)
        last = recorded_progress(folder)
        if last is None:
            return None
        if last["updated"] != first["updated"] or last["start"] != first["start"]:
            return last
    return progress
