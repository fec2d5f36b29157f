"""``cotejo report``: write a study's report again, from its files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cotejo.cli.options import Debug, Language
from cotejo.messages import current_language, message

__all__ = ["report"]


def report(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)],
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Write the report of the study in ``folder`` and show its results."""
    from cotejo.cli.console import make_console, print_lines
    from cotejo.cli.tables import results_table
    from cotejo.report import summary, write_report

    page = write_report(folder, current_language())
    console = make_console()
    console.print(results_table(summary(folder), console))
    print_lines(
        console,
        (message("cli.label_report"), page),
        (message("cli.label_numbers"), folder / "summary.csv"),
    )
    return 0
