"""What a setting says of itself beside its type: declared with its field, read by everybody else.

The order of the factors in a report, which steps are timed anew, what comes along with an
optimizer: all of it follows from here, so that there is no list of names to keep in step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

__all__ = ["GROUPS", "About", "Group", "Idle", "about_of", "metadata_of"]

Group = Literal[
    "network", "layers", "initialisation", "optimisation", "regularisation", "data", "prediction"
]
"""What a setting is about."""

GROUPS: tuple[Group, ...] = get_args(Group)
"""The groups in the order in which a report goes through what was varied."""


@dataclass(frozen=True)
class Idle:
    """When a setting does nothing: while another one has certain values.

    Attributes:
        because_of: the other setting.
        values: those of its values.
    """

    because_of: str
    values: frozenset[Any]


@dataclass(frozen=True)
class About:
    """What is known of a setting or of a model's option beside its type.

    Attributes:
        group: what it is about. A report goes through the groups in their order, and through the
            settings of a group in the order of their fields.
        same_pace: whether a step of the training takes as long whatever its value.
        absorbs: the settings that come along with this one. Two alternatives that differ in this
            one and in those are said to differ in this one: each optimizer has its own rate.
        absorbs_options: whether the model's options come along with it.
        idle: when it does nothing.
        unsaid: whether a report says nothing of it where every alternative has its default.
        overfitting: whether it is there to narrow the gap between training and test, or widens it.
        layer: the kind of layer that it is about. A network without such layers has no use for
            it; ``"any"`` is for what every network has.
    """

    group: Group
    same_pace: bool = False
    absorbs: tuple[str, ...] = ()
    absorbs_options: bool = False
    idle: Idle | None = None
    unsaid: bool = False
    overfitting: bool = False
    layer: str | None = None


def about_of(metadata: Iterable[Any]) -> About:
    """Return the `About` among what an annotation says, or that of an option nobody knows.

    Args:
        metadata: of a field, or of an ``Annotated`` type.

    Example:
        >>> about_of([About("data", unsaid=True)]).unsaid, about_of([]).group
        (True, 'network')
    """
    return next((part for part in metadata if isinstance(part, About)), About("network"))


def metadata_of(kind: Any) -> tuple[Any, ...]:
    """Return what an ``Annotated`` type says beside the type; nothing for any other type.

    Example:
        >>> from typing import Annotated
        >>> metadata_of(Annotated[int, "of pixels"]), metadata_of(int)
        (('of pixels',), ())
    """
    return tuple(getattr(kind, "__metadata__", ()))
