"""The page: it fills in the topics' templates, and loads nothing from outside."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cotejo.report.findings import Findings
from cotejo.report.naming import seeds_trained, study_title
from cotejo.report.page import Page
from cotejo.report.topics import TOPICS
from cotejo.report.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["environment", "render", "stylesheet"]


def render(findings: Findings, language: str) -> str:
    """Return the report as one HTML page in ``language``, ``"en"`` or ``"es"``."""
    words = Words(language)
    page = Page(findings, words, TOPICS)
    built = ((topic, topic.section(page)) for topic in TOPICS)
    present = ((topic, content) for topic, content in built if content is not None)
    sections = [
        {
            "name": topic.anchor or topic.name,
            "number": number,
            "title": topic.title(words),
            "template": topic.template,
            **content,
        }
        for number, (topic, content) in enumerate(present, start=1)
    ]
    template = environment(words).get_template("report.html")
    return template.render(
        language=language,
        title=study_title(findings.facts, words),
        subtitle=_subtitle(findings, words),
        version=_version(findings),
        sections=sections,
        style=stylesheet(),
    )


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
