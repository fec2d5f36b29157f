"""A section of the report: the summary."""

from __future__ import annotations

from typing import Any

from cotejo.report.page import Page
from cotejo.report.prose import summary as prose
from cotejo.report.prose.cautions import cautions

__all__ = ["summary"]


def summary(page: Page) -> dict[str, Any]:
    """What was compared, what won, and what to be careful about."""
    return {
        "paragraphs": prose.summary(page.findings, page.words),
        "key_figures": prose.key_figures(page.findings, page.words),
        "cautions": cautions(page.findings, page.words),
    }
