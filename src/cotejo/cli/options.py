"""The options that several commands share; their help texts are in the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cotejo.errors import ConfigError
from cotejo.messages import LANGUAGES, did_you_mean
from cotejo.texts import readable

__all__ = [
    "AsJson",
    "Author",
    "Code",
    "Data",
    "DataFolder",
    "Debug",
    "Final",
    "FitOption",
    "Folds",
    "GroupBy",
    "ImageSize",
    "Language",
    "Out",
    "Overrides",
    "Quick",
    "Seeds",
    "Strict",
    "Title",
    "Track",
    "heading",
    "study_data",
]


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


def _readable_text(value: str | None) -> str | None:
    return None if value is None else readable(value)


def heading(title: str | None, author: str | None) -> dict[str, str]:
    """Return the table ``[report]`` that the options ``--title`` and ``--author`` stand for."""
    given = {"title": title, "author": author}
    return {key: text for key, text in given.items() if text is not None}


def study_data(
    data: str | None,
    image_size: int | None,
    fit: str | None,
    group_by: str | None,
    strict: bool,
) -> str | dict[str, Any] | None:
    """Return what the options about data stand for in a study: a name, a path or a table."""
    options = {
        "image_size": image_size,
        "fit": fit,
        "group_by": group_by,
        "strict": strict or None,
    }
    images = {key: value for key, value in options.items() if value is not None}
    if not images:
        return data
    return images if data is None else {"path": data, **images}


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
Code = Annotated[Path | None, typer.Option("--code", metavar="FILE", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json")]
Folds = Annotated[int | None, typer.Option("--folds", metavar="K", show_default=False)]
Seeds = Annotated[int | None, typer.Option("--seeds", metavar="N", show_default=False)]
Out = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", show_default=False)]
Title = Annotated[
    str | None,
    typer.Option("--title", metavar="TEXT", callback=_readable_text, show_default=False),
]
Author = Annotated[
    str | None,
    typer.Option("--author", metavar="TEXT", callback=_readable_text, show_default=False),
]
ImageSize = Annotated[
    int | None, typer.Option("--image-size", metavar="PIXELS", show_default=False)
]
FitOption = Annotated[
    str | None, typer.Option("--fit", metavar="pad|crop|stretch", show_default=False)
]
GroupBy = Annotated[
    str | None,
    typer.Option("--group-by", metavar="COLUMN", callback=_readable_text, show_default=False),
]
Strict = Annotated[bool, typer.Option("--strict")]
Final = Annotated[bool, typer.Option("--final")]
Quick = Annotated[bool, typer.Option("--quick")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", callback=_readable_texts, show_default=False),
]
Track = Annotated[
    list[str] | None,
    typer.Option("--track", metavar="TRACKER", callback=_readable_texts, show_default=False),
]
