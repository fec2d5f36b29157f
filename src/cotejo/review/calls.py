"""Following calls: of the notebook's own functions, of libraries, and of methods."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from cotejo.review.machine import Machine, escape
from cotejo.review.names import last_name, root_of
from cotejo.review.trace import Place
from cotejo.review.values import UNKNOWN, Constant, Function, Model, Symbol, Value
from cotejo.review.words import words

__all__ = ["Call", "follow_call"]

_HARMLESS = words(
    "print len type str repr id isinstance display plot_model clear_session deepcopy copy"
)


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        machine: the state.
        node: where it stands.
        name: the name of the function or method.
        path: of a library's function, its full name; empty for a method.
        receiver: of a method, what it is called on.
        arguments: those by position.
        keywords: those by name.
    """

    machine: Machine
    node: ast.Call
    name: str
    path: str
    receiver: Value
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.machine.place(self.node)

    @property
    def root(self) -> str:
        """The library that it is of."""
        return root_of(self.path)

    def given(self, position: int, name: str) -> Value | None:
        """Return an argument by its position or its name; None where it is left out."""
        if name in self.keywords:
            return self.keywords[name]
        return self.arguments[position] if 0 <= position < len(self.arguments) else None

    def number(self, position: int, name: str) -> int | float | None:
        """Return an argument that is a number; None where it is left out or can't be told."""
        value = self.given(position, name)
        if isinstance(value, Constant) and type(value.value) in (int, float):
            return value.value  # type: ignore[no-any-return]
        return None

    def whole(self, position: int, name: str) -> int | None:
        """Return an argument that is a whole number."""
        value = self.number(position, name)
        return value if isinstance(value, int) else None

    def text(self, position: int, name: str) -> str | None:
        """Return an argument that is a text."""
        value = self.given(position, name)
        return value.value if isinstance(value, Constant) and type(value.value) is str else None


def follow_call(machine: Machine, node: ast.Call) -> Value:
    """Return what a call gives, noting what it does."""
    from cotejo.review.libraries import call_library
    from cotejo.review.methods import call_method, call_value

    receiver: Value = UNKNOWN
    if isinstance(node.func, ast.Attribute):
        receiver = machine.evaluate(machine, node.func.value)
        called = machine.evaluate(machine, node.func) if isinstance(receiver, Symbol) else UNKNOWN
    else:
        called = machine.evaluate(machine, node.func)
    arguments = tuple(machine.evaluate(machine, each) for each in node.args)
    keywords = {
        keyword.arg or "**": machine.evaluate(machine, keyword.value) for keyword in node.keywords
    }
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if isinstance(called, Symbol):
        call = Call(
            machine, node, last_name(called.path), called.path, UNKNOWN, arguments, keywords
        )
        return call_library(call)
    call = Call(machine, node, name, "", receiver, arguments, keywords)
    if isinstance(node.func, ast.Attribute):
        return call_method(call)
    if isinstance(called, Function):
        return call_function(call, called)
    return call_value(call, called)


def call_function(call: Call, function: Function) -> Value:
    """Follow a call of one of the notebook's own functions."""
    machine, node = call.machine, function.node
    if isinstance(node, ast.ClassDef):
        escape_arguments(call)
        if not function.network:
            return UNKNOWN
        model = Model(call.place, known=False, made_in=tuple(loop.number for loop in machine.loops))
        machine.trace.models.append(model)
        return model
    if not machine.depth_is_left or "**" in call.keywords:
        escape_arguments(call)
        return UNKNOWN
    scope = _bound(call, node)
    cell = machine.cell
    machine.enter(scope)
    machine.cell = function.cell
    try:
        if isinstance(node, ast.Lambda):
            return machine.evaluate(machine, node.body)
        return machine.run(machine, node.body) or Constant(None)
    finally:
        machine.certain = False
        machine.leave()
        machine.cell = cell


def _bound(
    call: Call, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
) -> dict[str, Value]:
    """Return the names that a function begins with: its parameters."""
    machine, written = call.machine, node.args
    names = [each.arg for each in (*written.posonlyargs, *written.args)]
    scope: dict[str, Value] = dict.fromkeys(
        [*names, *(each.arg for each in written.kwonlyargs)], UNKNOWN
    )
    for name, default in zip(reversed(names), reversed(written.defaults), strict=False):
        scope[name] = machine.evaluate(machine, default)
    for parameter, given in zip(written.kwonlyargs, written.kw_defaults, strict=False):
        if given is not None:
            scope[parameter.arg] = machine.evaluate(machine, given)
    starred = any(isinstance(each, ast.Starred) for each in call.node.args)
    scope |= dict(zip(names, call.arguments if not starred else (), strict=False))
    scope |= {name: value for name, value in call.keywords.items() if name in scope}
    for rest in (written.vararg, written.kwarg):
        if rest is not None:
            scope[rest.arg] = UNKNOWN
    return scope


def escape_arguments(call: Call) -> None:
    """Note that an unknown function may train, change or keep the networks that it is given."""
    if call.name in _HARMLESS:
        return
    for value in (*call.arguments, *call.keywords.values()):
        escape(value)
        if isinstance(value, Function) and call.path:
            # Handed to a library, such as a tuner: it will be called there.
            call.machine.trace.mentioned.add(getattr(value.node, "name", ""))
