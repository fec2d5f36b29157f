"""``study.json``: what was asked for, and the keys of its runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from cotejo.store.schemas.values import (
    Content,
    FolderName,
    Fraction,
    Key,
    Listing,
    Positive,
    Seed,
    Settings,
    Text,
    are_distinct,
)

__all__ = ["Study"]


class _Alternative(Content):
    name: FolderName
    label: Text = None
    settings: Settings = Field(default_factory=dict)
    added: bool = False
    seeds: Annotated[list[Seed], AfterValidator(are_distinct)] | None = None


class _Range(Content):
    low: int | float
    high: int | float
    log: bool = False


class _Search(Content):
    name: FolderName
    trials: Positive
    adds: bool = True
    start: FolderName | None = None
    sampler: Literal["tpe", "random"]
    prune: bool
    at_once: Positive = 1
    space: dict[str, _Range | list[Any]]
    found: Settings | None = None
    number: Positive | None = None
    keys: list[Key] = Field(default_factory=list)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> _Search:
        """Check that what was found is that of a trial, in the settings that were searched."""
        if (self.found is None) != (self.number is None):
            raise ValueError("found, number")
        if self.found is not None and set(self.found) != set(self.space):
            raise ValueError("found")
        if self.number is not None and self.number > len(self.keys):
            raise ValueError("number")
        return self


class _Claim(Content):
    text: dict[str, str]
    better: str
    than: Annotated[list[str], Field(min_length=1)] | None = None
    value: float | None = None
    by: float
    margin: Annotated[float, Field(gt=0)] | None = None
    metric: Literal["test_accuracy", "valid_accuracy", "gap", "epochs", "seconds"]
    reach: Fraction | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> _Claim:
        """Check that it has what its metric needs, and exactly one thing to compare with."""
        if (self.than is None) == (self.value is None):
            raise ValueError("than, value")
        if (self.reach is None) == (self.metric == "epochs"):
            raise ValueError("reach")
        return self


class _ReportHeading(Content):
    title: Text = None
    author: Text = None


class _Shard(Content):
    number: Positive
    of: Positive


class Study(Listing):
    """``study.json``."""

    name: str = ""
    title: Text = None
    report: _ReportHeading = _ReportHeading()
    data: str | None = None
    requested_data: str | None = None
    quick: bool = False
    final: bool = False
    seeds: Annotated[list[Seed], Field(min_length=1), AfterValidator(are_distinct)]
    folds: Annotated[int, Field(ge=3, le=255)] | None = None
    shard: _Shard | None = None
    alternatives: list[_Alternative]
    searches: list[_Search] = Field(default_factory=list)
    claims: list[_Claim] = Field(default_factory=list)
    error: Literal["share", "family"] = "share"
    keys: dict[str, dict[str, Key]] = Field(default_factory=dict)
    command: str = ""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Study:
        """Check that alternatives have different names, and claims are about them."""
        names = [alternative.name for alternative in self.alternatives]
        if len(set(names)) != len(names):
            raise ValueError("alternatives")
        for claim in self.claims:
            if not {claim.better, *(claim.than or [])} <= set(names):
                raise ValueError("claims")
        if not {search.name for search in self.searches} <= set(names):
            raise ValueError("searches")
        return self
