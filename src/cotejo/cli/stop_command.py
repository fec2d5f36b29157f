"""``cotejo stop``: ask a study that trains elsewhere to stop, as Ctrl-C would there."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from cotejo.cli.options import Debug, Language
from cotejo.messages import message

__all__ = ["stop"]

_SECONDS = 0.5
"""Between two looks at whether it has stopped."""


def stop(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)],
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Ask the study that trains in ``folder`` to stop, and wait until it has."""
    from cotejo.cli.console import make_console, say
    from cotejo.cli.latest import latest_progress
    from cotejo.cli.live import Status
    from cotejo.cli.standing import say_standing
    from cotejo.store import check_study, recorded_progress, request_stop

    if recorded_progress(folder) is None:  # where a study has just begun, it is all there is
        check_study(folder)
    console = make_console()
    progress = latest_progress(folder)
    if progress is None:
        say(console, message("watching.nothing_to_stop", folder=folder), "bold")
        return 0
    request_stop(folder, progress["start"])
    say(console, message("watching.stop_asked", folder=folder))
    status = Status(console)
    try:
        status.show_note(message("watching.stop_awaited"))
        _await_end(folder, progress["start"])
    except KeyboardInterrupt:
        status.stop()
        say(console, message("watching.stop_left"), "dim")
        raise
    finally:
        status.stop()
    say(console, message("watching.stopped"), "bold")
    say_standing(console, folder)
    return 0


def _await_end(folder: Path, start: str) -> None:
    """Ask a study to stop until it no longer trains; another start of it is asked as well."""
    from cotejo.cli.latest import latest_progress
    from cotejo.store import is_asked_to_stop, is_locked, request_stop, withdraw_stop

    while True:
        time.sleep(_SECONDS)
        progress = latest_progress(folder)
        if progress is not None:
            start = progress["start"]
            # Again, should a start of the study that was just beginning have cleared it away.
            if not is_asked_to_stop(folder, start):
                request_stop(folder, start)
        elif not is_locked(folder):  # where it is, a start has not told of itself yet
            break
    if is_asked_to_stop(folder, start):  # the study withdrew it; or it was killed
        withdraw_stop(folder)
