"""``cotejo serve``: serve models and studies over HTTP."""

from __future__ import annotations

import os
import secrets
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cotejo.cli.options import Code, Debug, Language
from cotejo.errors import ConfigError
from cotejo.messages import message
from cotejo.platform import install_command

if TYPE_CHECKING:
    from cotejo.serve.models import Answering

__all__ = ["serve"]

_LARGEST_PORT = 65_535
_LEAST_TOKEN = 8
_EXTRA = ("fastapi", "prometheus_client", "python_multipart", "starlette", "uvicorn")


def serve(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="MODEL|STUDY", show_default=False)
    ] = None,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", show_default=False)] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", metavar="NUMBER", show_default=False)] = 8000,
    token: Annotated[
        str | None, typer.Option("--token", metavar="TEXT", show_default=False)
    ] = None,
    collect: Annotated[
        Path | None, typer.Option("--collect", metavar="FOLDER", show_default=False)
    ] = None,
    root_path: Annotated[str, typer.Option("--root-path", metavar="PATH", show_default=False)] = "",
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", metavar="NAME", show_default=False)
    ] = None,
    code: Code = None,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Serve models and studies until a signal ends it."""
    token = _checked_token(token or os.environ.get("COTEJO_TOKEN") or None)
    if not 0 <= port <= _LARGEST_PORT:
        raise ConfigError("serve_port_range", received=port)
    if root_path and not root_path.startswith("/"):
        raise ConfigError("serve_root_path", received=root_path)
    try:
        from cotejo.serve.app import create_app
        from cotejo.serve.models import Models, load_model
        from cotejo.serve.server import listening, run
        from cotejo.serve.service import Service
        from cotejo.serve.studies import Studies
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in _EXTRA:
            raise
        raise ConfigError("serve_no_extra", command=install_command("serve")) from error
    from cotejo.cli.console import make_console, print_lines, say
    from cotejo.store import make_folder

    models, studies = sorted_out(paths or [])
    origins = [_origin(model) for model in models]
    if collect is not None:
        make_folder(collect)
    # Before the models are loaded, which takes seconds.
    opened = listening(host, port)
    console = make_console()
    with opened:
        again = [partial(load_model, model, code) for model in models]
        loaded = Models(_loaded(models, code), origins, again)
        service = Service(loaded, Studies(studies), collect)
        hosts = [host, *(allow_host or [])]
        app = create_app(service, hosts=hosts, token=token, root_path=root_path)

        def started() -> None:
            shown = f"[{host}]" if ":" in host else host
            address = f"http://{shown}:{opened.getsockname()[1]}/"
            say(console, message("serve.started", address=address), "bold")
            lines = [
                (message("serve.serving_models"), ", ".join(each.name for each in service.models)),
                (
                    message("serve.serving_studies"),
                    ", ".join(each.name for each in service.studies),
                ),
                (message("serve.serving_collect"), str(collect or "")),
            ]
            print_lines(console, *((name, text) for name, text in lines if text))
            if token is None and not _is_own(host):
                say(console, message("serve.open_network", host=host), "yellow")

        run(app, opened, started)
    return 0


def sorted_out(paths: list[str]) -> tuple[list[str], list[Path]]:
    """Return which of the given paths are models, and which folders have studies; some are both.

    Raises:
        ConfigError: a folder has neither.
    """
    from cotejo.serve.studies import Studies
    from cotejo.store import RunFolder, StudyFile
    from cotejo.store.model_words import SHIPPED_NAME

    if not paths:
        return [SHIPPED_NAME], []
    models, studies = [], []
    for given in paths:
        path = Path(given)
        if not path.is_dir() or RunFolder(path).is_written:
            models.append(given)
        elif (path / StudyFile.RECORD).is_file():
            studies.append(path)
            if _has_model(path):
                models.append(given)
        elif any(Studies([path])) or not any(path.iterdir()):  # an empty one will have studies
            studies.append(path)
        else:
            raise ConfigError("serve_nothing", path=given)
    return models, studies


def _origin(model: str) -> str:
    """Return the name of the study that a model is of, or else of its file."""
    from cotejo.store import RunFolder

    path = Path(model).resolve()
    folder = path.parent if path.is_file() else path
    is_run = RunFolder(folder).is_written and len(folder.parts) > 2
    return folder.parents[1].name if is_run else path.stem


def _has_model(path: Path) -> bool:
    """Return whether a study has a finished run that it trained itself: it may just have begun."""
    from cotejo.facts import gather_records

    return bool(gather_records(path).own)


def _loaded(models: list[str], code: Path | None) -> list[Answering]:
    from cotejo.cli.console import make_console
    from cotejo.cli.live import Status
    from cotejo.serve.models import load_model

    status = Status(make_console())
    try:
        loaded = []
        for model in models:
            status.show_note(message("serve.loading", model=model))
            loaded.append(load_model(model, code))
        return loaded
    finally:
        status.stop()


def _checked_token(token: str | None) -> str | None:
    if token is not None and (len(token) < _LEAST_TOKEN or not token.isprintable() or " " in token):
        raise ConfigError("serve_token_short", example=secrets.token_urlsafe(16))
    return token


def _is_own(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host == "::1"
