"""A section of the report: how it was done, with what, and the files beside it."""

from __future__ import annotations

from typing import Any

from cotejo.data.audit import FILES as AUDIT_FILES
from cotejo.report.elements import Table, cells
from cotejo.report.optional_files import optional_rows
from cotejo.report.page import Page
from cotejo.report.private import without_places
from cotejo.report.prose import method as prose

__all__ = ["method"]

_FILES = (
    "summary.csv",
    "comparisons.csv",
    "claims.csv",
    "per-class.csv",
    "confusion.csv",
    "confused-pairs.csv",
    "mistakes.csv",
    "averages.csv",
    "cost.csv",
    "learning-curve.csv",
    "calibration.csv",
    "reliability.csv",
    "failures.csv",
    "agreement.csv",
    "traits.csv",
    "failures.npz",
    "audit.csv",
    "audit.npz",
    "audit.json",
    "report.json",
    "study.json",
    "study.toml",
    "data.json",
    "data.npz",
    "test-reads.csv",
)


def method(page: Page) -> dict[str, Any]:
    """The split, the readings of the test set, versions, machine, command, files."""
    words = page.words
    # An older study has no file that repeats it.
    absent = set() if (page.facts.folder.path / "study.toml").is_file() else {"study.toml"}
    absent |= {name for name, rows in optional_rows(page.findings).items() if not rows}
    if not page.findings.verdicts:
        absent.add("claims.csv")
    if page.findings.failures is None:
        absent |= {"failures.csv", "agreement.csv", "traits.csv", "failures.npz"}
    if page.findings.audited is None:
        absent |= set(AUDIT_FILES)
    files = [(name, words.say(_file_key(page, name))) for name in _FILES if name not in absent]
    return {
        "paragraphs": prose.method(page.findings, words),
        "table": _table(page),
        "command": without_places(page.facts.study.get("command", "")),
        "files": [*files, ("<…>/seed-<k>/", words.say("file_runs"))],
    }


def _file_key(page: Page, name: str) -> str:
    """Return the key of what is said of a file, which holds more in some studies."""
    key = "file_" + name.replace("-", "_").replace(".", "_")
    if name == "data.npz" and any(array.startswith("augmented_") for array in page.facts.examples):
        return f"{key}_augmented"
    failures = page.findings.failures
    traits = {one.trait for one in failures.commonalities.traits} if failures else set()
    return f"{key}_colour" if name == "traits.csv" and "colourfulness" in traits else key


def _table(page: Page) -> Table:
    words, facts = page.words, page.facts
    records = [run.record for one in facts.alternatives for run in (*one.finished, *one.failed)]
    fields = [
        ("data", words.data_name(facts.data["name"])),
        ("fingerprint", facts.data.get("fingerprint") or ""),
        ("seeds", ", ".join(map(str, facts.seeds))),
        ("started", _moment(page, facts.started)),
        ("ended", _moment(page, facts.ended)),
        ("time", words.numbers.duration(page.findings.train_seconds)),
        ("backend", _distinct(record.get("backend") or "" for record in records)),
        ("precision", _distinct(record.get("precision") or "" for record in records)),
        ("versions", _distinct(_versions(record.get("versions")) for record in records)),
        ("machine", _distinct(_machine(page, record.get("machine")) for record in records)),
    ]
    return page.table(
        words.say("table_method"),
        [page.column("what", number=False), page.column("value", number=False)],
        [cells(words.say(f"method_{name}"), value) for name, value in fields if value],
        files="study.json, data.json, run.json",
    )


def _moment(page: Page, moment: str | None) -> str:
    return page.words.numbers.moment(moment) if moment else ""


def _distinct(values: Any) -> str:
    # Runs of one study may have been trained on several machines.
    return "; ".join(dict.fromkeys(value for value in values if value))


def _versions(versions: Any) -> str:
    return ", ".join(f"{name} {version}" for name, version in (versions or {}).items())


def _machine(page: Page, machine: Any) -> str:
    if not machine:
        return ""
    words = page.words
    cores, memory = machine.get("cores"), machine.get("memory_gib")
    known = (
        machine.get("processor"),
        words.say("cores", count=cores) if cores else None,
        words.say("memory", number=words.numbers.shortest(memory, 1)) if memory else None,
        machine.get("accelerator") or words.say("no_accelerator"),
        machine.get("system"),
    )
    return ", ".join(part for part in known if part)
