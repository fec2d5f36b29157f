"""``cotejo watch``: show a study that trains in another terminal, or on another machine."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cotejo.cli.options import Debug, Language
from cotejo.messages import message

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["watch"]

_SECONDS = 1.0
"""Between two looks; the study itself writes no more often."""


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)],
    once: Annotated[bool, typer.Option("--once", show_default=False)] = False,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Show the study that trains in ``folder`` until it ends, and how it ended."""
    from cotejo.cli.console import make_console, say
    from cotejo.cli.latest import latest_progress
    from cotejo.cli.standing import say_standing
    from cotejo.store import check_study, recorded_progress

    if recorded_progress(folder) is None:  # where a study has just begun, it is all there is
        check_study(folder)
    console = make_console()
    progress = latest_progress(folder)
    if progress is None:
        say(console, message("watching.nothing", folder=folder), "bold")
        say_standing(console, folder)
        return 0
    while progress is not None:
        # Another start of the study, which began between two looks, is shown anew.
        progress = _follow(console, folder, progress, once)
        if once:
            return 0
    return 0 if say_standing(console, folder, has_just_ended=True) else 1


def _follow(
    console: Console, folder: Path, progress: dict[str, Any], once: bool
) -> dict[str, Any] | None:
    """Show one start of a study until it ends; return the progress of the next one, if any."""
    from cotejo.cli.console import say
    from cotejo.cli.latest import latest_progress
    from cotejo.cli.watching import Watching
    from cotejo.texts import shown_path

    start = progress["start"]
    watching = Watching(console, folder, progress, live=not once)
    with watching.display:
        watching.tell(progress)
        if once:
            watching.show_standing()
            return None
        try:
            while True:
                time.sleep(_SECONDS)
                latest = latest_progress(folder)
                if latest is None or latest["start"] != start:
                    watching.finish()
                    return latest
                watching.tell(latest)
        except KeyboardInterrupt:
            watching.display.close()
            say(console, message("watching.left", folder=shown_path(folder)), "dim")
            raise
