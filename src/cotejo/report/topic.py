"""What a topic of the report is made of: its section, and the files with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.words import Words

__all__ = ["CsvFile", "OtherFile", "Part", "Row", "Topic"]

Row = Mapping[str, Any]


@dataclass(frozen=True)
class CsvFile:
    """A CSV file that a topic writes into the study's folder.

    The sentence on what the file holds is under ``file_<name>`` in the topic's catalogue, with
    underscores for the signs: ``file_per_class_csv``.

    Attributes:
        name: the file's, with its ending.
        columns: in the file's order; a function of the findings where they depend on the study.
        rows: returns the rows, with class names in a language; None where the study has nothing
            for this file, which is then neither written nor listed.
        decimals: how many decimals a column keeps, if not six.
        variant: returns what is added to the sentence's key, for a file that holds more in some
            studies.
    """

    name: str
    columns: Sequence[str] | Callable[[Findings], Sequence[str]]
    rows: Callable[[Findings, str], Iterable[Row] | None]
    decimals: Mapping[str, int] = field(default_factory=dict)
    variant: Callable[[Findings], str] = lambda findings: ""

    def is_of(self, findings: Findings) -> bool:
        """Return whether a study has this file."""
        return self.rows(findings, "en") is not None


@dataclass(frozen=True)
class OtherFile:
    """A file that is in the study's folder already: the report lists it and does not write it.

    Attributes:
        name: the file's, with its ending.
        is_of: returns whether a study has this file.
        variant: as that of a `CsvFile`.
    """

    name: str
    is_of: Callable[[Findings], bool] = lambda findings: True
    variant: Callable[[Findings], str] = lambda findings: ""


@dataclass(frozen=True)
class Topic:
    """One topic of the report, in a folder of its own.

    The report has a body, which is read from beginning to end, and an appendix, in which one looks
    things up. A topic stands in one of them, or has its main part in the body and details in the
    appendix.

    Beside the module that makes the topic are ``template.html``, which shows what ``section``
    returns, and the catalogues ``en.toml`` and ``es.toml``, whose ``title`` heads the section.
    Where ``details`` is given, ``appendix.html`` shows what it returns, under the heading
    ``title_appendix``. What either returns may have a ``title`` of its own, which takes its place.

    Attributes:
        name: of the folder, and of the catalogues' area.
        section: returns what the template shows, under the name ``section``; None where there
            is nothing to say about a study, whose report then leaves the topic out.
        place: where that section stands.
        details: of a topic in the body, returns what its part of the appendix shows; None as for
            ``section``.
        see: the names of other topics whose parts of the appendix the body refers to from here.
        files: those with the topic's numbers.
        report_json: returns the entries that the topic has in ``report.json``.
        references: returns the names of the publications that the topic rests on in a study; they
            are in ``topics/references/entries.toml``.
        anchor: the section's ``id`` in the page, if not ``name``.
    """

    name: str
    section: Callable[[Page], Mapping[str, Any] | None]
    place: Literal["body", "appendix"] = "appendix"
    details: Callable[[Page], Mapping[str, Any] | None] | None = None
    see: Sequence[str] = ()
    files: Sequence[CsvFile | OtherFile] = ()
    report_json: Callable[[Findings], Mapping[str, Any]] = lambda findings: {}
    references: Callable[[Findings], Iterable[str]] = lambda findings: ()
    anchor: str = ""

    def parts(self, place: str) -> list[Part]:
        """Return the topic's parts in one place of the report: one or none."""
        anchor = self.anchor or self.name
        if self.place == place:
            return [Part(self, self.section, anchor, "template.html", "title")]
        if place == "appendix" and self.details is not None:
            anchor = f"{anchor}-appendix"
            return [Part(self, self.details, anchor, "appendix.html", "title_appendix")]
        return []

    def about(self, file: CsvFile | OtherFile, findings: Findings, words: Words) -> str:
        """Return what one of the topic's files holds."""
        key = "file_" + file.name.replace("-", "_").replace(".", "_")
        return words.say(f"{self.name}.{key}{file.variant(findings)}")


@dataclass(frozen=True)
class Part:
    """A topic's part of the body, or of the appendix.

    Attributes:
        topic: whose part it is.
        section: returns what the template shows, or None.
        anchor: its ``id`` in the page.
        file: of the template, in the topic's folder.
        heading: the key of its heading in the topic's catalogue.
    """

    topic: Topic
    section: Callable[[Page], Mapping[str, Any] | None]
    anchor: str
    file: str
    heading: str

    @property
    def template(self) -> str:
        """The template's path in the package, such as ``topics/cost/template.html``."""
        return f"topics/{self.topic.name}/{self.file}"

    def title(self, words: Words) -> str:
        """Return the part's heading."""
        return words.say(f"{self.topic.name}.{self.heading}")
