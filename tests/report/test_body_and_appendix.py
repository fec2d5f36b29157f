"""The body is a report of its own; the appendix has the rest, and a brief report leaves it out."""

import io
import re
from string import ascii_uppercase

import pytest
from fabricate import Made, fabricate_study
from pypdf import PdfReader

from cotejo.cli.app import run
from cotejo.errors import ConfigError
from cotejo.facts import gather
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.formats.pdf import to_pdf
from cotejo.report.html import render
from cotejo.report.topics import TOPICS
from cotejo.store import read_json

pytestmark = pytest.mark.usefixtures("undrawn")

HEADING = re.compile(r'<h2><span class="number">(\w+)</span> (.*?)</h2>')


@pytest.fixture(scope="module")
def brief(full):
    return render(Findings(gather(full)), "en", "brief")


def test_the_body_has_numbers_and_the_appendix_letters(page_of):
    numbers = [number for number, _ in HEADING.findall(page_of("en"))]
    body = [number for number in numbers if number.isdigit()]
    appendix = numbers[len(body) :]
    assert body == [str(number) for number in range(1, len(body) + 1)]
    assert "".join(appendix) == ascii_uppercase[: len(appendix)]
    assert len(appendix) > 9


def test_parts_of_the_appendix_fold_and_are_linked_by_their_letters(page_of):
    page = page_of("en")
    appendix = [title for number, title in HEADING.findall(page) if not number.isdigit()]
    assert page.count('<details class="appendix">') == len(appendix)
    links = re.findall(r'<a href="#([\w-]+)">([A-Z]) \((.*?)\)</a>', page)
    assert len(links) > 9
    for anchor, letter, title in links:
        assert HEADING.search(page, page.index(f'<section id="{anchor}">')).groups() == (
            letter,
            title,
        )


def test_a_brief_report_is_the_body(brief, page_of):
    body = [heading for heading in HEADING.findall(page_of("en")) if heading[0].isdigit()]
    assert HEADING.findall(brief) == body
    assert "<details class" not in brief
    assert "The details are in the appendix of the full report." in brief
    # The body's figures and tables come first, so that their numbers are the same.
    for name in ("figure", "table"):
        shown = re.findall(rf'id="{name}-(\d+)"', brief)
        assert shown == re.findall(rf'id="{name}-(\d+)"', page_of("en"))[: len(shown)]


def test_the_body_is_a_few_pages(brief):
    assert 4 <= len(PdfReader(io.BytesIO(to_pdf(brief))).pages) <= 8


def test_what_is_asked_of_html_and_of_other_formats(full, tmp_path):
    short = write_report(full, out=tmp_path / "short.md")
    long = write_report(full, out=tmp_path / "long.md", detail="full")
    assert "\n## A " not in short.read_text()
    assert "\n## A " in long.read_text()
    assert "<details" in write_report(full, out=tmp_path / "page.html").read_text()
    with pytest.raises(ConfigError, match="folded in the page"):
        write_report(full, detail="brief")
    with pytest.raises(ConfigError, match='Did you mean "brief"'):
        write_report(full, format="md", detail="brif")


def test_a_title_and_an_author_are_kept_in_the_study(tmp_path):
    folder = fabricate_study(tmp_path / "study", [Made("a"), Made("b", (0.6,))])
    asked = ["--title", "Dos <redes>", "--author", "Ana Pérez", "--lang", "es"]
    assert run(["report", str(folder), *asked]) == 0
    page = (folder / "report.html").read_text()
    assert "<h1>Dos &lt;redes&gt;</h1>" in page
    assert '<p class="subtitle author">Ana Pérez</p>' in page
    assert read_json(folder / "study.json")["report"]["title"]["es"] == "Dos <redes>"
    # Written again it has them still. A title in one language leaves the other's as it is.
    assert "<h1>Dos &lt;redes&gt;</h1>" in write_report(folder, "en").read_text()
    page = write_report(folder, "en", title="Two networks").read_text()
    assert "<h1>Two networks</h1>" in page
    assert "Ana Pérez" in page
    assert "<h1>Dos &lt;redes&gt;</h1>" in write_report(folder, "es").read_text()


def test_a_report_that_nobody_signs_names_no_author(brief):
    assert 'class="subtitle author"' not in brief


def test_the_summary_comes_first_and_the_references_end_the_body():
    body = [topic.name for topic in TOPICS if topic.parts("body")]
    assert (body[0], body[-1]) == ("summary", "references")
