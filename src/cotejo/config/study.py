"""A study as its file describes it: alternatives × seeds on one dataset, and what it claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

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
    in_every_language,
)
from cotejo.config.claims import Claim, parse_claims
from cotejo.config.names import name_of
from cotejo.config.own_images import OwnImages
from cotejo.config.reading import read_toml
from cotejo.config.search import Search, check_searches, read_searches, with_starts
from cotejo.config.sources import Sources
from cotejo.config.vary import Varied, expand
from cotejo.errors import ConfigError

__all__ = ["DEFAULT_DATA", "MOST_FOLDS", "MOST_RUNS", "ReportHeading", "StudyConfig"]

DEFAULT_DATA = "cifar10"
"""The data set of a study that names none."""

MOST_RUNS = 10_000
"""Runs that a study may have; more would take years to train, and are a slip."""

MOST_FOLDS = 20
"""Parts that cross-validation may have: more take longer and tell hardly more."""

_KEYS = (
    "name",
    "title",
    "data",
    "seeds",
    "folds",
    "robustness",
    "checkpoint_minutes",
    "added",
    "report",
    "base",
    "alternative",
    "vary",
    "search",
    "space",
    "tuned_with",
    "claim",
    "error",
)
_REPORT_KEYS = ("title", "author")


class ReportHeading(Frozen):
    """What stands at the head of the report, by language.

    Attributes:
        title: the report's, in place of the study's.
        author: who signs it.
    """

    title: Text = Field(default_factory=dict)
    author: Text = Field(default_factory=dict)


class StudyConfig(Frozen):
    """A study: alternatives × seeds on one dataset.

    Attributes:
        name: the study's, and by default its folder's.
        title: the study's, by language.
        report: the report's own title, and its author.
        data: a dataset's name or path.
        images: how the pictures of a path are read.
        seeds: each alternative is trained once with each.
        folds: into how many parts the images are dealt for cross-validation, 3 or more; a seed
            chooses them. None for the one split that the data has.
        robustness: whether each run is asked about corrupted test images too, once it is trained.
        checkpoint_minutes: the time between two checkpoints of a training, in minutes; 0 for none.
            None for as often as costs less than a hundredth of the training.
        alternatives: in the order of the report.
        searches: what is looked for before the study is trained; each names the alternative that
            gets what is found.
        added: the names of alternatives that are trained elsewhere: their predictions are added
            later (`cotejo add`), and claims may name them.
        claims: what the study is to test.
        error: what is kept below 5%: ``share``, the share of the verdicts that are wrong, on
            average; or ``family``, the share of studies with any wrong verdict, which is stricter.

    Example:
        >>> study = StudyConfig.parse({"alternative": [{"name": "a"}], "base": {"epochs": 2}})
        >>> study.alternatives[0].settings.epochs
        2
    """

    name: Name = "study"
    title: Text = Field(default_factory=dict)
    report: ReportHeading = ReportHeading()
    data: str = DEFAULT_DATA
    images: OwnImages = OwnImages()
    seeds: tuple[Annotated[int, Field(ge=0, lt=2**31)], ...] = (1,)
    folds: Annotated[int, Field(ge=3, le=MOST_FOLDS)] | None = None
    robustness: bool = False
    checkpoint_minutes: Annotated[float, Field(ge=0, le=1440)] | None = None
    alternatives: tuple[Alternative, ...]
    searches: tuple[Search, ...] = ()
    added: tuple[Name, ...] = ()
    claims: tuple[Claim, ...] = ()
    error: Literal["share", "family"] = "share"

    @field_validator("added", mode="before")
    @classmethod
    def _added(cls, value: Any) -> Any:
        # TOML knows lists only.
        if not isinstance(value, list | tuple) or len({*map(str, value)}) != len(value):
            raise ValueError("added")
        return tuple(value)

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

    @property
    def sources(self) -> Sources:
        """The files of the user's own that the alternatives name."""
        return Sources(
            source for each in self.alternatives for source in each.settings.sources.values()
        )

    def search(self, name: str) -> Search | None:
        """Return the search that finds an alternative's settings; None if the study gives them."""
        return next((each for each in self.searches if each.name == name), None)

    def alternative(self, name: str) -> Alternative:
        """Return the alternative named ``name``."""
        return next(each for each in self.alternatives if each.name == name)

    @classmethod
    def load(cls, path: str | Path, overrides: Sequence[str] = (), **changes: Any) -> StudyConfig:
        """Read a study from a TOML file.

        Args:
            path: the file.
            overrides: ``"key=value"``, for every alternative, or ``"alternative.key=value"``.
            **changes: top-level keys that take the file's place, such as ``seeds=3``. Of the
                table ``report``, only the keys that are given do.

        Raises:
            ConfigError: it can't be read, is not TOML, or says something it can't.
        """
        path = Path(path)
        content = read_toml(path, "study")
        content.setdefault("name", name_of(path.stem, "study"))
        if "data" in changes:
            changes["data"] = _changed_data(content.get("data", DEFAULT_DATA), changes["data"])
        if isinstance(content.get("report"), dict) and "report" in changes:
            changes["report"] = {**content["report"], **changes["report"]}
        return cls.parse({**content, **changes}, overrides, path.parent)

    @classmethod
    def parse(
        cls,
        content: Mapping[str, Any],
        overrides: Sequence[str] = (),
        folder: Path | None = None,
        sources: Sources | None = None,
    ) -> StudyConfig:
        """Check the content of a study file and fill it in.

        Args:
            content: the file's keys and their values.
            overrides: ``"key=value"``, for every alternative, or ``"alternative.key=value"``.
            folder: where the path of a ``recipe`` begins; the current folder if left out.
            sources: what was given in Python in place of files that settings name.

        Raises:
            ConfigError: a key of the file itself is unknown, a value out of range, a name used
                twice or missing, a setting does nothing, two alternatives are the same, or there
                are too many runs. An unknown key among an alternative's settings counts as an
                option of its model; `cotejo.models.check_models` looks at models and options.
        """
        check_keys(content, _KEYS, "")
        content = dict(content)
        tables, vary, claims = (
            check_tables(content.pop(key, []), key) for key in ("alternative", "vary", "claim")
        )
        varied = expand(vary)
        searches, found = _searches(content, tables, varied)
        alternatives = fill_in(
            [_without(each, "tuned_with") for each in tables],
            varied,
            content.pop("base", {}),
            with_starts(overrides, searches),
            folder,
            sources,
            found,
            [search.name for search in searches],
        )
        content["alternatives"], content["searches"] = alternatives, tuple(searches)
        names = [alternative.name for alternative in alternatives]
        added = _announced(content.get("added"), names)
        content["claims"] = parse_claims(claims, [*names, *added])
        if isinstance(content.get("data"), dict):
            content |= _data_table(content["data"])
        if "title" in content:
            content["title"] = in_every_language(content["title"])
        if "report" in content:
            content["report"] = _report_heading(content["report"])
        study = checked(cls, content, "")
        _check_runs(study)
        check_searches(study, overrides)
        return study

    def to_toml(self) -> str:
        """Return the study as TOML with every default filled in; `parse` reads it back."""
        images = self.images.given()
        data = {"path": self.data, **images} if images else self.data
        document: dict[str, Any] = {"name": self.name, "data": data, "seeds": list(self.seeds)}
        if self.folds is not None:
            document["folds"] = self.folds
        if self.robustness:
            document["robustness"] = True
        if self.checkpoint_minutes is not None:
            document["checkpoint_minutes"] = self.checkpoint_minutes
        if self.error != "share":
            document["error"] = self.error
        if self.added:
            document["added"] = list(self.added)
        if self.title:
            document["title"] = dict(self.title)
        if heading := self.report.model_dump(exclude_defaults=True):
            document["report"] = heading
        if tuned := [search for search in self.searches if not search.adds]:
            document["space"] = {key: each.to_table() for key, each in tuned[0].space.items()}
        by_name = {search.name: search for search in self.searches}
        document["alternative"] = [
            _to_table(each, by_name.get(each.name))
            for each in self.alternatives
            if each.name not in by_name or not by_name[each.name].adds
        ]
        if added := [search for search in self.searches if search.adds]:
            document["search"] = [
                _to_table(self.alternative(search.name), search) for search in added
            ]
        if self.claims:
            document["claim"] = [claim.to_table() for claim in self.claims]
        return tomli_w.dumps(document)


