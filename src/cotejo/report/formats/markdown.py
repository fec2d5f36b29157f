"""The report as Markdown, its figures and images as files beside it: it reads well on GitHub."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markdownify import MarkdownConverter

from cotejo.report.formats.picture_files import MARK, Pictures, picture_folder, shown_pictures
from cotejo.report.formats.simplify import simplify
from cotejo.store import make_folder, write_file

if TYPE_CHECKING:
    from bs4 import Tag

__all__ = ["escaped", "to_markdown", "write_markdown"]

# What Markdown would take for a mark of its own, GitHub's formulas between dollar signs included.
_MARKS = re.compile(
    r"""[\\`*<|$]                  # anywhere
    | (?<!\w)_ | _(?!\w)           # an underscore inside a word is none
    | ~(?=~)
    | \](?=[(\[:])                 # what would make a link
    | &(?=\#?\w+;)
    | ^(?=[-+>]\s|\#{1,6}\s|={2,}|-{2,}) # at the beginning of a line
    | (?<=^\d)(?=[.)]\s) | (?<=^\d\d)(?=[.)]\s)
    """,
    re.VERBOSE,
)


def write_markdown(page: str, path: Path) -> None:
    """Write the rendered page to ``path``, and its pictures to ``<name>-files`` beside it.

    Pictures that an earlier report there had, and this one has not, are deleted.

    Raises:
        OutputError: the one or the other can't be written.
    """
    folder = picture_folder(path)
    text, pictures = to_markdown(page, folder.name)
    earlier = shown_pictures(path, folder.name)
    make_folder(folder)
    _write(folder / MARK, b"")
    for name, content in pictures.items():
        _write(folder / name, content)
    _write(path, text.encode())
    for name in earlier - set(pictures):
        (folder / name).unlink(missing_ok=True)


def to_markdown(page: str, folder: str) -> tuple[str, dict[str, bytes]]:
    r"""Return the rendered HTML page as GitHub's Markdown, and its pictures by their file names.

    Args:
        page: as `cotejo.report.html.render` gives it.
        folder: the name of the folder, beside the text, that its pictures will be in.

    Example:
        >>> text, pictures = to_markdown("<main><h2>A &lt; B</h2></main>", "report-files")
        >>> text, pictures
        ('## A \\< B\n', {})
    """
    pictures = Pictures(quote(folder))
    text: str = _Converter(
        heading_style="atx",
        bullets="-",
        autolinks=False,
        keep_inline_images_in=["th", "td", "span"],
    ).convert_soup(simplify(page, pictures))
    # Blank lines that only separated elements, and spaces that HTML would not show.
    text = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", pictures.files


def escaped(text: str) -> str:
    r"""Return a text in which Markdown sees no marks of its own.

    Example:
        >>> print(escaped("2 * 3"))
        2 \* 3
    """
    return _MARKS.sub(lambda match: "\\" + match[0], text)


class _Converter(MarkdownConverter):
    """Markdownify's, with numbers to the right in tables and GitHub's own marks escaped."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        return escaped(text or "")

    def convert_img(self, image: Tag, text: str, parent_tags: set[str]) -> str:
        image["alt"] = self.escape(str(image.get("alt", "")), parent_tags)
        return str(super().convert_img(image, text, parent_tags))  # type: ignore[misc]

    def convert_tr(self, row: Tag, text: str, parent_tags: set[str]) -> str:
        written: str = super().convert_tr(row, text, parent_tags)  # type: ignore[misc]
        cells = row.find_all(["th", "td"])
        ruled = [_RULES.get(_kind(cell), "---") for cell in cells]
        return written.replace(_ruled(["---"] * len(cells)), _ruled(ruled))


_RULES = {"number": "---:", "middle": ":---:"}


def _kind(cell: Any) -> str:
    return next((name for name in cell.get("class") or () if name in _RULES), "")


def _ruled(marks: list[str]) -> str:
    return "| " + " | ".join(marks) + " |"


def _write(path: Path, content: bytes) -> None:
    write_file(path, content)
