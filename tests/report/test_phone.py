"""The page on a phone, 390 pixels wide, measured in Chromium where it is present."""

import json
import re

import pytest
from browser import open_page
from fabricate import Made, fabricate_study

from cotejo.facts import gather
from cotejo.report.findings import Findings
from cotejo.report.html import render

WIDTH = 390
LEAST_LETTERS = 11
"""The least size in pixels of a figure's letters."""

# A window of Chromium is never as narrow as a phone, but a frame is.
PHONE = """<!DOCTYPE html>
<pre id="measured"></pre>
<script>
addEventListener("message", told => {
  document.getElementById("measured").textContent = told.data;
});
</script>
<iframe src="page.html" style="border:0;width:390px;height:2000px"></iframe>"""

MEASURE = """
<script>
for (const details of document.querySelectorAll("details")) details.open = true;
const seen = element => element.getClientRects().length > 0;
const letters = [];
for (const svg of document.querySelectorAll("figure svg")) {
  if (!seen(svg)) continue;
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  for (const text of svg.querySelectorAll("text"))
    letters.push(parseFloat(getComputedStyle(text).fontSize) * scale);
}
const figures = [...document.querySelectorAll("figure")].map(figure => figure.id +
  ":" + [...figure.querySelectorAll("svg")].filter(seen).length +
  "/" + figure.querySelectorAll("svg").length);
const hidden = [];
for (const table of document.querySelectorAll("table")) {
  // Of a table in two forms, the one for phones is measured.
  if (!seen(table)) continue;
  const scroll = table.closest(".scroll");
  scroll.scrollLeft = 10000;
  for (const row of table.querySelectorAll("tbody tr")) {
    const name = row.children[0].getBoundingClientRect();
    if (name.left < 0 || name.right > innerWidth || name.width < 1)
      hidden.push(table.closest(".table").id);
  }
  for (const cell of table.querySelectorAll("tbody td")) {
    const place = cell.getBoundingClientRect();
    const cards = table.closest(".cards");
    if (cards && (place.left < 0 || place.right > innerWidth)) hidden.push("card of " + cards.id);
  }
}
const broken = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, parent = node.parentElement;
  if (parent.closest("script, svg, code, pre, .words") || !seen(parent)) continue;
  for (const word of node.data.matchAll(/[\\d.,]+\\u00a0\\p{L}+(\\/\\p{L})?|\\p{L}{2,22}/gu)) {
    const range = document.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const lines = new Set([...range.getClientRects()].map(place => Math.round(place.top)));
    if (lines.size > 1 && getComputedStyle(parent).hyphens !== "auto") broken.push(word[0]);
  }
}
parent.postMessage(JSON.stringify({
  width: innerWidth, page: document.documentElement.scrollWidth,
  letters: Math.min(...letters), figures, hidden, broken,
}), "*");
</script>
</body>"""


@pytest.fixture(scope="module", params=["ten classes", "a hundred"])
def measured(request, full, tmp_path_factory):
    """What Chromium measures of a page on a phone."""
    language = "es" if request.param == "ten classes" else "en"
    folder = full
    if request.param == "a hundred":
        folder = tmp_path_factory.mktemp("hundred") / "study"
        kinds = ["sweet pepper", "caterpillar", "lawn mower", "aquarium fish", "streetcar"]
        names = [f"{kind} {number}" for number in range(20) for kind in kinds]
        made = [Made("plain", (0.6,)), Made("augmented", (0.7,), changes={"augment": "notebook"})]
        fabricate_study(folder, made, images=1000, class_names={"en": names, "es": names})
    page = render(Findings(gather(folder)), language)
    place = tmp_path_factory.mktemp("phone")
    (place / "page.html").write_text(page.replace("</body>", MEASURE), encoding="utf-8")
    (place / "phone.html").write_text(PHONE, encoding="utf-8")
    done = open_page(place / "phone.html", "--dump-dom", "--virtual-time-budget=10000")
    found = re.search(r'<pre id="measured">(.+?)</pre>', done.stdout)
    assert found, done.stderr
    values = json.loads(found[1].replace("&gt;", ">").replace("&lt;", "<"))
    assert values["width"] == WIDTH
    return values


def test_the_page_does_not_scroll_sideways(measured):
    assert measured["page"] <= WIDTH


def test_letters_of_figures_are_legible(measured):
    assert measured["letters"] >= LEAST_LETTERS - 0.05


def test_each_figure_is_shown_once(measured):
    drawn = [figure for figure in measured["figures"] if not figure.endswith("/0")]
    assert len(drawn) >= 8
    assert {figure.rpartition(":")[2] for figure in drawn} <= {"1/1", "1/2"}


def test_tables_keep_what_names_their_rows_in_sight(measured):
    assert measured["hidden"] == []


def test_no_word_breaks_in_the_middle(measured):
    assert measured["broken"] == []
