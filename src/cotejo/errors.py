"""Every error that Cotejo raises on purpose, in one tree.

CotejoError              exit code 1: something failed
├── DownloadError        no source delivered the dataset complete and with its checksum
├── TrainingError        an alternative can't be trained: its loss is NaN, memory runs out
└── UsageError           exit code 2: the user can fix it
    ├── BackendError     the backend that Keras should use is missing or broken
    ├── ConfigError      a study or a setting is wrong
    ├── DataError        the named data is missing, damaged, or in a form Cotejo can't read
    └── OutputError      a folder or file can't be written, or has nothing to report

A message is looked up by its key in ``locales/<language>/errors.toml``, so that it is in the
user's language. It says what was wrong, what was expected, and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from cotejo.messages import current_language, message, one_line
from cotejo.numbers import Numbers

_SEVERAL_LINES = "reasons"
"""The only value with several lines; each line is cleaned where it is made."""


class CotejoError(Exception):
    """The root of Cotejo's errors.

    Args:
        key: the message's key in ``locales/<language>/errors.toml``. A key with a point names
            another catalogue: ``"settings.momentum.idle"``.
        **values: the values of the names between braces in the message.

    Example:
        >>> str(ConfigError("unknown_model", model="cnn9", models="cnn2, cnn3", where="", hint=""))
        'unknown model "cnn9"; the models are: cnn2, cnn3.'
    """

    exit_code = 1

    def __init__(self, key: str, /, **values: Any) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values
        self.language: str | None = None

    def __reduce__(self) -> Any:
        # Python would call the class with `args`, and lose the names of the values.
        return _unpickled, (type(self), self.key, self.values), self.__dict__

    def __str__(self) -> str:
        return self.in_language(self.language or current_language())

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this: in a notebook an error is its sentence, without the way there.
        return [f"{message('cli.error', language=self.language)} {self}"]

    def in_language(self, language: str) -> str:
        """Return the message in ``language``, ``"en"`` or ``"es"``."""
        return message(self._full_key, language=language, **self._shown(language))

    @property
    def _full_key(self) -> str:
        return self.key if "." in self.key else f"errors.{self.key}"

    def _shown(self, language: str) -> dict[str, Any]:
        """Return the values, each on one line: many come from files and from command lines."""
        shown = {}
        for name, value in self.values.items():
            clean = value if name == _SEVERAL_LINES else one_line(value)
            shown[name] = _Real(clean, language) if type(clean) is float else clean
        return shown


class _Real(float):
    """A real number that a sentence writes as its language does."""

    language: str

    def __new__(cls, value: float, language: str) -> _Real:
        number = super().__new__(cls, value)
        number.language = language
        return number

    def __format__(self, form: str) -> str:
        """Return the number in the form that a sentence asks for, or else in its language's.

        What is no number, or infinite, stays as somebody typed it: ``nan``, ``inf``.
        """
        if form or not isfinite(self):
            return super().__format__(form)
        return Numbers(self.language).shortest(self, 12)


def recorded_error(reason: Mapping[str, Any]) -> CotejoError:
    """Return the error that a file describes, to be said in any language.

    Args:
        reason: its ``key`` and its ``values``, as ``run.json`` and ``trial.json`` keep them.

    Example:
        >>> reason = {"key": "parent_failed", "values": {"parent": "plain"}}
        >>> str(recorded_error(reason))
        'what it starts from, "plain", did not finish with this seed.'
    """
    return CotejoError(reason["key"], **reason.get("values", {}))


def _unpickled(kind: type[CotejoError], key: str, values: dict[str, Any]) -> CotejoError:
    return kind(key, **values)


class DownloadError(CotejoError):
    """No source delivered the dataset complete and with its checksum."""


class TrainingError(CotejoError):
    """An alternative can't be trained."""


class UsageError(CotejoError):
    """Something that the user can fix."""

    exit_code = 2


class BackendError(UsageError):
    """The backend that Keras should use is missing or broken."""


class ConfigError(UsageError):
    """A study or a setting is wrong."""


class DataError(UsageError):
    """The named data is missing, damaged, or in a form that Cotejo can't read."""


class OutputError(UsageError):
    """A folder or file can't be written, or has nothing to report."""
