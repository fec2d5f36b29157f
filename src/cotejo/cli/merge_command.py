"""``cotejo merge``: bring the runs of one study, trained on several machines, together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cotejo.cli.options import DataFolder, Debug, Language
from cotejo.messages import current_language, message

if TYPE_CHECKING:
    from rich.console import Console

    from cotejo.study.merging import Merged

__all__ = ["merge"]

_MOST_NAMED = 10
"""The most missing runs that are named one by one."""


def merge(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDERS", show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", show_default=False)],
    data: Annotated[
        str | None, typer.Option("--data", metavar="NAME|PATH", show_default=False)
    ] = None,
    data_dir: DataFolder = None,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Bring the runs in ``folders`` together in ``out``, and write the report of a whole study."""
    from cotejo.cli.console import make_console
    from cotejo.study.merging import merge as bring_together

    console = make_console()
    merged = bring_together(folders, out)
    _say_what_was_taken(console, merged)
    if merged.missing:
        _say_what_is_missing(console, merged)
        return 1
    _report(console, merged.folder, data, data_dir)
    return 1 if merged.left else 0


def _say_what_was_taken(console: Console, merged: Merged) -> None:
    from cotejo.cli.console import say
    from cotejo.texts import shown_path

    line = message(
        "machines.merged",
        runs=message("cli.runs", count=len(merged.taken)),
        there=len(merged.there),
        folder=shown_path(merged.folder),
    )
    say(console, line, "bold")
    for each in merged.left:
        run = message("cli.run_called", name=each.run[0], seed=each.run[1])
        line = message("machines.merge_left", run=run, folder=each.folder, reason=each.reason)
        say(console, line, "bold red")
    if merged.added:
        say(console, message("machines.merge_added", names=", ".join(merged.added)), "yellow")


def _say_what_is_missing(console: Console, merged: Merged) -> None:
    from rich.text import Text

    from cotejo.cli.console import say
    from cotejo.texts import shown_path

    say(console, message("machines.merge_missing", count=len(merged.missing)), "yellow")
    for name, seed in merged.missing[:_MOST_NAMED]:
        say(console, f"  {message('cli.run_name', name=name, seed=seed)}")
    if (more := len(merged.missing) - _MOST_NAMED) > 0:
        say(console, "  " + message("machines.merge_more", count=more))
    if merged.absent:
        shards = ", ".join(map(str, merged.absent[:_MOST_NAMED]))
        say(console, message("machines.merge_absent", shards=shards), "yellow")
    for path in merged.training:
        say(console, message("machines.merge_training", folder=shown_path(path)), "yellow")
    if merged.training:
        return  # who trained here what is missing might train it twice
    say(console, message("machines.merge_next"), "dim")
    console.print(Text(f"  {merged.command}"), soft_wrap=True)


def _report(console: Console, folder: Path, data: str | None, data_dir: Path | None) -> None:
    """Write the report, or the card of a final training, and show the results."""
    from cotejo.cli.claims import say_claims
    from cotejo.cli.console import print_lines
    from cotejo.cli.tables import final_table, results_table
    from cotejo.facts import final_runs
    from cotejo.report import make_reports, write_cards
    from cotejo.store import ReportFile, StudyFolder

    if StudyFolder(folder).study.get("final"):
        cards = write_cards(folder)
        console.print(final_table(final_runs(folder)))
        print_lines(console, (message("cli.label_card"), cards[current_language()]))
        return
    _look_back(console, folder, data, data_dir)
    reports = make_reports(folder, current_language())
    console.print(results_table(reports.rows, console))
    say_claims(console, reports.claims)
    print_lines(
        console,
        *((message("cli.label_report"), page) for page in reports.paths),
        (message("cli.label_numbers"), reports.numbers / ReportFile.SUMMARY),
    )


def _look_back(console: Console, folder: Path, data: str | None, data_dir: Path | None) -> None:
    """Do what a study does after its runs, for which the data has to be here."""
    from cotejo.cli.console import say
    from cotejo.cli.display import Display
    from cotejo.errors import CotejoError
    from cotejo.study.merged_images import look_at_merged

    with Display(console) as display:
        try:
            look_at_merged(folder, data, data_dir, display)
        except CotejoError as error:
            if data is not None:
                raise
            display.close()
            say(console, message("machines.merge_no_data", reason=error), "yellow")
