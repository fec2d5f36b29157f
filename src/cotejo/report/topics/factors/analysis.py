"""Which alternatives differ in a single setting, so that their difference shows its effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cotejo.config import Settings
from cotejo.facts import AlternativeFacts
from cotejo.report.evidence import Lead
from cotejo.report.findings import Findings
from cotejo.report.gaps import gap_variance
from cotejo.stats import Difference, scalar_difference

__all__ = ["Effect", "Factor", "changes_between", "factors", "single_choice"]


@dataclass(frozen=True)
class Effect:
    """What changing one thing did.

    Attributes:
        lead: the changed alternative's lead over the one that it is compared with.
        changes: the settings that differ: before, and after.
        wider_gap: how much wider its gap between training and test accuracy is; None where either
            side has one seed.
    """

    lead: Lead
    changes: Mapping[str, tuple[Any, Any]]
    wider_gap: Difference | None


@dataclass(frozen=True)
class Factor:
    """One thing that the study varies, by the setting's name, and what each change of it did."""

    name: str
    effects: tuple[Effect, ...]


def factors(findings: Findings) -> list[Factor]:
    """Return each setting that some pair of alternatives differs in alone.

    Where a setting has several values, each is compared with the first in the study's order,
    which is usually the baseline, and not with every other.
    """
    effects: dict[str, list[Effect]] = {}
    trained = findings.facts.own
    for index, alternative in enumerate(trained):
        for factor, (base, changes) in _baselines(alternative, trained[:index]).items():
            effect = Effect(
                findings.evidence.lead(alternative, base), changes, _wider_gap(alternative, base)
            )
            effects.setdefault(factor, []).append(effect)
    return [Factor(name, tuple(effects[name])) for name in Settings.by_group(effects)]


def _wider_gap(alternative: AlternativeFacts, base: AlternativeFacts) -> Difference | None:
    if min(len(alternative.finished), len(base.finished)) < 2:
        return None
    return scalar_difference(
        alternative.gaps, base.gaps, image_variance=gap_variance(alternative, base)
    )


def _baselines(
    alternative: AlternativeFacts, earlier: Sequence[AlternativeFacts]
) -> dict[str, tuple[AlternativeFacts, Mapping[str, tuple[Any, Any]]]]:
    """Return, by factor, the first earlier alternative that differs in this factor alone."""
    baselines: dict[str, tuple[AlternativeFacts, Mapping[str, tuple[Any, Any]]]] = {}
    for base in earlier:
        changes = changes_between(base, alternative)
        factor = single_choice(changes)
        if factor is not None:
            baselines.setdefault(factor, (base, changes))
    # Another model comes with other options. It counts only where no closer comparison is there.
    return baselines if set(baselines) == {"model"} else _without_model(baselines)


def _without_model(baselines: Mapping[str, Any]) -> dict[str, Any]:
    return {factor: baseline for factor, baseline in baselines.items() if factor != "model"}


def changes_between(
    base: AlternativeFacts, alternative: AlternativeFacts
) -> dict[str, tuple[Any, Any]]:
    """Return the settings in which two alternatives differ, with both values, in their order."""
    before, after = base.settings, alternative.settings
    return {
        name: (before.get(name), after.get(name))
        for name in Settings.by_group({**before, **after})
        if before.get(name) != after.get(name)
    }


def single_choice(changes: Mapping[str, Any]) -> str | None:
    """Return the one setting that explains all changes; None where there are more."""
    leading = [name for name in changes if set(changes) <= {name, *_absorbed(name, changes)}]
    # With early stopping turned off, the number of epochs is a change of its own.
    if leading == ["early_stopping"] and "epochs" in changes and not changes["early_stopping"][1]:
        return None
    return leading[0] if leading else None


def _absorbed(name: str, changes: Iterable[str]) -> tuple[str, ...]:
    """Return the settings that change along with a setting, and the options that changed too."""
    about = Settings.about(name)
    if not about.absorbs_options:
        return about.absorbs
    return (*about.absorbs, *(change for change in changes if change not in Settings.names()))
