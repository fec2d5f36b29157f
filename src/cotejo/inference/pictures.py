"""From the words of a command to pictures: files, folders with all in them, patterns, and ``-``.

Folders are treated as those of a data set: all folders in them are looked into, in the same order
every time; hidden files are passed by, and so are those that are no pictures.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from cotejo.data.own.holders import Folder, HeldFile
from cotejo.data.own.labelling import is_picture
from cotejo.data.own.layouts import pictures_of
from cotejo.inference.answers import Unreadable
from cotejo.inference.streaming import Item, Source
from cotejo.pictures import unreadable

__all__ = ["STANDARD_INPUT", "find_pictures"]

STANDARD_INPUT = "-"
"""The word for standard input, and the name of a picture that came from there."""

_BEGINNINGS = re.compile(
    rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0{4}|II\*\0|MM\0\*|RIFF.{4}WEBP|\0{3}.ftyp",
    re.DOTALL,
)
"""How pictures begin; no list of names begins so."""

_BEGINNING = 12
"""The bytes that tell."""

_MOST_BYTES = 400_000_000
"""Of a picture from standard input; a picture of this world has fewer."""


def find_pictures(
    words: Iterable[str], standard_input: IO[bytes] | None = None, without: Path | None = None
) -> Iterator[Source]:
    """Yield the pictures that words mean, in order, as they are found.

    A word is a file, which counts as a picture whatever its name is; a folder; a pattern such as
    ``photos/**/*.jpg``, for shells that don't expand it; or ``-`` for standard input: one
    picture, or the names of files and folders, one per line or, as ``find -print0`` gives them,
    between zero bytes.

    Args:
        words: the words. What is not there is yielded as it is, for whoever reads it to say so.
        standard_input: from where ``-`` is read.
        without: a folder that is not looked into although it lies in one of the others.
    """
    for word in words:
        if word == STANDARD_INPUT and standard_input is not None:
            yield from _from_input(standard_input, without)
        elif glob.has_magic(word) and not os.path.lexists(word):
            yield from _from_pattern(word, without)
        else:
            yield from _from_place(word, without)


def _from_place(place: str, without: Path | None) -> Iterator[Source]:
    if not Path(place).is_dir():
        yield place
        return
    folder = Folder(Path(place))
    try:
        left_out = [without] if without is not None and without.is_dir() else []
        for file in folder.walk(left_out):
            if _is_one(folder, file):
                yield Path(place, file.name)
    except OSError as error:
        yield Unreadable(place, unreadable(place, error))
    for name, reason in folder.refused.items():
        if reason == "unreadable":
            path = str(Path(place, name))
            yield Unreadable(path, unreadable(path, PermissionError(13, os.strerror(13))))
        elif reason == "missing" and pictures_of([HeldFile(name, 1, 0)], lambda name: False)[0]:
            yield Path(place, name)  # a link to nowhere


def _is_one(folder: Folder, file: HeldFile) -> bool:
    pictures, left_out = pictures_of([file], lambda name: is_picture(folder, name))
    return bool(pictures) or left_out[0].reason == "empty"


def _from_pattern(pattern: str, without: Path | None) -> Iterator[Source]:
    places = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 (hidden files are left out)
    if not places:
        yield pattern
    for place in places:
        yield from _from_place(place, without)


def _from_input(stream: IO[bytes], without: Path | None) -> Iterator[Source]:
    beginning = stream.read(_BEGINNING)
    if _BEGINNINGS.match(beginning):
        content = beginning + stream.read(_MOST_BYTES)
        yield Item(STANDARD_INPUT, content)
        return
    for name in _names(stream, beginning):
        yield from _from_place(os.fsdecode(name), without)


def _names(stream: IO[bytes], rest: bytes) -> Iterator[bytes]:
    """Yield the names between line breaks, or between zero bytes if one comes before the first."""
    end: bytes | None = None
    while True:
        block = stream.read1(65_536) if hasattr(stream, "read1") else stream.read(65_536)
        rest += block
        if end is None and (found := re.search(rb"[\0\n]", rest)):
            end = found[0]
        if end is not None:
            *names, rest = rest.split(end)
            yield from (name for name in map(_without_return, names) if name)
        if not block:
            if rest := _without_return(rest):
                yield rest
            return


def _without_return(name: bytes) -> bytes:
    return name.removesuffix(b"\r")
