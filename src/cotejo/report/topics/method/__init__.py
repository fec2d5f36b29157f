"""How it was done, with what, and the files beside the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cotejo.report.elements import Table, cells
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topic import OtherFile, Topic
from cotejo.report.topics.method.words import method
from cotejo.report.topics.references.analysis import sources
from cotejo.store import ReportFile, RunFile, StudyFile
from cotejo.texts import without_places

__all__ = ["TOPIC"]


_BACKENDS = {"tensorflow", "jax", "torch"}


def section(page: Page) -> dict[str, Any]:
    """Return the split, the readings of the test set, versions, machine, command and files."""
    return {
        "paragraphs": method(page.findings, page.words),
        "table": _table(page),
        "sources": sources(page),
        "command": without_places(page.facts.study.get("command", "")),
        "files": _files(page),
        "elsewhere": _elsewhere(page),
    }


def _elsewhere(page: Page) -> str:
    """Return where the files are, for a report that does not lie in the study's folder."""
    return page.words.say("method.files_elsewhere", folder=page.numbers) if page.numbers else ""


def _files(page: Page) -> list[tuple[str, str]]:
    """Return the name of each file beside the report, and what it holds, in the report's order."""
    files = [
        (file.name, topic.about(file, page.findings, page.words))
        for topic in page.topics
        for file in topic.files
        if file.is_of(page.findings)
    ]
    return [*files, ("<…>/seed-<k>/", page.words.say("method.file_runs"))]


def _table(page: Page) -> Table:
    words, facts = page.words, page.facts
    records = [
        run.record
        for alternative in facts.alternatives
        for run in (*alternative.finished, *alternative.failed)
    ]
    fields = [
        ("data", words.data_name(facts.data["name"])),
        ("fingerprint", facts.data.get("fingerprint") or ""),
        ("seeds", ", ".join(map(str, facts.seeds))),
        ("started", _moment(page, facts.started)),
        ("ended", _moment(page, facts.ended)),
        ("time", words.numbers.duration(page.findings.train_seconds)),
        ("backend", _distinct(record.get("backend") or "" for record in records)),
        ("precision", _distinct(_precision(page, record) for record in records)),
        ("versions", _distinct(_versions(record) for record in records)),
        ("machine", _distinct(_machine(page, record.get("machine")) for record in records)),
    ]
    return page.table(
        words.say("method.table"),
        [page.column("method.what", number=False), page.column("method.value", number=False)],
        [cells(words.say(f"method.{name}"), value) for name, value in fields if value],
        files=f"{StudyFile.RECORD}, {StudyFile.DATA}, {RunFile.RECORD}",
    )


def _moment(page: Page, moment: str | None) -> str:
    return page.words.numbers.moment(moment) if moment else ""


def _distinct(values: Any) -> str:
    # Runs of one study may have been trained on several machines.
    return "; ".join(dict.fromkeys(value for value in values if value))


def _versions(record: Mapping[str, Any]) -> str:
    """Return the versions of what computed: of the backends only the one that trained."""
    idle = _BACKENDS - {record.get("backend")}
    versions = record.get("versions") or {}
    return ", ".join(f"{name} {version}" for name, version in versions.items() if name not in idle)


def _precision(page: Page, record: Mapping[str, Any]) -> str:
    """Return the precision, and whether the machine decided it."""
    precision = str(record.get("precision") or "")
    asked = (record.get("settings") or {}).get("precision", "auto")
    if not precision or asked != "auto":
        return precision
    chosen = page.words.setting_value("precision", "auto")
    return f"{precision} ({chosen})"


def _machine(page: Page, machine: Any) -> str:
    if not machine:
        return ""
    words = page.words
    cores, memory = machine.get("cores"), machine.get("memory_gib")
    known = (
        machine.get("processor"),
        words.say("method.cores", count=cores) if cores else None,
        words.say("method.memory", number=words.numbers.shortest(memory, 1)) if memory else None,
        machine.get("accelerator") or words.say("method.no_accelerator"),
        machine.get("system"),
    )
    return ", ".join(part for part in known if part)


def _has_study_file(findings: Findings) -> bool:
    """Return whether the study has a file that repeats it; older ones do not."""
    return (findings.facts.folder.path / StudyFile.CONFIG).is_file()


TOPIC = Topic(
    "method",
    section,
    files=[
        OtherFile(ReportFile.NUMBERS),
        OtherFile(StudyFile.RECORD),
        OtherFile(StudyFile.CONFIG, _has_study_file),
        OtherFile(StudyFile.TEST_READS),
    ],
)
