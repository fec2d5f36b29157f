"""The loops of a notebook: over what each goes, and what is followed of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from cotejo.review.machine import Machine
from cotejo.review.trace import Loop
from cotejo.review.values import UNKNOWN, Collection, Constant, Splitter, Value

__all__ = ["loop_of", "turns"]

_MOST_TURNS = 8
"""Settings of a loop that are followed one by one."""

_SEEDS = re.compile(r"seed|semilla|repet|repeat|trial|ensayo|corrida|ejecuci|^rep$|^run$|^runs$")
_SETTERS = ("seed", "set_seed", "set_random_seed", "default_rng")


def loop_of(
    machine: Machine,
    target: ast.expr,
    over: ast.expr,
    value: Value,
    body: Sequence[ast.AST],
) -> Loop:
    """Return which kind of loop this is.

    Args:
        machine: the state.
        target: what stands between ``for`` and ``in``.
        over: what stands behind ``in``.
        value: what that stands for.
        body: what is in the loop.
    """
    names = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    if any(_SEEDS.search(name.lower()) for name in names) or _sets_seed(machine, names, body):
        return machine.begin_loop("seeds")
    if isinstance(value, Splitter):
        return machine.begin_loop("folds")
    if isinstance(value, Collection) and value.literal and 1 < len(value.items) <= _MOST_TURNS:
        return machine.begin_loop("settings")
    return machine.begin_loop("other")


def _sets_seed(machine: Machine, names: set[str], body: Sequence[ast.AST]) -> bool:
    for statement in body:
        for node in ast.walk(statement):
            machine.tick()
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            words = [*node.args, *(keyword.value for keyword in node.keywords)]
            if called in _SETTERS and any(
                isinstance(word, ast.Name) and word.id in names for word in words
            ):
                return True
    return False


def turns(value: Value) -> list[Value]:
    """Return what the loop's variable stands for in each turn that is followed."""
    if isinstance(value, Collection) and 0 < len(value.items) <= _MOST_TURNS:
        return list(value.keys if value.keys is not None else value.items)
    if isinstance(value, Constant) and isinstance(value.value, str):
        return [UNKNOWN]
    return [UNKNOWN, UNKNOWN]
