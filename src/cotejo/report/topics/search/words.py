"""The sentences on searches, and on numbers that were varied."""

from __future__ import annotations

from cotejo.config.labels import setting_phrase
from cotejo.report.findings import Findings
from cotejo.report.naming import quoted
from cotejo.report.topics.search.analysis import Searched, Sweep, start_of
from cotejo.report.words import Words

__all__ = ["about_search", "general", "on_expected", "on_shares", "on_sweep"]

_MANY = 50
"""Trials from which on the share that a setting explains is fairly well known."""


def general(searches: list[Searched], words: Words) -> list[str]:
    """Return how trials are drawn and judged, of all searches."""
    said = [words.say("search.judged")]
    said += (
        [words.say("search.drawn_tpe")]
        if any(each.facts.follows_good_trials for each in searches)
        else [words.say("search.drawn_random")]
    )
    if any(each.facts.entry["prune"] for each in searches):
        said.append(words.say("search.rule"))
    return said


def about_search(findings: Findings, search: Searched, words: Words) -> list[str]:
    """Return what a search did, what it found, and what that is worth with fresh seeds."""
    facts, say = search.facts, words.say
    settings = words.both([words.setting_noun(name) for name in facts.settings])
    trials = say("search.trials", count=len(facts.trials))
    said = [say("search.did", count=len(facts.trials), trials=trials, settings=settings)]
    ends = [
        say(f"search.count_{status}", count=facts.count(status))
        for status in ("stopped", "failed")
        if facts.count(status)
    ]
    if ends:
        said.append(say("search.ends", ends=words.both(ends)))
    if facts.missing:
        said.append(say("search.missing", count=facts.missing))
    best, found = facts.best, facts.found
    if best is None or found is None:
        return [*said, say("search.nothing")]
    phrases = [setting_phrase(name, found[name], words.language) for name in facts.settings]
    accuracy = words.numbers.percent(best["valid_accuracy"])
    number = words.numbers.integer(best["number"])
    said.append(say("search.found", number=number, values=words.both(phrases), accuracy=accuracy))
    return [*said, *_on_curse(search, words), *_on_gain(findings, search, words)]


def _on_curse(search: Searched, words: Words) -> list[str]:
    curse, numbers = search.curse, words.numbers
    if curse is None:
        return [words.say("search.not_trained")]
    seeds = words.say("search.fresh_seeds", count=curse.seeds)
    mean = numbers.percent(curse.fresh)
    way = "less" if curse.points >= 0 else "more"
    values = {"seeds": seeds, "mean": mean, "points": numbers.difference(abs(curse.points))}
    if curse.excess is None:
        return [words.say(f"search.curse_{way}_one", **values)]
    ends = (curse.excess.low, curse.excess.high)
    # Both ways are told as positive numbers.
    low, high = ends if way == "less" else (-ends[1], -ends[0])
    interval = numbers.difference_interval(low, high)
    settled = "settled" if curse.excess.excludes_zero else "open"
    said = words.say(f"search.curse_{way}", interval=interval, **values)
    return [said, words.say(f"search.curse_{settled}")]


def _on_gain(findings: Findings, search: Searched, words: Words) -> list[str]:
    start, tuned = start_of(findings, search.facts), search.facts.alternative
    if start is None or not tuned.finished:
        return []
    lead = findings.evidence.lead(tuned, start)
    difference = lead.difference
    way = "above" if difference.estimate >= 0 else "below"
    shown = difference if way == "above" else difference.reversed()
    open_ = "" if lead.told_apart else "_open"
    return [
        words.say(
            f"search.gain_{way}{open_}",
            start=quoted([start], words),
            points=words.numbers.difference(shown.estimate),
            interval=words.numbers.difference_interval(shown.low, shown.high),
        ),
        words.say("search.gain_caveat"),
    ]


def on_shares(searches: list[Searched], words: Words) -> list[str]:
    """Return what the shares that settings explain mean, and how sure they are."""
    said = [words.say("search.shares")]
    if min(len(each.facts.trials) for each in searches) < _MANY:
        said.append(words.say("search.shares_few"))
    if any(each.facts.follows_good_trials for each in searches):
        said.append(words.say("search.shares_tpe"))
    return said


def on_expected(searches: list[Searched], words: Words) -> list[str]:
    """Return what the curve of the expected best says, at one trial and at all."""
    said = [words.say("search.expected")]
    for search in searches:
        first, last = search.expected[0], search.expected[-1]
        said.append(
            words.say(
                "search.expected_of",
                name=search.facts.alternative.label(words.language),
                first=words.numbers.percent(first.estimate),
                last=words.numbers.percent(last.estimate),
                count=len(search.expected),
            )
        )
    said.append(words.say("search.expected_interval"))
    return said


def on_sweep(findings: Findings, sweep: Sweep, words: Words) -> str:
    """Return which value of a number was best, and whether its lead over the ends is settled."""
    names = [each for _, each, _ in sweep.points]
    value = next(value for value, each, _ in sweep.points if each is sweep.best)
    ends = [each for each in (names[0], names[-1]) if each is not sweep.best]
    ahead = all(findings.evidence.lead(sweep.best, each).is_ahead for each in ends)
    at_end = sweep.best is names[0] or sweep.best is names[-1]
    key = "search.sweep_end" if at_end else "search.sweep_inside"
    said = words.say(
        key, setting=words.setting_noun(sweep.setting), value=words.numbers.shortest(value)
    )
    return f"{said} {words.say('search.sweep_ahead' if ahead else 'search.sweep_open')}"
