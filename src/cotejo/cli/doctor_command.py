"""``cotejo doctor``: check that everything Cotejo needs is installed and works."""

from __future__ import annotations

from cotejo.cli.options import DataFolder, Debug, Language
from cotejo.messages import message

__all__ = ["doctor"]


def doctor(data_dir: DataFolder = None, lang: Language = None, debug: Debug = False) -> int:
    """Examine the installation, one line per finding; exit code 1 if something is broken."""
    from cotejo.cli.console import make_console, say
    from cotejo.cli.findings import show_findings
    from cotejo.verify.machine import examine

    console = make_console()
    broken = show_findings(console, lambda starting: examine(data_dir, starting=starting))
    key = "cli.doctor_broken" if broken else "cli.doctor_well"
    say(console, message(key, count=broken), "bold")
    return 1 if broken else 0
