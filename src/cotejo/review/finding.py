"""One finding of a review: what was found, where, and why it matters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cotejo.messages import message
from cotejo.review.trace import Place

__all__ = ["Weakness"]

_SPELLED = {"sgd": "SGD", "rmsprop": "RMSprop", "adamw": "AdamW"}
"""Optimizers whose names are not written as other names are."""


@dataclass(frozen=True)
class Weakness:
    """Something that weakens what a notebook's figures are evidence for.

    Attributes:
        kind: which weakness, such as ``"test_stops"``; its sentences in the catalogues begin so.
        places: where it is, the first one first.
        values: what its sentence names.
        items: sentences of the notebook that it is about, each with the cell, and perhaps the key
            and the values of a sentence that says what is wrong with it.
        besides: whether it counts sentences too that another finding lists.

    Example:
        >>> finding = Weakness("fit_again", (Place(4, 2, 2),), {"model": "net", "cell": 3})
        >>> "net" in finding.text
        True
    """

    kind: str
    places: tuple[Place, ...]
    values: dict[str, Any] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    besides: bool = False

    @property
    def title(self) -> str:
        """A few words for it, in the language in use."""
        return message(f"review.title_{self.kind}")

    @property
    def text(self) -> str:
        """The sentence that says what was found, in the language in use."""
        key = f"review.found_{self.kind}" + ("_besides" if self.besides else "")
        return message(key, **self.values)

    @property
    def advice(self) -> str:
        """The sentence that says why it matters and what to do, in the language in use."""
        return message(f"review.why_{self.kind}")


@dataclass(frozen=True)
class Item:
    """A sentence of the notebook that a finding is about.

    Attributes:
        cell: the position of its cell.
        text: the sentence.
        topic: what is missing for it: ``"never"`` or ``"always"``, and of what.
    """

    cell: int
    text: str
    topic: tuple[str, str] | None = None

    @property
    def reason(self) -> str:
        """What is missing for it, in the language in use; empty if nothing in particular."""
        if self.topic is None:
            return ""
        kind, topic = self.topic
        name = topic.partition(" ")[2]
        what = _SPELLED.get(name, name.capitalize()) or message(f"review.topic_{topic}")
        return message(f"review.no_run_{kind}", what=what)
