"""Show the findings of an examination, one line each."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.text import Text

from cotejo.cli.console import say
from cotejo.cli.live import Status
from cotejo.messages import message
from cotejo.verify.finding import Finding

__all__ = ["show_findings"]

_STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


def show_findings(
    console: Console, examine: Callable[[Callable[[str], None]], Iterator[Finding]]
) -> int:
    """Show findings as they come, and return how many of them are errors.

    Args:
        console: the console to write to.
        examine: yields the findings. It is given a function to call before each step that takes
            a while, with the key of the sentence that says so.
    """
    status = Status(console)
    errors = 0
    width = max(len(message(f"cli.level_{level}")) for level in _STYLES)
    try:
        for finding in examine(lambda what: status.show_note(message(what))):
            status.stop()
            errors += finding.level == "error"
            word = f"{message(f'cli.level_{finding.level}'):<{width}}  "
            say(console, Text.assemble((word, _STYLES[finding.level]), finding.text))
            if finding.cause is not None and os.environ.get("COTEJO_DEBUG"):
                traceback.print_exception(finding.cause)
    finally:
        status.stop()
    return errors
