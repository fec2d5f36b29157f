"""Pretrained weights of `keras.applications`: where they are, what they are, and how they load.

Each application knows the file of its weights, its address and mostly its checksum, and asks Keras
for it through one function. While a network is built here, this function is ours. So the user's
own file can take the place of Keras's, and where the weights can't be had, the error says which
file is missing. A file of weights is HDF5, of which numbers alone are read.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from cotejo.backend import keras
from cotejo.errors import ConfigError

__all__ = ["IMAGENET", "built", "file_digest"]

IMAGENET = "imagenet"
"""What ``weights`` is called where they are Keras's own, learned from ImageNet."""

_ASKING = "keras.src.utils.file_utils"
"""The module through whose `get_file` the applications ask for their weights."""

_TIMEOUT = 20.0
"""How many seconds a server may be silent while weights are downloaded."""


def built(build: Callable[[str | None], keras.Model], model: str, weights: str) -> tuple[Any, Path]:
    """Build an application with pretrained weights; return it, and the file that they came from.

    Args:
        build: builds the application, given what its argument ``weights`` is.
        model: the model's name, for errors.
        weights: ``"imagenet"``, or the path of a file of weights.

    Raises:
        ConfigError: the weights can't be had, or are not those of this application.
    """
    own = None if weights == IMAGENET else _own_file(weights, model)
    used: list[Path] = []

    def found(fname: str, origin: str, **asked: Any) -> str:
        used.append(own or _keras_file(model, fname, origin, asked))
        _check_content(used[-1], model)
        return str(used[-1])

    with _asked_through(found), warnings.catch_warnings():
        # That the images have another size than ImageNet's, which the weights do not mind.
        warnings.simplefilter("ignore", UserWarning)
        try:
            return build(IMAGENET), used[-1]
        except (ValueError, OSError, KeyError) as error:
            if not used:  # refused before the weights were asked for: an option
                reason = " ".join(str(error).split())
                raise ConfigError(
                    "application_refused", model=model, reason=reason, where=""
                ) from error
            raise ConfigError("weights_of_another", model=model, path=used[-1], where="") from error


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits; it is computed once."""
    about = path.stat()
    return _digest(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=32)
def _digest(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _patient_for(seconds: float) -> Iterator[None]:
    """Wait no longer than this for an answer from the network: Keras itself waits for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


@contextlib.contextmanager
def _asked_through(function: Callable[..., str]) -> Iterator[None]:
    """Let the applications ask ``function`` for their files inside this block."""
    module: Any = importlib.import_module(_ASKING)
    before = module.get_file
    module.get_file = function
    try:
        yield
    finally:
        module.get_file = before


def _own_file(weights: str, model: str) -> Path:
    path = Path(weights).expanduser()
    if path.suffix != ".h5" or not path.is_file():
        raise ConfigError("no_weights_file", model=model, path=weights, where="")
    return path


def _keras_file(model: str, name: str, address: str, asked: dict[str, Any]) -> Path:
    """Return the file in Keras's cache; Keras downloads it if it is not there.

    Args:
        model: the model's name, for an error.
        name: of the file.
        address: where Keras downloads it.
        asked: what the application says of it besides: the folder in the cache, a checksum.
    """
    checksum = asked.get("file_hash") or asked.get("md5_hash")
    folder = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    subfolder = asked.get("cache_subdir", "models")
    # After `import keras`, whose own `get_file` was put aside for as long as a network is built.
    from_keras: Callable[..., str] = keras.utils.get_file
    try:
        with contextlib.redirect_stdout(sys.stderr), _patient_for(_TIMEOUT):
            path = from_keras(
                name, address, cache_subdir=subfolder, cache_dir=folder, file_hash=checksum
            )
    except Exception as error:  # Keras has a plain `Exception` for a download that failed
        kind = "md5" if checksum and len(checksum) == 32 else "sha256"
        known = f"{kind} {checksum}" if checksum else "–"
        raise ConfigError(
            "weights_missing",
            model=model,
            name=name,
            checksum=known,
            folder=folder / subfolder,
            address=address,
            where="",
        ) from error
    return Path(path)


def _check_content(path: Path, model: str) -> None:
    """Refuse a file that is no HDF5, or whose numbers lie in another file.

    Raises:
        ConfigError: it is such a file.
    """
    import h5py

    def outside(group: Any) -> bool:
        for name in group:
            if isinstance(group.get(name, getlink=True), h5py.ExternalLink):
                return True
            item = group[name]
            if isinstance(item, h5py.Group) and outside(item):
                return True
            if isinstance(item, h5py.Dataset) and (item.external or item.is_virtual):
                return True
        return False

    try:
        with h5py.File(path) as file:
            strange = outside(file)
    except (OSError, RecursionError) as error:
        raise ConfigError("weights_of_another", model=model, path=path, where="") from error
    if strange:
        raise ConfigError("weights_of_another", model=model, path=path, where="")
