"""The sentences on factors: what each setting did that changes alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cotejo.config import Settings
from cotejo.report.dependence import dependence
from cotejo.report.findings import Findings
from cotejo.report.sentences import judged_together
from cotejo.report.topics.factors.analysis import Effect, Factor, factors
from cotejo.report.words import Words

__all__ = [
    "also_differs",
    "effect_sentence",
    "effect_sentences",
    "factor_name",
    "factors_intro",
    "value_of",
]


def factors_intro(findings: Findings, words: Words) -> list[str]:
    """Return what the comparisons of single settings are based on."""
    effects = [effect for factor in factors(findings) for effect in factor.effects]
    said = [words.say("factors.intro")]
    if all(effect.lead.one_seed for effect in effects):
        return [*said, words.say("factors.one_seed")]
    said.append(judged_together(findings, words))
    if any(effect.lead.one_seed for effect in effects):
        said.append(words.say("factors.some_one_seed"))
    if any(effect.wider_gap is not None for effect in effects):
        said.append(words.say("factors.gaps"))
    return [*said, *dependence(findings, words)]


def factor_name(factor: str, words: Words) -> str:
    """Return the heading over a factor, by its setting's name."""
    key = f"settings.{factor}.factor"
    return words.say(key) if words.knows(key) else words.setting_name(factor)


def value_of(factor: str, value: object, findings: Findings, words: Words) -> str:
    """Return a value of a factor as a reader would write it."""
    if factor == "start_from" and value is not None:
        labels = {
            alternative.name: alternative.label(words.language)
            for alternative in findings.facts.alternatives
        }
        return words.say("quoted", text=labels.get(str(value), str(value)))
    return words.setting_value(factor, value)


def effect_sentences(factor: Factor, words: Words) -> list[str]:
    """Return what was measured of each change of one factor, and whether that is settled."""
    return [
        " ".join(
            [
                effect_sentence(effect, words),
                *also_differs(factor.name, effect.changes, words),
                *(_gap_sentence(effect, words) if Settings.about(factor.name).overfitting else []),
            ]
        )
        for effect in factor.effects
    ]


def effect_sentence(effect: Effect, words: Words, *, in_list: bool = False) -> str:
    """Return which of two alternatives was ahead, by how much, and what is settled of that.

    Args:
        effect: the comparison.
        words: the language.
        in_list: whether it stands in a list of those that are settled, which need not say it.
    """
    lead, difference = effect.lead, effect.lead.difference
    one = "_one" if lead.one_seed else ""
    side = "above" if difference.estimate >= 0 else "below"
    outcome = lead.of_leader.verdict
    is_plain = outcome == "supported" and (in_list or lead.one_seed)
    verdict = "" if is_plain else words.say(f"factors.verdict_{outcome}{one}")
    return words.say(
        f"factors.effect_{side}{one}",
        first=lead.first.label(words.language),
        second=lead.second.label(words.language),
        points=words.numbers.difference(abs(difference.estimate)),
        interval=_signed_interval(difference.low, difference.high, words),
        verdict=verdict,
    )


def _signed_interval(low: float, high: float, words: Words) -> str:
    """Return an interval of differences with a word for each bound's side, not a sign."""
    side = "mixed" if low < 0 < high else "above" if high > 0 else "below"
    near, far = sorted((abs(low), abs(high)))
    bounds = (abs(low), abs(high)) if side == "mixed" else (near, far)
    shown = [words.numbers.difference(bound) for bound in bounds]
    return words.say(f"factors.interval_{side}", low=shown[0], high=shown[1])


def also_differs(
    factor: str | None, changes: Mapping[str, tuple[Any, Any]], words: Words
) -> list[str]:
    """Return in which other settings two alternatives differ; nothing if in none.

    With another network, only options that both networks have are told.
    """
    names = [
        name
        for name, values in changes.items()
        if name != factor and (factor != "model" or None not in values)
    ]
    if not names:
        return []
    shown = [_with_values(name, *changes[name], words) for name in names]
    return [words.say("factors.effect_along", count=len(names), settings=words.both(shown))]


def _with_values(name: str, before: object, after: object, words: Words) -> str:
    """Return what a sentence calls a setting, with both values if they are plain numbers."""
    noun = words.setting_noun(name)
    plain = not words.knows(f"settings.{name}.value")
    if not plain or not all(type(value) in (int, float) for value in (before, after)):
        return noun
    values = [words.setting_value(name, value) for value in (after, before)]
    return words.say("factors.setting_values", setting=noun, first=values[0], second=values[1])


def _gap_sentence(effect: Effect, words: Words) -> list[str]:
    """Return the measured change of the gap between training and test accuracy."""
    wider = effect.wider_gap
    if wider is None:
        return []
    shown = wider if wider.estimate > 0 else wider.reversed()
    return [
        words.say(
            "factors.gap_grows" if wider.estimate > 0 else "factors.gap_shrinks",
            points=words.numbers.difference(shown.estimate),
            interval=words.numbers.difference_interval(shown.low, shown.high),
        )
    ]
