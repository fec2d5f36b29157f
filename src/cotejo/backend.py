"""Keras, imported quietly, with the backend and the settings that suit this machine.

All code that needs Keras imports it from here: ``from cotejo.backend import keras, ops``. So the
backend is chosen before the first import of Keras. ``KERAS_BACKEND`` overrides that choice, and
variables that the user has set are not changed.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import BackendError
from cotejo.memory import available_memory, check_memory
from cotejo.messages import did_you_mean
from cotejo.platform import (
    BACKENDS,
    cache_folder,
    chosen_backend,
    has_cuda_for_jax,
    interpreter,
    is_installed,
    package_of,
    quiet_stderr,
)

__all__ = [
    "accelerated",
    "device_memory",
    "gradient",
    "keras",
    "ops",
    "set_seed",
    "steps_feed",
    "streamed_feed",
    "use_precision",
]


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

# JAX would take three quarters of an accelerator's memory at once, others' share included, and
# TensorFlow nearly all of it.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
if os.environ["KERAS_BACKEND"] == "jax" and has_cuda_for_jax():
    # What was compiled for this accelerator is kept for the next process.
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache_folder() / "jax"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.3")
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


def accelerated() -> bool:
    """Return whether Keras computes with JAX on something else than a processor."""
    if keras.config.backend() != "jax":
        return False
    import jax

    return bool(jax.default_backend() != "cpu")


def device_memory() -> int | None:
    """Return the bytes of memory that are free where networks compute; None if nobody knows."""
    backend = keras.config.backend()
    if backend == "jax":
        import jax

        (device, *_) = jax.local_devices()
        if device.platform != "cpu":
            about = device.memory_stats() or {}
            return int(about["bytes_limit"] - about.get("bytes_in_use", 0)) if about else None
    elif backend == "tensorflow":
        import tensorflow

        if tensorflow.config.list_physical_devices("GPU"):
            return None
    elif backend == "torch":
        torch: Any = import_module("torch")
        if torch.cuda.is_available():
            return int(torch.cuda.mem_get_info()[0])
    return available_memory()


def gradient(function: Callable[[Any], Any], at: NDArray[Any]) -> NDArray[np.float32]:
    """Return the gradient of a function's sum, on whichever backend Keras computes.

    Args:
        function: from a tensor of the shape of ``at`` to a tensor, in `cotejo.backend.ops`.
        at: where the gradient is wanted.

    Returns:
        An array of the shape of ``at``.

    Example:
        >>> gradient(lambda x: x**2, np.array([1.0, 3.0])).tolist()
        [2.0, 6.0]
    """
    backend, place = keras.config.backend(), np.asarray(at, np.float32)
    if backend == "jax":
        import jax

        slopes = jax.grad(lambda x: ops.sum(function(x)))(ops.convert_to_tensor(place))
    elif backend == "tensorflow":
        import tensorflow

        tensor = ops.convert_to_tensor(place)
        with tensorflow.GradientTape() as tape:
            tape.watch(tensor)
            total = ops.sum(function(tensor))
        slopes = tape.gradient(total, tensor, unconnected_gradients="zero")
    else:
        torch: Any = import_module("torch")
        tensor = ops.convert_to_tensor(place).requires_grad_(True)
        total = ops.sum(function(tensor))
        (slopes,) = torch.autograd.grad(total, tensor, allow_unused=True)
        slopes = ops.zeros_like(tensor) if slopes is None else slopes
    return np.asarray(ops.convert_to_numpy(slopes), np.float32)


def steps_feed(*arrays: NDArray[Any]) -> Any:
    """Return an input for `fit` that yields arrays ``[steps, batch, …]`` step by step, in order.

    On TensorFlow it is a `tf.data` pipeline without autotuning. Keras's own pipeline has an
    autotuner, whose thread may sleep for as long as the epoch took before it stops.
    """
    if keras.config.backend() != "tensorflow":
        return (tuple(array[step] for array in arrays) for step in range(len(arrays[0])))
    import tensorflow

    feed = tensorflow.data.Dataset.from_tensor_slices(arrays)
    return feed.with_options(_without_autotuning())


def streamed_feed(
    steps: int, step: Callable[[int], tuple[dict[str, NDArray[Any]], NDArray[Any]]]
) -> Any:
    """Return an input for `fit` that makes each step's batch when it is wanted, one step ahead.

    Args:
        steps: how many there are, one or more.
        step: returns the named arrays and the labels of a step, by its number from 0. It is called
            in another thread while the step before is trained on.
    """
    if keras.config.backend() != "tensorflow":
        return _one_ahead(steps, step)
    import tensorflow

    inputs, labels = step(0)
    signature = (
        {name: tensorflow.TensorSpec(array.shape, array.dtype) for name, array in inputs.items()},
        tensorflow.TensorSpec(labels.shape, labels.dtype),
    )
    feed = tensorflow.data.Dataset.from_generator(
        lambda: map(step, range(steps)), output_signature=signature
    )
    return feed.prefetch(2).with_options(_without_autotuning())


def _one_ahead(steps: int, step: Callable[[int], Any]) -> Iterator[Any]:
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(step, 0)
        for number in range(steps):
            batch = coming.result()
            if number + 1 < steps:
                coming = thread.submit(step, number + 1)
            yield batch


def _without_autotuning() -> Any:
    import tensorflow

    options = tensorflow.data.Options()
    options.autotune.enabled = False
    return options
