"""What an examination finds: `cotejo.doctor` of an installation, `cotejo.verify` of a study."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from cotejo.messages import message

__all__ = ["Finding", "Level"]

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One thing examined.

    Attributes:
        level: ``"ok"``, ``"warning"`` (it works or holds, with less) or ``"error"`` (it doesn't).
        key: its sentence's in the catalogues; says what to do where needed.
        values: what the sentence names.
        cause: what was raised, if anything was.

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
