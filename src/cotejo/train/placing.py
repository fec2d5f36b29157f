"""Images that stay on the device, since a study asks each of its networks about the same ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

__all__ = ["can_stay", "full_batches", "place_of", "placed", "placed_together"]

_LARGEST, _ARRAYS = 2**27, 6
"""How many bytes an array of images may have to stay on the device, and how many arrays stay."""

_placed: OrderedDict[Hashable, tuple[ref[Any], Any]] = OrderedDict()


def can_stay(images: NDArray[Any]) -> bool:
    """Return whether images are few enough to stay on the device."""
    return images.nbytes <= _LARGEST


def placed(images: NDArray[Any], size: int) -> list[Any]:
    """Return images on the device, in batches of one size."""
    import jax

    return _stay(  # type: ignore[no-any-return]
        images, size, lambda: [jax.numpy.asarray(batch) for batch in full_batches(images, size)]
    )


def placed_together(images: NDArray[Any], size: int) -> Any:
    """Return images on the device in one array, ``[batches, size, …]``."""
    import jax

    return _stay(
        images,
        ("together", size),
        lambda: jax.numpy.asarray(np.stack(list(full_batches(images, size)))),
    )


def place_of(images: NDArray[Any]) -> Hashable:
    """Return what is equal for two views of the same images in the computer's memory."""
    return id(_owner(images)), images.ctypes.data, images.shape, images.strides, str(images.dtype)


def _owner(images: NDArray[Any]) -> NDArray[Any]:
    """Return the array whose memory a view shows; it is there as long as the memory is."""
    return images.base if isinstance(images.base, np.ndarray) else images


def _stay(images: NDArray[Any], how: Hashable, make: Callable[[], Any]) -> Any:
    for gone in [key for key, (owner, _) in _placed.items() if owner() is None]:
        del _placed[gone]
    key = place_of(images), how
    if key not in _placed:
        _placed[key] = ref(_owner(images)), make()
        while len(_placed) > _ARRAYS:
            _placed.popitem(last=False)
    _placed.move_to_end(key)
    return _placed[key][1]


def full_batches(images: NDArray[Any], size: int) -> Iterator[NDArray[Any]]:
    """Yield images in batches of one size; images that are there already fill the last one."""
    for start in range(0, len(images), size):
        batch = images[start : start + size]
        yield batch if len(batch) == size else batch[np.arange(size) % len(batch)]
