"""The report as PDF says what the page says, on every machine alike, and fetches nothing."""

import io
import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path

import pytest
from pypdf import PdfReader

from cotejo.cli.app import run
from cotejo.report import write_report
from cotejo.report.formats import report_paths
from cotejo.report.formats.page_tree import to_tree
from cotejo.report.formats.pdf import to_pdf


@pytest.fixture(scope="module")
def page(page_of):
    return page_of("es")


@pytest.fixture(scope="module")
def content(page):
    return to_pdf(page)


@pytest.fixture(scope="module")
def read(content):
    return PdfReader(io.BytesIO(content))


def letters(text):
    """Return the letters and digits alone: lines end, and words part, where the layout says."""
    return re.sub(r"[\W_]+", "", text)


def words(nodes):
    for node in nodes:
        if isinstance(node, str):
            yield from re.findall(r"\w+", node)
        elif node["tag"] != "nav":
            yield from words(node.get("children", []))


def test_every_word_of_the_page_is_in_the_pdf(page, read):
    said = "".join(letters(one.extract_text()) for one in read.pages)
    assert [word for word in words(to_tree(page).elements) if letters(word) not in said] == []


def test_no_line_breaks_at_a_no_break_space(read):
    said = to_tree("<p>el 95\N{NO-BREAK SPACE}%\n  de  ellas</p>").elements[0]["children"]
    assert said == ["el 95\N{NO-BREAK SPACE}% de ellas"]
    assert [one for one in read.pages if re.search(r"\d\s*\n\s*%", one.extract_text())] == []


def test_it_has_pages_a_title_a_language_bookmarks_and_links(page, read):
    assert 8 < len(read.pages) < 30
    assert read.metadata.title == "Alternativas inventadas"
    assert read.trailer["/Root"]["/Lang"] == "es"
    titles = re.findall(
        r'<h2(?: id="appendix")?>(?:<span class="number">\w+</span> )?(.*?)</h2>', page
    )
    titles = titles[2:]  # of the contents
    marks = [mark.title for mark in read.outline if not isinstance(mark, list)]
    assert [re.sub(r"^(\d+|[A-Z])\s+", "", mark) for mark in marks] == titles
    assert len(read.pages[0].get("/Annots", [])) >= len(titles)
    for number, sheet in enumerate(read.pages, start=1):
        assert f"{number} / {len(read.pages)}" in sheet.extract_text().replace("\xa0", " ")


def test_every_image_of_the_page_is_in_it(page, read):
    files = {node["file"] for node in images(to_tree(page).elements)}
    assert files == set(to_tree(page).files)
    assert len(files) > 50


def images(nodes):
    for node in nodes:
        if isinstance(node, dict):
            yield from [node] if "file" in node else []
            yield from images(node.get("children", []))


def test_galleries_stand_several_images_a_row(read):
    # One image a line would be a page for each eight of them.
    most = max(len(sheet["/Resources"].get("/XObject", {})) for sheet in read.pages)
    assert most >= 16


def test_the_same_report_gives_the_same_bytes(page, content):
    assert to_pdf(page) == content


def test_its_letters_come_along(read):
    fonts = {
        font.get_object()["/BaseFont"]
        for sheet in read.pages
        for font in sheet["/Resources"].get("/Font", {}).values()
    }
    assert fonts
    assert all(re.search(r"\+(DejaVuSans|LibertinusSerif)", font) for font in fonts)


def test_a_machine_without_fonts_writes_the_same(page, content, tmp_path):
    """No font, no home, no language, no font configuration: nothing of the system's is used."""
    (tmp_path / "page.html").write_text(page)
    program = (
        "import sys; from pathlib import Path; from cotejo.report.formats.pdf import to_pdf\n"
        "Path(sys.argv[2]).write_bytes(to_pdf(Path(sys.argv[1]).read_text('utf-8')))"
    )
    bare = {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "FONTCONFIG_FILE": os.devnull,
        "HOME": str(tmp_path / "nowhere"),
        "LC_ALL": "C",
        "MPLCONFIGDIR": str(tmp_path),
    }
    out = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "page.html", tmp_path / "page.pdf"],
        env=bare,
        capture_output=True,
        check=True,
    )
    assert (out.stdout, out.stderr) == (b"", b"")
    assert (tmp_path / "page.pdf").read_bytes() == content


def test_a_script_that_our_fonts_lack_still_gives_a_pdf(capfd):
    made = to_pdf("<html lang='es'><title>深度学习</title><p>العربية ไทย 深度学习 🐸</p></html>")
    assert PdfReader(io.BytesIO(made)).metadata.title == "深度学习"
    assert capfd.readouterr() == ("", "")


def test_no_word_of_a_page_is_an_instruction():
    label = '#panic("x") *b* _i_ $x$ <l> @r `r` = h \\ "q" // c /* d #import "@preview/a:0.1.0"'
    page = "<title>T</title><h1>{0}</h1><table></table><p>{0}</p><p><code>{0}</code></p>"
    read = PdfReader(io.BytesIO(to_pdf(page.format(escape(label)))))
    assert letters(read.pages[0].extract_text()).count(letters(label)) == 3


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x.png", Path(__file__).as_uri(), "page.json", "/etc/passwd"]
)
def test_a_pdf_fetches_nothing(address):
    tree = to_tree(f'<img src="{address}" alt="What it shows">')
    assert tree.files == {}
    read = PdfReader(io.BytesIO(to_pdf(f'<p><img src="{address}" alt="What it shows"></p>')))
    assert "What it shows" in read.pages[0].extract_text()


