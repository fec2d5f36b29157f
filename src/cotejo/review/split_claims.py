"""Sentences that compare one network's score on one split with another's on another split."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cotejo.review.claims import Statement, statements
from cotejo.review.notebook import Notebook

__all__ = ["compared_across_splits"]

_NUMBER = re.compile(r"(?<![\w.,])(\d{1,3}([.,]\d+)?\s*%|0[.,]\d+)")
_COMPARED = re.compile(
    r"\b(frente a|vs|versus|contra|mientras que|supera\w*|mejor que|peor que|mayor que|menor que|"
    r"against|whereas|while|compared (to|with)|beats?|outperforms?|(better|worse|higher|lower) "
    r"than)\b",
    re.IGNORECASE,
)
_SPLITS = {
    "train": re.compile(r"\b(entrenamiento|training|train)\b", re.IGNORECASE),
    "test": re.compile(r"\b(prueba|test)\b", re.IGNORECASE),
    "valid": re.compile(r"\b(validaci[oó]n|validation|val)\b", re.IGNORECASE),
}
_OTHER = re.compile(
    r"\b(of|by|for|in|de|en|para) (el |la |the )?"
    r"(otro|otra|other) (modelo|red|model|network|one)\b",
    re.IGNORECASE,
)
_NETWORK = re.compile(r"\b(red|modelo|cnn|mlp|network|model)\b", re.IGNORECASE)


def compared_across_splits(notebook: Notebook, networks: Iterable[str]) -> list[Statement]:
    """Return the sentences that set two networks' scores on different splits side by side.

    Such a sentence has exactly two scores, a word that compares, and a split and a network beside
    each score. Where it is not clear which belong together, it is left alone: the gap of one
    network between training and test is no comparison of networks.

    Args:
        notebook: the notebook.
        networks: what its networks are called.
    """
    names = [re.escape(name) for name in networks if len(name) > 1]
    called = re.compile(rf"\b({'|'.join(names)})\b", re.IGNORECASE) if names else None
    return [each for each in statements(notebook) if _is_one(each.text, called)]


def _is_one(sentence: str, called: re.Pattern[str] | None) -> bool:
    scores = list(_NUMBER.finditer(sentence))
    word = _COMPARED.search(sentence)
    if len(scores) != 2 or word is None or sentence.endswith("?"):
        return False
    first, second = scores
    if not first.end() <= word.start() < second.start():
        return False
    # The two sides of the comparison, each with its score.
    sides = (sentence[: word.start()], sentence[word.start() :])
    splits = [_only([name for name, of in _SPLITS.items() if of.search(side)]) for side in sides]
    if None in splits or splits[0] == splits[1]:
        return False
    if _OTHER.search(sides[1]):
        return _NETWORK.search(sides[0]) is not None
    named = [_only(_names(called, side)) for side in sides]
    return None not in named and named[0] != named[1]


def _names(called: re.Pattern[str] | None, text: str) -> list[str]:
    found = called.findall(text) if called is not None else []
    return list(dict.fromkeys(name.casefold() for name in found))


def _only(found: Sequence[str]) -> str | None:
    """Return the one thing that was found; None of none and of several."""
    return found[0] if len(found) == 1 else None
