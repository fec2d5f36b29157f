"""The summary: what was compared, and what won."""

from __future__ import annotations

from typing import Any

from cotejo.report.page import Page
from cotejo.report.topic import Topic
from cotejo.report.topics.summary.words import key_figures, summary

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any]:
    """Return what was compared, and what won."""
    return {
        "paragraphs": summary(page.findings, page.words),
        "key_figures": key_figures(page.findings, page.words),
    }


TOPIC = Topic("summary", section, place="body")
