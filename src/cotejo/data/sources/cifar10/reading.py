"""Reading CIFAR-10 from a folder or an archive, in any of its published forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cotejo.data.dataset import Dataset, Split
from cotejo.data.published import PublishedFile, digest_of_bytes
from cotejo.data.sources.cifar10.archives import archive_form, batches_in_archive
from cotejo.data.sources.cifar10.batches import decode
from cotejo.data.sources.cifar10.candidates import Candidate, candidates
from cotejo.data.sources.cifar10.forms import PUBLISHED, Form
from cotejo.errors import DataError

__all__ = ["CLASS_NAMES", "read_cifar10"]

CLASS_NAMES: dict[str, tuple[str, ...]] = {
    "en": (
        "airplane", "automobile", "bird", "cat", "deer",
        "dog", "frog", "horse", "ship", "truck",
    ),
    "es": (
        "avión", "coche", "ave", "gato", "ciervo",
        "perro", "rana", "caballo", "barco", "camión",
    ),
}  # fmt: skip


def read_cifar10(path: Path, forms: tuple[Form, ...] = PUBLISHED) -> Dataset:
    """Return the CIFAR-10 in a folder or archive, split as the notebooks do.

    If a folder holds several forms, the first that is whole is read.

    Args:
        path: a folder with the batches, one above it, or an archive.
        forms: the published forms to look for, with their checksums.

    Raises:
        DataError: there is no CIFAR-10, or it is not whole. The error is about the first form
            that was found.
    """
    try:
        return _read_first_whole(path, forms)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataError("data_unreadable", path=error.filename or path, reason=reason) from error


def _read_first_whole(path: Path, forms: tuple[Form, ...]) -> Dataset:
    if not path.exists():
        raise DataError("data_missing_path", path=path)
    first_error: DataError | None = None
    for candidate in candidates(path, forms):
        try:
            return _read_candidate(candidate, forms)
        except DataError as error:
            first_error = first_error or error
    raise first_error or DataError("data_no_images", path=path)


def _read_candidate(candidate: Candidate, forms: tuple[Form, ...]) -> Dataset:
    path = candidate.path
    form = candidate.form
    if form is None:
        form = archive_form(path, forms)
        return _assemble(path, form, batches_in_archive(path, form))
    return _assemble(path, form, _batches_in_folder(path, form))


def _batches_in_folder(folder: Path, form: Form) -> Iterator[tuple[PublishedFile, bytes]]:
    missing = [batch.name for batch in form.batches if not (folder / batch.name).is_file()]
    if missing:
        raise DataError("data_incomplete", path=folder, missing=", ".join(missing))
    for batch in form.batches:
        path = folder / batch.name
        size = path.stat().st_size
        if size != batch.size:
            raise DataError("data_wrong_size", path=path, found=size, expected=batch.size)
        content = path.read_bytes()
        digest = digest_of_bytes(content, like=batch.digest)
        if digest != batch.digest:
            raise DataError("data_wrong_checksum", path=path, found=digest, expected=batch.digest)
        yield batch, content


def _assemble(path: Path, form: Form, batches: Iterator[tuple[PublishedFile, bytes]]) -> Dataset:
    rows = form.rows
    position = {batch.name: number * rows for number, batch in enumerate(form.batches)}
    total = len(position) * rows
    # One array holds all images and the splits are views of it: nothing is in memory twice.
    images = np.empty((total, 32, 32, 3), np.uint8)
    labels = np.empty(total, np.int32)
    for batch, content in batches:
        at = slice(position[batch.name], position[batch.name] + rows)
        planes, labels[at] = decode(content, form, f"{path}: {batch.name}")
        images[at] = planes.reshape(rows, 3, 32, 32).transpose(0, 2, 3, 1)
    test, valid = total - rows, total - 2 * rows
    return Dataset(
        name="cifar10",
        train=Split(images[:valid], labels[:valid]),
        valid=Split(images[valid:test], labels[valid:test]),
        test=Split(images[test:], labels[test:]),
        class_names=CLASS_NAMES,
        split={"method": "notebook"},
        source=str(path),
    )
