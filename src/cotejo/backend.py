"""Keras, imported quietly, with the backend and the settings that suit this machine.

All code that needs Keras imports it from here: ``from cotejo.backend import keras, ops``. So the
backend is chosen before the first import of Keras. ``KERAS_BACKEND`` overrides that choice, and
variables that the user has set are not changed.
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


# Set even if the variable is set but empty: Keras would then choose by itself.
os.environ["KERAS_BACKEND"] = chosen_backend()
_check_backend(os.environ["KERAS_BACKEND"])
check_memory()
# TensorFlow's logs from C++ are not about the user's work. Its exceptions say what is wrong.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# By itself, TensorFlow turns oneDNN on only on newer processors. On a Zen 3, oneDNN made it 1.6
# times as fast (docs/decisions/0002).
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

# TensorFlow warns of retracing where one process builds many models, as every study does.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

try:
    with quiet_stderr(), warnings.catch_warnings():
        # Other packages' deprecation warnings about each other don't concern the user, and must
        # not end the import where warnings are errors.
        warnings.simplefilter("ignore")
        import keras
        from keras import ops

        # The first operation sets up the backend's devices, which logs messages too.
        ops.zeros(())
except Exception as error:  # a backend that is broken can raise anything
    raise BackendError(
        "backend_broken",
        backend=os.environ["KERAS_BACKEND"],
        reason=f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(".: "),
    ) from error


def set_seed(seed: int) -> None:
    """Seed all random numbers: Python's, NumPy's and the backend's.

    Before version 3.13, Keras does not reset the generator that it uses for layers without a seed.
    """
    if tuple(map(int, keras.__version__.split(".")[:2])) < (3, 13):
        keras.utils.clear_session()
    keras.utils.set_random_seed(seed)


@contextmanager
def use_precision(precision: str) -> Iterator[None]:
    """Inside this block, build networks that compute in ``"float32"`` or ``"bfloat16"``."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bfloat16" else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def steps_feed(*arrays: NDArray[Any]) -> Any:
    """Return an input for `fit` that yields arrays ``[steps, batch, …]`` step by step, in order.

    On TensorFlow it is a `tf.data` pipeline without autotuning. Keras's own pipeline has an
    autotuner, whose thread may sleep for as long as the epoch took before it stops.
    """
    if keras.config.backend() != "tensorflow":
        return (tuple(array[step] for array in arrays) for step in range(len(arrays[0])))
    import tensorflow

    options = tensorflow.data.Options()
    options.autotune.enabled = False
    return tensorflow.data.Dataset.from_tensor_slices(arrays).with_options(options)
