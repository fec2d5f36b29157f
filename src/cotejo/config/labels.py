"""What a report calls an alternative that a ``[[vary]]`` makes, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cotejo.messages import LANGUAGES, knows, message
from cotejo.numbers import Numbers

__all__ = ["label_of"]


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
    words = f"settings.{name}"
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
