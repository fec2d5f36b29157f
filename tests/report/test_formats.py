"""The report as Markdown says what the page says; only reports are overwritten."""

import io
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from fabricate import Made, fabricate_study
from PIL import Image

from cotejo.cli.app import run
from cotejo.errors import ConfigError, OutputError
from cotejo.report import write_report, write_reports
from cotejo.report.formats import chosen_formats, report_paths
from cotejo.report.formats.markdown import to_markdown
from cotejo.report.formats.pdf import to_pdf


@pytest.fixture(scope="module", params=["en", "es"])
def page(request, page_of):
    return page_of(request.param)


@pytest.fixture(scope="module")
def written(page):
    return to_markdown(page, "report-files")


class Counter(HTMLParser):
    """Count each table's rows, and keep the sections' titles."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.titles, self.in_title = [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.rows.append(0)
        self.rows[-1:] = [self.rows[-1] + (tag == "tr")] if self.rows else []
        if tag == "h2":
            self.titles.append("")
        self.in_title = tag == "h2" or (self.in_title and tag == "span")

    def handle_endtag(self, tag):
        self.in_title = self.in_title and tag != "h2"

    def handle_data(self, data):
        if self.in_title:
            self.titles[-1] += data


def test_every_title_and_every_row_is_in_the_markdown(page, written):
    text, _ = written
    # A table's other form, for phones, is in the page only.
    found = Counter(re.sub('<section class="phone">.*?</section>', "", page, flags=re.DOTALL))
    assert len(found.titles) > 9
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == found.titles
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    rows = [block.count("\n") - 1 for block in blocks if not block.startswith("| ![")]
    assert rows == found.rows
    for block in blocks:
        assert len({line.count(" |") for line in block.splitlines()}) == 1


def test_no_html_is_left_and_what_folds_is_open(page, written):
    text, _ = written
    prose = re.sub(r"`[^`]*`", "", text)
    assert not re.search(r"(?<!\\)<[a-zA-Z/!]", prose)
    for summary in re.findall(r"<summary>(.*?)</summary>", page):
        assert f"**{summary}**" in text.replace("\\", "")


def test_pictures_are_files_that_can_be_opened(written):
    text, pictures = written
    shown = re.findall(r"!\[[^\]]+\]\(report-files/([^)]+)\)", text)
    assert sorted(shown) == sorted(pictures)
    for name, content in pictures.items():
        if name.endswith(".svg"):
            root = ElementTree.fromstring(content)  # noqa: S314
            assert root.tag == "{http://www.w3.org/2000/svg}svg"
            assert float(root.attrib["width"]) > 300
        else:
            with Image.open(io.BytesIO(content)) as image:
                assert min(image.size) >= 64


def test_the_contents_lead_to_the_headings(written):
    text, _ = written
    contents = text[: text.index("\n## 1 ")]
    links = re.findall(r"\]\(#([^)]+)\)", contents)
    titles = [line[3:] for line in text.splitlines() if re.match(r"## (\d+|[A-Z]) ", line)]
    assert [title for title in titles if title[0] == "A"]
    assert links == [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


def test_numbers_stand_to_the_right(written):
    text, _ = written
    assert re.search(r"^\| --- \| ---: \| ---: \|", text, re.MULTILINE)


@pytest.mark.usefixtures("undrawn")
def test_a_label_is_no_mark_of_markdown(tmp_path):
    label = "a|b *c* <b>d</b> $x$ [e](f) _g_ `h` &amp; i_j"
    fabricate_study(tmp_path, [Made("a", label={"en": label}), Made("b", (0.6,))])
    text = write_report(tmp_path, format="md").read_text()
    marked = r"a\|b \*c\* \<b>d\</b> \$x\$ [e\](f) \_g\_ \`h\` \&amp; i_j"
    assert f"| {marked} " in text
    assert re.sub(r"\\(?=[|*<$\]_`&])", "", marked) == label


@pytest.mark.usefixtures("undrawn")
def test_markdown_written_again_leaves_no_old_pictures(tmp_path):
    fabricate_study(tmp_path, [Made("a"), *(Made(f"b{index}", (0.6,)) for index in range(3))])
    options = {"format": "md", "detail": "full"}
    path = write_report(tmp_path, out=tmp_path / "my report.md", **options)
    folder = tmp_path / "my report-files"
    assert (folder / "curves-2.svg").is_file()
    assert "(my%20report-files/curves-2.svg)" in path.read_text()
    (folder / "mine.svg").write_text("")
    fabricate_study(tmp_path, [Made("a")])
    assert write_report(tmp_path, out=path, **options) == path
    assert not (folder / "curves-2.svg").exists()
    assert (folder / "curves-0.svg").is_file()
    assert (folder / "mine.svg").is_file()


def test_a_stranger_s_folder_gets_no_pictures(reported, tmp_path, capsys):
    place, folder = tmp_path / "notes.md", tmp_path / "notes-files"
    folder.mkdir()
    (folder / "curves-0.svg").write_text("Mine.")
    for language, said in (("es", "Elija otro nombre"), ("en", "Choose another name")):
        asked = ["report", str(reported), "--out", str(place), "--lang", language]
        assert run(asked) == 2
        shown = capsys.readouterr().err
        assert str(folder) in shown
        assert said in shown
        assert shown.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*.*")] == ["curves-0.svg"]
    assert (folder / "curves-0.svg").read_text() == "Mine."
    (folder / "curves-0.svg").rename(tmp_path / "mine.svg")
    assert report_paths(reported, ["md"], place) == {"md": place}
    folder.rmdir()
    folder.write_text("A file of that name.")
    with pytest.raises(OutputError, match="not written by Cotejo"):
        report_paths(reported, ["md"], place)


@pytest.mark.usefixtures("undrawn")
def test_a_folder_of_pictures_is_known_without_its_report_and_without_its_mark(reported, tmp_path):
    place = write_report(reported, "es", out=tmp_path / "notes.md")
    text = place.read_text()
    place.unlink()
    assert report_paths(reported, ["md"], place) == {"md": place}
    (tmp_path / "notes-files" / ".cotejo").unlink()
    with pytest.raises(OutputError, match="not written by Cotejo"):
        report_paths(reported, ["md"], place)
    place.write_text(text)
    assert report_paths(reported, ["md"], place) == {"md": place}


def test_the_format_is_asked_for_or_the_ending_s():
    assert chosen_formats(["pdf", "md,html", "pdf"]) == ["pdf", "md", "html"]
    assert chosen_formats(out=Path("x.MD")) == ["md"]
    assert chosen_formats(["html"], Path("x.pdf")) == ["html"]
    with pytest.raises(ConfigError, match='Did you mean "html"'):
        chosen_formats(["htm"])


def test_the_place_gets_the_format_s_ending(tmp_path):
    study = tmp_path / "study"
    assert report_paths(study, ["md"]) == {"md": study / "report.md"}
    found = report_paths(study, ["html", "pdf"], tmp_path / "informe.html")
    assert [path.name for path in found.values()] == ["informe.html", "informe.pdf"]
    assert report_paths(study, ["html"], tmp_path / "v1.2")["html"].name == "v1.2.html"
    assert report_paths(study, ["html"], tmp_path)["html"] == tmp_path / "report.html"


@pytest.mark.parametrize("name", ["html", "md", "pdf"])
@pytest.mark.usefixtures("undrawn")
def test_only_a_report_is_overwritten(name, reported, tmp_path):
    place = tmp_path / f"other.{name}"
    place.write_text("Written by me, not by Cotejo.\n")
    with pytest.raises(OutputError, match="no report of Cotejo's"):
        report_paths(reported, [name], place)
    place.unlink()
    (tmp_path / f"folder.{name}").mkdir()
    with pytest.raises(OutputError, match="no report of Cotejo's"):
        report_paths(reported, [name], tmp_path / "folder")
    if name == "pdf":
        place.write_bytes(to_pdf("<title>A page</title>"))
    else:
        write_report(reported, "es", format=name, out=place)
    assert report_paths(reported, [name], place) == {name: place}


@pytest.mark.usefixtures("undrawn")
def test_two_languages_stand_side_by_side(reported, tmp_path):
    before = (reported / "report.html").read_text()
    english = write_report(reported, "en", out=tmp_path / "new" / "english.html")
    assert '<html lang="en">' in english.read_text()
    assert (reported / "report.html").read_text() == before


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("undrawn")
def test_a_report_elsewhere_has_its_numbers_beside_it_and_changes_nothing(full, tmp_path):
    folder = shutil.copytree(full, tmp_path / "study")
    for path in [*folder.glob("*.csv"), *folder.glob("report*")]:
        if path.name != "test-reads.csv":
            path.unlink()
    before = contents(folder)
    folder.chmod(0o500)
    try:
        html, text = write_reports(folder, "es", ["html", "md"], tmp_path / "mi informe")
    finally:
        folder.chmod(0o700)
    assert contents(folder) == before
    own = tmp_path / "mi informe-files"
    assert {"summary.csv", "runs.csv", "comparisons.csv", "report.json"} <= {
        path.name for path in own.iterdir()
    }
    page = html.read_text()
    links = {link for link in re.findall(r'<a href="([^#"]*)"', page) if "https:" not in link}
    assert "mi%20informe-files/summary.csv" in links
    assert all((tmp_path / unquote(link)).is_file() for link in links)
    assert "study.json" in page  # named, and no link: it stays with the study
    assert "[summary.csv](mi%20informe-files/summary.csv)" in text.read_text()
    assert "en mi informe-files" in page


def test_a_stranger_s_folder_gets_no_numbers(reported, tmp_path):
    folder = tmp_path / "notes-files"
    folder.mkdir()
    (folder / "mine.txt").write_text("Mine.")
    with pytest.raises(OutputError, match="figures and numbers"):
        write_report(reported, out=tmp_path / "notes.html")
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


@pytest.mark.usefixtures("undrawn")
def test_the_command_writes_what_is_asked_for(reported, tmp_path, capsys):
    asked = ["report", str(reported), "--format", "html,md", "--out", str(tmp_path / "informe")]
    assert run([*asked, "--lang", "es"]) == 0
    shown = capsys.readouterr().out
    for name in ("informe.html", "informe.md"):
        assert (tmp_path / name).is_file()
        assert str(tmp_path / name) in shown
    for asked in (["--format", "docx"], ["--out", str(tmp_path / "informe.docx")]):
        assert run(["report", str(reported), *asked]) == 2
        assert 'no format "docx"; the formats are: html, md, pdf, ipynb.' in capsys.readouterr().err
    assert not list(tmp_path.glob("informe.docx*"))
    # A date is no ending.
    assert run(["report", str(reported), "--out", str(tmp_path / "informe.2026")]) == 0
    assert (tmp_path / "informe.2026.html").is_file()


def test_a_mistake_is_found_before_anything_is_drawn(full, tmp_path, monkeypatch):
    place = tmp_path / "notes.html"
    place.write_text("<p>Mine.</p>")
    monkeypatch.setattr("cotejo.report.html.render", None)
    with pytest.raises(OutputError, match="no report of Cotejo's"):
        write_reports(full, "en", [], place)
    assert place.read_text() == "<p>Mine.</p>"
