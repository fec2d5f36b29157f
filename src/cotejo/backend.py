"""Keras, imported quietly, on the backend and with the settings that suit this machine.

Everything of Cotejo's that needs Keras takes it from here, so that the choices are made before
its first import: ``from cotejo.backend import keras, ops``. ``KERAS_BACKEND`` overrides the
choice of the backend, and any variable that the user has set stays as it is.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numpy.typing import NDArray

from cotejo.errors import BackendError
from cotejo.memory import check_memory
from cotejo.messages import did_you_mean
from cotejo.platform import (
    BACKENDS,
    chosen_backend,
    interpreter,
    is_installed,
    package_of,
    quiet_stderr,
)

__all__ = ["keras", "ops", "set_seed", "steps_feed", "use_precision"]


def _check_backend(name: str) -> None:
    if name not in BACKENDS:
        known = ", ".join(BACKENDS)
        hint = did_you_mean(name, BACKENDS)
        raise BackendError("backend_unknown", name=name, known=known, hint=hint)
    if not is_installed(name):
        anywhere = any(is_installed(other) for other in BACKENDS)
        key = "backend_missing" if anywhere else "backend_none"
        raise BackendError(key, backend=name, package=package_of(name), python=interpreter())


# Set even where the variable is there and empty, which Keras would take for its own choice.
os.environ["KERAS_BACKEND"] = chosen_backend()
_check_backend(os.environ["KERAS_BACKEND"])
check_memory()
# What TensorFlow logs from C++ is not about the user's work; its exceptions say what is.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow turns oneDNN on by itself only on newer processors; it was 1.6 times as fast on a
# Zen 3 as without (docs/decisions/0002).
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

# Its advice on retracing is about one process that builds many models, which a study is.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

try:
    with quiet_stderr(), warnings.catch_warnings():
        # What other packages deprecate in each other is not about the user's work either, and
        # must not end it where warnings are errors.
        warnings.simplefilter("ignore")
        import keras
        from keras import ops

        # The backend's devices are set up by its first operation, with a noise of their own.
        ops.zeros(())
except Exception as error:  # a backend that is broken can raise anything
    raise BackendError(
        "backend_broken",
        backend=os.environ["KERAS_BACKEND"],
        reason=f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(".: "),
    ) from error


def set_seed(seed: int) -> None:
    """Seed every source of chance: Python's, NumPy's and the backend's.

    Before 3.13 Keras leaves its generator of draws without a seed of their own as it was.
    """
    if tuple(map(int, keras.__version__.split(".")[:2])) < (3, 13):
        keras.utils.clear_session()
    keras.utils.set_random_seed(seed)


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