def _to_table(alternative: Alternative, search: Search | None) -> dict[str, Any]:
    """Return an alternative as a study's file has it, with every default filled in."""
    table = {"name": alternative.name, "label": dict(alternative.label)}
    settings = {
        name: value for name, value in alternative.settings.flat().items() if value is not None
    }
    if search is None:
        return table | settings
    # What follows from another setting is left out, because that one may be searched.
    follows = {"learning_rate", "momentum"} - alternative.given
    settings = {
        name: value
        for name, value in settings.items()
        if name not in follows and name not in search.space
    }
    if not search.adds:
        return table | {"tuned_with": search.trials} | settings
    augment = settings.get("augment")
    if isinstance(augment, list):  # which alone could be several augmentations to choose from
        settings["augment"] = [augment]
    return table | settings | search.to_table()


def _searches(
    content: dict[str, Any], tables: Sequence[Mapping[str, Any]], varied: Sequence[Varied]
) -> tuple[list[Search], list[dict[str, Any]]]:
    """Take what is searched out of a study's content, and return it as `read_searches` does."""
    of_all, space = content.pop("tuned_with", None), content.pop("space", None)
    plain = {str(each.get("name")): each for each in tables}
    tuned = {name: each.get("tuned_with", of_all) for name, each in plain.items()}
    tuned |= {each.name: of_all for each in varied}
    known = {name: _without(each, "tuned_with") for name, each in plain.items()}
    known |= {each.name: dict(each.table) for each in varied}
    return read_searches(
        content.pop("search", []),
        {name: trials for name, trials in tuned.items() if trials is not None},
        space,
        known,
    )


