"""The verdicts on a study's claims, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from cotejo.cli.console import say

__all__ = ["say_claims"]


def say_claims(console: Console, lines: Sequence[str]) -> None:
    """Show one line per claim: its verdict, what was measured, and why."""
    for line in lines:
        say(console, f"\N{BULLET} {line}")
    if lines:
        console.print()
