"""What a report calls an alternative that a ``[[vary]]`` makes, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cotejo.config.augmentations import read_parts
from cotejo.messages import LANGUAGES, message
from cotejo.numbers import Numbers

__all__ = ["augmentation_phrase", "label_of"]


def label_of(chosen: Mapping[str, Any], prefix: Mapping[Any, str] | None = None) -> dict[str, str]:
    """Return the label of an alternative, from the settings that vary, by language.

    Args:
        chosen: those settings and their values.
        prefix: what the label begins with, by language.

    Example:
        >>> label_of({"batch_size": 32, "dropout": 0.3})
        {'en': 'Batch size 32, dropout 0.3', 'es': 'Tamaño de lote 32, dropout 0,3'}
    """
    return {
        language: _label(chosen, prefix[language] if prefix else "", language)
        for language in LANGUAGES
    }


def _label(chosen: Mapping[str, Any], prefix: str, language: str) -> str:
    phrases = [_phrase(name, value, language) for name, value in chosen.items()]
    text = ", ".join([prefix, *phrases] if prefix else phrases)
    return text[:1].upper() + text[1:]


def _phrase(name: str, value: Any, language: str) -> str:
    """Return what one setting's value is called."""
    if isinstance(value, list):
        return augmentation_phrase(value, language)
    word = str(value).lower().replace("-", "_")
    if _knows(f"settings.{name}_{word}", language):
        return message(f"settings.{name}_{word}", language=language)
    if isinstance(value, str):
        setting = message(f"report.setting_{name}", language=language)
        setting, said = setting[:1].lower() + setting[1:], _word(name, value, language)
        return message("settings.word", language=language, name=setting, value=said)
    number = Numbers(language)
    text = _percent(value, number) if name == "train_fraction" else number.shortest(value, 12)
    return message(f"settings.{name}", language=language, count=value, value=text)


def augmentation_phrase(value: Any, language: str) -> str:
    """Return what the parts of an augmentation do, in words.

    Args:
        value: the parts, as a study's files have them.
        language: ``"en"`` or ``"es"``.

    Raises:
        AugmentationError: a part is not known here.

    Example:
        >>> augmentation_phrase(["flip", {"rotate": 15}, {"shift": 0.1}], "en")
        'flips, rotations up to 15°, shifts up to 10% of each side'
    """
    numbers = Numbers(language)
    phrases = []
    for part in read_parts(value):
        key, text = f"settings.part_{part.name.replace('-', '_')}", ""
        amount, unit = part.amount, part.kind.unit
        if amount is not None and (unit == "share" or (unit == "size" and amount < 1)):
            text = message(
                "settings.part_of_each_side", language=language, value=_percent(amount, numbers)
            )
        elif amount is not None and unit == "size":
            text = message(
                "settings.part_pixels",
                language=language,
                count=amount,
                value=numbers.shortest(amount, 12),
            )
        elif amount is not None:
            text = numbers.shortest(amount, 12)
        phrases.append(message(key, language=language, value=text))
    return ", ".join(phrases) or message("settings.augment_none", language=language)


def _word(name: str, value: str, language: str) -> str:
    key = f"report.value_{value.replace('-', '_')}"
    # The names of models and alternatives are nobody's words.
    if name in ("model", "start_from") or not _knows(key, language):
        return value
    return message(key, language=language)


def _percent(fraction: float, numbers: Numbers) -> str:
    """Return a fraction as a percentage with no more decimals than it needs."""
    decimals = next(d for d in range(13) if round(fraction, d + 2) == fraction or d == 12)
    return numbers.percent(fraction, decimals)


def _knows(key: str, language: str) -> bool:
    try:
        message(key, language=language)
    except KeyError:
        return False
    return True
