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
    from cotejo.cli.live import Status
    from cotejo.cli.standing import check_study, say_standing
    from cotejo.store import training_progress

    check_study(folder)
    console = make_console()
    progress = training_progress(folder)
    if progress is None:
        say(console, message("watching.nothing_to_stop", folder=folder), "bold")
        return 0
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
    """Ask one start of a study to stop until it no longer trains."""
    from cotejo.store import is_asked_to_stop, request_stop, training_progress, withdraw_stop

    while True:
        # Again, should a start of the study that was just beginning have cleared it away.
        if not is_asked_to_stop(folder, start):
            request_stop(folder, start)
        time.sleep(_SECONDS)
        progress = training_progress(folder)
        if progress is None or progress["start"] != start:
            break
    if is_asked_to_stop(folder, start):  # the study withdrew it; or it was killed
        withdraw_stop(folder)
