"""How a study stands where nothing trains: what is finished, its report, and how to go on."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cotejo.cli.console import print_lines, say
from cotejo.cli.live import Status
from cotejo.errors import CotejoError
from cotejo.facts import StudyFacts, gather_records
from cotejo.messages import current_language, message
from cotejo.store import (
    SEARCHES,
    ReportFile,
    RunFile,
    StudyFile,
    card_name,
    checkpoint_files,
    read_looks,
)
from cotejo.store.layout import TRIAL
from cotejo.study.shards import Shard, dealt
from cotejo.texts import shown_path

if TYPE_CHECKING:
    from cotejo.store import RunFolder

__all__ = ["say_how_to_merge", "say_standing"]

_REPORT_SECONDS = 60.0
"""How long is waited for the report of a study that has just trained its last run."""


def say_standing(console: Console, folder: Path, *, has_just_ended: bool = False) -> bool:
    """Show what of a study is finished, where its report is, and what trains the rest.

    Args:
        console: to show it on.
        folder: the study's.
        has_just_ended: whether it trained a moment ago: its report may be about to be written, and
            is waited for then.

    Returns:
        Whether all of its runs are finished.

    Raises:
        OutputError: a file of the study is damaged.
    """
    if not (folder / StudyFile.RECORD).is_file():  # it ended while it was being prepared
        if has_just_ended:
            say(console, message("watching.ended_early"), "bold")
        say(console, message("watching.only_begun"), "dim")
        return False
    facts = gather_records(folder)
    open_searches = _open_searches(facts)
    looks = read_looks(folder)
    looks_are_open = looks is not None and looks["looks"][-1].get("finished") is None
    asked = _asked(facts)
    missing = asked - len(facts.finished) - len(facts.failed)
    is_whole = not (missing or open_searches or looks_are_open)
    if has_just_ended:
        console.print()
        say(console, message("watching.ended" if is_whole else "watching.ended_early"), "bold")
    _show_results(console, facts)
    line = message(
        "watching.finished",
        runs=message("cli.runs", count=asked),
        finished=len(facts.finished),
        failed=len(facts.failed),
    )
    say(console, line, "bold")
    if kept := _interrupted(facts):
        say(console, message("watching.kept", count=kept))
    for name in open_searches:
        say(console, message("watching.search_open", name=name), "yellow")
    for run in facts.failed:
        name = message("cli.run_name", name=run.path.parent.name, seed=run.record["seed"])
        line = message("cli.failed_line", run=name, log=run.path / RunFile.LOG)
        say(console, line, "bold red")
    if facts.finished and not facts.study.get("shard"):
        _say_report(console, facts, waits=has_just_ended and is_whole)
    if not is_whole or facts.failed:
        say(console, message("watching.go_on" if not is_whole else "cli.next_failed"), "dim")
        console.print(Text(f"  {_command(facts)}"), soft_wrap=True)
    elif facts.study.get("shard"):
        say_how_to_merge(console, folder)
    return is_whole and not facts.failed


def say_how_to_merge(console: Console, folder: Path, program: str = "cotejo") -> None:
    """Say how a shard that is trained becomes one study with the others."""
    say(console, message("machines.shard_next"), "dim")
    words = shlex.join([program, "merge", shown_path(folder)])
    console.print(Text(f"  {words} … --out {message('machines.shard_out')}"), soft_wrap=True)


def _interrupted(facts: StudyFacts) -> int:
    """Return how many runs and trials were cut short and go on from a checkpoint."""
    ended = {run.path for run in (*facts.finished, *facts.failed)}
    asked = [(each.name, seed) for each in facts.described for seed in facts.seeds_of(each)]
    paths = [facts.folder.run(*run).path for run in asked]
    trials = facts.folder.path.glob(f"{SEARCHES}/*/*")
    paths += [path for path in trials if not (path / TRIAL).exists()]
    return sum(path not in ended and any(checkpoint_files(path)) for path in paths)


def _asked(facts: StudyFacts) -> int:
    """Return how many runs are to be trained in a study's folder: of a shard, its own."""
    shard = facts.study.get("shard")
    if shard is None:
        return facts.asked
    runs = [(each.name, seed) for each in facts.described for seed in facts.seeds_of(each)]
    settings = {each["name"]: each["settings"] for each in facts.study["alternatives"]}
    parents = {name: own.get("start_from") for name, own in settings.items()}
    return len(dealt(Shard(shard["number"], shard["of"]), runs, parents))


def _open_searches(facts: StudyFacts) -> list[str]:
    """Return the searches that have not come to their end."""
    return [each["name"] for each in facts.study.get("searches", ()) if not each.get("keys")]


def _show_results(console: Console, facts: StudyFacts) -> None:
    """Show the table of finished runs, if there are any; of a shard it would be of a part."""
    from cotejo.cli.tables import final_table, results_table
    from cotejo.facts import final_runs
    from cotejo.report import summary

    if not facts.finished or facts.study.get("shard"):
        return
    folder = facts.folder.path
    try:
        is_final = facts.study.get("final")
        table = (
            final_table(final_runs(folder)) if is_final else results_table(summary(folder), console)
        )
    except CotejoError as damage:
        say(console, str(damage), "yellow")
        return
    console.print(table)


def _say_report(console: Console, facts: StudyFacts, *, waits: bool) -> None:
    """Say where the report is, or the card of a final training; or what writes it."""
    is_final, folder = facts.study.get("final"), facts.folder.path
    page = folder / (card_name(current_language()) if is_final else ReportFile.PAGE)
    status, until = Status(console), time.monotonic() + _REPORT_SECONDS
    try:
        while waits and not _is_newer(page, facts.finished) and time.monotonic() < until:
            status.show_note(message("watching.report_awaited"))
            time.sleep(0.5)
    finally:
        status.stop()
    if _is_newer(page, facts.finished):
        print_lines(console, (message("cli.label_card" if is_final else "cli.label_report"), page))
    elif not is_final:
        say(console, message("watching.no_report"), "dim")
        command = shlex.join(["cotejo", "report", shown_path(folder)])
        console.print(Text(f"  {command}"), soft_wrap=True)


def _is_newer(page: Path, runs: Sequence[RunFolder]) -> bool:
    """Return whether a page was written after the last of these runs."""
    try:
        last = max((run.path / RunFile.RECORD).stat().st_mtime for run in runs)
        return page.stat().st_mtime >= last
    except OSError:  # not there yet
        return False


def _command(facts: StudyFacts) -> str:
    """Return what trains the rest, as the study was started."""
    folder = facts.folder.path
    words = ["cotejo", "study", shown_path(folder / StudyFile.CONFIG), "--out", shown_path(folder)]
    return str(facts.study.get("command") or "") or shlex.join(words)
