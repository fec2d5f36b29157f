"""The aim: what the study asks, of what data, and under which rules."""

from __future__ import annotations

from typing import Any

from cotejo.report.page import Page
from cotejo.report.topic import Topic
from cotejo.report.topics.aim.words import aim

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any]:
    """Return what the study asks, and the rules that hold for every alternative."""
    return {"paragraphs": aim(page.findings, page.words)}


TOPIC = Topic("aim", section, place="body", see=("method",))
