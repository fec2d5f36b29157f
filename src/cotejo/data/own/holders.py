"""What holds pictures: a folder, a zip or a tar. Each lists its files and opens one by its name.

Archives are read where they are: nothing of them is unpacked to the disk, so that no name in them
can lead outside. A member is read into memory up to `MOST_MEMBER` bytes.
"""

from __future__ import annotations

import io
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from cotejo.errors import DataError

__all__ = ["Archive", "Folder", "HeldFile", "Holder", "open_holder"]

MOST_MEMBER = 400_000_000
"""The most bytes of an archive's member that are read; a picture of this world has fewer."""

MOST_FILES = 5_000_000
"""The most files that are listed. More is a slip: a whole disk, or an archive made to harm."""

_UTF8_FLAG = 0x800
"""The bit of a zip's member that says that its name is UTF-8."""

_DAMAGED = (EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, ValueError)
"""What the libraries raise for a damaged archive, beside `OSError`."""


@dataclass(frozen=True)
class HeldFile:
    """A file that a folder or an archive holds.

    Attributes:
        name: its path within, parted by ``/``.
        size: in bytes.
        changed: when it was last changed, in nanoseconds; of an archive's member, its checksum
            or the archive's own time. It only has to differ where the content does.
    """

    name: str
    size: int
    changed: int


class Holder(Protocol):
    """A folder or an archive.

    Attributes:
        path: where it lies.
        in_order: whether it can only be read from the beginning to the end, file by file.
        refused: what can't be read in it, each name with the key of the reason.
    """

    path: Path
    in_order: bool
    refused: dict[str, str]

    def files(self) -> list[HeldFile]:
        """Return its files, in an order that is the same every time."""

    def open(self, name: str) -> IO[bytes]:
        """Open a file, searchable.

        Raises:
            OSError: it can't be read.
        """

    def close(self) -> None:
        """Close the archive; of a folder nothing is open."""


@dataclass
class Folder:
    """A folder on the disk, with all folders in it; links are followed, each folder once."""

    path: Path
    in_order: bool = False
    refused: dict[str, str] = field(default_factory=dict)

    def files(self) -> list[HeldFile]:
        """Return the regular files, by name."""
        return sorted(self.walk(), key=lambda file: file.name)

    def open(self, name: str) -> IO[bytes]:
        """Open a file."""
        return (self.path / name).open("rb")

    def close(self) -> None:
        """Do nothing: each file is closed by who opened it."""

    def walk(self, without: Iterable[Path] = ()) -> Iterator[HeldFile]:
        """Yield the regular files as they are found: folder by folder, in each by name.

        Args:
            without: folders that are not looked into.
        """
        seen = {(place.st_dev, place.st_ino) for place in (each.stat() for each in without)}
        # Links come last, so that a folder is read where it is, and not where a link leads to it.
        pending, links = deque([""]), deque[str]()
        count = 0
        while pending or links:
            inside = (pending or links).popleft()
            try:
                place = (self.path / inside).stat()
                # A link may lead to a folder that was there already, even to the one it is in.
                if (place.st_dev, place.st_ino) in seen:
                    self.refused[inside] = "loop"
                    continue
                seen.add((place.st_dev, place.st_ino))
                with os.scandir(self.path / inside) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name, reverse=True)
            except OSError:
                if not inside:
                    raise
                self.refused[inside] = "unreadable"
                continue
            if inside and not entries:
                self.refused[inside] = "empty_class"
            # Each is let go once it is looked at, because it keeps what was asked about it.
            while entries:
                entry = entries.pop()
                name = f"{inside}/{entry.name}" if inside else entry.name
                try:
                    if entry.is_dir():
                        (links if entry.is_symlink() else pending).append(name)
                        continue
                    about = entry.stat()
                except OSError:  # a link to nowhere, or in a circle
                    self.refused[name] = "missing"
                    continue
                if not stat.S_ISREG(about.st_mode):
                    self.refused[name] = "no_file"
                    continue
                count += 1
                if count > MOST_FILES:
                    raise DataError("own_too_many_files", path=self.path, most=MOST_FILES)
                yield HeldFile(name, about.st_size, about.st_mtime_ns)


