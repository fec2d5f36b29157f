"""The conclusion: what the evidence supports, and no more."""

from __future__ import annotations

from typing import Any

from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topic import Topic
from cotejo.report.topics.conclusion.analysis import supported
from cotejo.report.topics.conclusion.words import conclusion

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any]:
    """Return what the evidence supports, in a few sentences."""
    return {"sentences": conclusion(page.findings, page.words)}


def _report_json(findings: Findings) -> dict[str, Any]:
    return {"conclusion": supported(findings).to_json()}


TOPIC = Topic("conclusion", section, place="body", report_json=_report_json)
