"""A study as its file describes it: alternatives × seeds on one dataset, and what it claims."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import Field, field_validator

from cotejo.config.alternatives import Alternative, fill_in
from cotejo.config.checking import (
    Frozen,
    Name,
    Text,
    check_keys,
    check_tables,
    checked,
    in_both_languages,
)
from cotejo.config.claims import Claim, parse_claims
from cotejo.config.vary import expand
from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean, message

__all__ = ["StudyConfig"]

_KEYS = ("name", "title", "data", "seeds", "base", "alternative", "vary", "claim")


class StudyConfig(Frozen):
    """A study: alternatives × seeds on one dataset.

    Attributes:
        name: the study's, and by default its folder's.
        title: the report's, by language.
        data: a dataset's name or path.
        seeds: each alternative is trained once with each.
        alternatives: in the order of the report.
        claims: what the study is to test.

    Example:
        >>> study = StudyConfig.parse({"alternative": [{"name": "a"}], "base": {"epochs": 2}})
        >>> study.alternatives[0].settings.epochs
        2
    """

    name: Name = "study"
    title: Text = Field(default_factory=dict)
    data: str = "cifar10"
    seeds: tuple[Annotated[int, Field(ge=0, lt=2**31)], ...] = (1,)
    alternatives: tuple[Alternative, ...]
    claims: tuple[Claim, ...] = ()

    @field_validator("seeds", mode="before")
    @classmethod
    def _seeds(cls, value: Any) -> Any:
        # A number n stands for the seeds 1 to n.
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000:
            return tuple(range(1, value + 1))
        seeds = tuple(value) if isinstance(value, list | tuple) else ()
        if not seeds or not all(type(seed) is int for seed in seeds):
            raise ValueError("seeds")
        if len(set(seeds)) != len(seeds):
            raise ValueError("seeds")
        return seeds

    def alternative(self, name: str) -> Alternative:
        """Return the alternative named ``name``."""
        return next(found for found in self.alternatives if found.name == name)

    @classmethod
    def load(cls, path: str | Path, overrides: Sequence[str] = (), **changes: Any) -> StudyConfig:
        """Read a study from a TOML file.

        Args:
            path: the file.
            overrides: ``"key=value"``, for every alternative, or ``"alternative.key=value"``.
            **changes: top-level keys that take the file's place, such as ``seeds=3``.

        Raises:
            ConfigError: it can't be read, is not TOML, or says something it can't.
        """
        path = Path(path)
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ConfigError("no_study_file", path=path, hint=_nearby(path)) from error
        except OSError as error:
            raise ConfigError("unreadable_study", path=path, reason=error.strerror) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError("not_toml", path=path, reason=_mistake(error)) from error
        content.setdefault("name", path.stem)
        return cls.parse({**content, **changes}, overrides)

    @classmethod
    def parse(cls, content: Mapping[str, Any], overrides: Sequence[str] = ()) -> StudyConfig:
        """Check the content of a study file and fill it in.

        Raises:
            ConfigError: a key is unknown, a value out of range, a name used twice or missing.
        """
        check_keys(content, _KEYS, "")
        content = dict(content)
        tables, vary, claims = (
            check_tables(content.pop(key, []), key) for key in ("alternative", "vary", "claim")
        )
        alternatives = fill_in(tables, expand(vary), content.pop("base", {}), overrides)
        content["alternatives"] = alternatives
        content["claims"] = parse_claims(claims, [one.name for one in alternatives])
        if "title" in content:
            content["title"] = in_both_languages(content["title"])
        return checked(cls, content, "")

    def to_toml(self) -> str:
        """Return the study as TOML with every default filled in; `parse` reads it back."""
        document: dict[str, Any] = {"name": self.name, "data": self.data, "seeds": list(self.seeds)}
        if self.title:
            document["title"] = dict(self.title)
        document["alternative"] = [
            {"name": alternative.name, "label": dict(alternative.label)}
            | alternative.settings.model_dump(exclude_none=True)
            for alternative in self.alternatives
        ]
        if self.claims:
            document["claim"] = [claim.to_table() for claim in self.claims]
        return tomli_w.dumps(document)


def _mistake(error: ValueError) -> str:
    """Return in the language in use why a text is not TOML; the parser says it in English."""
    if isinstance(error, UnicodeDecodeError):
        return message("errors.not_utf8")
    found = re.search(r"at line (?P<line>\d+), column (?P<column>\d+)", str(error))
    key, values = ("place", found.groupdict()) if found else ("end", {})
    place = message(f"errors.toml_{key}", **values)
    twice = re.match("Cannot (overwrite|declare|mutate|redefine)", str(error))
    return message("errors.toml_twice" if twice else "errors.toml_syntax", place=place)


def _nearby(path: Path) -> str:
    folder = path.parent if path.parent.is_dir() else Path("studies")
    studies = sorted(str(found) for found in folder.glob("*.toml"))
    return did_you_mean(str(path), studies)
