"""The names of studies and alternatives, which are also the names of their folders."""

from __future__ import annotations

import re
import unicodedata

from cotejo.texts import NAME_PATTERN

__all__ = ["name_of"]

_LENGTH = 64


def name_of(text: str, otherwise: str) -> str:
    """Return a name made from a text that was not written to be one, such as a file's name.

    Args:
        text: what the name should resemble. Accents are dropped, and what no name may hold
            becomes a hyphen.
        otherwise: the name where nothing of the text is left.

    Example:
        >>> name_of("mi estudio (año 2)", "study"), name_of("研究", "study")
        ('mi-estudio-ano-2', 'study')
    """
    if re.fullmatch(NAME_PATTERN, text):
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    hyphenated = re.sub(r"[^A-Za-z0-9._-]+", "-", plain)
    return hyphenated.strip("-._")[:_LENGTH].rstrip("-._") or otherwise
