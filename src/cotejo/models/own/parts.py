"""What settings name in a file of the user's own, and the error where it is of the wrong kind."""

from __future__ import annotations

import copy
from typing import Any

from cotejo.backend import keras
from cotejo.config import Settings, file_of
from cotejo.config.sources import Source, name_in
from cotejo.errors import ConfigError
from cotejo.messages import message
from cotejo.models.own.executing import named

__all__ = ["named_in", "of_another_kind", "shown_kind"]


def named_in(settings: Settings, value: str) -> tuple[Source, Any]:
    """Run the file that a value names, and return it and what it calls by the value's name.

    What was given in Python is there already, and nothing is run.

    Args:
        settings: with the files that they name.
        value: such as ``"nets.py:lion"``.

    Raises:
        ConfigError: the file ends in an error, or has nothing of that name.
    """
    source = settings.sources[str(file_of(value))]
    if source.build is None:
        return source, named(source, name_in(value))
    thing = source.build
    # A callback keeps what it has seen: no training may see that of another.
    return source, copy.deepcopy(thing) if isinstance(thing, keras.callbacks.Callback) else thing


def of_another_kind(name: str, expected: str, received: Any) -> ConfigError:
    """Return the error about what is of another kind than expected.

    Args:
        name: as the settings name it.
        expected: the name of a class.
        received: what came.
    """
    return ConfigError(
        "own_of_another_kind", name=name, expected=expected, received=shown_kind(received)
    )


def shown_kind(received: Any) -> str:
    """Return what came, in words: ``nothing``, or the name of its class.

    Example:
        >>> shown_kind(None), shown_kind(3.5)
        ('nothing', 'a float')
    """
    if received is None:
        return message("errors.own_gives_nothing")
    return message("errors.own_gives_kind", kind=type(received).__name__)
