"""What a reader should be careful about."""

from __future__ import annotations

from typing import Any

from cotejo.report.page import Page
from cotejo.report.topic import Topic
from cotejo.report.topics.cautions.words import cautions

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any]:
    """Return what a reader should be careful about, the weightiest first."""
    return {"cautions": cautions(page.findings, page.words)}


TOPIC = Topic("cautions", section, place="body", see=("audit", "calibration"))
