"""Which alternatives differ in a single setting, so that their difference shows its effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cotejo.compare import Difference, scalar_difference
from cotejo.config import Settings
from cotejo.facts import AlternativeFacts
from cotejo.report.evidence import Lead
from cotejo.report.findings import Findings
from cotejo.report.gaps import gap_variance

__all__ = ["Effect", "Factor", "factors"]


@dataclass(frozen=True)
class Effect:
    """What changing one thing did.

    Attributes:
        lead: of the changed alternative over the one that it is compared with.
        changes: the settings that differ: before, and after.
        wider_gap: how much wider its gap between training and test accuracy is; None with one
            seed a side.
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

    Of several values each is compared with the first in the study's order, the usual place of
    the baseline, not with every other.
    """
    found: dict[str, list[Effect]] = {}
    trained = findings.facts.trained
    for index, one in enumerate(trained):
        for factor, (base, changes) in _baselines(one, trained[:index]).items():
            effect = Effect(findings.evidence.lead(one, base), changes, _wider_gap(one, base))
            found.setdefault(factor, []).append(effect)
    return [Factor(name, tuple(found[name])) for name in Settings.by_group(found)]


def _wider_gap(one: AlternativeFacts, base: AlternativeFacts) -> Difference | None:
    if min(len(one.finished), len(base.finished)) < 2:
        return None
    return scalar_difference(one.gaps, base.gaps, image_variance=gap_variance(one, base))


def _baselines(
    one: AlternativeFacts, earlier: Sequence[AlternativeFacts]
) -> dict[str, tuple[AlternativeFacts, Mapping[str, tuple[Any, Any]]]]:
    """Return, by factor, the first earlier alternative that differs in this factor alone."""
    found: dict[str, tuple[AlternativeFacts, Mapping[str, tuple[Any, Any]]]] = {}
    for base in earlier:
        changes = _changes(base, one)
        factor = _factor(changes)
        if factor is not None:
            found.setdefault(factor, (base, changes))
    # Another network differs in options, too: of use only where nothing closer is there.
    return found if set(found) == {"model"} else _without_model(found)


def _without_model(found: Mapping[str, Any]) -> dict[str, Any]:
    return {factor: baseline for factor, baseline in found.items() if factor != "model"}


def _changes(base: AlternativeFacts, one: AlternativeFacts) -> dict[str, tuple[Any, Any]]:
    before, after = base.settings, one.settings
    return {
        name: (before.get(name), after.get(name))
        for name in Settings.by_group({**before, **after})
        if before.get(name) != after.get(name)
    }


def _factor(changes: Mapping[str, Any]) -> str | None:
    """Return the one setting that explains all changes; None where there are more."""
    leading = [name for name in changes if set(changes) <= {name, *_absorbed(name, changes)}]
    # Turned off, it leaves two trainings of different lengths.
    if leading == ["early_stopping"] and "epochs" in changes and not changes["early_stopping"][1]:
        return None
    return leading[0] if leading else None


def _absorbed(name: str, changes: Iterable[str]) -> tuple[str, ...]:
    """Return the settings, and of these changes the options, that come along with a setting."""
    about = Settings.about(name)
    if not about.absorbs_options:
        return about.absorbs
    return (*about.absorbs, *(change for change in changes if change not in Settings.names()))
