"""`load`: a data set by its name or its path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cotejo.data.dataset import Dataset
from cotejo.data.places import expanded
from cotejo.data.registry import find_source, known_sources
from cotejo.errors import DataError
from cotejo.messages import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from cotejo.config.own_images import OwnImages
    from cotejo.data.transfer import Progress

    OnPictures = Callable[[int, int], None]

__all__ = ["is_published", "load"]

_NOTHING_THERE = ("data_missing_path", "data_no_images", "data_wrong_archive")
"""The errors which say that a path holds nothing of a data set."""


def load(
    name_or_path: str | Path,
    *,
    data_dir: Path | None = None,
    progress: Progress | None = None,
    images: OwnImages | None = None,
    on_pictures: OnPictures = lambda done, total: None,
) -> Dataset:
    """Return a data set by its name, or the one at a path.

    ``cifar10``, ``cifar100``, ``cifar100-coarse``, ``mnist``, ``fashion-mnist`` and ``svhn`` are
    looked for in ``data_dir``, in the folder that ``COTEJO_DATA`` names, in the caches of Cotejo,
    Keras and torchvision, and are then downloaded. ``digits`` comes with scikit-learn. Any other
    name is one that you have registered (`register_source`). A path is a folder, a table or an
    archive with pictures (`cotejo.data.own`), a NumPy archive (``.npz``), or a folder or archive
    with a published set in any of its forms, whose checksums are compared with the published ones
    before anything is read.

    Args:
        name_or_path: the name of a data set, such as ``"cifar10"`` or ``"digits"``, or a path.
        data_dir: the folder to take the data set from.
        progress: called while something is downloaded, with the address, the bytes that are
            there, and the bytes expected.
        images: how the pictures of a path are read.
        on_pictures: called while pictures are read, with those done and all.

    Returns:
        The data set. The images of those that ship are uint8, contiguous: ``[n, 28, 28, 1]`` for
        ``mnist`` and ``fashion-mnist``, ``[n, 32, 32, 3]`` for the others.

    Raises:
        DataError: there is no such name or path, or what is there can't be used.
        ConfigError: a review is given, and says nothing of these images.
        DownloadError: no address gave the archive.

    Example:
        >>> digits = load("digits")
        >>> digits.image_shape, digits.num_classes
        ((32, 32, 3), 10)
    """
    if (source := find_source(name_or_path)) is not None:
        _refuse_options(source.name, images)
        dataset = source.load(data_dir, progress)
        if dataset.name != source.name:
            raise DataError("source_other_name", name=source.name, received=dataset.name)
        return dataset
    path = expanded(name_or_path)
    try:
        exists = path.exists()
    except OSError as error:  # a path of 10,000 characters is too long even to be missing
        raise DataError("data_unreadable", path=path, reason=error.strerror) from error
    if not exists and _looks_like_a_name(name_or_path):
        names = [source.name for source in known_sources()]
        raise DataError(
            "data_unknown_name",
            name=name_or_path,
            names=", ".join(names),
            hint=did_you_mean(str(name_or_path).lower(), names),
        )
    return _read_path(path, images, on_pictures)


def is_published(dataset: Dataset) -> bool:
    """Whether a data set is what `load` returns for its name, on any machine.

    It is if a data set that ships has this name, and the images, labels and splits are the same.

    Raises:
        DataError: it has the name of a data set with a known fingerprint, and differs from it.

    Example:
        >>> is_published(load("digits"))
        True
    """
    source = find_source(dataset.name)
    if source is None or source.fingerprint is None:
        return False
    if dataset.fingerprint != source.fingerprint:
        raise DataError("data_name_taken", name=dataset.name)
    return source.ships


def _looks_like_a_name(name_or_path: str | Path) -> bool:
    text = str(name_or_path)
    return isinstance(name_or_path, str) and not any(sign in text for sign in "/\\.~")


def _read_path(path: Path, images: OwnImages | None, on_pictures: OnPictures) -> Dataset:
    """Return the data set at a path: somebody's own pictures, or one that a source can read.

    Sources that ship are asked first. If none can read it, the error is that of the first source
    that ships and has found something of its own. If there is none, a folder is said to hold
    nothing, and of a file the error is that of the first source.
    """
    from cotejo.data.own import read_npz, read_own
    from cotejo.data.reviewing import review_of, without_wrong_labels

    if (own := read_own(path, images, on_pictures)) is not None:
        if images is None or images.review is None:
            return own
        return without_wrong_labels(own, review_of(own, expanded(images.review)))
    errors: list[DataError] = []
    about_files: list[DataError] = []
    for source in sorted(known_sources(), key=lambda source: not source.ships):
        if source.read is not None:
            try:
                dataset = source.read(path)
            except DataError as error:
                errors.append(error)
                if source.ships and error.key not in _NOTHING_THERE:
                    about_files.append(error)
            else:
                _refuse_options(path, images)
                return dataset
    if path.suffix.casefold() == ".npz" and path.is_file():
        _refuse_options(path, images)
        return read_npz(path)
    if not about_files and path.is_dir():
        names = [source.name for source in known_sources() if source.ships and source.read]
        raise DataError("data_nothing_in_folder", path=path, names=", ".join(names))
    raise (about_files or errors)[0]


def _refuse_options(name: object, images: OwnImages | None) -> None:
    """Refuse options for pictures where there are none to read.

    Raises:
        DataError: an option is given.
    """
    if images is not None and images.given():
        raise DataError("own_options", name=name, options=", ".join(images.given()))