class Archive:
    """A zip or a tar, packed or not, read from the beginning to the end.

    Args:
        path: the archive's.

    Raises:
        DataError: it is neither, or it is damaged.
    """

    in_order = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self.refused: dict[str, str] = {}
        self._zip: zipfile.ZipFile | None = None
        self._tar: tarfile.TarFile | None = None
        self._members: dict[str, zipfile.ZipInfo | tarfile.TarInfo] = {}
        try:
            if zipfile.is_zipfile(path):
                self._zip = zipfile.ZipFile(path)
            else:
                self._tar = tarfile.open(path, errorlevel=2)  # noqa: SIM115
            self._changed = path.stat().st_mtime_ns
        except (OSError, *_DAMAGED) as error:
            raise DataError("own_archive_damaged", path=path, reason=_said(error)) from error

    def files(self) -> list[HeldFile]:
        """Return the regular members, in the archive's order.

        Raises:
            DataError: the archive is damaged, or has far too many members.
        """
        if self._members:
            return [self._held(name, member) for name, member in self._members.items()]
        try:
            for member in self._zip.infolist() if self._zip else self._tar or ():
                if len(self._members) >= MOST_FILES:
                    raise DataError("own_too_many_files", path=self.path, most=MOST_FILES)
                self._note(member)
        except (OSError, *_DAMAGED) as error:
            raise DataError("own_archive_damaged", path=self.path, reason=_said(error)) from error
        return [self._held(name, member) for name, member in self._members.items()]

    def open(self, name: str) -> IO[bytes]:
        """Return a member's content, in memory.

        Raises:
            OSError: it can't be read, is encrypted, or is larger than it says.
        """
        member = self._members[name]
        try:
            if isinstance(member, tarfile.TarInfo):
                opened = self._tar.extractfile(member) if self._tar else None
            else:
                opened = self._zip.open(member) if self._zip else None
            if opened is None:
                raise OSError("no regular file")
            with opened:
                content = opened.read(MOST_MEMBER + 1)
        # RuntimeError: it is encrypted; NotImplementedError: packed in a way Python does not know.
        except (RuntimeError, *_DAMAGED) as error:
            raise OSError(_said(error)) from error
        if len(content) > MOST_MEMBER:
            raise OSError("it unpacks to far more than a picture")
        return io.BytesIO(content)

    def close(self) -> None:
        """Close the archive's file."""
        for archive in (self._zip, self._tar):
            if archive is not None:
                archive.close()

    def _note(self, member: zipfile.ZipInfo | tarfile.TarInfo) -> None:
        if isinstance(member, tarfile.TarInfo):
            name, is_folder, is_file = member.name, member.isdir(), member.isreg()
        else:
            name, is_folder = _zip_name(member), member.is_dir()
            mode = member.external_attr >> 16
            is_file = not mode or not stat.S_IFMT(mode) or stat.S_ISREG(mode)
        parts = PurePosixPath(name.replace("\\", "/")).parts
        clean = "/".join(part for part in parts if part != ".")
        if is_folder or not clean:
            return
        if parts[0] == "/" or ".." in parts or parts[0].endswith(":"):
            self.refused[clean] = "outside"
        elif not is_file:
            self.refused[clean] = "no_file"
        elif clean in self._members:
            self.refused[clean] = "twice"
        else:
            self._members[clean] = member

    def _held(self, name: str, member: zipfile.ZipInfo | tarfile.TarInfo) -> HeldFile:
        if isinstance(member, tarfile.TarInfo):
            return HeldFile(name, member.size, self._changed)
        return HeldFile(name, member.file_size, member.CRC)


def open_holder(path: Path) -> Holder:
    """Return what holds the files at a path.

    Raises:
        DataError: it is neither a folder, a zip nor a tar, or can't be read.
    """
    return Folder(path) if path.is_dir() else Archive(path)


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; UTF-8 too where the zip does not say so, as those of a Mac."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _said(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
