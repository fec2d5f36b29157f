"""The page: it fills in the topics' templates, and loads nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import count
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cotejo.report.findings import Findings
from cotejo.report.naming import report_author, seeds_trained, study_title, together, version_of
from cotejo.report.page import Page, Undrawn
from cotejo.report.topic import CsvFile
from cotejo.report.topics import TOPICS
from cotejo.report.words import Words
from cotejo.store import ReportFile

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["environment", "render", "render_undrawn", "stylesheet"]

_OPENS, _CLOSES = "\ufdd0", "\ufdd1"
"""What stands around code in a page's words: characters that no text of anybody's has."""

_CODE = re.compile(f"{_OPENS}([^{_OPENS}{_CLOSES}]*){_CLOSES}")


class _PageWords(Words):
    """The words of a page, on which a user's own option is code, and nothing else becomes it."""

    def own_option(self, name: str) -> str:
        """Return the name of an option between marks, of which the templates make code."""
        return f"{_OPENS}{name}{_CLOSES}"


def render(findings: Findings, language: str, detail: str = "full", numbers: str = "") -> str:
    """Return the report as one HTML page.

    Args:
        findings: what follows from the study.
        language: ``"en"`` or ``"es"``.
        detail: ``"full"``, with the appendix, or ``"brief"``, without it.
        numbers: the name of the folder, beside the page, that has its CSV files and
            ``report.json``; empty if they lie beside the page, in the study's folder.
    """
    page = Page(findings, _PageWords(language), TOPICS, detail, numbers)
    return _rendered(page, keeps=None if detail == "full" else frozenset())


def render_undrawn(
    findings: Findings, language: str, detail: str = "full", numbers: str = ""
) -> Undrawn:
    """Return the report as a page whose figures are still to be drawn, for a notebook.

    Args:
        findings: what follows from the study.
        language: ``"en"`` or ``"es"``.
        detail: ``"full"``, or ``"brief"``: of the appendix the best's epochs alone. Figures and
            tables have the same numbers in both.
        numbers: as for `render`.
    """
    page = Page(findings, _PageWords(language), TOPICS, detail, numbers, draws=False)
    html = _rendered(page, keeps=None if detail == "full" else frozenset({"training"}))
    return Undrawn(html, page.drawings)


def _rendered(page: Page, keeps: frozenset[str] | None) -> str:
    """Return a page; of its appendix the parts of the topics in ``keeps``, or all of None."""
    words, findings = page.words, page.findings
    # In the order of the page, since figures and tables get their numbers as they are made.
    body = _sections(page, "body", map(str, count(1)))
    # Parts that are left out are numbered all the same, but for a page that has none.
    appendix = _sections(page, "appendix", ascii_uppercase) if keeps != frozenset() else []
    if keeps is not None:
        appendix = [section for section in appendix if section["topic"] in keeps]
    parts = {section["topic"]: section for section in appendix}
    for section in body:
        section["see"] = [part for name, part in parts.items() if name in section["see"]]
    template = environment(words, _links(page.numbers)).get_template("report.html")
    return template.render(
        language=words.language,
        title=study_title(findings.facts, words),
        author=report_author(findings.facts, words),
        subtitle=_subtitle(findings, words),
        version=version_of(findings.facts),
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
            "title": content.get("title") or part.title(page.words),
            "template": part.template,
            # Its own details first.
            "see": (part.topic.name, *part.topic.see),
            "content": content,
        }
        for number, (part, content) in zip(numbers, present, strict=False)
    ]


def environment(words: Words, links: Mapping[str, str] | None = None) -> Environment:
    """Return what fills in the templates.

    Args:
        words: the language in which the templates say things.
        links: the addresses of files, by their names, to which a name under a table leads.
    """
    return _environment(words.language, tuple((links or {}).items()))


@lru_cache(maxsize=8)  # a template is compiled once for all pages
def _environment(language: str, links: tuple[tuple[str, str], ...]) -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    words = Words(language)
    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_with_code,
    )
    environment.globals["say"] = words.say
    environment.filters["together"] = together
    environment.filters["breakable"] = _breakable
    environment.filters["unmarked"] = _unmarked
    environment.globals["sources"] = lambda names: _sources(names, words, dict(links))
    return environment


def _with_code(value: Any) -> Any:
    """Return a text with code where the words of the page have marked it."""
    from markupsafe import Markup, escape

    if type(value) is not str or _OPENS not in value:
        return value
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(value))))  # noqa: S704 - it is escaped


def _unmarked(text: str) -> str:
    """Return a text without the marks of code, for an attribute."""
    return _CODE.sub(r"\1", text)


def _breakable(address: str) -> Markup:
    """Return an address that breaks after its slashes, if it has to."""
    from markupsafe import Markup, escape

    return Markup("/<wbr>").join(escape(part) for part in address.split("/"))


def _links(numbers: str) -> dict[str, str]:
    """Return the addresses of the files that a page can lead to, by their names."""
    written: list[str] = [ReportFile.NUMBERS]
    others: list[str] = []
    for file in (file for topic in TOPICS for file in topic.files):
        (written if isinstance(file, CsvFile) else others).append(file.name)
    if numbers:
        # The study's folder is elsewhere, where only its owner may find it.
        return {name: f"{quote(numbers)}/{name}" for name in written}
    return {name: name for name in (*written, *others)}


def _sources(names: str, words: Words, links: Mapping[str, str]) -> Markup:
    """Return the words on which files have the numbers of a table, each name a link."""
    from markupsafe import Markup, escape

    link = Markup('<a href="{}">{}</a>')
    linked = Markup(", ").join(
        link.format(links[name], name) if name in links else escape(name)
        for name in names.split(", ")
    )
    return escape(words.say("source", files="\0")).replace("\0", linked)


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
