"""Keras, imported quietly, on the backend and with the settings that suit this machine.

Everything of Cotejo's that needs Keras takes it from here, so that the choices are made before
its first import: ``from cotejo.backend import keras, ops``. ``KERAS_BACKEND`` overrides the
choice of the backend, and any variable that the user has set stays as it is.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numpy.typing import NDArray

from cotejo.platform import default_backend, quiet_stderr

__all__ = ["keras", "ops", "steps_feed", "use_precision"]

os.environ.setdefault("KERAS_BACKEND", default_backend())
# What TensorFlow logs from C++ is not about the user's work; its exceptions say what is.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow turns oneDNN on by itself only on newer processors; it was 1.6 times as fast on a
# Zen 3 as without (docs/decisions/0002).
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

# Its advice on retracing is about one process that builds many models, which a study is.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

with quiet_stderr():
    import keras
    from keras import ops

    # The backend's devices are set up by its first operation, with a noise of their own.
    ops.zeros(())


@contextmanager
def use_precision(precision: str) -> Iterator[None]:
    """Build networks that compute in ``precision``, ``"float32"`` or ``"bfloat16"``, inside."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bfloat16" else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def steps_feed(*arrays: NDArray[Any]) -> Any:
    """Return what `fit` takes for arrays ``[steps, batch, …]``: a step a row, in order.

    On TensorFlow a `tf.data` pipeline without its autotuner: the thread of the one that Keras
    makes from arrays sleeps for up to as long as the epoch took before it lets go of it.
    """
    if keras.config.backend() != "tensorflow":
        return (tuple(array[step] for array in arrays) for step in range(len(arrays[0])))
    import tensorflow

    options = tensorflow.data.Options()
    options.autotune.enabled = False
    return tensorflow.data.Dataset.from_tensor_slices(arrays).with_options(options)
