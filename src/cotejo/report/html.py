"""The page: sections into templates, styles and pictures inside, nothing loaded from outside."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.prose.names import seeds_trained
from cotejo.report.prose.summary import title
from cotejo.report.prose.words import Words
from cotejo.report.sections.alternatives import alternatives
from cotejo.report.sections.audit import audit_section
from cotejo.report.sections.calibration import calibration_section
from cotejo.report.sections.claims import claims_section
from cotejo.report.sections.comparisons import comparisons_section
from cotejo.report.sections.confusion import confusion
from cotejo.report.sections.cost import cost_section
from cotejo.report.sections.curves import curves
from cotejo.report.sections.data import data
from cotejo.report.sections.factors import factors_section
from cotejo.report.sections.failures import failures
from cotejo.report.sections.learning import learning_section
from cotejo.report.sections.method import method
from cotejo.report.sections.mistakes import mistakes
from cotejo.report.sections.results import results
from cotejo.report.sections.summary import summary
from cotejo.report.sections.training import training

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["environment", "render", "stylesheet"]

# In the order of the report; each has a template of its name. One that has nothing to say of a
# study returns None, and is left out.
_SECTIONS: dict[str, Callable[[Page], dict[str, Any] | None]] = {
    "summary": summary,
    "claims": claims_section,
    "data": data,
    "audit": audit_section,
    "alternatives": alternatives,
    "curves": curves,
    "results": results,
    "comparisons": comparisons_section,
    "factors": factors_section,
    "learning": learning_section,
    "cost": cost_section,
    "confusion": confusion,
    "failures": failures,
    "mistakes": mistakes,
    "calibration": calibration_section,
    "training": training,
    "method": method,
}


def render(findings: Findings, language: str) -> str:
    """Return the report as one HTML page in ``language``, ``"en"`` or ``"es"``."""
    words = Words(language)
    page = Page(findings, words)
    built = ((name, build(page)) for name, build in _SECTIONS.items())
    present = ((name, content) for name, content in built if content is not None)
    sections = [
        {"name": name, "number": number, "title": words.say(f"section_{name}"), **content}
        for number, (name, content) in enumerate(present, start=1)
    ]
    template = environment(words).get_template("report.html")
    return template.render(
        language=language,
        title=title(findings, words),
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


def _asset(name: str) -> str:
    return (files("cotejo.report") / "templates" / name).read_text(encoding="utf-8")


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
