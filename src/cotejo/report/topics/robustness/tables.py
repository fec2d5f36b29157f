"""The table of one network's accuracy by corruption and severity, as a map of heat."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.corruptions import CORRUPTIONS, SEVERITIES
from cotejo.report.elements import Cell, Column, Table, shade
from cotejo.report.sheet import Numbering

__all__ = ["corruption_heat"]


def corruption_heat(
    page: Numbering, table: NDArray[np.float64], clean: float, caption: str, files: str = ""
) -> Table:
    """Return accuracy by corruption and severity, darker where more of the clean one is lost.

    Args:
        page: numbers the table.
        table: ``[15, 5]``.
        clean: the accuracy without corruption.
        caption: what is said over it.
        files: that have its numbers.
    """
    words = page.words
    columns = [page.column("robustness.corruption", number=False)]
    columns += [Column(str(severity), number=True) for severity in SEVERITIES]
    columns.append(page.column("robustness.mean"))

    def cells(name: str, values: NDArray[Any]) -> list[Cell]:
        shares = [*map(float, values), float(values.mean())]
        return [
            Cell(name),
            *(
                Cell(words.numbers.percent(share), background=shade((clean - share) / (clean or 1)))
                for share in shares
            ),
        ]

    rows = [
        cells(words.say(f"robustness.names.{name}"), values)
        for name, values in zip(CORRUPTIONS, table, strict=True)
    ]
    rows.append(cells(words.say("robustness.all"), table.mean(axis=0)))
    return page.table(caption, columns, rows, marked=len(CORRUPTIONS), files=files)
