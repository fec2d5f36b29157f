"""What the schemas are made of: single values with their bounds, and parts that several have."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cotejo.texts import NAME_PATTERN

__all__ = [
    "Bounds",
    "Content",
    "Count",
    "File",
    "FolderName",
    "Fraction",
    "Key",
    "Listing",
    "Moment",
    "NotNegative",
    "Positive",
    "Reason",
    "Seed",
    "Settings",
    "Side",
    "Text",
    "are_distinct",
]


def _is_moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def are_distinct(values: list[Any]) -> list[Any]:
    """Return a list that holds nothing twice."""
    if len(set(values)) != len(values):
        raise ValueError("a value is there twice")
    return values


Moment = Annotated[str, AfterValidator(_is_moment)]
Text = dict[str, str] | str | None
Fraction = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0, lt=2**53)]
Positive = Annotated[int, Field(ge=1, lt=2**53)]
Side = Annotated[int, Field(ge=1, le=65535)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]
Bounds = Annotated[list[float], Field(min_length=2, max_length=2)] | None
Key = Annotated[str, Field(min_length=1, max_length=128)]
FolderName = Annotated[str, Field(pattern=NAME_PATTERN)]
"""The name of an alternative, which its folder has too."""
Settings = dict[str, bool | int | float | str | list[str | dict[str, int | float]] | None]


class Content(BaseModel):
    """A JSON object, or a part of one. A value of another type is refused, not converted."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class File(Content):
    """The size and the SHA-256 of a file."""

    bytes: Count
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Listing(Content):
    """A file that lists the size and the SHA-256 of files that belong to it."""

    files: dict[str, File] = {}


class Reason(Content):
    """Why a training failed, to be put into words in any language."""

    key: str
    values: dict[str, Any] = Field(default_factory=dict)
    message: str | None = None
