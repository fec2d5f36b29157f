"""The formats of a report: an HTML page, Markdown with a folder of figures, a PDF, or a notebook.

All are made from the same rendered page, so that they say the same.
"""

from __future__ import annotations

from pathlib import Path

from cotejo.report.formats.paths import (
    FORMATS,
    chosen_detail,
    chosen_formats,
    numbers_folder,
    report_paths,
)
from cotejo.store import write_file

__all__ = [
    "FORMATS",
    "check_installed",
    "chosen_detail",
    "chosen_formats",
    "numbers_folder",
    "report_paths",
    "write_page",
]


def check_installed(name: str) -> None:
    """Check, before anything is drawn, that what writes a format is installed.

    Raises:
        OutputError: Typst, which lays out a PDF, is missing.
    """
    if name == "pdf":
        from cotejo.report.formats.pdf import import_typst

        import_typst()


def write_page(page: str, path: Path, name: str) -> None:
    """Write the rendered page to ``path`` as the format called ``name``.

    Raises:
        OutputError: ``path``, or the folder beside it that Markdown's figures go to, can't be
            written; or as `check_installed`.
    """
    if name == "md":
        from cotejo.report.formats.markdown import write_markdown

        write_markdown(page, path)
    elif name == "pdf":
        from cotejo.report.formats.pdf import to_pdf

        content = to_pdf(page)
        write_file(path, content)
    else:
        write_file(path, page)
