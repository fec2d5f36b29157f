"""Reports of other classes than CIFAR-10's: two, a hundred, in any script, without test images."""

import html
import io
import re

import numpy as np
import pytest
from fabricate import CLASSES, Made, fabricate_study
from pypdf import PdfReader

from cotejo.facts import gather
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.formats.pdf import to_pdf
from cotejo.report.html import render
from cotejo.store import read_csv

pytestmark = pytest.mark.usefixtures("undrawn")

SCRIPTS = ["飞机", "سيارة", "पक्षी", "แมว", "鹿", "犬", "개구리", "𝒽orse 🐎", "θάλασσα", "грузовик"]


AWKWARD = [
    "a class with a name that is forty long..",
    "🐎 caballo",
    "שלום עולם",
    "<b>bold</b>",
    "a|b",
    "$x$ \\frac",
    "`tick`",
    "*star* _under_",
    "&amp; [e](f)",
    "# 1. one",
]


def both(names):
    return {"en": names, "es": names}


def shown(findings, language):
    page = html.unescape(render(findings, language))
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL).split())


def test_any_script_is_drawn_without_a_word_on_the_screen(tmp_path, drawn, capfd):
    label = {"en": "数据增强 ✓ العربية", "es": "数据增强 ✓ العربية"}
    made = [Made("a", label=label), Made("b", (0.6,), label={"en": "卷积", "es": "卷积"})]
    folder = fabricate_study(tmp_path, made, images=300, class_names=both(SCRIPTS))
    # Where warnings are errors, as in these tests, one would end it.
    page = write_report(folder, "es").read_text()
    assert all(page.count(name) > 3 for name in SCRIPTS)
    assert to_pdf(page).startswith(b"%PDF-")
    assert capfd.readouterr() == ("", "")


def test_awkward_names_come_out_as_they_are(tmp_path):
    folder = fabricate_study(
        tmp_path, [Made("a"), Made("b", (0.6,))], images=300, class_names=both(AWKWARD)
    )
    page = write_report(folder, "en").read_text(encoding="utf-8")
    text = write_report(folder, "en", format="md", detail="full").read_text(encoding="utf-8")
    assert all(page.count(html.escape(name, quote=False)) > 3 for name in AWKWARD)
    assert "<b>bold</b>" not in page
    plain = re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text)
    assert [name for name in AWKWARD if plain.count(name) <= 3] == []
    read = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(to_pdf(page))).pages)
    letters = re.sub(r"\s+", "", read)
    drawn = [re.sub(r"\s+", "", name) for name in AWKWARD if name.isascii()]
    assert [name for name in drawn if letters.count(name) <= 3] == []


def test_a_thousand_classes(tmp_path, capfd):
    names = [f"class number {label}" for label in range(1000)]
    folder = fabricate_study(
        tmp_path, [Made("a"), Made("b", (0.6,))], images=2000, class_names=both(names)
    )
    page = write_report(folder, "en").read_text(encoding="utf-8")
    assert len(page) < 5_000_000
    assert len(read_csv(folder / "per-class.csv")) == 2 * 1000
    assert to_pdf(page).startswith(b"%PDF-")
    assert capfd.readouterr() == ("", "")


def test_a_hundred_classes(tmp_path, drawn, capfd):
    names = [f"class number {label}" for label in range(100)]
    made = [Made("a"), Made("b", (0.6,))]
    folder = fabricate_study(tmp_path, made, images=500, class_names=both(names))
    page = write_report(folder, "en").read_text()
    assert "class number 99" in page
    assert to_pdf(page).startswith(b"%PDF-")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("language", "column"),
    [("en", "Top-2 accuracy"), ("es", "Exactitud top-2")],
)
def test_of_two_classes_there_is_no_top_2_accuracy_and_no_pair_to_pick(study, language, column):
    two = study(Made("a"), Made("b", (0.6,)), class_names=both(["cat", "dog"]), images=200)
    assert column not in shown(two, language)
    assert two.mutual_pair is None
    ten = study(Made("a"), Made("b", (0.6,)), images=200)
    assert column in shown(ten, language)


def test_a_class_without_test_images_is_left_out_of_the_averages(tmp_path):
    labels = np.arange(450) % 9
    folder = fabricate_study(tmp_path, [Made("a"), Made("b", (0.6,))], labels=labels)
    findings = Findings(gather(folder))
    expected = np.mean([row["f1"] for row in findings.best.per_class[:9]])
    assert findings.macro["a"]["f1"] == pytest.approx(expected)
    assert findings.best.mean("test", "macro_f1") == pytest.approx(expected)
    english, spanish = shown(findings, "en"), shown(findings, "es")
    assert f"There are no test images of “{CLASSES['en'][9]}”" in english
    assert f"De «{CLASSES['es'][9]}» no hay imágenes de prueba" in spanish
    assert re.search(r"truck – – – – – 0 ", english)
    write_report(folder)
    rows = read_csv(folder / "per-class.csv")
    assert [row["f1"] == "" for row in rows] == ([False] * 9 + [True]) * 2
    assert "no test images" not in shown(_of_all(tmp_path / "all"), "en")


def _of_all(folder):
    return Findings(gather(fabricate_study(folder, [Made("a")], images=200)))
