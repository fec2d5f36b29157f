"""An augmentation as a study writes it: read, checked, written back, and named.

A study may write a short form's name (``"notebook"``), one part (``"flip"``, ``{rotate = 15}``), a
list of parts, or all of it in one string (``"flip,rotate=15"``), as on a command line. There is
one way to write it back: the short form's name where there is one, else the list of all parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

from cotejo.config.augmentation_parts import (
    KINDS,
    SHORT_FORMS,
    Augmentation,
    Part,
    PartKind,
    parts,
)
from cotejo.messages import did_you_mean, message, one_line

__all__ = [
    "AugmentationError",
    "Written",
    "alternates",
    "array_name",
    "compact",
    "idle_part",
    "mirrors",
    "read_augmentation",
    "read_parts",
    "slug",
    "varied",
    "written",
]

Written: TypeAlias = str | list[str | dict[str, int | float]]
"""An augmentation as files have it."""

_SHOWN = 80
"""How many characters of a wrong value an error shows."""


class AugmentationError(ValueError):
    """An augmentation can't be read.

    Args:
        key: of the message in ``errors.toml``; it names the place with ``{where}``.
        **values: what the message names besides.
    """

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def read_augmentation(value: Any) -> Augmentation:
    """Return an augmentation in its one spelling: a short form's name where there is one.

    Raises:
        AugmentationError: it names no part that there is, or a number is out of range.

    Example:
        >>> read_augmentation([{"rotate": 15}, "flip", {"shift": 0.1}])
        'notebook'
        >>> read_augmentation("flip,rotate=20")
        (Part(name='flip', amount=None), Part(name='rotate', amount=20))
        >>> read_augmentation([{"rotate": 0}])
        'none'
    """
    chosen = read_parts(value)
    return next((name for name, same in SHORT_FORMS.items() if same == chosen), chosen)


def read_parts(value: Any) -> tuple[Part, ...]:
    """Return the parts of an augmentation as a study writes it, in the order of `KINDS`.

    A part whose number is 0 does nothing, and is left out.

    Raises:
        AugmentationError: it names no part that there is, or a number is out of range.
    """
    doing = [part for part in _given_parts(value) if part.amount != 0]
    return tuple(sorted(doing, key=lambda part: list(KINDS).index(part.name)))


def idle_part(value: Any) -> Part | None:
    """Return the first part of an augmentation that does nothing, since its number is 0.

    Args:
        value: an augmentation as a study writes it.

    Raises:
        AugmentationError: it names no part that there is, or a number is out of range.

    Example:
        >>> idle_part(["flip", {"rotate": 0}]), idle_part("notebook")
        (Part(name='rotate', amount=0), None)
    """
    return next((part for part in _given_parts(value) if part.amount == 0), None)


def _given_parts(value: Any) -> Sequence[Part]:
    """Return the parts of an augmentation as they are given, checked."""
    if isinstance(value, str):
        if value in SHORT_FORMS:
            return SHORT_FORMS[value]
        entries = _split(value) if "," in value or "=" in value else [value]
        if entries == [value] and value not in KINDS:
            raise _unknown("augment_unknown", value, (*SHORT_FORMS, *KINDS))
    elif isinstance(value, list | tuple):
        entries = list(value)
    elif isinstance(value, dict):
        entries = [value]
    else:
        raise AugmentationError("augment_form", received=one_line(value, _SHOWN))
    chosen = [_part(entry) for entry in entries]
    names = [part.name for part in chosen]
    for name in names:
        if names.count(name) > 1:
            raise AugmentationError("augment_twice", part=name)
    if {"flip", "alternating-flip"} <= set(names):
        raise AugmentationError("augment_two_flips")
    return chosen


def _split(text: str) -> list[Any]:
    """Return the parts in a text such as ``flip,rotate=15``."""
    entries: list[Any] = []
    for piece in text.split(","):
        name, equals, number = (word.strip() for word in piece.partition("="))
        entries.append({name: _number(number)} if equals else name)
    return entries


def _number(text: str) -> Any:
    """Return a text as the number that it is, or as it is."""
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text


def _part(entry: Any) -> Part:
    if isinstance(entry, Part):
        return entry
    if isinstance(entry, str):
        kind = _kind(entry)
        return Part(kind.name, None if kind.unit is None else _tidy(kind.default))
    if not isinstance(entry, dict) or len(entry) != 1:
        raise AugmentationError("augment_part", received=one_line(entry, _SHOWN))
    ((name, amount),) = entry.items()
    kind = _kind(name)
    if kind.unit is None:
        raise AugmentationError("augment_no_number", part=name)
    return Part(name, _amount(kind, amount))


def _kind(name: str) -> PartKind:
    if name in SHORT_FORMS:
        raise AugmentationError("augment_whole", name=name)
    if name not in KINDS:
        raise _unknown("augment_unknown_part", name, KINDS)
    return KINDS[name]


def _unknown(key: str, name: str, known: Sequence[str] | Mapping[str, Any]) -> AugmentationError:
    forms = ", ".join(f'"{form}"' for form in SHORT_FORMS)
    return AugmentationError(
        key,
        received=one_line(repr(name), _SHOWN),
        forms=forms,
        parts=", ".join(KINDS),
        hint=did_you_mean(name, known),
    )


def _amount(kind: PartKind, amount: Any) -> int | float:
    """Check a part's number, and return it in its one spelling."""
    if isinstance(amount, list):
        raise AugmentationError("augment_list", part=kind.name)
    is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
    if is_number and kind.low <= amount <= kind.high:
        below_one = kind.unit == "size" and amount < 1
        if below_one or kind.unit not in ("size", "magnitude") or amount == int(amount):
            return _tidy(amount)
    expected = message(f"errors.augment_{kind.unit}", low=kind.low, high=kind.high)
    raise AugmentationError(
        "augment_number", part=kind.name, expected=expected, received=one_line(amount, _SHOWN)
    )


