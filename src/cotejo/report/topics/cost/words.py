"""The sentences on cost: which alternatives no other beats in both accuracy and cost."""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.report.naming import quoted
from cotejo.report.topics.cost.analysis import Cost, Kind, front
from cotejo.report.words import Words

__all__ = ["fronts"]


def fronts(rows: Sequence[Cost], kinds: Sequence[Kind], words: Words) -> list[str]:
    """Return which alternatives are on each kind of cost's front; equal fronts are said once."""
    by_front: dict[tuple[str, ...], list[Kind]] = {}
    for kind in kinds:
        names = tuple(row.alternative.name for row in front(rows, kind))
        by_front.setdefault(names, []).append(kind)
    said = [_front(rows, names, of, words) for names, of in by_front.items()]
    if not said:
        return []
    return [words.say("cost.front_intro"), *said, words.say("cost.front_caution")]


def _front(rows: Sequence[Cost], names: Sequence[str], kinds: Sequence[Kind], words: Words) -> str:
    # The names come in the order of the cost.
    known = {row.alternative.name: row.alternative for row in rows}
    return words.say(
        "cost.front_one" if len(names) == 1 else "cost.front_many",
        cost=words.both([words.say(f"cost.kind_{kind}") for kind in kinds]),
        labels=quoted([known[name] for name in names], words),
    )
