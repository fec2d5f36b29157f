"""A fresh backend for each network: seeded when it begins, its memory let go of when it ends."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from cotejo.backend import keras
from cotejo.train.learner import device_images

__all__ = ["fresh_backend"]


@contextmanager
def fresh_backend(seed: int = 0) -> Iterator[None]:
    """Seed every source of chance, and let go of what was built inside when it ends.

    Args:
        seed: of Python's, NumPy's and the backend's draws.
    """
    keras.utils.set_random_seed(seed)
    try:
        yield
    except BaseException:
        # A step that failed on JAX may leave no usable buffer of what it was lent.
        device_images.cache_clear()
        raise
    finally:
        keras.utils.clear_session()
        gc.collect()
