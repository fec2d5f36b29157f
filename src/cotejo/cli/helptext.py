"""Help in the user's language: texts from the catalogue, and Typer's own words translated."""

from __future__ import annotations

import re
from typing import Any

import typer
import typer.core

from cotejo.messages import current_language, message

__all__ = ["TranslatedCommand", "TranslatedGroup", "translate"]

# Typer has no catalogue of its own; these are its words in the help of a command, each at
# the start of a line or in brackets.
_SPANISH = (
    ("Usage: ", "Uso: "),
    ("[OPTIONS]", "[OPCIONES]"),
    ("COMMAND [ARGS]...", "ORDEN [ARGUMENTOS]..."),
    ("\nOptions:", "\nOpciones:"),
    ("\nArguments:", "\nArgumentos:"),
    ("\nCommands:", "\nÓrdenes:"),
)


class _Translated:
    """Mixed into Typer's commands: help in the language in use."""

    def get_help(self, ctx: Any) -> str:
        text: str = super().get_help(ctx)  # type: ignore[misc]
        if current_language() == "es":
            for theirs, ours in _SPANISH:
                text = text.replace(theirs, ours)
        # An argument that must be there says so by having no brackets.
        text = re.sub(r"\{([^}\n]*)\}", r"\1", text.replace("  [required]", ""), count=1)
        # The type that Typer shows beside an argument's name, blanked so that columns stay.
        return re.sub(r" <\w+>(?=  )", lambda found: " " * len(found[0]), text)

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = message("cli.option_help")
        return option


class TranslatedCommand(_Translated, typer.core.TyperCommand):
    """A command whose help is in the language in use."""


class TranslatedGroup(_Translated, typer.core.TyperGroup):
    """The program, whose help is in the language in use; lists commands as they were added."""


def translate(command: Any) -> None:
    """Give ``command``, its parameters and its commands their texts in the language in use.

    The catalogue has a command's text under ``command_<name>``, and a parameter's under
    ``option_<name>`` or, where it is another in one command, ``option_<command>_<name>``.

    Raises:
        KeyError: a text is missing.
    """
    command.help = message(f"cli.command_{command.name or 'cotejo'}")
    command.short_help = _or_none(f"cli.summary_{command.name}")
    for parameter in command.params:
        parameter.help = _parameter_text(command.name, parameter.name)
        if parameter.metavar is not None:
            parameter.metavar = _or_none(f"cli.metavar_{parameter.metavar}") or parameter.metavar
    for inner in getattr(command, "commands", {}).values():
        translate(inner)


def _parameter_text(command: str | None, name: str) -> str:
    return _or_none(f"cli.option_{command}_{name}") or message(f"cli.option_{name}")


def _or_none(key: str) -> str | None:
    try:
        return message(key)
    except KeyError:
        return None
