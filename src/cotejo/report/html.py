"""The page: it fills in the topics' templates, and loads nothing from outside."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from itertools import count
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from cotejo.report.findings import Findings
from cotejo.report.naming import report_author, seeds_trained, study_title
from cotejo.report.page import Page
from cotejo.report.topics import TOPICS
from cotejo.report.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["environment", "render", "stylesheet"]


def render(findings: Findings, language: str, detail: str = "full") -> str:
    """Return the report as one HTML page.

    Args:
        findings: what follows from the study.
        language: ``"en"`` or ``"es"``.
        detail: ``"full"``, with the appendix, or ``"brief"``, without it.
    """
    words = Words(language)
    page = Page(findings, words, TOPICS, detail)
    # In the order of the page, since figures and tables get their numbers as they are made.
    body = _sections(page, "body", map(str, count(1)))
    appendix = _sections(page, "appendix", ascii_uppercase) if detail == "full" else []
    parts = {section["topic"]: section for section in appendix}
    for section in body:
        section["see"] = [parts[name] for name in section["see"] if name in parts]
    template = environment(words).get_template("report.html")
    return template.render(
        language=language,
        title=study_title(findings.facts, words),
        author=report_author(findings.facts, words),
        subtitle=_subtitle(findings, words),
        version=_version(findings),
        body=body,
        appendix=appendix,
        style=stylesheet(),
    )


def _sections(page: Page, place: str, numbers: Iterable[str]) -> list[dict[str, Any]]:
    """Return the sections of the body or of the appendix, each with its number or letter."""
    parts = [part for topic in page.topics for part in topic.parts(place)]
    built = ((part, part.section(page)) for part in parts)
    present = ((part, content) for part, content in built if content is not None)
    return [
        {
            "topic": part.topic.name,
            "anchor": part.anchor,
            "number": number,
            "title": part.title(page.words),
            "template": part.template,
            # Its own details first.
            "see": (part.topic.name, *part.topic.see),
            "content": content,
        }
        for number, (part, content) in zip(numbers, present, strict=False)
    ]


def environment(words: Words) -> Environment:
    """Return what fills in the templates, which say things in the language of ``words``."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = words.say
    return environment


def stylesheet() -> str:
    """Return the pages' style."""
    return _asset("report.css")


def _asset(path: str) -> str:
    """Return a file of the package: of a topic's folder, or of ``templates``."""
    folder = files("cotejo.report")
    place = folder if path.startswith("topics/") else folder / "templates"
    return (place / path).read_text(encoding="utf-8")


def _subtitle(findings: Findings, words: Words) -> str:
    facts = findings.facts
    values: dict[str, Any] = {
        "data": words.data_name(facts.data["name"]),
        "alternatives": words.say("alternatives_count", count=len(facts.alternatives)),
        "seeds": seeds_trained(facts, words),
    }
    date = words.numbers.day(facts.started) if facts.started else ""
    text = words.say("subtitle", date=date, **values).rstrip(" ·")
    return text[:1].upper() + text[1:]


def _version(findings: Findings) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("cotejo")
    except PackageNotFoundError:
        return str(findings.best.representative.record.get("versions", {}).get("cotejo", ""))
