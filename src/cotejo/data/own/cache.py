"""Decoded pictures, kept for the next time: one memory-mapped array and what is known of it.

Each set of options for each place has a folder of its own in Cotejo's cache. Its ``index.json``
holds a signature of the names, sizes and times of all files; where that differs, a file was
changed, added or taken away, and the pictures are read again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.own.holders import HeldFile
from cotejo.errors import DataError
from cotejo.platform import cache_folder
from cotejo.store import write_json

__all__ = ["Cache", "clear_cache", "pictures_folder", "signature"]

_VERSION = 3
"""Raised whenever the same files would give another array, so that old caches are not used."""

_KEYS = frozenset(["signature", "classes", "split", "facts", "splits", "shape"])
"""What an index holds."""

_INDEX, _IMAGES = "index.json", "images.npy"


def pictures_folder() -> Path:
    """Return the folder of all decoded pictures; it may not exist."""
    return cache_folder() / "pictures"


def clear_cache() -> int:
    """Delete all decoded pictures and return how many bytes that freed."""
    folder = pictures_folder()
    if not folder.is_dir():
        return 0
    freed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    shutil.rmtree(folder)
    return freed


def signature(files: Iterable[HeldFile]) -> str:
    """Return a text that is another one if any file was changed, added, taken away or renamed."""
    digest = hashlib.sha256()
    for file in files:
        line = f"{file.name}\0{file.size}\0{file.changed}\n"
        digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class Cache:
    """The cache of one place, read in one way.

    Args:
        path: where the pictures lie.
        options: how they are read.
    """

    def __init__(self, path: Path, options: Mapping[str, Any]) -> None:
        made_of = json.dumps([_VERSION, str(path.resolve()), dict(options)], sort_keys=True)
        name = hashlib.sha256(made_of.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        self.folder = pictures_folder() / name

    def load(self, wanted: str) -> tuple[NDArray[np.uint8], dict[str, Any]] | None:
        """Return the array, mapped from the disk, and what is known of it.

        Args:
            wanted: the signature of the files as they are now.

        Returns:
            None if there is nothing, or it is of other files, or it is damaged.
        """
        try:
            index = json.loads((self.folder / _INDEX).read_text("utf-8"))
            if not isinstance(index, dict) or not index.keys() >= _KEYS:
                return None
            if index["signature"] != wanted:
                return None
            images = _mapped(self.folder)
        except (OSError, ValueError, EOFError):
            return None
        if list(images.shape) != index["shape"] or images.dtype != np.uint8:
            return None
        return images, index

    def scratch(self, shape: tuple[int, int, int, int]) -> NDArray[np.uint8]:
        """Return an array on the disk to decode into.

        Raises:
            DataError: the disk has no room for it, and for the same in its final order.
        """
        needed = 2 * int(np.prod(shape))
        unfinished = self._unfinished
        self.discard()
        try:
            unfinished.mkdir(parents=True)
            free = shutil.disk_usage(unfinished).free
            if needed > free:
                raise DataError(
                    "own_no_room", path=self.folder.parent, needed=_mb(needed), free=_mb(free)
                )
            return np.lib.format.open_memmap(
                unfinished / "decoded.npy", mode="w+", dtype=np.uint8, shape=shape
            )
        except OSError as error:
            reason = error.strerror or str(error)
            raise DataError("own_no_cache", path=self.folder, reason=reason) from error

    def save(
        self, decoded: NDArray[np.uint8], order: NDArray[np.int64], index: Mapping[str, Any]
    ) -> NDArray[np.uint8]:
        """Keep some rows of the decoded pictures in a new order; return them, mapped.

        Raises:
            DataError: they can't be written.
        """
        unfinished = self._unfinished
        shape = (len(order), *decoded.shape[1:])
        try:
            target = np.lib.format.open_memmap(
                unfinished / _IMAGES, mode="w+", dtype=np.uint8, shape=shape
            )
            for start in range(0, len(order), 1_000):
                target[start : start + 1_000] = decoded[order[start : start + 1_000]]
            target.flush()
            del target
            (unfinished / "decoded.npy").unlink()
            write_json(unfinished / _INDEX, {**index, "shape": list(shape)})
            with suppress(FileNotFoundError):
                shutil.rmtree(self.folder)
            unfinished.replace(self.folder)
            return _mapped(self.folder)
        except OSError as error:
            reason = error.strerror or str(error)
            raise DataError("own_no_cache", path=self.folder, reason=reason) from error

    def discard(self) -> None:
        """Delete what `scratch` made, where it was not kept."""
        shutil.rmtree(self._unfinished, ignore_errors=True)

    @property
    def _unfinished(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.{os.getpid()}.tmp")


def _mapped(folder: Path) -> NDArray[np.uint8]:
    images: NDArray[np.uint8] = np.load(folder / _IMAGES, mmap_mode="r", allow_pickle=False)
    return images


def _mb(count: int) -> int:
    return -(-count // 1_000_000)
