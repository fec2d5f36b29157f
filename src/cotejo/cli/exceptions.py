"""How an error is shown on the command line: one line and an exit code."""

from __future__ import annotations

import os
import re
import sys
import traceback
from typing import Any

from cotejo.errors import CotejoError
from cotejo.messages import did_you_mean, message
from cotejo.texts import visible

__all__ = ["report_exception"]

# The parser's errors have English texts and no codes: a pattern for each, and our sentence's key.
_SENTENCES = (
    (r"No such command ['\"](?P<command>.*?)['\"]", "usage_no_command"),
    (r"No such option:? ['\"]?(?P<option>[^\s'\".]+)", "usage_no_option"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((?P<arguments>.*)\)", "usage_extra"),
    (r"Option ['\"](?P<option>.*?)['\"] requires (an|\d+) argument", "usage_needs_value"),
    (r"Option ['\"](?P<option>.*?)['\"] does not take a value", "usage_takes_no_value"),
    (r"a valid int", "usage_not_integer"),
    (r"a valid (float|number)", "usage_not_number"),
)


def report_exception(error: Exception) -> int:
    """Say on standard error what went wrong and return the exit code.

    It is one line. If ``COTEJO_DEBUG`` is set, as ``--debug`` does, the traceback comes first.
    """
    if os.environ.get("COTEJO_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, CotejoError):
        _say(str(error))
        return error.exit_code
    if hasattr(error, "format_message"):  # from the parser: Typer's copy of Click, or Click
        _say(_usage_sentence(error))
        return int(getattr(error, "exit_code", 2))
    _say(message("errors.bug", type=type(error).__name__, reason=error))
    return 1


def _say(sentence: str) -> None:
    word = message("cli.error")
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        word = f"\x1b[1;31m{word}\x1b[0m"
    print(f"{word} {visible(sentence)}", file=sys.stderr)


def _usage_sentence(error: Any) -> str:
    context = getattr(error, "ctx", None)
    help_command = f"{context.command_path if context is not None else 'cotejo'} --help"
    sentence = _translated_usage(error, context)
    return sentence + " " + message("errors.usage_help", command=help_command)


def _translated_usage(error: Any, context: Any) -> str:
    text = error.format_message()
    parameter = getattr(error, "param", None)
    if type(error).__name__ == "MissingParameter" and parameter is not None:
        return message("errors.usage_missing", name=_shown_name(parameter))
    for pattern, key in _SENTENCES:
        match = re.search(pattern, text)
        if match is not None:
            values = match.groupdict()
            values["hint"] = _hint(key, values, context)
            if parameter is not None:
                values["option"] = _shown_name(parameter)
            return message(f"errors.{key}", **values)
    return str(text)


def _shown_name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name).upper()
    return str(parameter.opts[-1])


def _hint(key: str, values: dict[str, str], context: Any) -> str:
    if context is None:
        return ""
    if key == "usage_no_command":
        return did_you_mean(values["command"], getattr(context.command, "commands", ()))
    if key == "usage_no_option":
        # `cotejo data --data digits`: what the command is about is its argument.
        argument = next((p for p in context.command.params if not p.opts[0].startswith("-")), None)
        if argument is not None and values["option"] == f"--{context.command.name}":
            usage = f"{context.command_path} {_shown_name(argument)}"
            return " " + message("errors.usage_as_argument", usage=usage)
        known = [name for parameter in context.command.params for name in parameter.opts]
        return did_you_mean(values["option"], known)
    return ""
