"""The files inside a published archive, read into memory; nothing is unpacked to disk."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from cotejo.data.published.files import digest_of_file
from cotejo.data.published.forms import Batch, Form, PublishedSet
from cotejo.errors import DataError

__all__ = ["batches_in_archive", "form_of_file"]

# The official archives have nine members; a damaged one could have any number.
_MOST_MEMBERS = 64
_DAMAGED = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError)
_MOST_BYTES = 1 << 28
"""What a member may have whose size no source states; the largest member published has 155 MB."""


def form_of_file(published: PublishedSet, path: Path) -> Form:
    """Return in which form one file is the whole set, by its size and checksum.

    Args:
        published: the set that it may be.
        path: the file, whatever its name.

    Raises:
        DataError: it is in none of the forms: it is cut short, damaged, or something else.
    """
    size = path.stat().st_size
    whole = [(form, file) for form in published.forms if (file := form.whole) is not None]
    form, file = next(((form, file) for form, file in whole if file.size == size), (None, None))
    if form is None or file is None:
        raise DataError(
            "data_wrong_archive",
            path=path,
            found=size,
            title=published.title,
            expected=" / ".join(f"{file.name} ({file.size} bytes)" for _, file in whole)
            or published.form_names,
        )
    digest = digest_of_file(path, like=file.digest)
    if digest != file.digest:
        raise DataError("data_wrong_checksum", path=path, found=digest, expected=file.digest)
    return form


def batches_in_archive(
    published: PublishedSet, path: Path, form: Form
) -> Iterator[tuple[Batch, bytes]]:
    """Give each batch of an archive with its content, in the archive's order.

    Call `form_of_file` first: it compares the checksum. The members are checked all the same,
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
    names = ", ".join(sorted(missing))
    raise DataError("data_incomplete", path=path, title=published.title, missing=names)


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


def _read(path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo, batch: Batch) -> bytes:
    # Compared before a byte is read, so that a wrong size can't fill the memory.
    expected = min(member.size, _MOST_BYTES) if batch.size is None else batch.size
    if member.size != expected or not member.isreg():
        raise DataError(
            "data_wrong_size", path=f"{path}: {member.name}", found=member.size, expected=expected
        )
    file = archive.extractfile(member)
    content = file.read(expected) if file is not None else b""
    if len(content) != expected:
        raise EOFError(member.name)
    return content
