"""Code that is given in Python, or named by its file, for a network of its author's own."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cotejo.config.sources import Source, Sources, read_source
from cotejo.errors import ConfigError
from cotejo.models.own.writing import text_of

__all__ = ["code_sources", "given_source"]


def given_source(name: str, build: Callable[..., Any]) -> Source:
    """Return a function or a class that builds a network as a source.

    Where all that it rests on can be written down, it is a file, ``tiny.py``, which builds the
    network by itself. Else it is known by its name alone, with its text as far as Python knows it.

    Args:
        name: of the function.
        build: the function or the class.

    Example:
        >>> from cotejo.backend import keras
        >>> given_source("tiny", keras.Sequential).name
        'tiny.py'
    """
    try:
        return Source(f"{name}.py", text_of(build, name).encode(), build)
    except ConfigError:
        pass
    try:
        text = textwrap.dedent(inspect.getsource(build))
    except (OSError, TypeError):  # typed at a prompt, or no function
        text = f"# {build!r}\n"
    return Source(name, text.encode(), build)


def code_sources(code: Path | str | Callable[..., Any] | None) -> Sources:
    """Return the code that somebody names for a network of theirs; nothing of None.

    Args:
        code: a file of Python, or a function.

    Raises:
        ConfigError: the file can't be read.
    """
    if code is None:
        return Sources()
    if callable(code):
        return Sources([given_source(getattr(code, "__name__", "network"), code)])
    return Sources([read_source(str(code), None, "--code")])
