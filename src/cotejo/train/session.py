"""A fresh backend for each network: seeded at the start, its memory released at the end."""

from __future__ import annotations

import importlib
import time
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from cotejo.backend import accelerated, keras, set_seed
from cotejo.train.learner import device_images

__all__ = ["fresh_backend"]

_SECONDS = 3.0
"""How long garbage may lie where a collection would take longer than a run."""

_collected = float("-inf")

_TABLE_MODULE = "tensorflow.python.framework.ops"


@contextmanager
def fresh_backend(seed: int = 0) -> Iterator[None]:
    """Seed all random numbers at the start, and release what was built inside at the end.

    A function with its own gradient that was compiled inside can't be differentiated afterwards.
    If an error ends the block, the local variables in its traceback are cleared. Otherwise a
    study that keeps the error, to report it at the end, would also keep the network in memory.

    Args:
        seed: of Python's, NumPy's and the backend's random numbers.
    """
    set_seed(seed)
    gradients = _registered_gradients()
    before = set(gradients)
    try:
        yield
    except BaseException as error:
        _clear_locals(error)
        # After a failed step on JAX, the buffers passed to it may be unusable.
        device_images.cache_clear()
        raise
    finally:
        for name in set(gradients) - before:
            # Gradients with other names were registered on purpose, once for the process.
            if name.startswith("CustomGradient-"):
                del gradients[name]
        keras.utils.clear_session(free_memory=_collects())


def _collects() -> bool:
    """Return whether garbage is collected now.

    On an accelerator a run may take less time than to look for its garbage, a third of a second.
    """
    global _collected
    if accelerated() and time.monotonic() - _collected < _SECONDS:
        return False
    _collected = time.monotonic()
    return True


def _clear_locals(error: BaseException) -> None:
    """Clear the local variables in the tracebacks of an error and of the errors that caused it."""
    chained: list[BaseException | None] = [error]
    cleared: set[int] = set()
    while chained:
        link = chained.pop()
        if link is not None and id(link) not in cleared:
            cleared.add(id(link))
            traceback.clear_frames(link.__traceback__)
            chained += [link.__cause__, link.__context__]


def _registered_gradients() -> MutableMapping[str, Any]:
    """Return TensorFlow's own table of gradients by name, or an empty dict if there is none.

    Each time a compiled function with a `tf.custom_gradient` is traced, an entry is added to this
    table. TensorFlow never removes it, and it keeps the function's whole graph in memory. Every
    training step has such a gradient: Keras's optimizers sum gradients over replicas through one,
    and SiLU and `cotejo.models.kernels.convolved` use one too. TensorFlow has no public access to
    the table.
    """
    if keras.config.backend() != "tensorflow":
        return {}
    try:
        table = importlib.import_module(_TABLE_MODULE).gradient_registry._registry
    except (ImportError, AttributeError):
        # This TensorFlow has its table elsewhere. Training works, but the process grows.
        return {}
    return table if isinstance(table, dict) else {}
