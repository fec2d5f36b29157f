"""Reading a published set from a folder or a file, in any of its forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cotejo.data.dataset import Dataset, Split
from cotejo.data.published.archives import batches_in_archive, form_of_file
from cotejo.data.published.candidates import Candidate, candidates
from cotejo.data.published.decoding import decoded, refuse
from cotejo.data.published.files import read_checked
from cotejo.data.published.forms import Batch, Form, PublishedSet
from cotejo.errors import DataError

__all__ = ["read_published"]


def read_published(published: PublishedSet, path: Path) -> Dataset:
    """Return the set that is in a folder or a file.

    If a folder holds several forms, the first that is whole is read.

    Args:
        published: the set.
        path: a folder with its files, one above it, or an archive.

    Raises:
        DataError: the set is not there, or it is not whole. The error is about the first form
            that was found.
    """
    try:
        return _read_first_whole(published, path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataError("data_unreadable", path=error.filename or path, reason=reason) from error


def _read_first_whole(published: PublishedSet, path: Path) -> Dataset:
    if not path.exists():
        raise DataError("data_missing_path", path=path)
    first_error: DataError | None = None
    for candidate in candidates(published, path):
        try:
            return _read_candidate(published, candidate)
        except DataError as error:
            first_error = first_error or error
    raise first_error or DataError(
        "data_no_images", path=path, title=published.title, files=published.form_names
    )


def _read_candidate(published: PublishedSet, candidate: Candidate) -> Dataset:
    path = candidate.path
    if candidate.form is not None:
        form = candidate.form
        return _assembled(published, path, form, _in_folder(published, path, form))
    form = form_of_file(published, path)
    if form.archive is not None:
        return _assembled(published, path, form, batches_in_archive(published, path, form))
    (batch,) = form.batches
    return _assembled(published, path, form, iter([(batch, read_checked(path, batch))]))


def _in_folder(published: PublishedSet, folder: Path, form: Form) -> Iterator[tuple[Batch, bytes]]:
    missing = [batch.name for batch in form.batches if not (folder / batch.name).is_file()]
    if missing:
        names = ", ".join(missing)
        raise DataError("data_incomplete", path=folder, title=published.title, missing=names)
    for batch in form.batches:
        yield batch, read_checked(folder / batch.name, batch)


def _assembled(
    published: PublishedSet, path: Path, form: Form, contents: Iterator[tuple[Batch, bytes]]
) -> Dataset:
    total = max(batch.start + batch.rows for batch in form.batches)
    # One array holds all images and the splits are views of it: nothing is in memory twice.
    images = np.empty((total, *published.image_shape), np.uint8)
    labels = np.empty(total, np.int32)
    filled = {"images": 0, "labels": 0}
    for batch, content in contents:
        at = slice(batch.start, batch.start + batch.rows)
        pixels, numbers = decoded(published, form, batch, content, f"{path}: {batch.name}")
        if pixels is not None:
            images[at] = pixels
            filled["images"] += batch.rows
        if numbers is not None:
            labels[at] = numbers
            filled["labels"] += batch.rows
    if set(filled.values()) != {total}:
        refuse(published, total, str(path))
    test = total - published.test
    valid = test - published.valid
    return Dataset(
        name=published.name,
        train=Split(images[:valid], labels[:valid]),
        valid=Split(images[valid:test], labels[valid:test]),
        test=Split(images[test:], labels[test:]),
        class_names=published.class_names,
        split={"method": published.method},
        source=str(path),
    )
