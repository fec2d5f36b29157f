"""A place in between, through which files come from tasks to the study: `s3://`, `gs://`, a folder.

It is for clusters whose object store is small, or whose machines are far from the study's. The
places are those that fsspec knows; each machine reaches them with its own credentials.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from cotejo.errors import BackendError, ConfigError, OutputError
from cotejo.platform import install_command, interpreter

__all__ = ["Between", "Parcel", "check_between", "fetched", "opened"]


@dataclass(frozen=True)
class Parcel:
    """Files that were put into a place in between.

    Attributes:
        folder: the URL of their folder.
        names: of the files.
    """

    folder: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Between:
    """A folder in between, of one execution of a study.

    Attributes:
        url: where it is, for all machines.
    """

    url: str

    def put(self, files: Mapping[str, bytes]) -> Parcel:
        """Put files there.

        Raises:
            OutputError: they can't be written.
            BackendError: a package that this place needs is not installed.
        """
        parcel = Parcel(f"{self.url}/{secrets.token_hex(8)}", tuple(files))
        system, folder = _system(parcel.folder)
        try:
            system.makedirs(folder, exist_ok=True)
            system.pipe({f"{folder}/{name}": content for name, content in files.items()})
        except Exception as error:  # of whatever library reaches the place
            raise OutputError("cannot_write", path=self.url, reason=_line(error)) from error
        return parcel


def fetched(parcel: Parcel) -> dict[str, bytes]:
    """Return the files of a parcel, and delete them there.

    Raises:
        OutputError: they can't be had.
    """
    system, folder = _system(parcel.folder)
    files = {}
    try:
        for name in parcel.names:
            files[name] = system.cat_file(f"{folder}/{name}")
    except Exception as error:
        raise OutputError("machines.not_whole", path=parcel.folder) from error
    with suppress(Exception):  # it goes with the whole folder at the end
        system.rm(folder, recursive=True)
    return files


def check_between(url: str) -> str:
    """Return the URL of a place; a folder of this machine by its absolute path.

    Raises:
        ConfigError: there is no such kind of place.
        BackendError: a package that it needs is not installed.
    """
    _system(url)
    place = url.rstrip("/")
    return place if "://" in url or "::" in url else str(Path(place or "/").absolute())


@contextmanager
def opened(url: str | None) -> Iterator[Between | None]:
    """Have a folder of one's own at a place for a block; at the end it is deleted.

    Raises:
        BackendError: this machine can't write and read there.
    """
    if url is None:
        yield None
        return
    between = Between(f"{url}/cotejo-{secrets.token_hex(8)}")
    try:
        fetched(between.put({"tried": b"tried"}))
    except OutputError as error:
        reason = _line(error.__cause__ or error)
        raise BackendError("machines.through_unreachable", url=url, reason=reason) from error
    try:
        yield between
    finally:
        system, folder = _system(between.url)
        with suppress(Exception):  # the study is complete, whatever stays there
            system.rm(folder, recursive=True)


def _system(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the path there."""
    try:
        fsspec: Any = import_module("fsspec")
    except ImportError as error:
        raise BackendError("machines.no_fsspec", command=install_command("ray")) from error
    try:
        system, path = fsspec.url_to_fs(url)
    except ImportError as error:
        known = import_module("fsspec.registry").known_implementations
        package = known[url.partition("://")[0].rpartition("::")[2]]["class"].partition(".")[0]
        command = f"{interpreter()} -m pip install {package}"
        raise BackendError("machines.no_protocol", url=url, command=command) from error
    except ValueError as error:
        raise ConfigError("machines.through_unknown", received=url) from error
    return system, path


def _line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
