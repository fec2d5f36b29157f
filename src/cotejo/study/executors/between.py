"""A place in between, through which files come from tasks to the study: `s3://`, `gs://`, a folder.

It is for clusters whose object store is small, or whose machines are far from the study's. The
places are those that fsspec knows; each machine reaches them with its own credentials.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from socket import gethostname
from typing import Any

from cotejo.errors import BackendError, ConfigError, CotejoError, OutputError
from cotejo.platform import install_command
from cotejo.store import described_content

__all__ = ["Between", "Parcel", "check_between", "fetched", "opened"]


@dataclass(frozen=True)
class Parcel:
    """Files that were put into a place in between.

    It travels by Ray, so that whoever may write to the place can't put other files there unnoticed.

    Attributes:
        folder: the URL of their folder.
        files: the ``bytes`` and the ``sha256`` of each, by its name.
    """

    folder: str
    files: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Between:
    """A folder in between, of one execution of a study.

    Attributes:
        url: where it is, for all machines.
        token: what lies there for the machines that look whether they reach it.
    """

    url: str
    token: Parcel | None = None

    def check(self, node: str) -> None:
        """Check that this machine can read what the study wrote there, and write there itself.

        Args:
            node: the name of the machine.

        Raises:
            BackendError: it can't.
        """
        try:
            if self.token is not None:
                _read(self.token)
            with fetched(self.put({"tried": b"tried"})):
                pass
        except OutputError as error:
            reason = _line(error.__cause__ or error)
            raise BackendError(
                "machines.through_unreachable", node=node, url=self.url, reason=reason
            ) from error

    def put(self, files: Mapping[str, bytes]) -> Parcel:
        """Put files there.

        Raises:
            OutputError: they can't be written.
            BackendError: a package that this place needs is not installed.
        """
        described = {name: described_content(content) for name, content in files.items()}
        parcel = Parcel(f"{self.url}/{secrets.token_hex(8)}", described)
        try:
            system, folder = _system(parcel.folder)
            system.makedirs(folder, exist_ok=True)
            system.pipe({f"{folder}/{name}": content for name, content in files.items()})
        except BackendError:
            raise
        except Exception as error:  # of whatever library reaches the place
            raise OutputError("cannot_write", path=self.url, reason=_line(error)) from error
        return parcel


@contextmanager
def fetched(parcel: Parcel) -> Iterator[dict[str, bytes]]:
    """Give the files of a parcel to a block that keeps them; once it has, they are deleted there.

    Raises:
        OutputError: they can't be had, or are not those that were put there.
        BackendError: a package that this place needs is not installed.
    """
    yield _read(parcel)
    with suppress(Exception):  # it goes with the whole folder at the end
        system, folder = _system(parcel.folder)
        system.rm(folder, recursive=True)


def _read(parcel: Parcel) -> dict[str, bytes]:
    """Return the files of a parcel; the size of each is looked at before it is read."""
    files = {}
    try:
        system, folder = _system(parcel.folder)
        for name, described in parcel.files.items():
            files[name] = _content(system, f"{folder}/{name}", described)
    except BackendError:
        raise
    except Exception as error:
        raise OutputError("machines.not_whole", path=parcel.folder) from error
    return files


def _content(system: Any, path: str, described: Mapping[str, Any]) -> bytes:
    size = described["bytes"]
    if system.info(path)["size"] == size:
        content: bytes = system.cat_file(path, start=0, end=size) if size else b""
        if described_content(content) == described:
            return content
    raise ValueError(path)


def check_between(url: str) -> str:
    """Return the URL of a place; a folder of this machine by its absolute path.

    Raises:
        ConfigError: there is no such kind of place.
        BackendError: a package that it needs is not installed, or it can't be reached.
    """
    try:
        _system(url)
    except CotejoError:
        raise
    except Exception as error:  # some connect as soon as they are named
        raise BackendError(
            "machines.through_unreachable", node=gethostname(), url=url, reason=_line(error)
        ) from error
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
    between.check(gethostname())
    try:
        yield replace(between, token=between.put({"token": secrets.token_bytes(16)}))
    finally:
        with suppress(Exception):  # the study is complete, whatever stays there
            system, folder = _system(between.url)
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
        kind = url.partition("://")[0].rpartition("::")[2]
        reason = known.get(kind, {}).get("err") or _line(error)
        raise BackendError("machines.no_protocol", url=url, reason=reason) from error
    except ValueError as error:
        raise ConfigError("machines.through_unknown", received=url) from error
    return system, path


def _line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
