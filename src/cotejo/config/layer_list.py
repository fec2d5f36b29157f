"""A network as a list of layers in words: ``["conv 32 3 relu", "pool 2", "flatten"]``.

It is read and checked here, without Keras; `cotejo.models.builders.layers` builds it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean, message, one_line

__all__ = ["ACTIVATIONS", "MODEL", "LayerEntry", "joined", "read_layers"]

MODEL = "layers"
"""The model's name, and that of its option, the list."""

ACTIVATIONS = (
    "relu", "gelu", "silu", "elu", "selu", "leaky_relu", "tanh", "sigmoid", "softplus", "mish",
)  # fmt: skip

_MOST = 200
"""Layers that a list may have."""


@dataclass(frozen=True)
class _Kind:
    """What may follow a layer's name: numbers, then words in any order.

    Attributes:
        form: how it is written, for an error. What stands for a number or a word is in capitals,
            and is said in the reader's language.
        numbers: the least and the most of each number, whole ones unless ``real``.
        least: how many of the numbers must be there.
        words: those that it takes besides.
        real: whether its number is a share, from 0 to below 1.
        needs: ``"image"`` if it takes images alone, ``"row"`` if features alone.
    """

    form: str
    numbers: tuple[tuple[float, float], ...] = ()
    least: int = 0
    words: tuple[str, ...] = ()
    real: bool = False
    needs: str = ""


_FILTERS, _SIDE, _STEP = (1, 4096), (1, 31), (1, 8)
_PADDING = ("same", "valid")

_KINDS: Mapping[str, _Kind] = {
    "conv": _Kind(
        "conv FILTERS SIDE [STRIDE] [ACTIVATION] [same|valid]", (_FILTERS, _SIDE, _STEP), 2,
        (*ACTIVATIONS, *_PADDING), needs="image",
    ),
    "separable-conv": _Kind(
        "separable-conv FILTERS SIDE [STRIDE] [ACTIVATION] [same|valid]",
        (_FILTERS, _SIDE, _STEP), 2, (*ACTIVATIONS, *_PADDING), needs="image",
    ),
    "depthwise-conv": _Kind(
        "depthwise-conv SIDE [STRIDE] [ACTIVATION] [same|valid]", (_SIDE, _STEP), 1,
        (*ACTIVATIONS, *_PADDING), needs="image",
    ),
    "pool": _Kind("pool SIDE [same|valid]", (_SIDE,), 1, _PADDING, needs="image"),
    "average-pool": _Kind("average-pool SIDE [same|valid]", (_SIDE,), 1, _PADDING, needs="image"),
    "global-pool": _Kind("global-pool", needs="image"),
    "global-max-pool": _Kind("global-max-pool", needs="image"),
    "flatten": _Kind("flatten", needs="image"),
    "dense": _Kind("dense UNITS [ACTIVATION]", ((1, 65536),), 1, ACTIVATIONS, needs="row"),
    "dropout": _Kind("dropout SHARE", ((0, 1),), 1, real=True),
    "spatial-dropout": _Kind("spatial-dropout SHARE", ((0, 1),), 1, real=True, needs="image"),
    "noise": _Kind("noise SHARE", ((0, 1),), 1, real=True),
    "batch-norm": _Kind("batch-norm"),
    "layer-norm": _Kind("layer-norm"),
    **{name: _Kind(name) for name in ACTIVATIONS},
}  # fmt: skip

_FLATTENING = ("flatten", "global-pool", "global-max-pool")


@dataclass(frozen=True)
class LayerEntry:
    """One layer of a list.

    Attributes:
        kind: its name.
        numbers: that follow it.
        activation: None if it has none.
        padding: ``"valid"`` unless it says ``"same"``.
    """

    kind: str
    numbers: tuple[float, ...] = ()
    activation: str | None = None
    padding: str = "valid"

    def whole(self, place: int, default: int = 1) -> int:
        """Return the number at a place as a whole one."""
        return int(self.numbers[place]) if place < len(self.numbers) else default


def joined(layers: Any) -> Any:
    """Return a list of layers as one text; anything else as it is.

    Example:
        >>> joined(["conv 32 3 relu", "flatten"])
        'conv 32 3 relu, flatten'
    """
    if isinstance(layers, list) and all(isinstance(layer, str) for layer in layers):
        return ", ".join(layers)
    return layers


def read_layers(text: str) -> tuple[LayerEntry, ...]:
    """Read a list of layers, as `joined` has it.

    The last layer, of one logit a class, is not in it. Convolutions and poolings have Keras's
    padding, ``valid``, unless they say ``same``.

    Raises:
        ConfigError: an entry is wrong, or stands where it can't.

    Example:
        >>> read_layers("conv 32 3 relu, pool 2, flatten")[0]
        LayerEntry(kind='conv', numbers=(32.0, 3.0), activation='relu', padding='valid')
    """
    words = [entry.strip() for entry in text.split(",")]
    if not any(words) or len(words) > _MOST:
        raise ConfigError("layers_empty", most=_MOST)
    entries = []
    flat = False
    for number, entry in enumerate(words, 1):
        read = _entry(entry, number)
        needs = _KINDS[read.kind].needs
        if needs == ("image" if flat else "row"):
            raise ConfigError("layer_misplaced_" + needs, entry=entry, number=number)
        flat = flat or read.kind in _FLATTENING
        entries.append(read)
    return tuple(entries)


def _entry(text: str, number: int) -> LayerEntry:
    kind, *rest = text.split() or [""]
    if kind not in _KINDS:
        raise ConfigError(
            "layer_unknown", entry=one_line(text, 40), number=number, kinds=", ".join(_KINDS),
            hint=did_you_mean(kind, _KINDS),
        )  # fmt: skip
    known = _KINDS[kind]
    numbers: list[float] = []
    words: list[str] = []
    for word in rest:
        value = _number(word, real=known.real)
        place = len(numbers)
        right = (
            value is not None
            and not words
            and place < len(known.numbers)
            and known.numbers[place][0] <= value <= known.numbers[place][1]
            and not (known.real and value == 1)
        )
        if right and value is not None:
            numbers.append(value)
        elif word in known.words:
            words.append(word)
        elif word == "softmax":
            raise ConfigError("layer_softmax", entry=one_line(text, 60), number=number)
        else:
            raise _wrong(text, number, known, word)
    activations = [word for word in words if word in ACTIVATIONS]
    paddings = [word for word in words if word in _PADDING]
    if len(numbers) < known.least or len(activations) > 1 or len(paddings) > 1:
        raise _wrong(text, number, known)
    activation = activations[0] if activations else None
    return LayerEntry(kind, tuple(numbers), activation, paddings[0] if paddings else "valid")


def _number(word: str, real: bool) -> float | None:
    if len(word) > 20 or not word.isascii() or "_" in word:
        return None
    try:
        return float(word) if real else float(int(word))
    except ValueError:
        return None


def _wrong(text: str, number: int, kind: _Kind, word: str = "") -> ConfigError:
    """Return the error about an entry, with the word that ``word`` was meant to be."""
    return ConfigError(
        "layer_wrong",
        entry=one_line(text, 60),
        number=number,
        hint=did_you_mean(word, kind.words),
        form=re.sub("[A-Z]+", _translated, kind.form),
    )


def _translated(capitals: re.Match[str]) -> str:
    return message(f"errors.layer_word_{capitals.group().lower()}")
