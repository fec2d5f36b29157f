"""Which publications a report names: those of its data, its settings and its topics' methods."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from cotejo.config.augmentation_parts import parts
from cotejo.config.augmentations import AugmentationError, read_augmentation
from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.page import Page
from cotejo.report.words import Words

__all__ = ["GROUPS", "Publication", "publications", "publications_named", "sources"]


GROUPS = ("data", "networks", "training", "augmentation", "methods", "libraries")
"""The groups of publications, in the order in which the report cites them."""

_NAMED_AUTHORS = 3
"""The most authors that a citation names."""

_SURNAME = re.compile(r"(?:^|, | and )([^,]+?), (?:[^\W\d_]\.[- ]?)*[^\W\d_]\.")


@dataclass(frozen=True)
class Publication:
    """An entry of ``entries.toml``, whose head says what the fields mean."""

    name: str
    kind: str
    text: str
    arxiv: str = ""
    doi: str = ""
    url: str = ""
    data: Collection[str] = ()
    values: Mapping[str, Collection[Any]] = field(default_factory=dict)
    given: Collection[str] = ()
    layers: Collection[str] = ()
    parts: Collection[str] = ()
    backends: Collection[str] = ()

    @property
    def address(self) -> str:
        """Where it can be read."""
        if self.arxiv:
            return f"https://arxiv.org/abs/{self.arxiv}"
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def identifier(self) -> str:
        """The address as a reader writes it."""
        if self.arxiv:
            return f"arXiv:{self.arxiv}"
        return f"doi:{self.doi}" if self.doi else self.url.removeprefix("https://")

    @property
    def year(self) -> str:
        """The year it came out."""
        return self._parts[1]

    def authors(self, words: Words) -> str:
        """Return the surnames of its authors as a citation has them: of four or more, the first."""
        written = self._parts[0]
        surnames = _SURNAME.findall(written)
        if written.endswith("et al.") or len(surnames) > _NAMED_AUTHORS:
            return f"{surnames[0]} et al."
        return _joined(surnames, words)

    def listed(self, words: Words) -> str:
        """Return the text of its entry, whose authors are joined as the language joins them."""
        written = self._parts[0]
        *first, last = written.rsplit(" and ", 1)
        authors = words.say("references.and_author", first=first[0], last=last) if first else last
        return authors + self.text.removeprefix(written)

    def cited(self, words: Words) -> str:
        """Return what it is cited for, with its authors and its year in brackets."""
        return words.say(
            "references.cited",
            use=words.say(f"references.use_{self.name.replace('-', '_')}"),
            authors=self.authors(words),
            year=self.year,
        )

    @property
    def _parts(self) -> tuple[str, str]:
        match = re.match(r"(.+?) \((\d{4})\)\.", self.text)
        return (match[1], match[2]) if match else (self.text, "")

    def is_of(self, facts: StudyFacts) -> bool:
        """Return whether a study's data, settings, networks or libraries make it due."""
        return (
            facts.data["name"] in self.data
            or any(self._is_of_alternative(alternative) for alternative in facts.alternatives)
            or any(run.record.get("backend") in self.backends for run in facts.finished)
        )

    def _is_of_alternative(self, alternative: AlternativeFacts) -> bool:
        settings = alternative.settings
        return (
            any(_is_among(settings.get(name), values) for name, values in self.values.items())
            or any(settings.get(name) for name in self.given)
            or any(alternative.has_layers(kind) for kind in self.layers)
            or bool(_own_parts(settings.get("augment")) & set(self.parts))
        )


def _joined(surnames: Sequence[str], words: Words) -> str:
    *first, last = surnames
    if not first:
        return last
    return words.say("references.and_author", first=", ".join(first), last=last)


def _is_among(value: Any, values: Collection[Any]) -> bool:
    return isinstance(value, str) and value in values


def _own_parts(augmentation: Any) -> set[str]:
    """Return the parts of an augmentation that a study composed itself."""
    if augmentation is None or isinstance(augmentation, str):
        return set()
    try:
        return {part.name for part in parts(read_augmentation(augmentation))}
    except AugmentationError:  # of a newer version
        return set()


@cache
def publications() -> Mapping[str, Publication]:
    """Return every entry by its name."""
    path = files("cotejo.report") / "topics" / "references" / "entries.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Publication(name, **entry) for name, entry in entries.items()}


def publications_named(page: Page) -> list[Publication]:
    """Return the publications that the report rests on, by author and year."""
    every = publications()
    names = {name for name, publication in every.items() if publication.is_of(page.facts)}
    for topic in page.topics:
        if page.shows(topic):
            names |= set(topic.references(page.findings))
    return sorted(_named(names), key=lambda publication: publication.text.casefold())


def sources(page: Page) -> list[tuple[str, str]]:
    """Return, group by group, what every publication that the report lists is cited for."""
    words, groups = page.words, dict[str, list[str]]()
    for publication in publications_named(page):
        groups.setdefault(publication.kind, []).append(publication.cited(words))
    return [
        (words.say(f"references.kind_{kind}"), "; ".join(groups[kind]) + ".")
        for kind in GROUPS
        if kind in groups
    ]


def _named(names: Iterable[str]) -> list[Publication]:
    return [publications()[name] for name in names]
