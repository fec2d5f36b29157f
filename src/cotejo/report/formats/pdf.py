"""The report as a PDF, laid out by Typst, whose wheel holds all that it needs."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from cotejo.errors import OutputError
from cotejo.platform import interpreter
from cotejo.report.formats.page_tree import Tree, to_tree
from cotejo.report.formats.paths import PDF_MARK

__all__ = ["import_typst", "to_pdf"]

_FONT = "DejaVuSans*.ttf"
"""The font that Typst has not inside it: Matplotlib ships it, and sets its figures by it."""


def import_typst() -> ModuleType:
    """Return Typst, imported only now.

    Raises:
        OutputError: it is not installed, or its wheel is not this system's.
    """
    try:
        import typst
    except ImportError as error:
        raise OutputError("pdf_missing", python=interpreter()) from error
    return typst


def to_pdf(page: str) -> bytes:
    """Return the rendered HTML page as a PDF: A4, numbered, everything that folds away open.

    The same page gives the same bytes, on every machine, as long as DejaVu has all its letters;
    else the system's fonts lend them. Nothing is fetched, from the network or the disk: what a
    page shows is inside it, and none of its text is read as instructions for the layout.

    Raises:
        OutputError: as `import_typst`; or there is no place for temporary files.

    Example:
        >>> to_pdf("<title>A page</title><p>Its text</p>")[:5]
        b'%PDF-'
    """
    tree = to_tree(page)
    typst = import_typst()
    try:
        with TemporaryDirectory(prefix="cotejo-pdf-") as name:
            return _lay_out(tree, Path(name), typst)
    except OSError as error:
        raise OutputError("pdf_not_laid_out", reason=error.strerror or str(error)) from error


def _lay_out(tree: Tree, folder: Path, typst: ModuleType) -> bytes:
    """Write what Typst reads into an empty folder, which is all of the disk that it may see."""
    for layout in (files("cotejo.report") / "templates").iterdir():
        if layout.name.endswith(".typ"):
            (folder / layout.name).write_bytes(layout.read_bytes())
    data = {
        "title": tree.title,
        "author": tree.author,
        "language": tree.language,
        "mark": PDF_MARK,
        "elements": tree.elements,
    }
    (folder / "page.json").write_text(json.dumps(data), encoding="utf-8")
    for name, file in tree.files.items():
        (folder / name).write_bytes(file)
    fonts = folder / "fonts"
    fonts.mkdir()
    for font in _own_fonts():
        shutil.copyfile(font, fonts / font.name)
    content: bytes = typst.compile(
        folder / "report.typ",
        root=folder,
        font_paths=typst.Fonts(include_system_fonts=not _have_all(tree.text()), font_paths=[fonts]),
        format="pdf",
    )
    return content


def _own_fonts() -> list[Path]:
    import matplotlib as mpl

    return sorted(Path(mpl.get_data_path(), "fonts", "ttf").glob(_FONT))


def _have_all(text: str) -> bool:
    """Return whether the fonts that come along have every letter of a text."""
    from matplotlib.ft2font import FT2Font

    known = {
        letter
        for font in _own_fonts()
        if font.stem == "DejaVuSans"
        for letter in FT2Font(str(font)).get_charmap()
    }
    return all(ord(letter) in known or letter.isspace() for letter in set(text))
