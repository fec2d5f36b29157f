"""In which language a notebook's text is written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cotejo.messages import LANGUAGES
from cotejo.review.words import words

__all__ = ["language_of"]

_WORDS = {
    "es": words(
        "el la los las un una de del que en y es con por para se su al lo como más pero "
        "sus este esta son entre cuando muy sin sobre ser tiene también fue hasta hay "
        "porque"
    ),
    "en": words(
        "the of and to in is it that for on are as with was this be by an not or from at "
        "which have has we than its were when will can our these their because"
    ),
    # Not spoken here, but near enough to be taken for one of the others.
    "fr": words(
        "le la les un une des du de et en est pour par avec se au que qui dans sur ne pas sont ce "
        "cette nous entre plus ou mais être fait aux ses son"
    ),
    "pt": words(
        "o a os as um uma de do da dos das e em é com para por se ao no na que não mais mas são "
        "este esta entre quando muito sem sobre ser tem também foi até"
    ),
    "it": words(
        "il lo la i gli le un una di del della e in è con per che si al come più ma sono questo "
        "questa tra quando molto senza nel nella non anche"
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
    clear = counts[best] >= _FEWEST and counts[best] > others
    return best if clear and best in LANGUAGES else None
