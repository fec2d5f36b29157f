"""Asking networks about images: one network, or several seeds' in one call of the device."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.train.placing import can_stay, full_batches, place_of, placed, placed_together
from cotejo.train.programs import fewer_at_once, likeness, most_at_once, program, ran_out

__all__ = ["AskWork"]

_AHEAD = 32
"""How many batches are waited for at most."""

_TOGETHER = 128
"""The most images at a time of several networks: their convolutions are small ones, as in training
(`cotejo.models.kernels.as_products`), and take no more memory than one network's larger batch."""

Weights = tuple[list[Any], list[Any]]
"""The values of variables that learn, and of the others."""


@dataclass(frozen=True, eq=False)
class AskWork:
    """Some images that a network is asked about.

    Attributes:
        network: from pixels, or features, to outputs.
        images: ``[n, …]``, one or more.
        size: how many at a time.
    """

    network: keras.Model
    images: NDArray[Any]
    size: int

    @property
    def alike(self) -> Hashable:
        """What pieces of work have in common that can be done together: network and images."""
        if not self._shares():
            return object()
        return likeness(self.network), place_of(self.images), self.size

    def alone(self) -> NDArray[Any]:
        """Return the outputs, ``[n, outputs]``."""
        ask = self._asker()
        outputs: list[Any] = []
        for number, batch in enumerate(self._batches()):
            outputs.append(ask(batch))
            if number >= _AHEAD:  # a device that works ahead has the batches in its memory
                outputs[number - _AHEAD] = np.asarray(outputs[number - _AHEAD])
        return np.concatenate([np.asarray(output) for output in outputs])[: len(self.images)]

    def together(self, others: Sequence[AskWork], size: int) -> list[NDArray[Any]]:
        """Ask several networks in one call, as `Work.together` says."""
        works, kind = [self, *others], ("ask", likeness(self.network))
        if others and most_at_once(kind) >= size:
            try:
                return _in_one_call(works, size)
            except Exception as error:
                if not ran_out(error):
                    raise
            fewer_at_once(kind, size - 1)
        return [work.alone() for work in works]

    def _shares(self) -> bool:
        """Whether programs and images are those of other networks too."""
        on_jax = keras.config.backend() == "jax"
        return on_jax and likeness(self.network) is not None and can_stay(self.images)

    def _batches(self) -> Iterable[Any]:
        batches = placed if self._shares() else full_batches
        return batches(self.images, self.size)

    def _asker(self) -> Callable[[Any], Any]:
        """Return what gives the outputs for a batch.

        On JAX they may still be computed when it returns, so that the next batch need not wait.
        The program of a network is that of all of its kind.
        """
        network, kind = self.network, likeness(self.network)
        if kind is None or keras.config.backend() != "jax":
            # Not `predict`: its data pipeline takes seconds to close (docs/decisions/0002).
            return network.predict_on_batch  # type: ignore[no-any-return]
        weights = _weights(network)

        def ask(batch: Any) -> Any:
            return program(kind, lambda: _outputs(network), (weights, batch))(weights, batch)

        return ask


def _in_one_call(works: Sequence[AskWork], size: int) -> list[NDArray[Any]]:
    first = works[0]
    weights = [_weights(work.network) for work in works]
    # In the place of networks that are not asked now: a program for fewer would be another one.
    weights += weights[:1] * (size - len(works))
    arguments = tuple(weights), placed_together(first.images, min(first.size, _TOGETHER))
    kind = likeness(first.network), "together"
    found = np.asarray(program(kind, lambda: _several(first.network), arguments)(*arguments))
    batches, networks, images, *shape = found.shape
    of_network = np.swapaxes(found, 0, 1).reshape(networks, batches * images, *shape)
    return list(of_network[: len(works), : len(first.images)])


def _several(network: keras.Model) -> Callable[..., Any]:
    """Return the function from several networks' weights and batches to their outputs.

    Returns:
        ``[batches, networks, size, outputs]`` of batches ``[batches, size, …]``.
    """
    outputs = _outputs(network)

    def several(weights: tuple[Weights, ...], batches: Any) -> Any:
        import jax

        stacked = jax.tree.map(lambda *arrays: jax.numpy.stack(arrays), *weights)
        of_all = jax.vmap(outputs, in_axes=(0, None))
        return jax.lax.map(lambda batch: of_all(stacked, batch), batches)

    return several


def _weights(network: keras.Model) -> Weights:
    learned, others = (
        [variable.value for variable in group]
        for group in (network.trainable_variables, network.non_trainable_variables)
    )
    return learned, others


def _outputs(network: keras.Model) -> Callable[[Weights, Any], Any]:
    def outputs(weights: Weights, batch: Any) -> Any:
        return network.stateless_call(*weights, batch, training=False)[0]

    return outputs
