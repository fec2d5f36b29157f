"""One finding of an examination, of the machine or of a study."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from cotejo.messages import message

__all__ = ["Finding", "Level"]

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        level: ``"ok"``, ``"warning"`` (it works, or is true, with limits) or ``"error"`` (it
            doesn't, or isn't).
        key: the key of its sentence in the catalogues; the sentence says what to do if needed.
        values: the values that the sentence names.
        cause: the exception behind it, if there was one.

    Example:
        >>> Finding("ok", "cli.doctor_software", {"software": "Cotejo 0.1.0"}).text
        'Cotejo 0.1.0'
    """

    level: Level
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    cause: BaseException | None = None

    @property
    def text(self) -> str:
        """The sentence in the language in use."""
        return message(self.key, **self.values)
