"""Choices and comparisons by figures that stand in the code."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from cotejo.review.machine import Machine
from cotejo.review.values import UNKNOWN, Collection, Score, Value

__all__ = [
    "look_at_compared",
    "look_at_condition",
    "look_at_sorted",
    "look_at_together",
    "scores_in",
]


def look_at_compared(
    machine: Machine, node: ast.AST, first: Score, second: Score, chosen: bool = False
) -> None:
    """Look at two figures that are compared, or of which one is taken from the other."""
    if first.model is second.model or first.several or second.several or first.loss != second.loss:
        return
    if None in (first.split, second.split):
        return
    if first.split != second.split:
        machine.trace.choose("splits", machine.place(node))
    elif chosen and first.split == "test":
        machine.trace.choose("best_of_test", machine.place(node))


def look_at_together(machine: Machine, node: ast.AST, values: Sequence[Value]) -> None:
    """Look at figures that are written side by side, as in a table or for a bar chart."""
    scores = [value for value in values if isinstance(value, Score)]
    models = {id(score.model) for score in scores}
    splits = {score.split for score in scores}
    if len(scores) != len(values) or len(scores) < 2 or len(models) != len(scores):
        return
    if len(splits) > 1 and None not in splits and len({score.loss for score in scores}) == 1:
        machine.trace.choose("splits", machine.place(node))


def look_at_sorted(machine: Machine, node: ast.AST, values: Sequence[Value]) -> Value:
    """Look at a call that takes the best of figures, and return one of them."""
    scores = [score for value in values for score in scores_in(value)]
    models = {id(score.model) for score in scores}
    if len(models) > 1 and all(score.split == "test" for score in scores):
        machine.trace.choose("best_of_test", machine.place(node))
    return scores[0] if len(scores) == 1 else UNKNOWN


def look_at_condition(machine: Machine, node: ast.If) -> None:
    """Look at ``if accuracy > best: best = accuracy``, in a loop."""
    test = node.test
    if not machine.loops or not isinstance(test, ast.Compare) or len(test.comparators) != 1:
        return
    if machine.loops[-1].kind not in ("settings", "other"):
        return
    assigned = {
        target.id
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    sides = [test.left, test.comparators[0]]
    for one, other in (sides, sides[::-1]):
        if isinstance(other, ast.Name) and other.id in assigned:
            value = machine.evaluate(machine, one)
            if isinstance(value, Score) and value.split == "test" and not value.loss:
                machine.trace.choose("best_of_test", machine.place(test))


def scores_in(value: Value, depth: int = 0) -> list[Score]:
    """Return the figures in a value and in what it holds."""
    if isinstance(value, Score):
        return [] if value.several else [value]
    if isinstance(value, Collection) and depth < 3:
        return [score for item in value.items[:40] for score in scores_in(item, depth + 1)]
    return []
