"""In which language a notebook's text is written."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["language_of"]

_WORDS = {
    "es": frozenset(
        [
            "el",
            "la",
            "los",
            "las",
            "un",
            "una",
            "de",
            "del",
            "que",
            "en",
            "y",
            "es",
            "con",
            "por",
            "para",
            "se",
            "su",
            "al",
            "lo",
            "como",
            "más",
            "pero",
            "sus",
            "este",
            "esta",
            "son",
            "entre",
            "cuando",
            "muy",
            "sin",
            "sobre",
            "ser",
            "tiene",
            "también",
            "fue",
            "hasta",
            "hay",
            "porque",
        ]
    ),
    "en": frozenset(
        [
            "the",
            "of",
            "and",
            "to",
            "in",
            "is",
            "it",
            "that",
            "for",
            "on",
            "are",
            "as",
            "with",
            "was",
            "this",
            "be",
            "by",
            "an",
            "not",
            "or",
            "from",
            "at",
            "which",
            "have",
            "has",
            "we",
            "than",
            "its",
            "were",
            "when",
            "will",
            "can",
            "our",
            "these",
            "their",
            "because",
        ]
    ),
}
_FEWEST = 3
"""How many such words tell a language; fewer are a name or a heading."""


def language_of(texts: Iterable[str]) -> str | None:
    """Return the language of texts by their commonest words: ``"es"``, ``"en"``, or None.

    Example:
        >>> language_of(["Se entrena la red con los datos de CIFAR-10"])
        'es'
        >>> language_of(["CNN"]) is None
        True
    """
    counts = dict.fromkeys(_WORDS, 0)
    for text in texts:
        for word in re.findall(r"[^\W\d_]+", text.lower()):
            for language, known in _WORDS.items():
                counts[language] += word in known
    best = max(counts, key=lambda language: counts[language])
    others = max(count for language, count in counts.items() if language != best)
    return best if counts[best] >= _FEWEST and counts[best] > others else None
