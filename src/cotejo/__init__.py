"""Cotejo trains image classifiers side by side and writes the report.

The verbs of the command line, in Python::

    import cotejo

    study = cotejo.Study.load("studies/notebooks.toml")
    result = study.run()
    page = study.report(language="es")

Importing it loads no backend. The names below are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cotejo.comparison import Comparison, compare
    from cotejo.config import StudyConfig
    from cotejo.data import Dataset, load
    from cotejo.data.own.objects import load_dataset
    from cotejo.errors import CotejoError
    from cotejo.inference import Classifier, Unreadable
    from cotejo.report import write_report
    from cotejo.study import Study, StudyResult
    from cotejo.study.progress import Observer

__all__ = [
    "Classifier",
    "Comparison",
    "CotejoError",
    "Dataset",
    "Observer",
    "Study",
    "StudyConfig",
    "StudyResult",
    "Unreadable",
    "compare",
    "load",
    "load_dataset",
    "write_report",
]

_MODULES = {
    "Classifier": "inference",
    "Comparison": "comparison",
    "CotejoError": "errors",
    "Dataset": "data",
    "Observer": "study.progress",
    "Study": "study",
    "StudyConfig": "config",
    "StudyResult": "study",
    "Unreadable": "inference",
    "compare": "comparison",
    "load": "data",
    "load_dataset": "data.own.objects",
    "write_report": "report",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        # Deferred: this import takes as long as all others here together, and Ctrl-C ends the
        # command quietly only once they are done.
        from importlib.metadata import version

        return version("cotejo")
    if name in _MODULES:
        return getattr(import_module(f"cotejo.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'cotejo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
