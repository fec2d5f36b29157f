"""Several observers in the place of one."""

from __future__ import annotations

from functools import partial
from typing import Any

from cotejo.study.progress import Observer

__all__ = ["Observers"]


class Observers(Observer):
    """Tells several observers, in order, whatever it is told.

    Args:
        *observers: that are told.

    Example:
        >>> class Counting(Observer):
        ...     count = 0
        ...     def tables_failed(self, reason):
        ...         self.count += 1
        >>> first, second = Counting(), Counting()
        >>> Observers(first, second).tables_failed(None)
        >>> first.count, second.count
        (1, 1)
    """

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers
        # Each of an observer's methods, so that none that is added later is forgotten here.
        for name, method in vars(Observer).items():
            if callable(method) and not name.startswith("_"):
                setattr(self, name, partial(self._tell, name))

    @property
    def awaits_times(self) -> bool:
        """Whether any of them does."""
        return any(each.awaits_times for each in self._observers)

    def _tell(self, name: str, *values: Any, **named: Any) -> None:
        for each in self._observers:
            getattr(each, name)(*values, **named)
