"""Help in the user's language: texts from the catalogue, and translations of Typer's own words."""

from __future__ import annotations

import re
from typing import Any

import typer
import typer.core

from cotejo.messages import message, table_names

__all__ = ["TranslatedCommand", "TranslatedGroup"]

_UNBROKEN = "\N{NON-BREAKING HYPHEN}"
"""Stands for a hyphen while lines are made, so that none ends within ``fashion-mnist``."""
_TYPER_WORDS = {
    "Usage: ": "cli.typer_usage",
    "[OPTIONS]": "cli.typer_any_options",
    "COMMAND [ARGS]...": "cli.typer_any_command",
    "\nOptions:": "cli.typer_options",
    "\nArguments:": "cli.typer_arguments",
    "\nCommands:": "cli.typer_commands",
}
"""Typer's own words in a help text, which it can't translate, and the keys of ours in their place.

Each stands at the start of a line or in brackets.
"""


class _Translated:
    """Mixin for Typer's commands: shows the help in the language in use."""

    def make_context(self, *args: Any, **extra: Any) -> Any:
        # Only the command that is asked for needs its texts, and there are some 200 in all.
        _translate(self)
        return super().make_context(*args, **extra)  # type: ignore[misc]

    def get_help(self, ctx: Any) -> str:
        text: str = super().get_help(ctx)  # type: ignore[misc]
        text = text.replace(_UNBROKEN, "-")
        for english, key in _TYPER_WORDS.items():
            text = text.replace(english, message(key))
        # A required argument is shown without brackets, and that is enough.
        usage, blank, rest = text.replace("  [required]", "").partition("\n\n")
        text = re.sub(r"\{([^}\n]*)\}", r"\1", usage) + blank + rest
        # Typer shows an argument's type beside its name: replaced by spaces, to keep the columns.
        return re.sub(r" <[\w\[\]]+>(?=  )", lambda match: " " * len(match[0]), text)

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = message("cli.option_help")
        return option


class TranslatedCommand(_Translated, typer.core.TyperCommand):
    """A command whose help is in the language in use."""


class TranslatedGroup(_Translated, typer.core.TyperGroup):
    """The program, whose help is in the language in use; it lists commands in the order added."""


def _translate(command: Any) -> None:
    """Give a command and its parameters their texts in the language in use.

    In the catalogue, a command's text has the key ``command_<name>``, and a parameter's has
    ``option_<name>``, or ``option_<command>_<name>`` where one command needs a text of its own. The
    text of a flag for a setting stands among the setting's words. Of the commands below it, those
    that its help lists get their lines.

    Raises:
        KeyError: a text is missing.
    """
    command.help = message(f"cli.command_{command.name or 'cotejo'}")
    for parameter in command.params:
        parameter.help = _parameter_text(command.name, parameter.name)
        if parameter.metavar is not None:
            parameter.metavar = _or_none(f"cli.metavar_{parameter.metavar}") or parameter.metavar
    for name, inner in getattr(command, "commands", {}).items():
        inner.short_help = message(f"cli.summary_{name}")


def _parameter_text(command: str | None, name: str) -> str:
    own = _or_none(f"cli.option_{command}_{name}") or _or_none(f"settings.{name}.help")
    return own or _text(f"cli.option_{name}")


def _text(key: str) -> str:
    # Every data set that ships has words: their names are known without loading any of them.
    names = (name.replace("-", _UNBROKEN) for name in table_names("datasets"))
    return message(key, data_sets=", ".join(names))


def _or_none(key: str) -> str | None:
    try:
        return _text(key)
    except KeyError:
        return None
