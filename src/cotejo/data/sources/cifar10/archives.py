"""The batches inside a published archive, read into memory; nothing is unpacked to disk."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from cotejo.data.published import PublishedFile, digest_of_file
from cotejo.data.sources.cifar10.forms import Form
from cotejo.errors import DataError

__all__ = ["archive_form", "batches_in_archive"]

# The official archives have nine members; a damaged one could have any number.
_MOST_MEMBERS = 64
_DAMAGED = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError)


def archive_form(path: Path, forms: tuple[Form, ...]) -> Form:
    """Return which published archive a file is, by its size and checksum.

    Args:
        path: the file, whatever its name.
        forms: the published forms that it may be.

    Raises:
        DataError: it is none of them: it is cut short, damaged, or something else.
    """
    size = path.stat().st_size
    form = next((form for form in forms if form.archive.size == size), None)
    if form is None:
        expected = " / ".join(f"{form.archive.name} ({form.archive.size} bytes)" for form in forms)
        raise DataError("data_wrong_archive", path=path, found=size, expected=expected)
    expected = form.archive.digest
    digest = digest_of_file(path, like=expected)
    if digest != expected:
        raise DataError("data_wrong_checksum", path=path, found=digest, expected=expected)
    return form


def batches_in_archive(path: Path, form: Form) -> Iterator[tuple[PublishedFile, bytes]]:
    """Give each batch of an archive with its content, in the archive's order.

    Call `archive_form` first: it compares the checksum. The members are checked all the same,
    since a right checksum is no reason to follow a path out of the folder.

    Raises:
        DataError: a member is unsafe or of the wrong size, or one is missing.
    """
    missing = {f"{form.folder}/{batch.name}": batch for batch in form.batches}
    try:
        with tarfile.open(path, "r:gz") as archive:
            for number, member in enumerate(archive):
                _refuse_unsafe(path, member, number)
                batch = missing.pop(member.name, None)
                if batch is not None:
                    yield batch, _read(path, archive, member, batch)
                if not missing:
                    return
    except _DAMAGED:
        raise DataError("data_damaged_archive", path=path) from None
    raise DataError("data_incomplete", path=path, missing=", ".join(sorted(missing)))


def _refuse_unsafe(path: Path, member: tarfile.TarInfo, number: int) -> None:
    name = PurePosixPath(member.name)
    safe = (
        (member.isreg() or member.isdir())
        and not name.is_absolute()
        and ".." not in name.parts
        and "\\" not in member.name
        and number < _MOST_MEMBERS
    )
    if not safe:
        raise DataError("data_unsafe_archive", path=path, member=member.name)


def _read(
    path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo, batch: PublishedFile
) -> bytes:
    # Compared before a byte is read, so that a wrong size can't fill the memory.
    if member.size != batch.size or not member.isreg():
        raise DataError(
            "data_wrong_size",
            path=f"{path}: {member.name}",
            found=member.size,
            expected=batch.size,
        )
    file = archive.extractfile(member)
    content = file.read(batch.size) if file is not None else b""
    if len(content) != batch.size:
        raise EOFError(member.name)
    return content
