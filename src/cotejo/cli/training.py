"""What `cotejo study` and `cotejo train` share: training, reporting, and showing the results."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from statistics import stdev
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from cotejo.cli.console import make_console, print_lines, say
from cotejo.cli.display import Display
from cotejo.cli.several import SeveralDisplay
from cotejo.cli.tables import final_table, numbers, results_table
from cotejo.errors import CotejoError
from cotejo.messages import LANGUAGES, current_language, message
from cotejo.stopping import code_of
from cotejo.texts import readable, shown_path

if TYPE_CHECKING:
    from cotejo.study import Study, StudyResult
    from cotejo.study.progress import PlannedRun
    from cotejo.study.tracking import Tracking

__all__ = ["command_line", "train_and_report"]


def command_line(without: str = "", *, tracked: bool = True) -> str:
    """Return the command that is running, as one would type it in this folder.

    Args:
        without: an option to leave out.
        tracked: whether it names the trackers: it does not in a record, since they are no part of
            what was trained, and the address of one can hold a password.
    """
    words = [word for word in _words(tracked) if word != without]
    data = os.environ.get("COTEJO_DATA")
    place = f"COTEJO_DATA={shlex.quote(data)} " if data else ""
    return readable(place + shlex.join([_program(), *words]))


def _words(tracked: bool) -> list[str]:
    words = sys.argv[1:]
    if tracked:
        return words
    return [
        word
        for before, word in pairwise(["", *words])
        if "--track" not in (before, word) and not word.startswith("--track=")
    ]


def _program() -> str:
    """Return what starts Cotejo here: its name if the shell finds that, else its path."""
    started = Path(sys.argv[0])
    known = shutil.which("cotejo")
    if started.name != "cotejo" or not started.is_file():
        return "cotejo"
    if known is not None and Path(known).samefile(started):
        return "cotejo"
    here = Path.cwd()
    return str(started.absolute().relative_to(here) if started.is_relative_to(here) else started)


def train_and_report(
    study: Study,
    *,
    track: Tracking,
    quick: bool = False,
    final: bool = False,
    **options: Any,
) -> int:
    """Train the missing runs of a study, write its report or card, and show the results.

    Args:
        study: that is trained.
        track: the trackers that are told of it, the report among the rest.
        quick: whether this is a quick look.
        final: whether this is a final training.
        **options: the other arguments of `Study.run`.

    Returns:
        The exit code: 0; 1 if a run failed; or that of the signal that stopped the study.
    """
    # What a tracker writes to standard output, another program reads.
    console = make_console(stderr=track.writes_stdout)
    several = options.get("executor") is not None or options.get("workers", 1) != 1
    kind = SeveralDisplay if several else Display
    with kind(console, is_part="shard" in options) as display, track:
        return _train_and_report(study, display, track, quick, final, options)


def _train_and_report(
    study: Study,
    display: Display,
    track: Tracking,
    quick: bool,
    final: bool,
    options: dict[str, Any],
) -> int:
    console, command = display.console, command_line()
    display.header(quick)
    try:
        result = study.run(
            quick=quick,
            final=final,
            observer=display,
            track=track,
            command=command_line(tracked=False),
            **options,
        )
    except KeyboardInterrupt as stopped:
        display.close()
        track.close(is_stopped=True)
        _say_stopped(console, study.folder, display, command, final=final, shard="shard" in options)
        return code_of(stopped)
    display.close()
    if "shard" in options:
        return _conclude_shard(console, result, command)
    if final:
        return _conclude_final(console, result, command)
    return _conclude(console, result, command, quick)


def _say_stopped(
    console: Console,
    folder: Path | None,
    display: Display,
    command: str,
    *,
    final: bool,
    shard: bool,
) -> None:
    """Show what is finished, which run goes on or starts over, and the command that continues."""
    from cotejo.store import checkpoint_files

    console.print()
    # A shard shows no table: it would be of a part, and look like the whole.
    if folder is not None and not shard:
        _show_finished(console, folder, final)
    for run, epoch in display.under_way:
        name = message("cli.run_name", name=run.alternative, seed=run.seed)
        key = "cli.stopped_run_kept" if any(checkpoint_files(run.folder)) else "cli.stopped_run"
        line = message(key, run=name, epoch=epoch, epochs=run.epochs)
        say(console, line, "yellow")
    say(console, message("cli.interrupted"), "bold yellow")
    console.print(Text(f"  {command}"), soft_wrap=True)


def _show_finished(console: Console, folder: Path, final: bool) -> None:
    """Show the table of finished runs, if there are any."""
    from cotejo.facts import final_runs
    from cotejo.report import summary

    try:
        table = (
            final_table(final_runs(folder)) if final else results_table(summary(folder), console)
        )
    except CotejoError:  # none is finished, or a file is damaged: the next start says so
        return
    console.print(table)


def _conclude(console: Console, result: StudyResult, command: str, quick: bool) -> int:
    from cotejo.cli.claims import say_claims
    from cotejo.report import make_reports, summary
    from cotejo.store import ReportFile

    if result.finished:
        # The table comes first: if the page fails, the results are on the screen and on the disk.
        console.print(results_table(summary(result.folder), console))
        reports = make_reports(result.folder, current_language())
        say_claims(console, reports.claims)
        print_lines(
            console,
            (message("cli.label_report"), reports.paths[0]),
            (message("cli.label_numbers"), result.folder / ReportFile.SUMMARY),
            (message("cli.label_runs"), f"{shown_path(result.folder)}/"),
        )
        console.print()
    for run in result.failed:
        _say_failed(console, run)
    if result.failed:
        _say_next(console, "cli.next_failed", command)
    elif quick:
        _say_next(console, "cli.next_full", command_line(without="--quick"))
    else:
        _say_other_language(console, result.folder)
    return 1 if result.failed else 0


def _conclude_shard(console: Console, result: StudyResult, command: str) -> int:
    """Say what of the shard is trained, and how the shards become one study."""
    console.print()
    runs = message("cli.runs", count=len(result.finished))
    line = message("machines.shard_trained", runs=runs, folder=shown_path(result.folder))
    say(console, line, "bold")
    console.print()
    for run in result.failed:
        _say_failed(console, run)
    if result.failed:
        _say_next(console, "cli.next_failed", command)
    else:
        from cotejo.cli.standing import say_how_to_merge

        say_how_to_merge(console, result.folder, _program())
    return 1 if result.failed else 0


def _conclude_final(console: Console, result: StudyResult, command: str) -> int:
    from cotejo.facts import final_runs
    from cotejo.report import write_cards

    if result.finished:
        cards = write_cards(result.folder)
        runs = final_runs(result.folder)
        console.print(final_table(runs))
        if len(runs) > 1:
            accuracies = [run.metrics["test"]["accuracy"] for run in runs]
            deviation = numbers().points(stdev(accuracies), 2)
            say(console, message("cli.final_spread", deviation=deviation), "dim")
        print_lines(
            console,
            (message("cli.label_card"), cards[current_language()]),
            (message("cli.label_runs"), f"{shown_path(result.folder)}/"),
        )
        console.print()
    for run in result.failed:
        _say_failed(console, run)
    if result.failed:
        _say_next(console, "cli.next_failed", command)
    return 1 if result.failed else 0


def _say_failed(console: Console, run: PlannedRun) -> None:
    from cotejo.store import RunFile

    name = message("cli.run_name", name=run.alternative, seed=run.seed)
    line = message("cli.failed_line", run=name, log=run.folder / RunFile.LOG)
    say(console, line, "bold red")


def _say_other_language(console: Console, folder: Path) -> None:
    other = next(language for language in LANGUAGES if language != current_language())
    # Its own file name, so that it doesn't replace the first report.
    page = folder / f"report-{other}.html"
    words = [_program(), "report", shown_path(folder), "--lang", other, "--out", shown_path(page)]
    _say_next(console, f"cli.next_{other}", shlex.join(words))


def _say_next(console: Console, key: str, command: str) -> None:
    say(console, message(key), "dim")
    console.print(Text(f"  {command}"), soft_wrap=True)
