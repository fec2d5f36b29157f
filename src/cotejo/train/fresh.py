"""A fresh backend for each network: seeded when it begins, its memory let go of when it ends."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from cotejo.backend import keras
from cotejo.train.learner import device_images

__all__ = ["fresh_backend"]

_TABLE_MODULE = "tensorflow.python.framework.ops"


@contextmanager
def fresh_backend(seed: int = 0) -> Iterator[None]:
    """Seed every source of chance, and let go of what was built inside when it ends.

    A compiled function that was traced inside has no gradient of its own any more afterwards.

    Args:
        seed: of Python's, NumPy's and the backend's draws.
    """
    keras.utils.set_random_seed(seed)
    gradients = _registered_gradients()
    before = set(gradients)
    try:
        yield
    except BaseException:
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
