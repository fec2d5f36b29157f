"""The part of the user's own file that builds a network, as the user wrote it. Nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["relied_on", "with_imports"]


def relied_on(text: str, name: str) -> str:
    r"""Return what of a file a name rests on: its definition, what that names, and so on.

    The text is the user's, comments within it too. Other definitions, and what is only done where
    the file is run as a program, are left out.

    Args:
        text: of the file.
        name: what it defines.

    Example:
        >>> print(relied_on("UNITS = 8\ndef a(): return UNITS  # few\ndef b(): ...\n", "a"))
        UNITS = 8
        <BLANKLINE>
        <BLANKLINE>
        def a(): return UNITS  # few
    """
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return text
    reached, size = {name}, 0
    while size != len(reached):
        size = len(reached)
        for statement in body:
            if set(_defined(statement)) & reached:
                reached |= {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)}
    kept = [each for each in body if _counts(each, reached)]
    if not any(name in _defined(each) for each in kept):
        return text
    lines, written, before = text.splitlines(), "", None
    for statement in kept:
        marks = [each.lineno for each in getattr(statement, "decorator_list", ())]
        part = "\n".join(lines[min([statement.lineno, *marks]) - 1 : statement.end_lineno])
        apart = not (_is_import(before) and _is_import(statement))
        written += ("" if before is None else "\n\n\n" if apart else "\n") + part
        before = statement
    return written


def with_imports(text: str) -> str:
    """Return code of the user's own; a function alone with the imports that such code names."""
    try:
        imports = any(_is_import(each) for each in ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return text
    return text if imports else f"import keras\nfrom keras import layers, ops\n\n\n{text}"


def _counts(statement: ast.stmt, reached: set[str]) -> bool:
    defined = set(_defined(statement))
    if defined:
        return bool(defined & reached) or "*" in defined
    # A docstring says nothing of the network, and what a program does is not done here.
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return not is_text and not isinstance(statement, ast.If)


def _defined(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement defines at the top of a file."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield (alias.asname or alias.name).partition(".")[0]
    elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _is_import(statement: ast.AST | None) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)
