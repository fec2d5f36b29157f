"""What a report calls an alternative that a ``[[vary]]`` makes, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cotejo.config.augmentations import read_parts
from cotejo.messages import LANGUAGES, knows, message
from cotejo.numbers import Numbers

__all__ = ["augmentation_phrase", "label_of", "setting_phrase"]


def label_of(chosen: Mapping[str, Any], prefix: Mapping[Any, str] | None = None) -> dict[str, str]:
    """Return the label of an alternative, from the settings that vary, by language.

    Args:
        chosen: those settings and their values.
        prefix: what the label begins with, by language.

    Example:
        >>> label_of({"batch_size": 32, "dropout": 0.3})
        {'en': 'Batch size 32, dropout 0.3', 'es': 'Tamaño de lote 32, dropout 0,3'}
        >>> label_of({"units": 16})["es"]
        'units: 16'
    """
    return {
        language: _label(chosen, prefix[language] if prefix else "", language)
        for language in LANGUAGES
    }


def _label(chosen: Mapping[str, Any], prefix: str, language: str) -> str:
    phrases = [setting_phrase(name, value, language) for name, value in chosen.items()]
    text = ", ".join([prefix, *phrases] if prefix else phrases)
    first = next(iter(chosen), "")
    if not prefix and text.startswith(first) and not knows(f"settings.{first}.name", language):
        return text  # a user's own option is written as in the user's code
    return text[:1].upper() + text[1:]


def setting_phrase(name: str, value: Any, language: str) -> str:
    """Return what one setting's value is called in the middle of a sentence.

    Args:
        name: the setting, or a model's option.
        value: its value; None where it has none.
        language: ``"en"`` or ``"es"``.

    Example:
        >>> setting_phrase("dropout", 0.3, "es"), setting_phrase("optimizer", "sgd", "es")
        ('dropout 0,3', 'optimizador: SGD')
    """
    if isinstance(value, list):
        return augmentation_phrase(value, language)
    words = f"settings.{name}"
    if value is None:
        absent = f"{words}.absent"
        said = message(absent, language=language) if knows(absent, language) else "–"
        return message("settings.word", language=language, name=_name(name, language), value=said)
    phrase = f"{words}.phrases.{str(value).lower()}"
    if knows(phrase, language):
        return message(phrase, language=language)
    numbers = Numbers(language)
    if isinstance(value, bool | str):
        said = _word(name, value, language)
    else:
        said = _percent(value, numbers) if name == "train_fraction" else numbers.shortest(value, 12)
        if knows(f"{words}.phrase", language):
            return message(f"{words}.phrase", language=language, count=value, value=said)
    return message("settings.word", language=language, name=_name(name, language), value=said)


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
    phrases = [
        message(
            f"augmentation.parts.{part.name}",
            language=language,
            value=_amount(part.amount, part.kind.unit, language),
        )
        for part in read_parts(value)
    ]
    return ", ".join(phrases) or message("settings.augment.phrases.none", language=language)


def _amount(amount: float | None, unit: str | None, language: str) -> str:
    """Return the number of a part of an augmentation, with its unit."""
    if amount is None:
        return ""
    numbers = Numbers(language)
    if unit == "share" or (unit == "size" and amount < 1):
        share = _percent(amount, numbers)
        return message("augmentation.of_each_side", language=language, value=share)
    said = numbers.shortest(amount, 12)
    if unit == "size":
        return message("augmentation.pixels", language=language, count=amount, value=said)
    return said


def _name(name: str, language: str) -> str:
    """Return a setting's name in the middle of a sentence; an own option's as it is."""
    if not knows(f"settings.{name}.name", language):
        return name
    said = message(f"settings.{name}.name", language=language)
    return said[:1].lower() + said[1:]


def _word(name: str, value: bool | str, language: str) -> str:
    if isinstance(value, bool):
        return message("report.value_yes" if value else "report.value_no", language=language)
    key = f"settings.{name}.values.{value}"
    return message(key, language=language) if knows(key, language) else value


def _percent(fraction: float, numbers: Numbers) -> str:
    """Return a fraction as a percentage with no more decimals than it needs."""
    decimals = next(d for d in range(13) if round(fraction, d + 2) == fraction or d == 12)
    return numbers.percent(fraction, decimals)
