"""Which publications a report names: those of its data, its settings and its topics' methods."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from cotejo.config.augmentation_parts import parts
from cotejo.config.augmentations import AugmentationError, read_augmentation
from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.page import Page

__all__ = ["Publication", "publications", "publications_named"]


@dataclass(frozen=True)
class Publication:
    """An entry of ``entries.toml``, whose head says what the fields mean."""

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
    return {name: Publication(**entry) for name, entry in entries.items()}


def publications_named(page: Page) -> list[Publication]:
    """Return the publications that the report rests on, by author and year."""
    every = publications()
    names = {name for name, publication in every.items() if publication.is_of(page.facts)}
    for topic in page.topics:
        if page.shows(topic):
            names |= set(topic.references(page.findings))
    return sorted(_named(names), key=lambda publication: publication.text.casefold())


def _named(names: Iterable[str]) -> list[Publication]:
    return [publications()[name] for name in names]
