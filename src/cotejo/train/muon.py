"""Muon: orthogonal steps for weight matrices, and Adam's steps for all other weights."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cotejo.backend import keras, ops

__all__ = ["Muon", "orthogonalized"]

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Jordan's quintic polynomial: it raises small singular values to about 1 in the fewest steps."""


def orthogonalized(matrix: Any, iterations: int = 3, dtype: str = "float32") -> Any:
    """Return approximately the nearest semi-orthogonal matrix, by Newton-Schulz iteration.

    Args:
        matrix: ``[m, n]``; its scale does not matter.
        iterations: three bring the singular values that matter to between 0.3 and 1.3, which is
            enough for training.
        dtype: the type of the computation; bfloat16 is enough for training.

    Returns:
        ``[m, n]``, of the same type as ``matrix``.

    References:
        Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks".

    Example:
        >>> product = orthogonalized(ops.convert_to_tensor([[3.0, 0.0], [0.0, 2.0]]), iterations=5)
        >>> bool(abs(float(product[0, 1])) < 1e-6 and 0.6 < float(product[0, 0]) < 1.3)
        True
    """
    rows, columns = matrix.shape
    # Transposed if necessary, so that the products have the size of the smaller side.
    upright = ops.transpose(matrix) if rows > columns else matrix
    x = ops.cast(upright / _norm(upright), dtype)
    a, b, c = _COEFFICIENTS
    for _ in range(iterations):
        gram = ops.matmul(x, ops.transpose(x))
        x = a * x + ops.matmul(b * gram + c * ops.matmul(gram, gram), x)
    x = ops.cast(x, matrix.dtype)
    return ops.transpose(x) if rows > columns else x


def _norm(values: Any) -> Any:
    return ops.sqrt(ops.sum(ops.square(values))) + 1e-7


def _initial_size(variable: Any) -> float:
    """Return the standard deviation of a kernel; 1 for what is no kernel or has none."""
    if len(variable.shape) < 2:
        return 1.0
    return float(np.std(ops.convert_to_numpy(variable))) or 1.0


@keras.saving.register_keras_serializable("cotejo")
class Muon(keras.optimizers.Optimizer):
    """Orthogonalised momentum for the kernels of hidden layers, and Adam for the other weights.

    In each step, all directions of a kernel move equally far, even those that only few images
    ask for. A kernel is seen as a matrix with one column per output, and its Frobenius norm is
    kept at √(outputs). So the learning rate is relative to the kernel's size. Adam trains the
    last layer's kernel, the biases and the scales of normalisations, with its own rate on the
    same schedule.

    Args:
        learning_rate: of the kernels; a number or a schedule.
        momentum: Nesterov's momentum of the kernels' gradients.
        adam_share: Adam's rate for the other weights, as a share of `learning_rate`. For the last
            layer's kernel it is also multiplied by the kernel's initial standard deviation, so
            that the scale of the kernel does not matter.
        last_layer: the name of the last layer, whose kernel Adam trains.

    References:
        Jordan et al. 2024, "Muon", for the update; Jordan's airbench94_muon for its use on
        convolutions and for the fixed norm; Kingma and Ba 2015 (arXiv 1412.6980).

    Example:
        >>> Muon(0.1).get_config()["momentum"]
        0.6
    """

    def __init__(
        self,
        learning_rate: Any = 0.1,
        momentum: float = 0.6,
        adam_share: float = 0.5,
        last_layer: str = "logits",
        name: str = "muon",
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.momentum = momentum
        self.adam_share = adam_share
        self.last_layer = last_layer

    def build(self, variables: list[Any]) -> None:
        """Make a momentum for every variable, and a second moment for those of Adam."""
        if self.built:
            return
        super().build(variables)
        self._momentums = [
            self.add_variable_from_reference(variable, name="momentum") for variable in variables
        ]
        self._velocities = [
            None
            if self._is_hidden_kernel(variable)
            else self.add_variable_from_reference(variable, name="velocity")
            for variable in variables
        ]

        # A variable, not numbers: a step that was compiled for one seed is run for others too.
        self._sizes = self.add_variable((len(variables),), "ones", "float32", name="sizes")
        self._sizes.assign(np.array([_initial_size(variable) for variable in variables]))

    def _is_hidden_kernel(self, variable: Any) -> bool:
        return len(variable.shape) >= 2 and f"{self.last_layer}/" not in variable.path

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Move one variable by its gradient."""
        index = self._get_variable_index(variable)
        momentum, velocity = self._momentums[index], self._velocities[index]
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        if velocity is None:
            self._orthogonal_step(gradient, variable, momentum, rate)
        else:
            size = ops.cast(self._sizes[index], rate.dtype)
            rate = rate * (self.adam_share * size)
            self._adam_step(gradient, variable, momentum, velocity, rate)

    def _orthogonal_step(self, gradient: Any, variable: Any, momentum: Any, rate: Any) -> None:
        self.assign(momentum, self.momentum * momentum + gradient)
        ahead = gradient + self.momentum * momentum
        outputs = variable.shape[-1]
        step = orthogonalized(ops.reshape(ahead, (-1, outputs)), dtype="bfloat16")
        normalized = variable * (math.sqrt(outputs) / _norm(variable))
        self.assign(variable, normalized - rate * ops.reshape(step, variable.shape))

    def _adam_step(
        self, gradient: Any, variable: Any, momentum: Any, velocity: Any, rate: Any
    ) -> None:
        first, second = 0.9, 0.98
        count = ops.cast(self.iterations + 1, variable.dtype)
        self.assign(momentum, first * momentum + (1 - first) * gradient)
        self.assign(velocity, second * velocity + (1 - second) * ops.square(gradient))
        mean = momentum / (1 - ops.power(first, count))
        size = ops.sqrt(velocity / (1 - ops.power(second, count))) + 1e-8
        self.assign_sub(variable, rate * mean / size)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {name: getattr(self, name) for name in ("momentum", "adam_share", "last_layer")}
        config: dict[str, Any] = super().get_config()
        return config | own
