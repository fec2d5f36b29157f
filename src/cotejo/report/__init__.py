"""Write a study's report from the study's files, without training or a backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cotejo.errors import ConfigError, OutputError
from cotejo.facts import LeftOut, gather, gather_records
from cotejo.report.card import write_cards
from cotejo.report.csv_files import write_csv_files
from cotejo.report.findings import Findings
from cotejo.report.formats import (
    check_installed,
    chosen_detail,
    chosen_formats,
    numbers_folder,
    report_paths,
    write_page,
)
from cotejo.report.formats.picture_files import MARK
from cotejo.report.heading import keep_heading
from cotejo.report.report_json import report_json
from cotejo.report.topics import TOPICS
from cotejo.report.topics.claims.standing import AfterLook, after_look
from cotejo.report.topics.claims.words import claim_lines
from cotejo.report.topics.results import summary_rows
from cotejo.report.words import Words
from cotejo.store import ReportFile, make_folder, write_file, write_json

__all__ = [
    "AfterLook",
    "Written",
    "after_look",
    "make_reports",
    "summary",
    "write_cards",
    "write_report",
    "write_reports",
    "write_result_tables",
]


def write_report(
    folder: Path,
    language: str = "en",
    *,
    format: str | None = None,  # noqa: A002
    out: Path | None = None,
    detail: str | None = None,
    title: str | None = None,
    author: str | None = None,
    standalone: bool = False,
) -> Path:
    """Write a study's report, and the files with its numbers.

    The numbers go into the study's folder. If ``out`` gives the report another place, they go to
    the folder ``<name>-files`` beside it, and nothing in the study's folder changes.

    Args:
        folder: a study's, as `docs/files.md` describes it.
        language: ``"en"`` or ``"es"``.
        format: ``"html"``, one page with everything inside, that opens offline; ``"md"``, with
            its figures in a folder beside it; ``"pdf"``; or ``"ipynb"``, a notebook whose cells
            make the tables and figures again. By default that of the ending of ``out``, else HTML.
        out: the file to write, whose ending is made the format's; ``report.<format>`` in
            ``folder`` if left out. Of files that are there only a report is overwritten.
        detail: of Markdown, PDF and notebooks: ``"brief"``, the body without the appendix, or
            ``"full"``. By default brief. HTML is always full.
        title: the report's, in place of the study's. It is kept in ``study.json`` for reports
            written later in this language.
        author: who signs the report, kept likewise.
        standalone: of a notebook: instead of the report, the training of the best alternative in
            Keras alone, to be run where there is no Cotejo. It has no outputs until it is.

    Returns:
        The path of the report.

    Raises:
        OutputError: ``folder`` is no study, a file of it is damaged, no run has finished,
            something can't be written, or what writes a PDF is missing.
        ConfigError: there is no such format or detail, HTML was asked to be brief, or something
            else than a notebook to stand alone.
        ValueError: ``language`` is neither of the two.

    Example:
        >>> write_report(Path("nowhere"))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        cotejo.errors.OutputError: nowhere holds no study: there is no such folder. ...
    """
    formats = [format] if format else []
    return make_reports(
        folder, language, formats, out, detail, title=title, author=author, standalone=standalone
    ).paths[0]


def write_reports(
    folder: Path, language: str = "en", formats: Sequence[str] = (), out: Path | None = None
) -> list[Path]:
    """Write a report in several formats, as `write_report` does, and return one path per format."""
    return make_reports(folder, language, formats, out).paths


@dataclass(frozen=True)
class Written:
    """What was written, and on which runs.

    Attributes:
        paths: the reports' paths, in the order of the formats.
        numbers: the folder of the CSV files and of ``report.json``.
        rows: the rows of ``summary.csv``.
        left_out: the runs that ended but are in no figure, because one of their files is damaged.
        missing: how many of the runs asked for have neither finished nor failed.
        asked: how many runs were asked for.
        claims: one line per claim, in the report's language: its verdict, and why.
    """

    paths: list[Path]
    numbers: Path
    rows: list[dict[str, Any]]
    left_out: list[LeftOut]
    missing: int
    asked: int
    claims: list[str]


def make_reports(
    folder: Path,
    language: str = "en",
    formats: Sequence[str] = (),
    out: Path | None = None,
    detail: str | None = None,
    *,
    title: str | None = None,
    author: str | None = None,
    standalone: bool = False,
) -> Written:
    """Write a report as `write_reports` does, and return what the caller should know about it."""
    folder, out = Path(folder), Path(out) if out is not None else None
    names = chosen_formats(formats, out)
    if standalone and names != ["ipynb"]:
        raise ConfigError("standalone_notebook")
    details = chosen_detail(detail, names)
    # A missing program is noticed before the figures are drawn, which takes seconds.
    for name in names:
        check_installed(name)
    keep_heading(folder, language, title=title, author=author)
    facts = gather(folder)
    if facts.study.get("shard") is not None:
        raise OutputError("machines.shard_report", path=folder)
    findings = Findings(facts)
    if standalone:
        from cotejo.report.standalone import STANDALONE, write_standalone

        paths = report_paths(folder, names, out, STANDALONE)
        write_standalone(findings, language, paths["ipynb"])
        return _written(findings, language, list(paths.values()), folder)
    paths = report_paths(folder, names, out)
    # The formats differ in the ending of the path alone, so that all have the same folder.
    numbers = numbers_folder(folder, next(iter(paths.values())))
    numbers_name = numbers.name if numbers != folder else ""
    contents = _contents(findings, language, details, numbers_name, paths)
    if numbers != folder:
        make_folder(numbers)
        write_file(numbers / MARK, b"")
    write_csv_files(TOPICS, findings, language, numbers)
    write_json(numbers / ReportFile.NUMBERS, report_json(TOPICS, findings))
    for name, path in paths.items():
        make_folder(path.parent)
        write_page(contents[name], path, name)
    return _written(findings, language, list(paths.values()), numbers)


def _contents(
    findings: Findings,
    language: str,
    details: Mapping[str, str],
    numbers: str,
    paths: Mapping[str, Path],
) -> dict[str, str]:
    """Return the rendered page of each format; of a notebook all that its file holds."""
    from cotejo.report.html import render

    pages = {
        detail: render(findings, language, detail, numbers)
        for detail in dict.fromkeys(each for name, each in details.items() if name != "ipynb")
    }
    contents = {name: pages[detail] for name, detail in details.items() if detail in pages}
    if "ipynb" in details:
        from cotejo.report.notebook import notebook

        contents["ipynb"] = notebook(
            findings, language, details["ipynb"], numbers, paths["ipynb"].parent
        )
    return contents


def _written(findings: Findings, language: str, paths: list[Path], numbers: Path) -> Written:
    facts = findings.facts
    return Written(
        paths,
        numbers,
        summary_rows(facts),
        facts.left_out,
        facts.missing,
        facts.asked,
        claim_lines(findings, Words(language)),
    )


def write_result_tables(folder: Path, language: str = "en") -> None:
    """Write ``summary.csv`` and ``runs.csv`` from the runs of a study that have ended so far.

    It reads small files alone, so that a study can do it after each run.

    Args:
        folder: the study's.
        language: that of the reasons why runs failed.

    Raises:
        OutputError: a file of the study is damaged, or a table can't be written.
    """
    findings = Findings(gather_records(folder))
    write_csv_files(
        TOPICS, findings, language, Path(folder), only={ReportFile.SUMMARY, ReportFile.RUNS}
    )


def summary(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of ``summary.csv``: one dict per alternative, in the study's order.

    Accuracies are means over the finished seeds, in ``[0, 1]``; what an alternative without a
    finished run lacks is None.

    Raises:
        OutputError: as `write_report`.
    """
    return summary_rows(gather(Path(folder)))