def _without(table: Mapping[str, Any], left_out: str) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != left_out}


def _data_table(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a study that the table ``data`` stands for.

    Raises:
        ConfigError: it has an unknown key or a wrong value.
    """
    check_keys(table, ("path", *OwnImages.model_fields), "data")
    images = {key: value for key, value in table.items() if key != "path"}
    return {
        "data": table.get("path", DEFAULT_DATA),
        "images": checked(OwnImages, images, "data"),
    }


def _changed_data(written: Any, given: Any) -> Any:
    """Return a study's data with another in its place, or only with other options for it.

    Args:
        written: a name, a path or a table.
        given: the same; a table without a path changes how the written one is read.
    """
    if not isinstance(given, dict) or "path" in given:
        return given
    return {**(written if isinstance(written, dict) else {"path": written}), **given}


def _report_heading(table: Any) -> ReportHeading:
    if not isinstance(table, dict):
        raise ConfigError("not_a_table", where="report")
    check_keys(table, _REPORT_KEYS, "report")
    texts = {key: in_every_language(text) for key, text in table.items()}
    return checked(ReportHeading, texts, "report")


def _announced(added: Any, names: Sequence[str]) -> list[str]:
    """Return the names of alternatives that are added later; what is no name is refused later.

    Raises:
        ConfigError: one of them is an alternative of the file.
    """
    given = added if isinstance(added, list | tuple) else ()
    announced = [name for name in given if isinstance(name, str)]
    if twice := next((name for name in announced if name in names), None):
        raise ConfigError("added_and_trained", name=twice)
    return announced


def _check_runs(study: StudyConfig) -> None:
    for alternative in study.alternatives:
        # A run keeps the weights of one fold's network, which knows what other folds test.
        if study.folds is not None and alternative.settings.start_from is not None:
            raise ConfigError("folds_start_from", name=alternative.name)
    # Its networks answer different images each, and one of them alone is kept.
    if study.folds is not None and study.images.review is not None:
        raise ConfigError("folds_review")
    if study.folds is not None and study.robustness:
        raise ConfigError("folds_robustness")
    alternatives, seeds = len(study.alternatives), len(study.seeds)
    if alternatives * seeds > MOST_RUNS:
        raise ConfigError(
            "too_many_runs",
            count=alternatives * seeds,
            alternatives=alternatives,
            seeds=seeds,
            most=MOST_RUNS,
        )
