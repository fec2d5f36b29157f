"""In which settings the best and the architectures differ: a lead is not due to one of them."""

from __future__ import annotations

from collections.abc import Iterable

from cotejo.config import Settings
from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.topics.factors.analysis import changes_between, factors, single_choice
from cotejo.report.words import Words

__all__ = ["architecture", "attribution", "is_attributable"]

_MOST_NAMED = 6
"""The most settings that a sentence names one by one."""


def is_attributable(findings: Findings) -> bool:
    """Whether the lead of the best may be put down to one choice, or there is no lead.

    It may be if another alternative differs from the best in one choice alone. Nothing is known of
    the choices behind what was added.
    """
    if not any(lead.is_ahead for lead in findings.leads):
        return True
    if findings.best.is_added:
        return False
    others = _known_others(findings)
    if not any(lead.is_ahead and lead.second in others for lead in findings.leads):
        return True
    return any(
        single_choice(changes_between(*pair)) is not None
        for other in others
        for pair in ((other, findings.best), (findings.best, other))
    )


def attribution(findings: Findings, words: Words) -> list[str]:
    """Return that the lead of the best can't be put down to one setting; nothing if it may be."""
    if is_attributable(findings):
        return []
    facts, best = findings.facts, findings.best
    if best.is_added:
        return [words.say("conclusion.attribution_added", best=best.label(words.language))]
    others = _known_others(findings)
    shared = set.intersection(*(_settings_apart(best, other) for other in others))
    named = shared if len(shared) > 1 else set().union(*(_settings_apart(best, x) for x in others))
    label = best.label(words.language)
    said = [words.say("conclusion.attribution", best=label, settings=_listed(named, words))]
    epochs = [facts.whole_epochs(alternative.representative) for alternative in facts.own]
    if min(epochs) < max(epochs):
        low, high = (words.numbers.integer(count) for count in (min(epochs), max(epochs)))
        said.append(words.say("conclusion.epochs_differ", low=low, high=high))
    return said


def _known_others(findings: Findings) -> list[AlternativeFacts]:
    """Return the other alternatives whose settings are known."""
    return [lead.second for lead in findings.leads if not lead.second.is_added]


def architecture(findings: Findings, words: Words) -> list[str]:
    """Return by how much networks with convolutions are ahead of the one without.

    Nothing if there are several without, if the lead over one is not settled, or if two
    alternatives differ in the network alone, which the comparison of choices then tells.
    """
    with_model = [alternative for alternative in findings.facts.trained if alternative.model]
    dense = [each for each in with_model if not each.has_layers("Conv2D")]
    convolutional = [each for each in with_model if each.has_layers("Conv2D")]
    if len(dense) != 1 or not convolutional:
        return []
    if any(factor.name == "model" for factor in factors(findings)):
        return []
    leads = [findings.evidence.lead(each, dense[0]) for each in convolutional]
    if not all(lead.is_ahead for lead in leads):
        return []
    settings = set().union(*(_settings_apart(each, dense[0]) for each in convolutional))
    points = [lead.difference.estimate for lead in leads]
    largest = max(_parameters(each) for each in convolutional)
    fewer = largest < _parameters(dense[0])
    return [
        words.say(
            "conclusion.architecture",
            count=len(convolutional),
            low=words.numbers.difference(min(points)),
            high=words.numbers.difference(max(points)),
            dense=dense[0].label(words.language),
            parameters=words.say("conclusion.fewer_parameters") if fewer else "",
            settings=_listed(settings - {"model"}, words),
        )
    ]


def _settings_apart(first: AlternativeFacts, second: AlternativeFacts) -> set[str]:
    """Return the settings in which two differ, without options that only one network has."""
    return {
        name
        for name, values in changes_between(first, second).items()
        if name in Settings.names() or None not in values
    }


def _listed(settings: Iterable[str], words: Words) -> str:
    """Return settings as a list in words; the first of them and "other settings", if many."""
    names = list(Settings.by_group(settings))
    nouns = [words.setting_noun(name) for name in names[:_MOST_NAMED]]
    if len(names) > _MOST_NAMED:
        nouns.append(words.say("conclusion.other_settings"))
    return words.both(nouns)


def _parameters(alternative: AlternativeFacts) -> int:
    return int((alternative.model or {})["parameters"])
