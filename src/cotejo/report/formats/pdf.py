"""The report as a PDF, laid out by WeasyPrint, which is installed apart."""

from __future__ import annotations

import hashlib
from contextlib import redirect_stdout
from importlib.resources import files
from io import StringIO
from typing import Any

from cotejo.errors import OutputError
from cotejo.platform import interpreter
from cotejo.report.formats.places import PDF_MARK

__all__ = ["import_weasyprint", "to_pdf"]


def import_weasyprint() -> Any:
    """Return WeasyPrint, imported only now.

    Raises:
        OutputError: it is not installed, or does not find Pango, which draws its text.
    """
    try:
        # Where a library is missing it prints a page of advice, which our one line stands for.
        with redirect_stdout(StringIO()):
            import weasyprint
    except ImportError as error:
        raise OutputError("pdf_missing", python=interpreter()) from error
    except OSError as error:
        raise OutputError("pdf_broken", reason=str(error).splitlines()[0]) from error
    return weasyprint


def to_pdf(page: str) -> bytes:
    """Return the rendered HTML page as a PDF: A4, numbered, everything that folds away open.

    Nothing is fetched, from the network or the disk: what a page shows is inside it.

    Raises:
        OutputError: as `import_weasyprint`.
    """
    weasyprint = import_weasyprint()
    style = (files("cotejo.report") / "templates" / "pdf.css").read_text(encoding="utf-8")
    # As the page's last style: as one of the reader's, it would give way to the page's own.
    page = page.replace("</head>", f"<style>{style}</style></head>", 1)
    nothing_but_data = weasyprint.URLFetcher(allowed_protocols=("data",))
    content: bytes = weasyprint.HTML(string=page, url_fetcher=nothing_but_data).write_pdf(
        # Of the page alone, so that the same report has the same name for itself.
        pdf_identifier=PDF_MARK + hashlib.sha256(page.encode()).hexdigest().encode(),
        pdf_tags=True,
    )
    return content
