"""A study: plan the runs, train those that are missing, report.

The one place that knows every stage. What it leaves is in `docs/files.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cotejo.study.quick import QUICK
from cotejo.study.study import Study

if TYPE_CHECKING:
    from cotejo.study.execution import StudyResult

__all__ = ["QUICK", "Study", "StudyResult"]


def __getattr__(name: str) -> Any:
    # Deferred, because running a study needs a backend and reporting one does not.
    if name == "StudyResult":
        from cotejo.study.execution import StudyResult

        return StudyResult
    raise AttributeError(f"module 'cotejo.study' has no attribute {name!r}")
