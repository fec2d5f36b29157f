"""What a file of Python defines, read from its text: nothing of it is run.

So a wrong option is found at once, and a report or a check of a study never runs a file of it.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import NoneType
from typing import Any, Literal, Union

from cotejo.config.sources import Source
from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean

__all__ = ["Definition", "definition", "reached_digest", "reached_text"]

_PLAIN: Mapping[str, Any] = {"bool": bool, "int": int, "float": float, "str": str, "None": NoneType}


@dataclass(frozen=True)
class Definition:
    """One name that a file defines.

    Attributes:
        name: as the file has it.
        kind: whether it is a ``function``, a ``class`` or a ``value``.
        signature: the parameters; those of ``__init__``, without ``self``, of a class. Annotations
            are types where they are plain, else left out. A default that is no plain value is
            `Ellipsis`.
        doc: the first line of its docstring; empty if there is none.
    """

    name: str
    kind: Literal["function", "class", "value"]
    signature: inspect.Signature
    doc: str = ""


def definition(source: Source, name: str, where: str = "") -> Definition:
    """Return what a file defines under a name.

    Args:
        source: the file.
        name: what is looked for at its top level.
        where: the table that names it, in words, for an error.

    Raises:
        ConfigError: the file is no Python, or defines nothing of that name.

    Example:
        >>> nets = Source("nets.py", b"def tiny(image_shape, num_classes, units=8): ...")
        >>> str(definition(nets, "tiny").signature)
        '(image_shape, num_classes, units=8)'
    """
    place = f" ({where})" if where else ""
    found = _top_level(_parsed(source, place))
    if name not in found:
        known = [
            each
            for each, node in found.items()
            if not each.startswith("_") and not isinstance(node, ast.Import | ast.ImportFrom)
        ]
        raise ConfigError(
            "own_name_missing", file=source.name, name=name, names=", ".join(known) or "–",
            hint=did_you_mean(name, known), where=place,
        )  # fmt: skip
    node = found[name]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Definition(name, "function", _signature(node.args), _doc(node))
    if isinstance(node, ast.ClassDef):
        made = [
            part
            for part in node.body
            if isinstance(part, ast.FunctionDef) and part.name == "__init__"
        ]
        signature = _signature(made[-1].args) if made else inspect.Signature()
        parameters = list(signature.parameters.values())[1 if made else 0 :]
        return Definition(name, "class", signature.replace(parameters=parameters), _doc(node))
    return Definition(name, "value", inspect.Signature())


def reached_text(source: Source, *names: str) -> str:
    r"""Return the part of a file that names rest on, in a form that no comment changes.

    That is their definitions, what those name, and so on; all statements that define nothing, such
    as a setting of Keras's; and what a decorator of the file's own is put on. Definitions that
    nothing of it names are left out, so that a network added to a file changes nothing of the
    others.

    Raises:
        ConfigError: the file is no Python.

    Example:
        >>> nets = Source("nets.py", b"UNITS = 8  # few\ndef a(): return UNITS\ndef b(): ...")
        >>> print(reached_text(nets, "a"))
        UNITS = 8
        def a():
            return UNITS
    """
    tree = _parsed(source, "")
    defined = {name for statement in tree.body for name in _defined(statement)}
    reached: set[str] = set(names)
    size = -1
    while size != len(reached):
        size = len(reached)
        for statement in tree.body:
            if _counts(statement, reached, defined):
                reached |= _names_in(statement)
    counted = [statement for statement in tree.body if _counts(statement, reached, defined)]
    return "\n".join(ast.unparse(_without_docs(statement)) for statement in counted)


def reached_digest(source: Source, *names: str) -> str:
    """Return the SHA-256 of `reached_text`, as 64 hexadecimal digits."""
    return hashlib.sha256(reached_text(source, *names).encode()).hexdigest()


def _counts(statement: ast.stmt, reached: set[str], defined: set[str]) -> bool:
    decorators = getattr(statement, "decorator_list", [])
    if any(_names_in(decorator) & defined for decorator in decorators):
        return True  # what the file's own decorator does with it, such as to register it
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return False  # the docstring
    own = set(_defined(statement))
    return not own or bool(own & reached) or "*" in own


def _names_in(part: ast.AST) -> set[str]:
    """Return the names that code uses; a text may be one too, as for ``globals()["net"]``."""
    texts = (node.value for node in ast.walk(part) if isinstance(node, ast.Constant))
    names = {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
    return names | {text for text in texts if isinstance(text, str)}


def _without_docs(statement: ast.stmt) -> ast.stmt:
    """Return a copy of a statement without the docstrings in it."""
    copy = ast.parse(ast.unparse(statement)).body[0]
    for node in ast.walk(copy):
        body = getattr(node, "body", None)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = body[1:] or [ast.Pass()]  # type: ignore[index]
    return copy


@lru_cache(maxsize=32)
def _parsed(source: Source, place: str) -> ast.Module:
    try:
        return ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConfigError(
            "own_file_no_python", file=source.name, line=getattr(error, "lineno", None) or 1,
            reason=getattr(error, "msg", None) or str(error), where=place,
        ) from error  # fmt: skip


def _top_level(tree: ast.Module) -> dict[str, ast.stmt]:
    """Return what a file defines, by name; of a name defined twice the last."""
    return {name: node for node in tree.body for name in _defined(node) if name != "*"}


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]


def _signature(arguments: ast.arguments) -> inspect.Signature:
    kinds = inspect.Parameter
    positional = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    parameters = [
        _parameter(each, default, kinds.POSITIONAL_OR_KEYWORD)
        for each, default in zip(positional, [*missing, *arguments.defaults], strict=True)
    ]
    if arguments.vararg:
        parameters.append(kinds(arguments.vararg.arg, kinds.VAR_POSITIONAL))
    parameters += [
        _parameter(each, default, kinds.KEYWORD_ONLY)
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg:
        parameters.append(kinds(arguments.kwarg.arg, kinds.VAR_KEYWORD))
    return inspect.Signature(parameters)


def _parameter(each: ast.arg, default: ast.expr | None, kind: Any) -> inspect.Parameter:
    empty = inspect.Parameter.empty
    return inspect.Parameter(
        each.arg,
        kind,
        default=empty if default is None else _literal(default),
        annotation=empty if each.annotation is None else _type(each.annotation),
    )


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ...


def _type(node: ast.expr) -> Any:
    """Return the plain type that an annotation writes; `inspect.Parameter.empty` for any other."""
    empty = inspect.Parameter.empty
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return _type(ast.parse(node.value, mode="eval").body)
        except SyntaxError:
            return empty
    if isinstance(node, ast.Constant) and node.value is None:
        return NoneType
    if isinstance(node, ast.Name):
        return _PLAIN.get(node.id, empty)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        members = (_type(node.left), _type(node.right))
        return empty if empty in members else Union[members]  # noqa: UP007
    if isinstance(node, ast.Subscript):
        name = node.value.attr if isinstance(node.value, ast.Attribute) else None
        name = node.value.id if isinstance(node.value, ast.Name) else name
        if name == "Literal":
            choices = _literal(node.slice)
            choices = choices if isinstance(choices, tuple) else (choices,)
            return empty if ... in choices else Literal[choices]
        if name == "Optional":
            inner = _type(node.slice)
            return empty if inner is empty else Union[inner, None]  # noqa: UP007
        if name == "Annotated" and isinstance(node.slice, ast.Tuple):
            return _type(node.slice.elts[0])
    return empty


def _doc(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]
