"""Write a study's report from the files that it left, without training or a backend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cotejo.report.csv_files import summary_rows, write_csv_files
from cotejo.report.facts import gather
from cotejo.report.findings import Findings, best_alternative
from cotejo.store import write_atomically, write_json

__all__ = ["best_alternative", "summary", "write_report"]


def write_report(folder: Path, language: str = "en") -> Path:
    """Write ``report.html`` and the files with its numbers into a study's folder.

    Args:
        folder: a study's, as `docs/files.md` describes it.
        language: ``"en"`` or ``"es"``.

    Returns:
        The path of ``report.html``: one page with everything inside, that opens offline.

    Raises:
        OutputError: ``folder`` is no study, a file of it is damaged, no run has finished, or
            the folder can't be written to.
        ValueError: ``language`` is neither of the two.

    Example:
        >>> write_report(Path("nowhere"))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        cotejo.errors.OutputError: nowhere holds no study: there is no study.json in it. ...
    """
    from cotejo.report.html import render

    findings = Findings(gather(Path(folder)))
    page = render(findings, language)
    write_csv_files(findings, language)
    write_json(Path(folder) / "report.json", findings.to_json())
    path = Path(folder) / "report.html"
    write_atomically(path, lambda file: file.write(page.encode()))
    return path


def summary(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of ``summary.csv``: a dict an alternative, in the study's order.

    Accuracies are means over the finished seeds, in ``[0, 1]``; what an alternative without a
    finished run lacks is None.

    Raises:
        OutputError: as `write_report`.
    """
    return summary_rows(gather(Path(folder)))
