"""The rendered page, parsed into elements for the formats that are made from it."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

__all__ = ["parse"]

_FOR_PHONES = re.compile(
    r'<div class="scroll narrow">.*?</div>\n?|<section class="phone">.*?</section>\n?', re.DOTALL
)
_SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


def parse(page: str) -> tuple[BeautifulSoup, list[str]]:
    """Return the page's elements and the figures that were drawn in it.

    What is for the screen alone is left out: how the page folds, and the figures that were drawn
    a second time for phones.

    Args:
        page: as `cotejo.report.html.render` gives it.

    Returns:
        The elements, in which an ``<img class="drawn">`` stands for each figure, its position in
        the list as its ``alt``; and the figures' ``<svg>`` elements, as they were.

    Example:
        >>> parse("<p>Seen</p><svg viewBox='0 0 1 1'></svg>")
        (<p>Seen</p><img alt="0" class="drawn"/>, ["<svg viewBox='0 0 1 1'></svg>"])
    """
    figures: list[str] = []

    def aside(match: re.Match[str]) -> str:
        # HTML's parser would write the names of SVG's elements in small letters.
        figures.append(match[0])
        return f'<img alt="{len(figures) - 1}" class="drawn">'

    soup = BeautifulSoup(_SVG.sub(aside, _FOR_PHONES.sub("", page)), "html.parser")
    for only_there in soup.select(".screen"):
        only_there.decompose()
    _open_appendix(soup)
    return soup, figures


def _open_appendix(soup: BeautifulSoup) -> None:
    """Make the parts of the appendix, which fold on the screen, sections like the body's."""
    for details in soup.select("details.appendix"):
        summary = details.find("summary")
        if summary is not None:
            summary.unwrap()
        details.unwrap()
