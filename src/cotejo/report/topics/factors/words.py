"""The sentences on factors: what each setting did that changes alone."""

from __future__ import annotations

from cotejo.config import Settings
from cotejo.report.findings import Findings
from cotejo.report.sentences import uncorrected
from cotejo.report.topics.factors.analysis import Effect, Factor, factors
from cotejo.report.words import Words

__all__ = ["effect_sentences", "factor_name", "factors_intro", "value_of"]


def factors_intro(findings: Findings, words: Words) -> list[str]:
    """Return what the comparisons of single settings are based on."""
    leads = [effect.lead for factor in factors(findings) for effect in factor.effects]
    if all(lead.one_seed for lead in leads):
        return [words.say("factors.intro_one_seed")]
    said = [words.say("factors.intro")]
    if any(lead.one_seed for lead in leads):
        said.append(words.say("factors.some_one_seed"))
    return said


def factor_name(factor: str, words: Words) -> str:
    """Return what a reader calls a factor, by its setting's name."""
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
    """Return what each change of one factor did, as far as it is settled, in sentences."""
    return [" ".join(_sentences(factor.name, effect, words)) for effect in factor.effects]


def _sentences(factor: str, effect: Effect, words: Words) -> list[str]:
    lead, numbers = effect.lead, words.numbers
    difference = lead.difference.reversed() if lead.outcome == "behind" else lead.difference
    key = {"ahead": "effect_up", "behind": "effect_down", "tie": "effect_tie"}[lead.outcome]
    if lead.one_seed:
        key += "_one"
    labels = [alternative.label(words.language) for alternative in (lead.first, lead.second)]
    said = [
        words.say(
            f"factors.{key}",
            first=labels[0],
            second=labels[1],
            points=numbers.difference(difference.estimate),
            interval=numbers.difference_interval(difference.low, difference.high),
        )
    ]
    said += uncorrected(lead, words)
    if lead.needed and lead.needed.seeds:
        needed = numbers.integer(lead.needed.seeds)
        said.append(words.say("effect_needed", needed=needed))
    along = [name for name in effect.changes if name != factor and factor != "model"]
    if along:
        names = words.both([_lower_first(words.setting_name(name)) for name in along])
        said.append(words.say("factors.effect_along", settings=names))
    return said + (_gap_sentence(effect, words) if Settings.about(factor).overfitting else [])


def _gap_sentence(effect: Effect, words: Words) -> list[str]:
    """Return how the gap between training and test changed; nothing if chance may explain it."""
    wider = effect.wider_gap
    if wider is None or not wider.excludes_zero:
        return []
    shown = wider if wider.estimate > 0 else wider.reversed()
    return [
        words.say(
            "factors.gap_grows" if wider.estimate > 0 else "factors.gap_shrinks",
            points=words.numbers.difference(shown.estimate),
            interval=words.numbers.difference_interval(shown.low, shown.high),
        )
    ]


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
