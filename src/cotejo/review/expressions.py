"""Following the expressions of a notebook."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cotejo.review.calls import follow_call
from cotejo.review.choices import look_at_compared, look_at_together
from cotejo.review.loops import loop_of, turns
from cotejo.review.machine import Machine
from cotejo.review.names import canonical
from cotejo.review.values import (
    UNKNOWN,
    Collection,
    Constant,
    Data,
    Function,
    History,
    Model,
    Predictions,
    Score,
    Symbol,
    Tensor,
    Value,
)

__all__ = ["evaluate"]

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
_ORDERS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}
_LARGEST = 2**53


def evaluate(machine: Machine, node: ast.expr) -> Value:
    """Return what an expression stands for.

    Raises:
        TooLongError: the notebook is too long to be followed.
    """
    machine.tick()
    follow = _EXPRESSIONS.get(type(node))
    if follow is not None:
        return follow(machine, node)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            evaluate(machine, child)
    return UNKNOWN


def _constant(machine: Machine, node: ast.Constant) -> Value:
    del machine
    return Constant(node.value)


def _name(machine: Machine, node: ast.Name) -> Value:
    return machine.look_up(node.id, node)


def _sequence(machine: Machine, node: ast.List | ast.Tuple | ast.Set) -> Value:
    items = [evaluate(machine, item) for item in node.elts]
    starred = any(isinstance(item, ast.Starred) for item in node.elts)
    look_at_together(machine, node, items)
    return Collection(items, literal=not starred)


def _dict(machine: Machine, node: ast.Dict) -> Value:
    keys = [UNKNOWN if key is None else evaluate(machine, key) for key in node.keys]
    values = [evaluate(machine, value) for value in node.values]
    look_at_together(machine, node, values)
    return Collection(values, keys, literal=None not in node.keys)


def _attribute(machine: Machine, node: ast.Attribute) -> Value:
    held = evaluate(machine, node.value)
    if isinstance(held, Symbol):
        return Symbol(canonical(f"{held.path}.{node.attr}"))
    if isinstance(held, Data):
        return UNKNOWN if node.attr in ("shape", "size", "ndim", "dtype", "class_names") else held
    if isinstance(held, History) and node.attr in ("history", "epoch"):
        return held
    if isinstance(held, Model):
        if node.attr in ("output", "outputs"):
            return held.outputs or _opaque_tensor(held)
        if node.attr in ("input", "inputs"):
            return held.inputs or Tensor(None, touched=True)
        if node.attr in ("trainable_variables", "trainable_weights"):
            held.foreign = True
            held.compiled = None
        if node.attr == "history" and held.trainings:
            return History(held.trainings[-1])
    if isinstance(held, Function) and isinstance(node.value, ast.Name):
        return UNKNOWN
    return UNKNOWN


def _opaque_tensor(model: Model) -> Tensor:
    model.known = False
    return Tensor(None, touched=True)


def _subscript(machine: Machine, node: ast.Subscript) -> Value:
    held = evaluate(machine, node.value)
    key = evaluate(machine, node.slice)
    if isinstance(held, Data):
        part = f"{held.part}[{_shown(machine, node.slice)}]"
        return replace(held, part=part)
    if isinstance(held, Collection):
        return _item(held, key)
    if isinstance(held, History) and isinstance(key, Constant):
        return _series(held, str(key.value))
    if isinstance(held, Score):
        return Score(held.split, held.model, loss=held.loss)
    if isinstance(held, Predictions):
        return held
    return UNKNOWN


def _shown(machine: Machine, node: ast.expr) -> str:
    """Return how a slice is written, with the numbers that its names stand for."""
    try:
        written = ast.unparse(node)
    except (RecursionError, ValueError):
        return "…"
    for name in {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}:
        for scope in (machine.scopes[-1], machine.scopes[0]):
            value = scope.get(name)
            if isinstance(value, Constant) and isinstance(value.value, int):
                written = written.replace(name, str(value.value)[:20])
                break
    return written[:200]


def _item(held: Collection, key: Value) -> Value:
    if not isinstance(key, Constant):
        return UNKNOWN
    if held.keys is not None:
        for known, value in zip(reversed(held.keys), reversed(held.items), strict=False):
            if known == key:
                return value
        return UNKNOWN
    position = key.value
    if type(position) is int and -len(held.items) <= position < len(held.items):
        return held.items[position]
    return UNKNOWN


def _series(history: History, name: str) -> Value:
    training = history.training
    split = training.valid_split if name.startswith("val_") else "train"
    return Score(split, training.model, several=True, loss="loss" in name)


def _binary(machine: Machine, node: ast.BinOp) -> Value:
    left, right = evaluate(machine, node.left), evaluate(machine, node.right)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _calculated(node.op, left.value, right.value)
    if isinstance(left, Score) and isinstance(right, Score):
        look_at_compared(machine, node, left, right)
        return UNKNOWN
    for value in (left, right):
        if isinstance(value, Data | Score | Predictions):
            return value
    if isinstance(left, Collection) and isinstance(right, Collection):
        return Collection([*left.items, *right.items][:1000])
    return UNKNOWN


def _calculated(kind: ast.operator, left: Any, right: Any) -> Value:
    calculate = _ARITHMETIC.get(type(kind))
    numbers = all(type(value) in (int, float) and abs(value) < _LARGEST for value in (left, right))
    if calculate is not None and numbers:
        try:
            return Constant(calculate(left, right))
        except ArithmeticError:
            return UNKNOWN
    if type(left) is str and type(right) is str and isinstance(kind, ast.Add):
        return Constant((left + right)[:10_000])
    return UNKNOWN


def _unary(machine: Machine, node: ast.UnaryOp) -> Value:
    value = evaluate(machine, node.operand)
    if isinstance(value, Constant) and isinstance(value.value, int | float):
        if isinstance(node.op, ast.USub):
            return Constant(-value.value)
        if isinstance(node.op, ast.Not):
            return Constant(not value.value)
    return value if isinstance(value, Data | Score) else UNKNOWN


def _compare(machine: Machine, node: ast.Compare) -> Value:
    values = [evaluate(machine, each) for each in (node.left, *node.comparators)]
    if len(values) == 2 and all(isinstance(value, Constant) for value in values):
        return _compared(node.ops[0], *values)
    ordered = any(isinstance(each, ast.Gt | ast.GtE | ast.Lt | ast.LtE) for each in node.ops)
    if len(values) == 2 and ordered:
        first, second = values
        if isinstance(first, Score) and isinstance(second, Score):
            look_at_compared(machine, node, first, second, chosen=True)
    # The mean of `predictions == labels` is an accuracy.
    return next((value for value in values if isinstance(value, Predictions)), UNKNOWN)


def _compared(kind: ast.cmpop, first: Value, second: Value) -> Value:
    """Return whether two known values are equal, or one is the larger."""
    if not isinstance(first, Constant) or not isinstance(second, Constant):
        return UNKNOWN
    if isinstance(kind, ast.Eq | ast.Is):
        return Constant(first.value == second.value)
    if isinstance(kind, ast.NotEq | ast.IsNot):
        return Constant(first.value != second.value)
    order = _ORDERS.get(type(kind))
    numbers = all(type(each.value) in (int, float) for each in (first, second))
    return Constant(order(first.value, second.value)) if order and numbers else UNKNOWN


def _choice(machine: Machine, node: ast.IfExp) -> Value:
    condition = evaluate(machine, node.test)
    first, second = evaluate(machine, node.body), evaluate(machine, node.orelse)
    if isinstance(condition, Constant):
        return first if condition.value else second
    return first if first == second else UNKNOWN


def _comprehension(machine: Machine, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Value:
    return Collection(_turned(machine, node.generators, [node.elt]), literal=False)


def _dict_comprehension(machine: Machine, node: ast.DictComp) -> Value:
    both = _turned(machine, node.generators, [node.key, node.value])
    return Collection(both[1::2], both[::2], literal=False)


def _turned(
    machine: Machine, generators: list[ast.comprehension], wanted: list[ast.expr]
) -> list[Value]:
    from cotejo.review.statements import assign

    first, *others = generators
    over = evaluate(machine, first.iter)
    body = [*wanted, *others]
    machine.loops.append(loop_of(machine, first.target, first.iter, over, body))
    results: list[Value] = []
    for item in turns(over):
        assign(machine, first.target, item)
        for other in others:
            evaluate(machine, other.iter)
            assign(machine, other.target, UNKNOWN)
        for condition in (test for each in generators for test in each.ifs):
            evaluate(machine, condition)
        results += [evaluate(machine, each) for each in wanted]
    if machine.loops:
        machine.loops.pop()
    return results


def _lambda(machine: Machine, node: ast.Lambda) -> Value:
    for inner in ast.walk(node.body):
        if isinstance(inner, ast.Name):
            machine.trace.mentioned.add(inner.id)
    return Function(node, machine.cell)


def _walrus(machine: Machine, node: ast.NamedExpr) -> Value:
    value = evaluate(machine, node.value)
    if isinstance(node.target, ast.Name):
        machine.bind(node.target.id, value)
    return value


def _starred(machine: Machine, node: ast.Starred) -> Value:
    evaluate(machine, node.value)
    return UNKNOWN


def _formatted(machine: Machine, node: ast.JoinedStr) -> Value:
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            evaluate(machine, part.value)
    return UNKNOWN


_EXPRESSIONS: dict[type[ast.expr], Callable[[Machine, Any], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Call: follow_call,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Starred: _starred,
    ast.JoinedStr: _formatted,
}
