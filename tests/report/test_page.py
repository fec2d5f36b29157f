"""The page as a whole: complete, self-contained, and opened in Chromium where it is present."""

import html
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from browser import open_page
from fabricate import Made, fabricate_study

from cotejo.facts import gather
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.html import render
from cotejo.report.page import Page
from cotejo.report.topics.alternatives.settings import setting_text
from cotejo.report.topics.references.analysis import publications
from cotejo.report.words import Words

BODY = [
    "summary", "aim", "data", "alternatives", "results", "factors", "confusion", "training",
    "cautions", "conclusion", "references",
]  # fmt: skip
APPENDIX = [
    "data-appendix", "alternatives-appendix", "curves", "results-appendix", "comparisons",
    "factors-appendix", "cost", "confusion-appendix", "mistakes", "calibration",
    "training-appendix", "method",
]  # fmt: skip
"""Of a study without an audit, an error analysis and claims, in the order of the page."""


class Reader(HTMLParser):
    """Collect ids, addresses and text, and check that elements are closed."""

    VOID = ("meta", "link", "img", "br", "wbr")

    def __init__(self, page):
        super().__init__()
        self.ids, self.loads, self.links, self.open, self.images = [], [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        elif tag not in ("use", "image"):
            self.loads += [found[name] for name in ("src", "href", "srcset") if name in found]
        if tag == "img":
            self.images.append(found["alt"])

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module", params=["en", "es"])
def page(request, page_of):
    return page_of(request.param)


def test_the_page_is_well_formed_and_complete(page):
    reader = Reader(page)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    ids = [name for name in reader.ids if not name.startswith(("figure-", "table-"))]
    assert [name for name in ids if name in {*BODY, *APPENDIX}] == [*BODY, *APPENDIX]
    inside = [link for link in reader.links if link.startswith("#")]
    assert [link for link in inside if link.removeprefix("#") not in reader.ids] == []
    outside = {link for link in reader.links if not link.startswith("#")}
    files = {link for link in outside if "://" not in link}
    assert outside - files <= {publication.address for publication in publications().values()}
    assert files
    assert all(reader.images)


def test_files_with_numbers_are_links_to_files_that_are_there(page, reported):
    named = {link for link in Reader(page).links if not link.startswith(("#", "https:"))}
    assert {"summary.csv", "comparisons.csv", "report.json", "study.json"} <= named
    assert [name for name in named if not (reported / name).is_file()] == []


def test_nothing_is_loaded_from_outside(page):
    assert all(address.startswith("data:") for address in Reader(page).loads)
    assert not re.search(r"url\(\s*['\"]?(?!#)", page)
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_figures_and_tables_are_numbered_in_order(page):
    # A phone shows a table in another form under the same number.
    page = re.sub('<section class="phone">.*?</section>', "", page, flags=re.DOTALL)
    for word in ("Figur[ea]", "Tabl[ea]|Tabla"):
        numbers = [int(number) for number in re.findall(rf"<b>(?:{word}) (\d+)\.</b>", page)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) > 5


def test_labels_are_escaped_and_one_like_a_formula_is_shown_as_it_is(tmp_path):
    script, formula = "<script>alert(1)</script> & “x”", r"$\foo$ & <b>"
    made = [
        Made("a", label={"en": script, "es": script}),
        Made("b", (0.6,), label={"en": formula, "es": formula}),
    ]
    page = write_report(fabricate_study(tmp_path, made)).read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert r"$\foo$ &amp; &lt;b&gt;" in page
    assert formula not in page


def test_the_dates_are_those_of_the_runs(page):
    # The folder's is in September.
    assert not re.search("September|septiembre", page)
    page = page.replace("\N{NO-BREAK SPACE}", " ")
    assert page.count("November 21, 2026") + page.count("21 de noviembre de 2026") >= 3


def test_what_training_accuracy_is_measured_on_is_said_twice(page):
    said = "on the first 1,000 of the|con las primeras 1000 de las"
    assert len(re.findall(said, page)) == 2


def test_the_time_of_a_fine_tuned_one_leaves_its_start_out(page):
    assert len(re.findall("starting point&#39;s|el de su punto de partida", page)) == 1


@pytest.mark.usefixtures("undrawn")
def test_settings_that_a_model_has_not_are_told_from_its_own(tmp_path):
    made = [
        Made("a", changes={"model": "cnn7", "augment": "flip-crop"}),
        Made("b", (0.6,), changes={"model": "mlp"}),
    ]
    folder = fabricate_study(tmp_path, made)
    shown = " ".join(re.sub("<[^>]*>", " ", write_report(folder).read_text()).split())
    # cnn7 normalises, and has no option that says whether.
    assert "Batch normalisation yes no" in shown
    assert "Width 32 –" in shown


def test_it_is_small_and_quick_for_thirty_runs(tmp_path):
    made = [Made(f"a{index}", (0.5 + index / 100,) * 3) for index in range(10)]
    fabricate_study(tmp_path, made, seeds=(1, 2, 3), images=200)
    assert write_report(tmp_path, "es").stat().st_size < 5_000_000


def test_hard_data_is_drawn_all_the_same(tmp_path):
    """Grey images, two classes, one of them never seen, no mistakes: nothing is divided by 0."""
    labels = np.zeros(40, dtype=int)
    labels[:2] = 1
    fabricate_study(
        tmp_path,
        [Made("a", (1.0,), changes={"epochs": 1})],
        labels=labels,
        pictures=np.zeros((40, 8, 8, 1), np.uint8),
    )
    page = write_report(tmp_path, "es").read_text()
    assert "No comete ningún error" in page


def test_it_reads_files_only():
    """Neither a backend, nor Keras, nor scikit-learn; and nothing heavy before it is used."""
    script = (
        "import sys, cotejo.report; "
        "before = {'matplotlib', 'jinja2', 'babel', 'PIL'} & set(sys.modules); "
        "import cotejo.report.html; "
        "after = {'keras', 'tensorflow', 'jax', 'torch', 'sklearn', 'scipy'} & set(sys.modules); "
        "print(before | after)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


def test_chromium_shows_it(reported, tmp_path):
    path = reported / "report.html"
    picture = tmp_path / "page.png"
    done = open_page(path, "--dump-dom", "--window-size=1200,2000")
    assert "Limitaciones" in done.stdout
    assert done.stdout.count("<svg") >= 6
    # What the page logs, a load that its policy forbids included, is marked so.
    assert "CONSOLE" not in done.stderr
    open_page(path, f"--screenshot={picture}", "--window-size=1200,2000")
    from PIL import Image

    with Image.open(picture) as image:
        assert image.size == (1200, 2000)
        assert len(image.convert("RGB").getcolors(1_000_000)) > 100


def test_chromium_would_tell_of_a_load_from_outside(tmp_path, reported):
    page = (reported / "report.html").read_text()
    spoiled = tmp_path / "spoiled.html"
    spoiled.write_text(page.replace("<main>", '<main><img alt="" src="https://example.org/x.png">'))
    assert "CONSOLE" in open_page(spoiled, "--dump-dom").stderr


@pytest.mark.usefixtures("undrawn")
def test_more_alternatives_than_classes_stand_below_each_other(study):
    findings = study(*(Made(f"a{n}", (0.5 + n / 50,)) for n in range(11)), images=100)
    page = render(findings, "en")
    table = page[page.index("F1 of each class") :]
    assert table[: table.index("</thead>")].count("<th ") == 12
    assert table[: table.index("</table>")].count("<tr") == 12


def test_the_number_of_convolutions_is_told_where_it_is_no_option(study):
    findings = study(
        Made("three"),
        Made("cnn7", changes={"model": "cnn7"}),
        Made("air", changes={"model": "airbench"}),
        Made("wide", changes={"model": "wide-resnet"}),
        Made("b", changes={"model": "cnn", "convolutions": 4}),
    )
    page = Page(findings, Words("en"))
    # Counted in the networks themselves, whichever class of layer they are built of.
    texts = [setting_text(page, "convolutions", made) for made in findings.facts.alternatives]
    assert texts == ["3", "7", "7", "16", "4"]


@pytest.mark.parametrize(
    ("language", "said", "name"),
    [
        ("en", "flips, rotations up to 15°, a hidden square of 8 pixels", "Augmentation"),
        ("es", "volteos, rotaciones de hasta 15°, un cuadrado tapado de 8 píxeles", "Aumento"),
    ],
)
@pytest.mark.usefixtures("undrawn")
def test_a_composed_augmentation_is_said_in_words(tmp_path, language, said, name):
    composed = ["flip", {"rotate": 15}, {"cutout": 8}]
    made = Made("a", changes={"augment": composed}), Made("b", (0.6,))
    folder = fabricate_study(tmp_path, made, seeds=(1,))
    text = html.unescape(render(Findings(gather(folder)), language))
    # In the table of settings, and in the caption of the images under it.
    assert text.count(said) >= 2
    assert name in text
    assert "'rotate'" not in text
