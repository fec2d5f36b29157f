"""``cotejo recipes``: list the recipes that ship and what each was measured to reach."""

from __future__ import annotations

from cotejo.cli.options import Debug, Language
from cotejo.messages import message

__all__ = ["recipes"]


def recipes(lang: Language = None, debug: Debug = False) -> int:
    """List the recipes, each with its measured accuracy and time."""
    from cotejo.cli.console import make_console, say
    from cotejo.cli.tables import recipes_table
    from cotejo.config import recipes as shipped

    console = make_console()
    console.print(recipes_table(shipped()))
    say(console, message("cli.recipes_note"))
    return 0
