"""The text of a function or a class that was written in a notebook, and the names that it uses."""

from __future__ import annotations

import ast
import dis
import inspect
import linecache
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

__all__ = ["Written", "find_written"]

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef

_GATHERING = ("add", "append", "clear", "extend", "insert", "update")
"""The methods that change a list, a dict or a set whatever is in it, and tell nothing of that."""


@dataclass(frozen=True)
class Written:
    """A function or a class as its author wrote it.

    Attributes:
        text: the definition; of a lambda the expression alone.
        name: what the definition is called; None of a lambda.
        used: the values that it uses and does not make itself, by name.
        gathered: the names among these of lists, dicts and sets that it fills and never reads.
    """

    text: str
    name: str | None
    used: dict[str, Any] = field(default_factory=dict)
    gathered: frozenset[str] = frozenset()


def find_written(thing: Any) -> Written | None:
    """Return a function or a class as it is written; None if Python does not know its text.

    Args:
        thing: a function, a lambda or a class.

    Example:
        >>> find_written(len) is None
        True
    """
    codes = [each.__code__ for each in _functions(thing)]
    for code in codes:
        lines = linecache.getlines(code.co_filename)
        try:
            tree = ast.parse("".join(lines))
        except (SyntaxError, ValueError, RecursionError):
            continue
        node = _node(tree, thing, code)
        if node is not None:
            return _written(node, lines, thing, codes)
    return None


def _functions(thing: Any) -> list[FunctionType]:
    """Return a function as it was before it was decorated; of a class, those of its body."""
    if not isinstance(thing, type):
        plain = inspect.unwrap(thing)
        return [plain] if isinstance(plain, FunctionType) else []
    members = (getattr(each, "fget", each) for each in vars(thing).values())
    plain_members = (getattr(each, "__func__", each) for each in members)
    found = [each for each in plain_members if isinstance(each, FunctionType)]
    return [inspect.unwrap(each) for each in found if each.__qualname__.startswith(thing.__name__)]


def _node(tree: ast.Module, thing: Any, code: CodeType) -> ast.AST | None:
    line = code.co_firstlineno
    nodes = list(ast.walk(tree))
    if isinstance(thing, type):
        around = [
            node
            for node in nodes
            if isinstance(node, ast.ClassDef)
            and node.name == thing.__name__
            and node.lineno <= line <= (node.end_lineno or 0)
        ]
        return around[-1] if around else None
    for node in nodes:
        if isinstance(node, _FUNCTION) and node.name == code.co_name and _first(node) == line:
            return node
    # Several can stand in one line.
    lambdas = [node for node in nodes if isinstance(node, ast.Lambda) and node.lineno == line]
    return next((node for node in lambdas if len(lambdas) == 1 or _holds(node, code)), None)


def _first(node: Any) -> int:
    """Return the first line of a definition, that of its decorators if it has some."""
    return int(min([node.lineno, *(each.lineno for each in node.decorator_list)]))


def _holds(node: ast.Lambda, code: CodeType) -> bool:
    """Whether code is that of a lambda: a step of it begins where the lambda's body does."""
    begin = node.body.lineno, node.body.col_offset
    return any((line, column) == begin for line, _, column, _ in code.co_positions())


def _written(node: Any, lines: list[str], thing: Any, codes: list[CodeType]) -> Written:
    if isinstance(node, ast.Lambda):
        used = _values(thing, codes, set(_names(node.args)))
        return Written(ast.unparse(node), None, used, _gathered(node, used))
    text = textwrap.dedent("".join(lines[_first(node) - 1 : node.end_lineno])).rstrip() + "\n"
    used = _values(thing, codes, set(_outside(node)))
    return Written(text, node.name, used, _gathered(node, used))


def _outside(node: Any) -> Iterator[str]:
    """Yield the names that are used where a definition is made: decorators, defaults, bases."""
    parts = [*node.decorator_list]
    if isinstance(node, _FUNCTION):
        parts += [node.args, *([node.returns] if node.returns else [])]
    else:
        parts += [*node.bases, *node.keywords]
        for statement in node.body:
            if isinstance(statement, _FUNCTION):
                yield from _outside(statement)
            else:
                parts.append(statement)
    for part in parts:
        yield from _names(part)


def _names(part: ast.AST) -> Iterator[str]:
    for node in ast.walk(part):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id


def _values(thing: Any, codes: list[CodeType], names: set[str]) -> dict[str, Any]:
    """Return the values of names and of what the code reads from outside, as far as there are."""
    functions = _functions(thing)
    scope: dict[str, Any] = {}
    for function in functions:
        scope |= function.__globals__
    for function in functions:
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        for name, cell in cells:
            try:
                scope[name] = cell.cell_contents
            except ValueError:  # it is not set yet
                continue
            if name != "__class__":  # which `super()` uses
                names.add(name)
    for code in codes:
        names |= set(_read(code))
    return {name: scope[name] for name in sorted(names) if name in scope}


def _read(code: CodeType) -> Iterator[str]:
    """Yield the names of the outside that code reads, and the code within it."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield str(step.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _read(constant)


def _gathered(node: ast.AST, used: dict[str, Any]) -> frozenset[str]:
    """Return the names of lists, dicts and sets that code fills wherever it names them."""
    filled: set[int] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            if part.func.attr in _GATHERING:
                filled.add(id(part.func.value))
        elif isinstance(part, ast.Assign):
            places = [each.value for each in part.targets if isinstance(each, ast.Subscript)]
            # A list has such a place only if something is in it already.
            filled |= {id(each) for each in places if type(_value(each, used)) is dict}
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    read = {part.id for part in names if id(part) not in filled}
    only_filled = {part.id for part in names} - read
    return frozenset(name for name in only_filled if type(used.get(name)) in (list, dict, set))


def _value(part: ast.expr, used: dict[str, Any]) -> Any:
    return used.get(part.id) if isinstance(part, ast.Name) else None
