"""What settings take from files of the user's own: ``nets.py:tiny``, ``trained.keras``.

A study that names such a file carries its content from the moment it is read. So what is trained is
what its keys were made of, whatever happens to the file meanwhile. Nothing here runs it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from cotejo.errors import ConfigError

__all__ = [
    "GIVEN", "NAMED", "Source", "Sources", "file_of", "name_in", "read_source", "read_sources",
]  # fmt: skip

NAMED = r"[^\s/\\,:]\.py:[^\W\d]\w*$"
"""How a value ends that names something in a file of Python: ``nets.py:tiny``."""

GIVEN = "# Given in Python, and written down by Cotejo with what it rests on.\n"
"""How a file begins that stands for what was given in Python in place of a file."""

_NAMED = re.compile(r"(?P<file>.*[^\s/\\,:]\.py):(?P<name>[^\W\d]\w*)")

_MODEL_FILE = ".keras"

_LARGEST = {".py": 2_000_000, _MODEL_FILE: 2_000_000_000}
"""The most bytes of a file of each kind: more is something else."""


@dataclass(frozen=True)
class Source:
    """A file of the user's own, or what was given in Python in place of one.

    Attributes:
        name: what settings and records call it: the file's name, without its folder; of a network's
            function its own name.
        content: of the file; of what was given its source, as far as Python knows it.
        build: the function, class or object that was given; None of a file.
    """

    name: str
    content: bytes
    build: Any = field(default=None, compare=False)

    @cached_property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8-sig", errors="replace")

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the content, as 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def file_name(self) -> str:
        """The name under which it is kept beside a run; a function is kept as its source."""
        is_file = self.build is None or self.name.endswith(".py")
        return self.name if is_file else f"{self.name}.py"

    @property
    def is_given(self) -> bool:
        """Whether it is the text of what was given in Python: its name was chosen by Cotejo."""
        return self.content.startswith(GIVEN.encode())

    @property
    def is_model(self) -> bool:
        """Whether it is a saved network."""
        return self.build is None and self.name.endswith(_MODEL_FILE)


class Sources(Mapping[str, Source]):
    """The sources that an alternative's settings name, by name; it can't be changed.

    Example:
        >>> sources = Sources([Source("nets.py", b"def tiny(image_shape, num_classes): ...")])
        >>> list(sources), sources == Sources()
        (['nets.py'], False)
    """

    def __init__(self, sources: Iterable[Source] = ()) -> None:
        self._sources = {source.name: source for source in sources}

    def __getitem__(self, name: str) -> Source:
        return self._sources[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __hash__(self) -> int:
        return hash(frozenset(self._sources.values()))

    def __repr__(self) -> str:
        return f"Sources({list(self._sources)})"

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.is_instance_schema(cls)


def file_of(value: Any) -> str | None:
    """Return the file that a value of a setting names; None if it names none.

    Example:
        >>> file_of("my/nets.py:tiny"), file_of("trained.keras"), file_of("cnn3")
        ('my/nets.py', 'trained.keras', None)
    """
    if not isinstance(value, str):
        return None
    found = _NAMED.fullmatch(value)
    if found:
        return found["file"]
    is_file = value.endswith((_MODEL_FILE, ".py", ".h5", ".hdf5")) and not value.startswith(".")
    return value if is_file else None


def name_in(value: str) -> str:
    """Return what a value names in its file of Python; the value itself where it names none.

    Example:
        >>> name_in("nets.py:tiny"), name_in("cnn3")
        ('tiny', 'cnn3')
    """
    found = _NAMED.fullmatch(value)
    return found["name"] if found else value


def read_sources(
    values: Iterable[Any],
    folder: Path | None,
    where: str,
    given: Mapping[str, Source] | None = None,
) -> tuple[Sources, dict[str, str]]:
    """Read the files that values of settings name.

    Args:
        values: of settings; those that name no file are passed over.
        folder: where a relative path begins; the current folder if left out.
        where: the table that names them, in words, for an error.
        given: what was given in Python in place of a file, which is not read.

    Returns:
        The files, and by each value what it is called from now on: without the file's folder.

    Raises:
        ConfigError: a file can't be read, is empty or far too large, or two have the same name.
    """
    sources: dict[str, Source] = {}
    called: dict[str, str] = {}
    for value in values:
        file = file_of(value)
        if file is None:
            continue
        _refuse_kind(value, where)
        source = (given or {}).get(file) or read_source(file, folder, where)
        known = sources.setdefault(source.name, source)
        if known != source:
            raise ConfigError("own_files_alike", name=source.name, where=f" ({where})")
        called[value] = source.name + value[len(file) :]
    return Sources(sources.values()), called


def _refuse_kind(value: str, where: str) -> None:
    """Refuse a file of Python without a name in it, and a network saved in an old way.

    Raises:
        ConfigError: it is one of those.
    """
    if value.endswith(".py"):
        raise ConfigError("own_name_needed", file=value, where=f" ({where})")
    if value.endswith((".h5", ".hdf5")):
        raise ConfigError("own_file_old", file=value, where=f" ({where})")


def read_source(file: str, folder: Path | None, where: str) -> Source:
    """Read a file that somebody names.

    Args:
        file: its path.
        folder: where a relative path begins; the current folder if left out.
        where: what names it, in words, for an error.

    Raises:
        ConfigError: it is of another kind, is not there, can't be read, or is far too large.
    """
    place = f" ({where})"
    try:
        path = Path(file).expanduser()
        path = path if folder is None else folder / path
        if path.suffix not in _LARGEST:
            raise ConfigError("own_file_kind", path=path, where=place)
        if not path.is_file():
            raise ConfigError("own_file_missing", path=path, where=place)
        size = path.stat().st_size
        if size > _LARGEST[path.suffix]:
            most = _LARGEST[path.suffix] // 1_000_000
            raise ConfigError("own_file_large", path=path, most=most, where=place)
        content = path.read_bytes()
    except (OSError, ValueError, RuntimeError) as error:  # a null character, no such user
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError("own_file_unreadable", path=file, reason=reason, where=place) from error
    return Source(path.name, content)
