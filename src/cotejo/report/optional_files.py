"""The CSV files that a study has only where it has something for them."""

from __future__ import annotations

from typing import Any

from cotejo.report.averages import AVERAGE_COLUMNS, average_rows
from cotejo.report.calibration_files import (
    CALIBRATION_COLUMNS,
    RELIABILITY_COLUMNS,
    calibration_rows,
    reliability_rows,
)
from cotejo.report.costs import COST_COLUMNS, cost_rows
from cotejo.report.findings import Findings
from cotejo.report.learning import CURVE_COLUMNS, curve_rows
from cotejo.report.rounding import write_rounded

__all__ = ["optional_rows", "write_optional_files"]

_COLUMNS = {
    "averages.csv": AVERAGE_COLUMNS,
    "calibration.csv": CALIBRATION_COLUMNS,
    "cost.csv": COST_COLUMNS,
    "learning-curve.csv": CURVE_COLUMNS,
    "reliability.csv": RELIABILITY_COLUMNS,
}


def write_optional_files(findings: Findings) -> None:
    """Write the files that `optional_rows` has rows for; one left by an earlier report goes."""
    for name, rows in optional_rows(findings).items():
        path = findings.facts.folder.path / name
        if rows:
            write_rounded(path, _COLUMNS[name], rows)
        else:
            path.unlink(missing_ok=True)


def optional_rows(findings: Findings) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each file by its name; none of what the study has nothing for."""
    return {
        "averages.csv": average_rows(findings.facts),
        "calibration.csv": calibration_rows(findings),
        "cost.csv": cost_rows(findings),
        "learning-curve.csv": curve_rows(findings),
        "reliability.csv": reliability_rows(findings),
    }
