"""The running of a file that the user named, and what it holds.

A file is run each time that a network is built from it, so that nothing of one run is left for the
next: a model that it makes at its top level is a new one, drawn by the run's own seed.
"""

from __future__ import annotations

import linecache
import re
import sys
import traceback
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cotejo.config.sources import Source
from cotejo.errors import ConfigError, CotejoError
from cotejo.platform import BACKEND_NAMES, chosen_backend

__all__ = ["is_too_small", "named", "saying_where"]

_IMPORTS = r"(?m)^[ \t]*(?:import|from)[ \t]+{}\b"


def named(source: Source, name: str) -> Any:
    """Run a file, and return what it calls ``name``.

    Only files whose text the user named are ever given here: what is in them is done.

    Raises:
        ConfigError: it ends in an error, or leaves nothing of that name.
    """
    module = types.ModuleType(f"cotejo_own_{source.name.removesuffix('.py')}")
    module.__file__ = _shown(source)
    # Some libraries look for the module of a class, and tracebacks for its lines.
    sys.modules[module.__name__] = module
    lines = source.text.splitlines(keepends=True)
    linecache.cache[module.__file__] = (len(source.content), None, lines, module.__file__)
    with saying_where(source):
        code = compile(source.text, module.__file__, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102
        return getattr(module, name)


@contextmanager
def saying_where(source: Source) -> Iterator[None]:
    """Turn an error in a user's code into one line that says where in the file it arose.

    Raises:
        ConfigError: an error arose in this block.
    """
    try:
        yield
    except CotejoError:
        raise
    except (Exception, SystemExit) as error:
        if isinstance(error, ValueError) and is_too_small(error):
            raise  # what names the model says so
        values = {
            "file": _called(source), "line": _line(source, error),
            "type": type(error).__name__, "reason": _reason(error), "where": "",
        }  # fmt: skip
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        framework = _other_framework(source, error, frames)
        if framework:
            values |= {
                "framework": BACKEND_NAMES[framework],
                "backend": BACKEND_NAMES.get(chosen_backend(), chosen_backend()),
                "choice": framework,
            }
            raise ConfigError("own_code_framework", **values) from error
        key = "own_code_import" if isinstance(error, ImportError) else "own_code_failed"
        raise ConfigError(key, **values) from error


def _other_framework(
    source: Source, error: BaseException, frames: Sequence[types.FrameType]
) -> str | None:
    """Return the framework for which a file is written, where that is why it fails.

    That is so if the file imports another framework than the one that Keras computes with, and
    either that framework is not installed or the error arose inside it, or at its border: an array
    of one framework was given to the other.
    """
    for name in BACKEND_NAMES:
        if name == chosen_backend() or not re.search(_IMPORTS.format(name), source.text):
            continue
        lacking = isinstance(error, ImportError) and (error.name or "").partition(".")[0] == name
        packages = {str(frame.f_globals.get("__name__")).partition(".")[0] for frame in frames}
        if lacking or name in packages:
            return name
    return None


def _line(source: Source, error: BaseException) -> str:
    """Return where in a file an error arose; of what was given in Python the line itself.

    In a notebook nobody counts lines, and the file that is kept has others.
    """
    frames = traceback.extract_tb(error.__traceback__)
    code = getattr(source.build, "__code__", None)
    if code is not None:
        lines = [frame.line for frame in frames if frame.filename == code.co_filename]
        return f" (`{lines[-1]}`)" if lines and lines[-1] else ""
    own = [frame.lineno for frame in frames if frame.filename == _shown(source)]
    number = own[-1] if own else getattr(error, "lineno", None)
    return f":{number}" if number else ""


def _called(source: Source) -> str:
    """Return what the user calls it: what was given in Python is no file to them."""
    if getattr(source.build, "__name__", "") == "<lambda>":
        return "lambda"
    return source.name if source.build is None else source.name.removesuffix(".py")


def _reason(error: BaseException) -> str:
    """Return an error's words in one line, without what Keras adds on how it was called."""
    words = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).partition("Arguments received by")[0]
    # Keras names the layer first, and then says what went wrong in it.
    paragraphs = [" ".join(part.split()) for part in words.split("\n\n") if part.strip()]
    return " ".join(paragraphs[:2]).strip(" .") or "–"


def is_too_small(error: ValueError) -> bool:
    """Return whether Keras says that nothing of an image is left for a layer."""
    words = ("zero or negative", "would be negative", "egative dimension", "must be positive")
    return any(part in str(error) for part in words) and "shape" in str(error).lower()


def _shown(source: Source) -> str:
    return f"<{source.name}>"
