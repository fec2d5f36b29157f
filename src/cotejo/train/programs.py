"""Programs that JAX compiled, kept for whoever needs the same ones again, such as the next seed.

A program takes all that differs between two seeds as arguments: weights, the optimizer's variables,
the states of random numbers, images, orders. So it holds none of the objects that it was made from.
What is known of programs, such as how many trainings the memory takes at once, is kept with them.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from cotejo.backend import keras
from cotejo.config import Settings
from cotejo.models import family_of

__all__ = [
    "about",
    "clear_programs",
    "fewer_at_once",
    "likeness",
    "mark",
    "most_at_once",
    "program",
    "ran_out",
    "remembered",
]

T = TypeVar("T")

_MOST = 96
"""How many programs and facts about them are kept: those that were used last."""

_remembered: OrderedDict[Hashable, Any] = OrderedDict()
_marks: WeakKeyDictionary[Any, Hashable] = WeakKeyDictionary()

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

    def compiled() -> Any:
        jitted = jax.jit(make(), donate_argnums=(0,) if donated else ())
        return jitted.lower(*arguments).compile()

    shapes = tuple(_shapes(argument) for argument in arguments)
    return remembered(("program", key, shapes, donated), compiled)


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """Return what was made for a key, or make it; what was long not asked for is forgotten.

    Example:
        >>> remembered("two", lambda: 2), remembered("two", lambda: 3)
        (2, 2)
    """
    if key not in _remembered:
        _remembered[key] = make()
        while len(_remembered) > _MOST:
            _remembered.popitem(last=False)
    _remembered.move_to_end(key)
    return _remembered[key]  # type: ignore[no-any-return]


def most_at_once(kind: Hashable) -> int:
    """Return how many pieces of work of a kind the device's memory takes in one call."""
    return remembered(("most", kind), lambda: sys.maxsize)


def fewer_at_once(kind: Hashable, most: int) -> None:
    """Note that there is too little memory for more pieces of work of a kind in one call."""
    _remembered.pop(("most", kind), None)
    remembered(("most", kind), lambda: most)


def ran_out(error: Exception) -> bool:
    """Return whether an error of JAX says that the device has too little memory."""
    return "RESOURCE_EXHAUSTED" in str(error)


def clear_programs() -> None:
    """Forget all programs, and what is known of them."""
    _remembered.clear()


def _shapes(argument: Any) -> Hashable:
    import jax

    leaves, structure = jax.tree.flatten(argument)
    return structure, tuple((tuple(leaf.shape), str(leaf.dtype)) for leaf in leaves)
