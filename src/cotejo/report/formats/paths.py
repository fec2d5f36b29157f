"""Where a report is written, and in which format. It overwrites nothing but another report."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from cotejo.errors import ConfigError, OutputError
from cotejo.messages import LANGUAGES, did_you_mean, message
from cotejo.report.formats.cells import NOTEBOOK_MARK
from cotejo.report.formats.picture_files import is_free, picture_folder

__all__ = [
    "DETAILS",
    "FORMATS",
    "PDF_MARK",
    "chosen_detail",
    "chosen_formats",
    "numbers_folder",
    "report_paths",
]

FORMATS = ("html", "md", "pdf", "ipynb")
DETAILS = ("brief", "full")
PDF_MARK = "Cotejo report"
"""The keyword of a PDF that Cotejo wrote: it stands in the file uncompressed."""

_ENDING = re.compile(r"\.([a-z][a-z0-9]{1,4})")
_HTML_MARK = b'<meta name="generator" content="Cotejo '


def chosen_formats(asked: Sequence[str] = (), out: Path | None = None) -> list[str]:
    """Return the formats to write, each once, in the order asked for.

    Args:
        asked: names of formats; several in one text are parted by commas.
        out: the file to write, whose ending chooses where ``asked`` is empty.

    Raises:
        ConfigError: there is no such format, or ``out`` has the ending of another kind of file.

    Example:
        >>> chosen_formats(["html,pdf", "md"]), chosen_formats(out=Path("informe.pdf"))
        (['html', 'pdf', 'md'], ['pdf'])
        >>> chosen_formats()
        ['html']
    """
    names = [name.strip().lower() for listed in asked for name in listed.split(",")]
    foreign = _foreign_ending(out) if out is not None else None
    for name in (*names, *([foreign] if foreign else [])):
        if name not in FORMATS:
            hint = did_you_mean(name, FORMATS)
            raise ConfigError("unknown_format", name=name, known=", ".join(FORMATS), hint=hint)
    if names:
        return list(dict.fromkeys(names))
    ending = _ending(out) if out is not None else None
    return [ending or "html"]


def chosen_detail(asked: str | None, formats: Sequence[str]) -> dict[str, str]:
    """Return how much each format shows: ``"brief"``, without the appendix, or ``"full"``.

    Args:
        asked: of `DETAILS`, for Markdown, PDF and notebooks; brief if left out. HTML folds its
            appendix, and is always full.
        formats: of `FORMATS`.

    Raises:
        ConfigError: there is no such detail, or nothing but HTML was asked to be brief.

    Example:
        >>> chosen_detail(None, ["html", "pdf"]), chosen_detail("full", ["md"])
        ({'html': 'full', 'pdf': 'brief'}, {'md': 'full'})
    """
    if asked is not None and asked not in DETAILS:
        raise ConfigError("unknown_detail", name=asked, hint=did_you_mean(asked, DETAILS))
    if asked == "brief" and set(formats) == {"html"}:
        raise ConfigError("html_is_full")
    return {name: "full" if name == "html" else asked or "brief" for name in formats}


def report_paths(
    folder: Path, formats: Sequence[str], out: Path | None = None, name: str = "report"
) -> dict[str, Path]:
    """Return the file that each format is written to.

    Args:
        folder: the study's, for a report that is given no place of its own.
        formats: of `FORMATS`.
        out: a file, whose ending is made the format's, or a folder that is there.
        name: what the file is called in a folder, without its ending.

    Raises:
        OutputError: what is at ``out``, or where Markdown's pictures and the numbers of a report
            go, is no report of Cotejo's, and stays.

    Example:
        >>> report_paths(Path("runs/digits"), ["html", "pdf"], Path("informe"))["pdf"].name
        'informe.pdf'
        >>> report_paths(Path("runs/digits"), ["md"])["md"].as_posix()
        'runs/digits/report.md'
    """
    if out is None or out.is_dir():
        base = (folder if out is None else out) / name
    else:
        base = out.with_suffix("") if _ending(out) else out
    paths = {each: base.with_name(f"{base.name}.{each}") for each in formats}
    if out is not None:
        for kind, path in paths.items():
            if path.exists() and not _is_report(path, kind):
                raise OutputError("not_a_report", path=path)
    for kind, path in paths.items():
        own = picture_folder(path)
        needs_folder = kind == "md" or numbers_folder(folder, path) == own
        if needs_folder and not is_free(own, path):
            raise OutputError("not_a_report_s_files", path=own)
    return paths


def numbers_folder(folder: Path, path: Path) -> Path:
    """Return where the CSV files and ``report.json`` of the report at ``path`` go.

    They lie in the study's folder if the report is in its usual place there. Those of any other
    report lie in a folder of its own beside it, so that it changes nothing of the study's.

    Example:
        >>> study = Path("runs/digits")
        >>> numbers_folder(study, study / "report.pdf").as_posix()
        'runs/digits'
        >>> numbers_folder(study, Path("informe.pdf")).as_posix()
        'informe-files'
    """
    usual = path.stem == "report" and path.parent.resolve() == folder.resolve()
    return folder if usual else picture_folder(path)


def _ending(path: Path) -> str | None:
    ending = path.suffix.lower().removeprefix(".")
    return ending if ending in FORMATS else None


def _foreign_ending(path: Path) -> str | None:
    """Return an ending such as ``docx``, which no report has; None for that of a date, say."""
    ending = _ENDING.fullmatch(path.suffix.lower())
    return ending[1] if ending and ending[1] not in FORMATS and not path.is_dir() else None


def _is_report(path: Path, name: str) -> bool:
    """Whether Cotejo wrote the file, as its format shows."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    if name == "html":
        return _HTML_MARK in content[:4096]
    if name == "pdf":
        # The second is how PDFs of before 2026-11-26 are known.
        marks = (f"/Keywords({PDF_MARK})".encode(), b"/ID [(Cotejo ")
        return content.startswith(b"%PDF") and any(mark in content for mark in marks)
    if name == "ipynb":
        return _is_notebook(content)
    # The last line of a report in Markdown, up to the version.
    last = content.decode(errors="replace").rstrip().rpartition("\n")[2]
    written = (message("report.made_by", language=language, version="\0") for language in LANGUAGES)
    return any(last.startswith(line.partition("\0")[0]) for line in written)


def _is_notebook(content: bytes) -> bool:
    """Whether a file is a notebook that Cotejo wrote; whoever saves it in Jupyter keeps its mark.

    Example:
        >>> _is_notebook(b'{"metadata": {"cotejo": {}}}'), _is_notebook(b'{"cells": []}')
        (True, False)
    """
    try:
        notebook = json.loads(content)
    except ValueError:
        return False
    metadata = notebook.get("metadata") if isinstance(notebook, dict) else None
    return isinstance(metadata, dict) and NOTEBOOK_MARK in metadata
