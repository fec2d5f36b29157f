"""The options that several commands share; their help texts are in the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cotejo.errors import ConfigError
from cotejo.messages import LANGUAGES, did_you_mean
from cotejo.texts import readable

__all__ = ["Data", "DataFolder", "Debug", "Final", "Language", "Out", "Overrides", "Quick", "Seeds"]


def _known_language(value: str | None) -> str | None:
    if value is not None and value not in LANGUAGES:
        raise ConfigError(
            "unknown_language",
            name=value,
            known=", ".join(LANGUAGES),
            hint=did_you_mean(value, LANGUAGES),
        )
    return value


def _readable_texts(values: list[str] | None) -> list[str] | None:
    # These texts go into a study's files, which are UTF-8 even under the C locale.
    return None if values is None else [readable(value) for value in values]


Language = Annotated[
    str | None,
    typer.Option(
        "--lang", metavar="|".join(LANGUAGES), callback=_known_language, show_default=False
    ),
]
Debug = Annotated[bool, typer.Option("--debug")]
Data = Annotated[str | None, typer.Option("--data", metavar="NAME|PATH", show_default=False)]
DataFolder = Annotated[
    Path | None, typer.Option("--data-dir", metavar="FOLDER", show_default=False)
]
Seeds = Annotated[int | None, typer.Option("--seeds", metavar="N", show_default=False)]
Out = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", show_default=False)]
Final = Annotated[bool, typer.Option("--final")]
Quick = Annotated[bool, typer.Option("--quick")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", callback=_readable_texts, show_default=False),
]
