"""``cotejo report``: write a study's report again, from its files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cotejo.cli.options import Author, Debug, Language, Title, heading
from cotejo.messages import current_language, message

__all__ = ["report"]


def report(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)],
    formats: Annotated[
        list[str] | None, typer.Option("--format", metavar="html|md|pdf|ipynb", show_default=False)
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", show_default=False)] = None,
    detail: Annotated[
        str | None, typer.Option("--detail", metavar="brief|full", show_default=False)
    ] = None,
    standalone: Annotated[bool, typer.Option("--standalone", show_default=False)] = False,
    title: Title = None,
    author: Author = None,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Write the report of the study in ``folder`` and show its results."""
    from cotejo.cli.claims import say_claims
    from cotejo.cli.console import make_console, print_lines, say
    from cotejo.cli.tables import results_table
    from cotejo.report import make_reports
    from cotejo.store import ReportFile

    named = heading(title, author)
    reports = make_reports(
        folder,
        current_language(),
        formats or (),
        out,
        detail,
        title=named.get("title"),
        author=named.get("author"),
        standalone=standalone,
    )
    console, numbers = make_console(), reports.numbers / ReportFile.SUMMARY
    console.print(results_table(reports.rows, console))
    say_claims(console, reports.claims)
    print_lines(
        console,
        *((message("cli.label_report"), page) for page in reports.paths),
        *([] if standalone else [(message("cli.label_numbers"), numbers)]),
    )
    for run in reports.left_out:
        name = message("cli.run_name", name=run.alternative, seed=run.seed)
        say(console, message("cli.left_out", run=name, reason=run.reason), "bold red")
    if untrained := reports.missing - len(reports.left_out):
        line = message("cli.report_missing", count=untrained, asked=reports.asked)
        say(console, line, "yellow")
    return 1 if reports.left_out else 0
