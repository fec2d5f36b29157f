"""The command line as a whole: all commands, and the exit code that an error becomes."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cotejo.cli.add_command import add
from cotejo.cli.data_command import data
from cotejo.cli.doctor_command import doctor
from cotejo.cli.evaluate_command import evaluate
from cotejo.cli.exceptions import report_exception
from cotejo.cli.explain_command import explain
from cotejo.cli.export_command import export
from cotejo.cli.helptext import TranslatedCommand, TranslatedGroup
from cotejo.cli.merge_command import merge
from cotejo.cli.models_command import models
from cotejo.cli.options import Debug, Language
from cotejo.cli.predict_command import predict
from cotejo.cli.recipes_command import recipes
from cotejo.cli.report_command import report
from cotejo.cli.review_command import review
from cotejo.cli.serve_command import serve
from cotejo.cli.stop_command import stop
from cotejo.cli.streams import outlets, unwritable
from cotejo.cli.study_command import study
from cotejo.cli.train_command import train
from cotejo.cli.verify_command import verify
from cotejo.cli.watch_command import watch
from cotejo.messages import LANGUAGES, use_language
from cotejo.stopping import Stopped, code_of, requested

__all__ = ["application", "run"]


def application() -> typer.Typer:
    """Return the command line, which takes the language in use when a command is called."""
    app = typer.Typer(
        cls=TranslatedGroup,
        # Typer's help through rich costs 150 ms, half of what `--help` may take.
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(invoke_without_command=True)(_root)
    for command in (
        study,
        train,
        recipes,
        predict,
        explain,
        evaluate,
        export,
        serve,
        report,
        add,
        watch,
        stop,
        merge,
        verify,
        review,
        data,
        models,
        doctor,
    ):
        app.command(command.__name__, cls=TranslatedCommand)(command)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: the command's, without the program's name.

    Returns:
        The exit code: 0 if all is done, 1 if something failed, 2 if the user can mend it. If a
        signal stopped the command, 128 plus its number: 130 for Ctrl-C, 143 for SIGTERM.
    """
    with outlets() as (output, _):
        _prepare(arguments)
        try:
            code = _command_code(arguments)
        except KeyboardInterrupt as stopped:
            return code_of(stopped)
        except Exception as error:
            number = requested()
            if number is not None:  # an interrupted command may raise an error of its own
                return Stopped(number).exit_code
            code = report_exception(error)
        output.flush()
        if output.is_lost and not code:
            report_exception(unwritable(output))
            return 1
        return code


def _command_code(arguments: Sequence[str]) -> int:
    command = typer.main.get_command(application())
    try:
        # Not the command's `main`, which handles Ctrl-C and broken pipes in its own way.
        with command.make_context("cotejo", list(arguments)) as context:
            return int(command.invoke(context) or 0)
    except typer.Exit as ended:
        return int(ended.exit_code)


def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version")] = False,
    lang: Language = None,
    debug: Debug = False,
) -> None:
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"Cotejo {version_of('cotejo')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _prepare(arguments: Sequence[str]) -> None:
    # Before parsing, so that the help and the parser's errors are in this language too.
    use_language(_asked_language(arguments))
    if "--debug" in arguments:
        # An environment variable, because `quiet_stderr` reads it too.
        os.environ["COTEJO_DEBUG"] = "1"
    for stream in (sys.stdout, sys.stderr):
        # The `Outlet` passes this on to the stream itself.
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # The C locale says nothing about the terminal: UTF-8 is assumed, as Python does. A
            # character that the encoding lacks, such as "·", becomes "?" and no error.
            is_unknown = _is_ascii(stream.encoding) and not os.environ.get("PYTHONIOENCODING")
            reconfigure(errors="replace", **({"encoding": "utf-8"} if is_unknown else {}))


def _is_ascii(encoding: str | None) -> bool:
    return encoding is not None and codecs.lookup(encoding).name == "ascii"


def _asked_language(arguments: Sequence[str]) -> str | None:
    asked = None
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            asked = arguments[position + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    # An unknown language is refused later, when the option is parsed.
    return asked if asked in LANGUAGES else None
