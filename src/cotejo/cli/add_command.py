"""``cotejo add``: add a run that was trained elsewhere, by its predictions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cotejo.cli.options import DataFolder, Debug, Language
from cotejo.messages import current_language, message

if TYPE_CHECKING:
    from rich.console import Console

    from cotejo.study import Added

__all__ = ["add"]


def add(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)],
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    predictions: Annotated[Path, typer.Argument(metavar="PREDICTIONS", show_default=False)],
    seed: Annotated[int, typer.Option("--seed", metavar="K", show_default=False)],
    valid: Annotated[
        Path | None, typer.Option("--valid", metavar="FILE", show_default=False)
    ] = None,
    history: Annotated[
        Path | None, typer.Option("--history", metavar="FILE", show_default=False)
    ] = None,
    logits: Annotated[bool, typer.Option("--logits")] = False,
    replace: Annotated[bool, typer.Option("--replace")] = False,
    data: Annotated[
        str | None, typer.Option("--data", metavar="NAME|PATH", show_default=False)
    ] = None,
    data_dir: DataFolder = None,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Add predictions to the study in ``folder`` and write its report again."""
    from cotejo.cli.console import make_console, print_lines
    from cotejo.cli.display import Display
    from cotejo.cli.tables import results_table
    from cotejo.report import make_reports
    from cotejo.store import ReportFile
    from cotejo.study.added import add_predictions

    console = make_console()
    with Display(console) as display:
        added = add_predictions(
            folder,
            name,
            seed,
            predictions,
            valid,
            history=history,
            dataset=data,
            data_dir=data_dir,
            logits=logits,
            replace=replace,
            observer=display,
        )
    _say_what_was_added(console, added)
    reports = make_reports(folder, current_language())
    console.print(results_table(reports.rows, console))
    print_lines(
        console,
        *((message("cli.label_report"), page) for page in reports.paths),
        (message("cli.label_numbers"), reports.numbers / ReportFile.SUMMARY),
    )
    return 0


def _say_what_was_added(console: Console, added: Added) -> None:
    """Say which run it is and whether it is new, how good, what lacks, and what looks wrong."""
    from cotejo.cli.console import say
    from cotejo.cli.tables import numbers

    run = message("cli.run_name", name=added.alternative, seed=added.seed)
    accuracy = numbers().percent(added.accuracy, 2)
    say(console, message(f"cli.added_{added.done}", run=run, accuracy=accuracy), "bold green")
    if not added.has_validation:
        say(console, message("cli.added_no_valid"), "dim")
    if not added.has_probabilities:
        say(console, message("cli.added_classes"), "dim")
    if added.is_doubtful:
        say(console, message("cli.added_doubtful"), "yellow")
