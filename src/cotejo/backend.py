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
from importlib.util import find_spec
from typing import Any

from numpy.typing import NDArray

from cotejo.errors import BackendError
from cotejo.messages import did_you_mean
from cotejo.platform import chosen_backend, interpreter, quiet_stderr

__all__ = ["batch_normalized", "convolved", "keras", "ops", "steps_feed", "use_precision"]

_BACKENDS = ("tensorflow", "jax", "torch")


def _check_backend(name: str) -> None:
    if name not in _BACKENDS:
        known = ", ".join(_BACKENDS)
        hint = did_you_mean(name, _BACKENDS)
        raise BackendError("backend_unknown", name=name, known=known, hint=hint)
    if find_spec(name) is None:
        raise BackendError("backend_missing", backend=name, python=interpreter())


# Set even where the variable is there and empty, which Keras would take for its own choice.
os.environ["KERAS_BACKEND"] = chosen_backend()
_check_backend(os.environ["KERAS_BACKEND"])
# What TensorFlow logs from C++ is not about the user's work; its exceptions say what is.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow turns oneDNN on by itself only on newer processors; it was 1.6 times as fast on a
# Zen 3 as without (docs/decisions/0002).
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

# Its advice on retracing is about one process that builds many models, which a study is.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

try:
    with quiet_stderr():
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


def batch_normalized(inputs: Any, gamma: Any, beta: Any, epsilon: float) -> tuple[Any, Any, Any]:
    """Return a batch normalised over all but its last axis, and its mean and variance.

    On TensorFlow the fused kernel, which takes bfloat16 and keeps the moments in float32.

    Args:
        inputs: ``[batch, height, width, channels]``.
        gamma: ``[channels]``, float32, the scale.
        beta: ``[channels]``, float32, the offset.
        epsilon: added to the variance.

    Returns:
        The outputs, of the inputs' shape and type; mean and variance ``[channels]``, float32.
    """
    if keras.config.backend() == "tensorflow":
        import tensorflow

        outputs, mean, variance = tensorflow.compat.v1.nn.fused_batch_norm(
            inputs,
            ops.convert_to_tensor(gamma),
            ops.convert_to_tensor(beta),
            epsilon=epsilon,
            is_training=True,
        )
        return outputs, mean, variance
    floats = ops.cast(inputs, "float32")
    axes = list(range(len(inputs.shape) - 1))
    mean, variance = ops.moments(floats, axes=axes)
    outputs = ops.batch_normalization(floats, mean, variance, -1, beta, gamma, epsilon)
    return ops.cast(outputs, inputs.dtype), mean, variance


def convolved(inputs: Any, kernel: Any) -> Any:
    """Return the 3×3 convolution of a batch, as large as it was.

    oneDNN computes the gradient of a kernel in bfloat16 at half the speed of the convolution
    itself, or a quarter, where an image's rows are short: it works along them. So a kernel's
    gradient is taken from several images in one row, a column of zeros between them, which is
    the same sum (benchmarks/narrow_gradients.py).

    Args:
        inputs: ``[batch, height, width, channels]``.
        kernel: ``[3, 3, channels, filters]``.

    Returns:
        ``[batch, height, width, filters]``, of the inputs' type.
    """
    if keras.config.backend() == "tensorflow":
        import tensorflow

        inputs, kernel = ops.convert_to_tensor(inputs), ops.convert_to_tensor(kernel)
        together = _images_a_row(inputs.shape)
        on_cpu = not tensorflow.config.list_physical_devices("GPU")
        if on_cpu and inputs.dtype == tensorflow.bfloat16 and together > 1:
            return _convolved_with_packed_gradient(inputs, kernel, together)
    return ops.conv(inputs, kernel, strides=1, padding="same")


def _images_a_row(shape: Any, narrow: int = 11, most: int = 20) -> int:
    """Return how many images of a batch are put into one row: a divisor of the batch."""
    batch, _, width, _ = shape
    if batch is None or width is None or width > narrow:
        return 1
    return max(number for number in range(1, most + 1) if batch % number == 0)


def _convolved_with_packed_gradient(inputs: Any, kernel: Any, together: int) -> Any:
    import tensorflow

    def packed(images: Any) -> Any:
        batch, height, width, channels = images.shape
        rows = batch // together
        apart = tensorflow.pad(images, [[0, 0], [0, 0], [0, 1], [0, 0]])
        apart = tensorflow.reshape(apart, [rows, together, height, width + 1, channels])
        side_by_side = tensorflow.transpose(apart, [0, 2, 1, 3, 4])
        return tensorflow.reshape(side_by_side, [rows, height, -1, channels])

    same: dict[str, Any] = {"strides": [1, 1, 1, 1], "padding": "SAME"}

    @tensorflow.custom_gradient
    def convolve(inputs: Any, kernel: Any) -> tuple[Any, Any]:
        def gradient(upstream: Any) -> tuple[Any, Any]:
            of_inputs = tensorflow.raw_ops.Conv2DBackpropInput(
                input_sizes=inputs.shape, filter=kernel, out_backprop=upstream, **same
            )
            of_kernel = tensorflow.raw_ops.Conv2DBackpropFilter(
                input=packed(inputs),
                filter_sizes=kernel.shape,
                out_backprop=packed(upstream),
                **same,
            )
            return of_inputs, of_kernel

        return tensorflow.nn.conv2d(inputs, kernel, 1, "SAME"), gradient

    return convolve(inputs, kernel)
