"""A published set by its name: from the first place that holds it, else from the network."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo.data.dataset import Dataset
from cotejo.data.published.files import PublishedFile
from cotejo.data.published.forms import PublishedSet
from cotejo.data.published.places import is_at_hand, places
from cotejo.data.published.reading import read_published
from cotejo.data.registry import Source
from cotejo.errors import DataError, DownloadError
from cotejo.platform import cache_folder

if TYPE_CHECKING:
    from cotejo.data.transfer import Progress

__all__ = ["load_published", "source_of"]


def source_of(published: PublishedSet, **about: Any) -> Source:
    """Return the source of a published set, for the registry.

    Args:
        published: the set.
        **about: what else the source says of itself, such as its fingerprint.
    """
    return Source(
        name=published.name,
        load=partial(load_published, published),
        is_at_hand=partial(is_at_hand, published),
        read=partial(read_published, published),
        **about,
    )


def load_published(
    published: PublishedSet, data_dir: Path | None = None, progress: Progress | None = None
) -> Dataset:
    """Return a set from the first of its places that holds it; download it if none does.

    Args:
        published: the set.
        data_dir: the folder that the user gave, if any.
        progress: called while files are downloaded.

    Raises:
        DataError: the set is not in a folder that the user named, or not whole.
        DownloadError: no address gave one of the files.
    """
    for place in places(data_dir):
        try:
            return read_published(published, place.path)
        except DataError as error:
            # The cache of another program may hold half a download; that must not stop us.
            if not place.named:
                continue
            if error.key in ("data_missing_path", "data_no_images"):
                raise DataError(
                    "data_named_empty", how=place.named, path=place.path, title=published.title
                ) from None
            raise
    return read_published(published, _downloaded(published, progress))


def _downloaded(published: PublishedSet, progress: Progress | None) -> Path:
    """Download what is missing of a set, and return the archive or the folder that holds it."""
    # Deferred: nothing of the network is imported while the data is at hand.
    from cotejo.data.download import download

    form = published.forms[0]
    folder = cache_folder() / published.cache
    mirror = os.environ.get(published.mirror)
    addresses = (mirror, *published.addresses) if mirror else published.addresses
    for file in form.downloaded:
        urls = [_address(address, file) for address in addresses]
        try:
            path = download(file, urls, folder, progress)
        except DownloadError as error:
            if error.key != "data_download_failed":
                raise
            raise DownloadError(
                "data_set_not_downloaded",
                **error.values,
                files=", ".join(file.name for file in form.downloaded),
                folder=folder,
                mirror=published.mirror,
            ) from None
    return path if form.archive else folder


def _address(address: str, file: PublishedFile) -> str:
    return address + file.name if address.endswith("/") else address
