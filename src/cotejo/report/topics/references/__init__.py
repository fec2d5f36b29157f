"""The references: an entry for every data set, setting and method that the report names."""

from __future__ import annotations

from typing import Any

from cotejo.report.page import Page
from cotejo.report.topic import Topic
from cotejo.report.topics.references.analysis import publications_named, sources

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any]:
    """Return the publications that the report rests on, by author and year."""
    return {
        "publications": [
            (publication.listed(page.words), publication.address, publication.identifier)
            for publication in publications_named(page)
        ],
        # The appendix on the method cites them all; without it, they are cited here.
        "sources": sources(page) if page.detail == "brief" else [],
    }


TOPIC = Topic("references", section, place="body")
