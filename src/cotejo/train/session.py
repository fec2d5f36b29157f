"""A fresh backend for each network: seeded when it begins, its memory let go of when it ends."""

from __future__ import annotations

import gc
import importlib
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from cotejo.backend import keras, set_seed
from cotejo.train.learner import device_images

__all__ = ["fresh_backend"]

_TABLE_MODULE = "tensorflow.python.framework.ops"


@contextmanager
def fresh_backend(seed: int = 0) -> Iterator[None]:
    """Seed every source of chance, and let go of what was built inside when it ends.

    A function that defines its own gradient and was compiled inside can't be differentiated
    afterwards. Where an error ends it, the local variables of what raised the error are cleared:
    whoever keeps the error, to tell of it at the end of a study, would keep the network, too.

    Args:
        seed: of Python's, NumPy's and the backend's draws.
    """
    set_seed(seed)
    gradients = _registered_gradients()
    before = set(gradients)
    try:
        yield
    except BaseException as error:
        _clear_locals(error)
        # A step that failed on JAX may leave no usable buffer of what it was lent.
        device_images.cache_clear()
        raise
    finally:
        for name in set(gradients) - before:
            # Others were named by somebody, once for the process.
            if name.startswith("CustomGradient-"):
                del gradients[name]
        keras.utils.clear_session()
        gc.collect()


def _clear_locals(error: BaseException) -> None:
    """Clear the local variables of every finished call in an error's traceback and its causes'."""
    chained: list[BaseException | None] = [error]
    cleared: set[int] = set()
    while chained:
        link = chained.pop()
        if link is not None and id(link) not in cleared:
            cleared.add(id(link))
            traceback.clear_frames(link.__traceback__)
            chained += [link.__cause__, link.__context__]


def _registered_gradients() -> MutableMapping[str, Any]:
    """Return TensorFlow's own table of gradients by name, or an empty one where there is none.

    A `tf.custom_gradient` in a compiled function is entered there each time that it is traced, and
    TensorFlow never takes it out. Each entry keeps the function's whole graph. Every training step
    has one: Keras's optimizers sum gradients over replicas through a `tf.custom_gradient`; SiLU and
    `cotejo.kernels.convolved` use it, too. TensorFlow has no public way to the table.
    """
    if keras.config.backend() != "tensorflow":
        return {}
    try:
        table = importlib.import_module(_TABLE_MODULE).gradient_registry._registry
    except (ImportError, AttributeError):
        # A TensorFlow that keeps its table elsewhere: trainings work, the process grows.
        return {}
    return table if isinstance(table, dict) else {}
