"""``looks.json``: the plan of a study that goes on until its claims are settled, checked.

It is written before the first run, and again after each look, so that neither when it was looked
nor at what can be changed afterwards without a trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from cotejo.store.checks import read_checked
from cotejo.store.files import write_json
from cotejo.store.layout import FORMAT, StudyFile
from cotejo.store.schemas.values import Content, FolderName, Moment, Positive, Seed, are_distinct

__all__ = ["read_looks", "write_looks"]

_Seeds = dict[FolderName, Annotated[list[Seed], AfterValidator(are_distinct)]]


class _Look(Content):
    asked: _Seeds
    finished: _Seeds | None = None
    time: Moment | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> _Look:
        """Check that one that was taken says when, and at which runs."""
        if (self.finished is None) != (self.time is None):
            raise ValueError("finished, time")
        return self


class _Limit(Content):
    runs: Positive | None = None
    seconds: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> _Limit:
        if (self.runs is None) == (self.seconds is None):
            raise ValueError("runs, seconds")
        return self


class _Looks(Content):
    study: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    limit: _Limit
    looks: Annotated[list[_Look], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_in_order(self) -> _Looks:
        """Check that only the last look is still to be taken, and that no run was given up."""
        if any(look.finished is None for look in self.looks[:-1]):
            raise ValueError("looks")
        for before, after in zip(self.looks, self.looks[1:], strict=False):
            for name, seeds in before.asked.items():
                if after.asked.get(name, [])[: len(seeds)] != seeds:
                    raise ValueError("asked")
        return self


def read_looks(folder: Path) -> dict[str, Any] | None:
    """Return a study's ``looks.json``; None without one.

    Raises:
        OutputError: it is not as it was written.
    """
    return read_checked(folder / StudyFile.LOOKS, _Looks)


def write_looks(folder: Path, content: Mapping[str, Any]) -> None:
    """Write a study's ``looks.json``.

    Raises:
        OutputError: it can't be written.
    """
    write_json(folder / StudyFile.LOOKS, {"format": FORMAT, **content})
