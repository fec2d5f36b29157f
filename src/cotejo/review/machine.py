"""The state of following a notebook: names, where one is, and the record of what happens."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from cotejo.review.names import KNOWN, split_named
from cotejo.review.trace import Loop, Place, Trace
from cotejo.review.values import UNKNOWN, Collection, Data, Layer, Model, Symbol, Tensor, Value

__all__ = ["Machine", "TooLongError", "escape"]

_MOST_STEPS = 300_000
"""Expressions that are followed: a long notebook has some thousands."""

_DEEPEST = 6
"""Calls of the notebook's own functions within each other that are followed."""


class TooLongError(Exception):
    """There is more to follow than is followed."""


@dataclass
class Machine:
    """Where the following of a notebook has got to.

    Attributes:
        cell: the position of the cell that is being followed.
        ran: whether that cell was run to its end.
        trace: what happened so far.
        scopes: the names of the notebook, and those of the functions that are being called.
        loops: the loops around, the outermost first.
        opaque: whether names may have come from where nobody sees them.
        starred: whether a library's names were imported without being named.
        shared: of each of the scopes, the names that its function declares as the notebook's.
        hidden: names that a function imports for itself.
        certain: whether the statements just followed end with a ``return`` for sure.
        texts: what the text before the current cell, and its comments, say.
        evaluate: follows an expression.
        run: follows statements, and returns what a ``return`` among them gives.
    """

    evaluate: Callable[[Machine, ast.expr], Value]
    run: Callable[[Machine, Sequence[ast.stmt]], Value | None]
    cell: int = 0
    ran: bool = True
    trace: Trace = field(default_factory=Trace)
    scopes: list[dict[str, Value]] = field(default_factory=lambda: [{}])
    loops: list[Loop] = field(default_factory=list)
    opaque: bool = False
    starred: bool = False
    shared: list[set[str]] = field(default_factory=lambda: [set()])
    hidden: set[str] = field(default_factory=set)
    texts: str = ""
    certain: bool = False
    steps: int = 0
    loops_seen: int = 0

    def tick(self, steps: int = 1) -> None:
        """Count steps.

        Raises:
            TooLongError: there were too many.
        """
        self.steps += steps
        if self.steps > _MOST_STEPS:
            raise TooLongError

    def enter(self, scope: dict[str, Value]) -> None:
        """Go into a function with the names that it begins with."""
        self.scopes.append(scope)
        self.shared.append(set())

    def leave(self) -> None:
        """Come back out of a function."""
        self.scopes.pop()
        self.shared.pop()

    @property
    def depth_is_left(self) -> bool:
        """Whether one more function may be gone into."""
        return len(self.scopes) <= _DEEPEST

    def place(self, node: ast.AST) -> Place:
        """Return where a node stands."""
        first = getattr(node, "lineno", 1)
        return Place(self.cell, first, getattr(node, "end_lineno", None) or first)

    def begin_loop(self, kind: str) -> Loop:
        """Return a new loop."""
        self.loops_seen += 1
        return Loop(kind, self.loops_seen)

    def look_up(self, name: str, node: ast.AST) -> Value:
        """Return what a name stands for; notes a library's name that was never imported."""
        for scope in reversed(self.scopes):
            if name in scope:
                return touched(scope[name])
        if name in KNOWN:
            if not self.opaque and not self.starred and name not in self.hidden:
                self.trace.missing.setdefault(name, self.place(node))
            return Symbol(KNOWN[name])
        return Symbol(f"builtins.{name}") if hasattr(builtins, name) else UNKNOWN

    def bind(self, name: str, value: Value) -> None:
        """Give a name to a value."""
        if isinstance(value, Layer | Tensor) and not value.name:
            value.name = name
        elif isinstance(value, Model):
            self._name_model(value, name)
        scope = self.scopes[0 if name in self.shared[-1] else -1]
        scope[name] = _renamed(value, name) if isinstance(value, Data) else value
        if name in self.trace.missing:
            self.trace.imported_later.setdefault(name, self.cell)

    def _name_model(self, model: Model, name: str) -> None:
        local = len(self.scopes) > 1
        # What the notebook calls it says more than what the function does that makes it.
        if not model.name or (model.local and not local):
            model.name, model.local = name, local


def _renamed(data: Data, name: str) -> Data:
    """Return data with the split that its name tells, where nothing else does."""
    told = split_named(name)
    if told is None or told == data.split:
        return data
    if data.split is None:
        return replace(data, split=told, part="")
    if data.split == "train" and data.part and (told == "valid" or not data.own_test):
        return replace(data, split=told)
    if data.split == "valid" and told == "test" and not data.own_test:
        return replace(data, split=told)
    return data


def touched(value: Value) -> Value:
    """Return a value, noting of a layer that something is done with it."""
    if isinstance(value, Layer | Tensor):
        value.touched = True
    return value


def escape(value: Value) -> None:
    """Note that something unknown may happen to the networks in a value."""
    if isinstance(value, Model):
        value.foreign = True
        value.compiled = None
    elif isinstance(value, Collection):
        for item in value.items[:100]:
            if not isinstance(item, Collection):
                escape(item)
