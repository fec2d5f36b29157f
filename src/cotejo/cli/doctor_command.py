"""``cotejo doctor``: check that everything Cotejo needs is here, and works."""

from __future__ import annotations

import os
import traceback

from cotejo.cli.options import DataFolder, Debug, Language
from cotejo.messages import message

__all__ = ["doctor"]

_STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


def doctor(data_dir: DataFolder = None, lang: Language = None, debug: Debug = False) -> int:
    """Examine the installation, a line a finding; exit code 1 if something is broken."""
    from rich.text import Text

    from cotejo.cli.console import make_console, say
    from cotejo.cli.live import Status
    from cotejo.doctor import examine

    console = make_console()
    status = Status(console)
    levels = []
    width = max(len(message(f"cli.level_{level}")) for level in _STYLES)
    try:
        for finding in examine(data_dir, starting=lambda what: status.show_note(message(what))):
            status.stop()
            levels.append(finding.level)
            word = f"{message(f'cli.level_{finding.level}'):<{width}}  "
            line = Text.assemble((word, _STYLES[finding.level]), finding.text)
            say(console, line)
            if finding.cause is not None and os.environ.get("COTEJO_DEBUG"):
                traceback.print_exception(finding.cause)
    finally:
        status.stop()
    broken = levels.count("error")
    key = "cli.doctor_broken" if broken else "cli.doctor_well"
    say(console, message(key, count=broken), "bold")
    return 1 if broken else 0
