"""Following the statements of a notebook: what each name comes to stand for."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from cotejo.review.choices import look_at_condition
from cotejo.review.expressions import evaluate
from cotejo.review.loops import loop_of, turns
from cotejo.review.machine import Machine, escape
from cotejo.review.names import canonical, last_name
from cotejo.review.values import (
    UNKNOWN,
    Collection,
    Constant,
    Data,
    Function,
    Layer,
    Model,
    Symbol,
    Tensor,
    Value,
)

__all__ = ["assign", "run_body", "run_cell"]


def run_cell(machine: Machine, tree: ast.Module) -> None:
    """Follow the statements of one cell; one that is nested too deep is passed over.

    Raises:
        TooLongError: the notebook is too long to be followed.
    """
    for statement in tree.body:
        try:
            run_body(machine, [statement])
        except RecursionError:
            machine.opaque = True
            del machine.scopes[1:], machine.shared[1:]
            machine.loops.clear()


def run_body(machine: Machine, body: Sequence[ast.stmt]) -> Value | None:
    """Follow statements in order.

    Returns:
        What the first ``return`` among them gives; None if there is none.

    Raises:
        TooLongError: the notebook is too long to be followed.
    """
    returned: Value | None = None
    machine.certain = False
    for statement in body:
        machine.tick()
        follow = _STATEMENTS.get(type(statement))
        if follow is None:
            _mention(machine, statement)
            continue
        machine.certain = False
        returned = _either(returned, follow(machine, statement))
        if machine.certain:
            break
    return returned


def _either(first: Value | None, second: Value | None) -> Value | None:
    """Return what a function gives that may end in two ways; an early end without a value aside."""
    nothing = Constant(None)
    if first is None or second is None or first is second or first == second:
        return second if first is None else first
    if first == nothing:
        return second
    return first if second == nothing else UNKNOWN


def assign(machine: Machine, target: ast.expr, value: Value) -> None:
    """Give a value to what stands on the left of ``=``."""
    if isinstance(target, ast.Name):
        machine.bind(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(machine, target.elts, value)
    elif isinstance(target, ast.Starred):
        assign(machine, target.value, UNKNOWN)
    elif isinstance(target, ast.Subscript):
        holder = evaluate(machine, target.value)
        key = evaluate(machine, target.slice)
        if isinstance(holder, Collection) and len(holder.items) < 1000:
            holder.items.append(value)
            holder.literal = False
            if holder.keys is not None:
                holder.keys.append(key)
    elif isinstance(target, ast.Attribute):
        holder = evaluate(machine, target.value)
        if isinstance(holder, Model):
            # `trainable`, `learning_rate` or a name: the network is meant to go on from here.
            holder.renewed = True
        elif target.attr in ("trainable", "learning_rate", "lr"):
            for model in machine.trace.models:
                model.renewed = True


def _unpack(machine: Machine, targets: Sequence[ast.expr], value: Value) -> None:
    items: list[Value] = []
    if isinstance(value, Collection) and not any(isinstance(each, ast.Starred) for each in targets):
        items = value.items
    elif isinstance(value, Data):
        # A data set of pairs, or an array, taken apart.
        items = [value] * len(targets)
    for position, target in enumerate(targets):
        known = len(items) == len(targets)
        assign(machine, target, items[position] if known else UNKNOWN)


def _assignment(machine: Machine, node: ast.Assign) -> None:
    value = evaluate(machine, node.value)
    if isinstance(value, Layer | Tensor) and isinstance(node.value, ast.Call):
        value.alone = all(isinstance(target, ast.Name) for target in node.targets)
    for target in node.targets:
        assign(machine, target, value)


def _annotated(machine: Machine, node: ast.AnnAssign) -> None:
    if node.value is not None:
        assign(machine, node.target, evaluate(machine, node.value))


def _augmented(machine: Machine, node: ast.AugAssign) -> None:
    added = evaluate(machine, node.value)
    if not isinstance(node.target, ast.Name):
        return
    held = machine.look_up(node.target.id, node.target)
    if isinstance(held, Data):
        return  # x_train /= 255
    if isinstance(held, Collection) and isinstance(added, Collection) and held.keys is None:
        held.items.extend(added.items[: 1000 - len(held.items)])
        held.literal = False
        return
    machine.bind(node.target.id, UNKNOWN)


def _expression(machine: Machine, node: ast.Expr) -> None:
    value = evaluate(machine, node.value)
    if isinstance(value, Layer) and isinstance(node.value, ast.Call):
        value.alone = True


def _import(machine: Machine, node: ast.Import) -> None:
    for alias in node.names:
        path = canonical(alias.name)
        name = alias.asname or alias.name.partition(".")[0]
        shown = path if alias.asname else canonical(name)
        machine.bind(name, Symbol(shown))


def _import_from(machine: Machine, node: ast.ImportFrom) -> None:
    for alias in node.names:
        if alias.name == "*":
            machine.starred = True
            continue
        path = canonical(f"{node.module or ''}.{alias.name}")
        machine.bind(alias.asname or alias.name, UNKNOWN if node.level else Symbol(path))


def _definition(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    _mention(machine, node)
    machine.bind(node.name, Function(node, machine.cell))


def _class(machine: Machine, node: ast.ClassDef) -> None:
    _mention(machine, node)
    bases = [evaluate(machine, base) for base in node.bases]
    network = any(
        isinstance(base, Symbol) and last_name(base.path) in ("Model", "Sequential")
        for base in bases
    )
    machine.bind(node.name, Function(node, machine.cell, network=network))


def _mention(machine: Machine, node: ast.AST) -> None:
    """Note the names in code that may be followed later, or never."""
    for inner in ast.walk(node):
        machine.tick()
        if isinstance(inner, ast.Import | ast.ImportFrom):
            machine.hidden |= {alias.asname or alias.name for alias in inner.names}
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            machine.trace.mentioned.add(inner.id)


def _return(machine: Machine, node: ast.Return) -> Value:
    value = Constant(None) if node.value is None else evaluate(machine, node.value)
    machine.certain = True
    return value


def _if(machine: Machine, node: ast.If) -> Value | None:
    condition = evaluate(machine, node.test)
    look_at_condition(machine, node)
    if isinstance(condition, Constant):
        taken, left = (node.body, node.orelse) if condition.value else (node.orelse, node.body)
        for statement in left:
            _mention(machine, statement)
        return run_body(machine, taken)
    scope = machine.scopes[-1]
    before = dict(scope)
    first = run_body(machine, node.body)
    certain, after = machine.certain, dict(scope)
    scope.clear()
    scope.update(before)
    second = run_body(machine, node.orelse)
    machine.certain = machine.certain and certain
    for name in {*after, *scope}:
        there, here = after.get(name), scope.get(name)
        if there is None or here is None:
            scope[name] = there or here or UNKNOWN
        elif there is not here and there != here:
            escape(there)
            escape(here)
            scope[name] = UNKNOWN
    return _either(first, second)


def _for(machine: Machine, node: ast.For | ast.AsyncFor) -> Value | None:
    over = evaluate(machine, node.iter)
    loop = loop_of(machine, node.target, node.iter, over, node.body)
    machine.loops.append(loop)
    returned = None
    for item in turns(over):
        assign(machine, node.target, item)
        returned = _either(returned, run_body(machine, node.body))
    if machine.loops:
        machine.loops.pop()
    returned = _either(returned, run_body(machine, node.orelse))
    machine.certain = False
    return returned


def _while(machine: Machine, node: ast.While) -> Value | None:
    evaluate(machine, node.test)
    machine.loops.append(machine.begin_loop("other"))
    returned = _either(run_body(machine, node.body), run_body(machine, node.body))
    if machine.loops:
        machine.loops.pop()
    machine.certain = False
    return returned


def _with(machine: Machine, node: ast.With | ast.AsyncWith) -> Value | None:
    for item in node.items:
        value = evaluate(machine, item.context_expr)
        if item.optional_vars is not None:
            assign(machine, item.optional_vars, value)
    return run_body(machine, node.body)


def _try(machine: Machine, node: ast.Try) -> Value | None:
    known = dict(machine.trace.missing)
    returned = run_body(machine, node.body)
    for handler in node.handlers:
        returned = _either(returned, run_body(machine, handler.body))
    if node.handlers:
        # A NameError here is caught.
        machine.trace.missing = known
    for body in (node.orelse, node.finalbody):
        returned = _either(returned, run_body(machine, body))
    machine.certain = False
    return returned


def _delete(machine: Machine, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            # Used again it would be an error, but nothing is known of it any more.
            machine.scopes[-1][target.id] = UNKNOWN


def _global(machine: Machine, node: ast.Global) -> None:
    machine.shared[-1] |= set(node.names)


def _nothing(machine: Machine, node: ast.stmt) -> None:
    del machine, node


_STATEMENTS: dict[type[ast.stmt], Callable[[Machine, Any], Value | None]] = {
    ast.Assign: _assignment,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.FunctionDef: _definition,
    ast.AsyncFunctionDef: _definition,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.Delete: _delete,
    ast.Pass: _nothing,
    ast.Break: _nothing,
    ast.Continue: _nothing,
    ast.Global: _global,
    ast.Nonlocal: _nothing,
}
