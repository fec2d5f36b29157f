"""What is said of somebody's own pictures: their size, and the files that were left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.cli.console import say
from cotejo.cli.tables import numbers
from cotejo.messages import message
from cotejo.texts import visible

if TYPE_CHECKING:
    from rich.console import Console

    from cotejo.data import Dataset

__all__ = ["show_pictures"]

_NAMED = 3
"""How many of the files left out for one reason are named; `files.csv` has all of them."""


def show_pictures(console: Console, dataset: Dataset) -> None:
    """Show how pictures were read and what was left out; nothing of other data sets."""
    pictures = dataset.pictures
    if pictures is None:
        return
    height, width, _ = dataset.image_shape
    key = "pictures.size_chosen" if pictures.chosen else "pictures.size"
    text = message(key, width=width, height=height, least=pictures.least, most=pictures.most)
    fitted = message(
        f"pictures.fit_{pictures.fit}",
        smaller=numbers().integer(pictures.smaller),
        larger=numbers().integer(pictures.larger),
    )
    say(console, f"{text} {fitted}")
    by_reason: dict[str, list[str]] = {}
    for path, reason, _ in pictures.left_out:
        by_reason.setdefault(reason, []).append(path)
    if by_reason:
        say(console, message("pictures.left_out", count=len(pictures.left_out)), "yellow")
    for reason, paths in by_reason.items():
        named = ", ".join(visible(path) for path in paths[:_NAMED])
        more = ", …" if len(paths) > _NAMED else ""
        why = message(f"pictures.reason_{reason}")
        say(console, f"  {why} ({numbers().integer(len(paths))}): {named}{more}", "dim")