def test_its_own_pdf_is_known_and_an_earlier_one(content, full, tmp_path):
    place = tmp_path / "informe.pdf"
    for known in (content, b"%PDF-1.7\n1 0 obj\ntrailer /ID [(Cotejo 0123)"):
        place.write_bytes(known)
        assert report_paths(full, ["pdf"], place) == {"pdf": place}


def test_without_typst_one_line_says_how_to_install_it(reported, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "typst", None)
    for language, said in (("en", "is not installed"), ("es", "no está instalado")):
        assert run(["report", str(reported), "--format", "pdf", "--lang", language]) == 2
        shown = capsys.readouterr().err
        assert said in shown
        assert "python -m pip install typst`" in shown
        assert shown.count("\n") == 1


def test_the_interpreter_is_named_from_here(reported, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.chdir(tmp_path)
    assert run(["report", str(reported), "--format", "pdf"]) == 2
    assert "`.venv/bin/python -m pip install typst`" in capsys.readouterr().err


def test_without_a_temporary_folder_one_line_says_so(reported, monkeypatch, capsys):
    def nowhere(*args, **options):
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("cotejo.report.formats.pdf.TemporaryDirectory", nowhere)
    # In the language that the tables beside it are in, which are written before it.
    assert run(["report", str(reported), "--format", "pdf", "--lang", "es"]) == 2
    shown = capsys.readouterr().err
    assert "TMPDIR" in shown
    assert shown.count("\n") == 1


LAYOUT = "<html lang='es'><title>T</title><header><h1>T</h1>{author}</header><main>{body}</main>"


def laid_out(body, author=""):
    return PdfReader(io.BytesIO(to_pdf(LAYOUT.format(author=author, body=body))))


def test_its_author_is_the_reports():
    assert laid_out("<p>t</p>").metadata.author is None
    signed = laid_out("<p>t</p>", '<p class="subtitle author">Ana Pérez</p>')
    assert signed.metadata.author == "Ana Pérez"


def test_an_interval_stays_on_its_line():
    said = "palabras que llenan la línea con su intervalo [−0,73; 2,10] al final de ella " * 40
    lines = laid_out(f"<p>{said}</p>").pages[0].extract_text().replace("\xa0", " ")
    assert lines.count("[−0,73; 2,10]") == lines.count("[") > 20


def test_an_address_is_copied_as_it_is():
    address = "proceedings.mlr.press/v28/sutskever13.html"
    item = f'<li>{"De lo dicho " * 6}<a href="https://{address}">{address}</a></li>'
    text = laid_out(f'<section id="r"><ul class="references">{item * 3}</ul></section>').pages[0]
    said = text.extract_text()
    assert "\u200b" not in said
    assert said.replace("\n", "").count(address) == 3
    # No line begins with what is left of an ending.
    assert not re.search(r"^(?:html|tml|ml|l)$", said, re.MULTILINE)


def test_a_figure_stands_between_the_paragraphs_around_it():
    svg = '<svg viewBox="0 0 400 200"><text x="9" y="99" font-size="8">Drawn</text></svg>'
    parts = [
        f'<section id="s{n}"><h2>Section {n}</h2><p>Before {n}</p><figure>'
        f'<div class="scroll">{svg}</div><figcaption>Caption {n}</figcaption></figure></section>'
        for n in range(1, 6)
    ]
    read = laid_out("".join(parts))
    # The first line of each page has the report's title.
    said = " ".join(page.extract_text() for page in read.pages)
    order = re.findall(r"Section \d|Before \d|Caption \d", said)
    assert order == [
        f"{word} {n}" for n in range(1, 6) for word in ("Section", "Before", "Caption")
    ]


def test_a_table_too_wide_for_the_page_is_split_and_keeps_its_words_whole():
    names = [f"alternativa-larga-{n}" for n in range(30)]
    head = "<th>Ajuste</th>" + "".join(f"<th>{name}</th>" for name in names)
    row = "<th>Inicialización</th>" + "".join(f"<td>normalizadas{n}</td>" for n in range(30))
    table = f"<table><thead><tr>{head}</tr></thead><tbody><tr>{row}</tr></tbody></table>"
    read = laid_out(
        f'<div class="table"><p class="caption">C</p><div class="scroll">{table}</div></div>'
    )
    said = " ".join(page.extract_text() for page in read.pages)
    assert all(f"normalizadas{n}" in said for n in range(30))
    assert said.count("Inicialización") > 2


def test_what_is_for_the_screen_is_in_no_pdf(read):
    said = " ".join(page.extract_text() for page in read.pages)
    assert "clic" not in said


def test_a_pdf_elsewhere_names_the_files_beside_it(full, tmp_path):
    out = tmp_path / "elsewhere" / "informe.pdf"
    out.parent.mkdir()
    write_report(full, "es", out=out)
    read = PdfReader(out)
    said = " ".join(page.extract_text() for page in read.pages)
    assert "summary.csv" in said
    assert "--detail" not in said
    assert (out.parent / "informe-files" / "summary.csv").is_file()
