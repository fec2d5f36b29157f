"""Programs that JAX compiled, kept for whoever needs the same ones again, such as the next seed.

A program takes all that differs between two seeds as arguments: weights, the optimizer's variables,
the states of random numbers, images, orders. So it holds none of the objects that it was made from.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.config import Settings
from cotejo.models import family_of

__all__ = ["about", "asker", "clear_programs", "likeness", "mark", "placed", "program"]

_MOST = 48
"""How many programs are kept: those that were used last."""

_programs: OrderedDict[Hashable, Any] = OrderedDict()
_marks: WeakKeyDictionary[Any, Hashable] = WeakKeyDictionary()

_LARGEST, _ARRAYS = 2**27, 4
"""How many bytes an array of images may have to stay on the device, and how many arrays stay."""

_placed: OrderedDict[tuple[int, int], tuple[ref[Any], list[Any]]] = OrderedDict()

_NO_MATTER = {
    "epochs",
    "early_stopping",
    "start_from",
    "tta",
    "train_fraction",
    "small_epochs",
    "hard_epochs",
    "hard_share",
    "unfreeze",
    "unfreeze_rate",
    "average",
    "callbacks",
    "initializer",
}
"""The settings that no step depends on, but by the shapes or the values of what it takes."""


def about(settings: Settings) -> Hashable | None:
    """Return what a step depends on, but for shapes and the length of a schedule.

    Two trainings for which it is the same do the same with different numbers. It is None where
    nobody knows: code of the user's own may keep anything that it was made with, and a frozen
    backbone is trained in two parts.
    """
    family = family_of(settings)
    if settings.sources or not family.ships or family.is_pretrained(settings.options):
        return None
    flat = settings.flat()
    if settings.schedule == "constant":
        flat.pop("learning_rate")  # a variable of the optimizer
    return tuple(
        sorted((name, repr(value)) for name, value in flat.items() if name not in _NO_MATTER)
    )


def mark(network: keras.Model, kind: Hashable | None) -> None:
    """Note that two networks with the same ``kind`` differ in nothing but their weights."""
    if kind is not None:
        _marks[network] = kind


def likeness(network: keras.Model) -> Hashable | None:
    """Return the kind that a network was marked with; None if it was not."""
    try:
        return _marks.get(network)
    except TypeError:  # what is no network, and can't be looked up
        return None


def asker(network: keras.Model) -> Callable[[NDArray[Any]], Any]:
    """Return what gives a network's outputs for a batch of images.

    On JAX they may still be computed when it returns, so that the next batch need not wait. The
    program of a network is that of all of its kind.
    """
    kind = likeness(network) if keras.config.backend() == "jax" else None
    if kind is None:
        # Not `predict`: its data pipeline takes seconds to close (docs/decisions/0002).
        return network.predict_on_batch  # type: ignore[no-any-return]
    variables = network.trainable_variables, network.non_trainable_variables
    weights = tuple([variable.value for variable in group] for group in variables)

    def outputs(weights: Any, batch: Any) -> Any:
        return network.stateless_call(*weights, batch, training=False)[0]

    def ask(batch: NDArray[Any]) -> Any:
        return program(kind, lambda: outputs, (weights, batch))(weights, batch)

    return ask


def placed(network: keras.Model, images: NDArray[Any], size: int) -> Iterable[Any]:
    """Return images in batches of one size, as a network is asked about them.

    On JAX the batches of the last few arrays stay on the device: a study asks each of its networks
    about the same images.
    """
    if keras.config.backend() != "jax" or likeness(network) is None or images.nbytes > _LARGEST:
        return _full_batches(images, size)
    import jax

    for gone in [key for key, (there, _) in _placed.items() if there() is None]:
        del _placed[gone]
    key = id(images), size
    if key not in _placed:
        batches = [jax.numpy.asarray(batch) for batch in _full_batches(images, size)]
        _placed[key] = ref(images), batches
        while len(_placed) > _ARRAYS:
            _placed.popitem(last=False)
    _placed.move_to_end(key)
    return _placed[key][1]


def _full_batches(images: NDArray[Any], size: int) -> Iterator[NDArray[Any]]:
    """Yield images in batches of one size; images that are there already fill the last one."""
    for start in range(0, len(images), size):
        batch = images[start : start + size]
        yield batch if len(batch) == size else batch[np.arange(size) % len(batch)]


def program(
    key: Hashable,
    make: Callable[[], Callable[..., Any]],
    arguments: tuple[Any, ...],
    donated: bool = False,
) -> Any:
    """Return a function compiled for arguments of these shapes, or the one that was kept.

    Args:
        key: what the function depends on besides its arguments; their shapes are added.
        make: returns the function, from arrays to arrays, such as JAX can trace.
        arguments: with which it will be called, or others of the same shapes.
        donated: whether the first argument is used up, so that its memory can be used again.
    """
    import jax

    whole = key, tuple(_shapes(argument) for argument in arguments), donated
    if whole in _programs:
        _programs.move_to_end(whole)
        return _programs[whole]
    jitted = jax.jit(make(), donate_argnums=(0,) if donated else ())
    _programs[whole] = jitted.lower(*arguments).compile()
    while len(_programs) > _MOST:
        _programs.popitem(last=False)
    return _programs[whole]


def clear_programs() -> None:
    """Forget all programs, and the memory that they take."""
    _programs.clear()
    _placed.clear()


def _shapes(argument: Any) -> Hashable:
    import jax

    leaves, structure = jax.tree.flatten(argument)
    return structure, tuple((tuple(leaf.shape), str(leaf.dtype)) for leaf in leaves)