def _tidy(amount: Any) -> int | float:
    """Return a number as an integer where it is whole."""
    return int(amount) if amount == int(amount) else float(amount)


def written(augmentation: Augmentation) -> Written:
    """Return an augmentation as files have it.

    Example:
        >>> written((Part("flip"), Part("rotate", 20))), written("notebook")
        (['flip', {'rotate': 20}], 'notebook')
    """
    if isinstance(augmentation, str):
        return augmentation
    return [part.name if part.amount is None else {part.name: part.amount} for part in augmentation]


def compact(value: Any) -> str:
    """Return an augmentation in one string, as a command line takes it.

    Args:
        value: as a study writes it.

    Example:
        >>> compact(["flip", {"rotate": 15}])
        'flip,rotate=15'
    """
    if isinstance(value, str):
        return value
    return (
        ",".join(
            part.name if part.amount is None else f"{part.name}={part.amount}"
            for part in read_parts(value)
        )
        or "none"
    )


def slug(value: Any) -> str:
    """Return an augmentation as a part of a name of a file or an alternative.

    Args:
        value: as a study writes it.

    Example:
        >>> slug(["flip", {"rotate": 15}, {"shift": 0.1}]), slug([]), slug("flip-crop")
        ('flip-rotate-15-shift-0.1', 'none', 'flip-crop')
    """
    if isinstance(value, str) and value in SHORT_FORMS:
        return value
    return compact(read_parts(value)).replace(",", "-").replace("=", "-")


def array_name(value: Any) -> str:
    """Return the name that ``data.npz`` has for images under an augmentation.

    Args:
        value: as a study's files have it.

    Example:
        >>> array_name("flip-crop"), array_name(["flip", {"shift": 0.1}])
        ('augmented_flip_crop', 'augmented_flip_shift_0.1')
    """
    return f"augmented_{slug(value).replace('-', '_')}"


def mirrors(value: Any) -> bool:
    """Return whether an augmentation shows mirrored images; one that is not known here doesn't.

    Args:
        value: as a study's files have it; None for no augmentation.

    Example:
        >>> mirrors("notebook"), mirrors([{"rotate": 15}]), mirrors("of a newer version")
        (True, False, False)
    """
    try:
        chosen = read_parts("none" if value is None else value)
    except AugmentationError:
        return False
    return any(part.kind.mirrors != "never" for part in chosen)


def alternates(augmentation: Augmentation) -> bool:
    """Return whether each image is mirrored in every second epoch, as the training's order says.

    Two epochs then show every image both ways, where a coin shows a quarter of them twice the
    same (Jordan 2024, arXiv 2404.00498).
    """
    return any(part.kind.mirrors == "every second epoch" for part in parts(augmentation))


def varied(value: Any) -> list[Any] | None:
    """Return the augmentations that a ``[[vary]]`` compares; None where its value is a single one.

    A list that holds a list, or a name that is no part's, is a list of augmentations. In a list
    of parts, the numbers of a part vary where they are a list.

    Raises:
        AugmentationError: the value is a list of parts alone, of which nobody can tell whether
            they are one augmentation or several.

    Example:
        >>> varied(["none", "notebook"]), varied("flip")
        (['none', 'notebook'], None)
        >>> varied(["flip", {"rotate": [0, 15]}])
        [['flip', {'rotate': 0}], ['flip', {'rotate': 15}]]
        >>> varied([["flip"], [{"rotate": 15}]])
        ['flip', [{'rotate': 15}]]
    """
    if not isinstance(value, list):
        return _spread([value]) if _has_list(value) else None
    if any(isinstance(entry, list) or _is_whole(entry) for entry in value):
        each = (entry if isinstance(entry, list) else [entry] for entry in value)
        return [
            only[0] if len(only) == 1 and isinstance(only[0], str) else only
            for augmentation in each
            for only in _spread(augmentation)
        ]
    if value and not any(map(_has_list, value)):
        raise AugmentationError("augment_ambiguous")
    return _spread(value) if value else []


def _is_whole(entry: Any) -> bool:
    """Return whether an entry of a list can only be an augmentation, and no part of one."""
    return isinstance(entry, str) and entry not in KINDS


def _has_list(entry: Any) -> bool:
    return isinstance(entry, dict) and any(isinstance(number, list) for number in entry.values())


def _spread(entries: Sequence[Any]) -> list[list[Any]]:
    """Return a list of parts for each number of a part that has a list of them."""
    choices = [
        [{name: number} for name, numbers in entry.items() for number in numbers]
        if _has_list(entry) and len(entry) == 1
        else [entry]
        for entry in entries
    ]
    return [list(chosen) for chosen in product(*choices)]
