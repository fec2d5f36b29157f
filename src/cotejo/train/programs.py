"""Programs that JAX compiled, kept for whoever needs the same ones again, such as the next seed.

A program takes all that differs between two seeds as arguments: weights, the optimizer's variables,
the states of random numbers, images, orders. So it holds none of the objects that it was made from.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from cotejo.backend import keras
from cotejo.config import Settings
from cotejo.models import family_of

__all__ = ["about", "clear_programs", "likeness", "mark", "program"]

_MOST = 48
"""How many programs are kept: those that were used last."""

_programs: OrderedDict[Hashable, Any] = OrderedDict()
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
}
"""The settings that no step depends on, but by the shapes of what it takes."""


def about(settings: Settings) -> Hashable | None:
    """Return what a step depends on, but for shapes and the length of a schedule.

    Two trainings for which it is the same do the same with different numbers. It is None where
    nobody knows: code of the user's own may keep anything that it was made with.
    """
    if settings.sources or not family_of(settings).ships:
        return None
    flat = settings.flat()
    return tuple(sorted((name, repr(value)) for name, value in flat.items() if name not in _NO_MATTER))


def mark(network: keras.Model, kind: Hashable | None) -> None:
    """Note that two networks with the same ``kind`` differ in nothing but their weights."""
    if kind is not None:
        _marks[network] = kind


def likeness(network: keras.Model) -> Hashable:
    """Return the kind that a network was marked with; of another one, something of its own."""
    if network not in _marks:
        _marks[network] = object()
    return _marks[network]


def program(
    key: Hashable, function: Callable[..., Any], arguments: tuple[Any, ...], donated: bool = False
) -> Any:
    """Return a function compiled for arguments of these shapes, or the one that was kept.

    Args:
        key: what the function depends on besides its arguments; their shapes are added.
        function: from arrays to arrays, such as JAX can trace.
        arguments: with which it will be called, or others of the same shapes.
        donated: whether the first argument is used up, so that its memory can be used again.
    """
    import jax

    whole = key, tuple(_shapes(argument) for argument in arguments), donated
    if whole in _programs:
        _programs.move_to_end(whole)
        return _programs[whole]
    jitted = jax.jit(function, donate_argnums=(0,) if donated else ())
    _programs[whole] = jitted.lower(*arguments).compile()
    while len(_programs) > _MOST:
        _programs.popitem(last=False)
    return _programs[whole]


def clear_programs() -> None:
    """Forget all programs, and the memory that they take."""
    _programs.clear()


def _shapes(argument: Any) -> Hashable:
    import jax

    leaves, structure = jax.tree.flatten(argument)
    return structure, tuple((tuple(leaf.shape), str(leaf.dtype)) for leaf in leaves)
