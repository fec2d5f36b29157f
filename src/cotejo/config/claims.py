"""``[[claim]]``: what a study is to test, stated before it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from cotejo.config.checking import Frozen, check_keys, checked, in_every_language
from cotejo.errors import ConfigError
from cotejo.messages import Language, did_you_mean

__all__ = ["Claim", "parse_claims"]

Number = Annotated[float, Field(allow_inf_nan=False)]
Sentence = Annotated[str, Field(min_length=1)]

_FRACTIONS = ("test_accuracy", "valid_accuracy", "gap")


class Claim(Frozen):
    """A sentence that the study tests: an alternative is better than others, or than a number.

    Attributes:
        text: the sentence, by language.
        better: the alternative's name.
        than: the names of those that it beats, each of them; or a number in the metric's unit.
        by: the amount by which it is better at least, in the metric's unit; a negative one lets
            it be that much worse.
        margin: a difference that matters, in the metric's unit, above 0. None for one that follows
            from the metric: of accuracies and gaps a tenth of the errors of what is compared with,
            at least half a point and at most two; of epochs and seconds a tenth.
        metric: ``test_accuracy`` and ``valid_accuracy``, fractions; ``gap``, the accuracy on
            training images less that on test images; ``epochs`` until `reach`; ``seconds`` of
            training. Of the last three less is better.
        reach: the validation accuracy to reach, in (0, 1); None for other metrics than ``epochs``.

    Example:
        >>> (claim,) = parse_claims(
        ...     [{"text": "He ends higher", "better": "he", "than": "glorot", "by": 0.01}],
        ...     names=["glorot", "he"],
        ... )
        >>> claim.than, claim.by, claim.metric
        (('glorot',), 0.01, 'test_accuracy')
    """

    text: dict[Language, Sentence] = Field(min_length=1)
    better: str
    than: tuple[str, ...] | Number
    by: Number = 0.0
    margin: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    metric: Literal["test_accuracy", "valid_accuracy", "gap", "epochs", "seconds"] = "test_accuracy"
    reach: Annotated[float, Field(gt=0, lt=1)] | None = None

    @field_validator("than", mode="before")
    @classmethod
    def _than(cls, value: Any) -> Any:
        # One name stands for a list of it, and TOML knows lists only.
        if isinstance(value, str):
            return (value,)
        return tuple(value) if isinstance(value, list) else value

    @property
    def others(self) -> tuple[str, ...]:
        """The alternatives that it beats; none where it beats a number."""
        return self.than if isinstance(self.than, tuple) else ()

    @property
    def value(self) -> float | None:
        """The number that it beats; None where it beats alternatives."""
        return None if isinstance(self.than, tuple) else self.than

    def to_table(self) -> dict[str, Any]:
        """Return the claim as a study file's ``[[claim]]``, which `parse_claims` reads back."""
        return self.model_dump(mode="json", exclude_none=True)


def parse_claims(tables: Sequence[Mapping[str, Any]], names: Sequence[str]) -> tuple[Claim, ...]:
    """Check the claims of a study.

    Args:
        tables: each ``[[claim]]``.
        names: the study's alternatives.

    Raises:
        ConfigError: a key is unknown or missing, a value out of range, or an alternative is not
            the study's.
    """
    known = dict.fromkeys(names)  # in their order, and quick to look in
    return tuple(
        _claim(table, known, where=f"[[claim]] {number}") for number, table in enumerate(tables, 1)
    )


def _claim(table: Mapping[str, Any], names: Mapping[str, None], where: str) -> Claim:
    check_keys(table, tuple(Claim.model_fields), where)
    for key, field in Claim.model_fields.items():
        if field.is_required() and key not in table:
            raise ConfigError("claim_incomplete", key=key, where=where)
    claim = checked(Claim, {**table, "text": in_every_language(table["text"])}, where)
    _check_names(claim, names, where)
    if claim.metric == "epochs" and claim.reach is None:
        raise ConfigError("claim_without_reach", where=where)
    if claim.metric != "epochs" and claim.reach is not None:
        raise ConfigError("claim_with_reach", where=where, metric=claim.metric)
    _check_fractions(claim, where)
    return claim


def _check_names(claim: Claim, names: Mapping[str, None], where: str) -> None:
    if claim.than == ():
        raise ConfigError("claim_empty", where=where)
    for key, given in (("better", [claim.better]), ("than", claim.others)):
        for name in given:
            if name not in names:
                known, hint = ", ".join(names), did_you_mean(name, names)
                raise ConfigError(
                    "claim_unknown", key=key, where=where, name=name, known=known, hint=hint
                )
    if claim.better in claim.others:
        raise ConfigError("claim_itself", where=where, name=claim.better)
    if len(set(claim.others)) != len(claim.others):
        raise ConfigError("claim_twice", where=where)


def _check_fractions(claim: Claim, where: str) -> None:
    if claim.metric not in _FRACTIONS:
        return
    for key, given in (("than", claim.value), ("by", claim.by), ("margin", claim.margin)):
        lowest = 0 if key == "margin" or (key == "than" and claim.metric != "gap") else -1
        if given is not None and not lowest <= given <= 1:
            raise ConfigError(
                "claim_not_fraction",
                key=key,
                where=where,
                low=lowest,
                metric=claim.metric,
                received=given,
            )
