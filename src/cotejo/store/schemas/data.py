"""``data.json``: what a study learned from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cotejo.store.schemas.values import Content, Count, Fraction, Listing, Side

__all__ = ["Data"]


class _Counts(Content):
    train: list[Count]
    valid: list[Count]
    test: list[Count]


class _Split(Content):
    method: str = ""
    folds: Annotated[int, Field(ge=3, le=255)] | None = None


class _Channels(Content):
    mean: list[Fraction]
    std: list[Fraction]


class _Pictures(Content):
    fit: Literal["pad", "crop", "stretch"]
    chosen: bool
    smaller: Count
    larger: Count
    least: Count
    middle: Count
    most: Count
    left_out: dict[str, Count]
    groups: Count


class Data(Listing):
    """``data.json``."""

    name: str
    source: str | None = None
    fingerprint: str | None = None
    image_shape: Annotated[list[Side], Field(min_length=3, max_length=3)]
    class_names: Annotated[dict[str, list[str]], Field(min_length=1)]
    split: _Split | None = None
    counts: _Counts
    channels: _Channels | None = None
    pictures: _Pictures | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Data:
        """Check that there are as many names and counts as classes."""
        counts = self.counts
        lengths = {len(of_split) for of_split in (counts.train, counts.valid, counts.test)}
        lengths |= {len(names) for names in self.class_names.values()}
        if len(lengths) != 1 or not sum(counts.test):
            raise ValueError("class_names, counts")
        channels = self.channels
        if channels and {len(channels.mean), len(channels.std)} != {self.image_shape[2]}:
            raise ValueError("channels")
        return self
