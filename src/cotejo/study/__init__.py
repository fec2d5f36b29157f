"""A study: plan the runs, train those that are missing, report.

The one place that knows every stage. What it leaves is in `docs/files.md`.
"""

from cotejo.study.study import QUICK, Study, StudyResult

__all__ = ["QUICK", "Study", "StudyResult"]
