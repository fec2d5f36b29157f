"""The sentences on claims: each claim's verdict, with its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import trunc

from cotejo.report.findings import Findings
from cotejo.report.sentences import images_needed, p_value
from cotejo.report.topics.claims.analysis import Part, Verdict, verdicts
from cotejo.report.words import Words

__all__ = ["advantage", "claimed", "claims", "summary_of_claims", "wants"]

_UNITS = {"epochs": "epochs", "seconds": "seconds"}
"""The unit of a metric; points of accuracy for the others."""


def claims(findings: Findings, words: Words) -> list[str]:
    """Return how many claims there are, by which rule they are judged, and the verdicts."""
    say, judged = words.say, verdicts(findings)
    outcomes = Counter(verdict.outcome for verdict in judged)
    parts = [part for verdict in judged for part in verdict.parts]
    said = [
        say("claims.intro", count=len(judged)),
        say("claims.rule", count=len(parts)),
    ]
    compared = any(
        verdict.metric.endswith("_accuracy") and verdict.claim.get("than") for verdict in judged
    )
    if len(parts) > 1 and compared and findings.evidence.shrinks_spreads:
        said.append(say("claims.drawn"))
    if any(part.needed is not None and part.needed.seeds is not None for part in parts):
        said.append(say("claims.seeds_needed"))
    said.append(say("claims.advantage"))
    tested = [part.difference for part in parts if part.difference is not None]
    if tested and max(max(difference.seeds) for difference in tested) == 1:
        said.append(say("claims.one_seed"))
    said += _counts(judged, words)
    if outcomes["untested"]:
        said.append(say("claims.untested", count=outcomes["untested"]))
    return said


def summary_of_claims(judged: Sequence[Verdict], words: Words) -> list[str]:
    """Return the summary's sentence on the claims, if there are two or more."""
    if len(judged) < 2:
        return []
    counted = _counted(judged, words)
    said = words.say("claims.in_summary", count=len(judged), verdicts=counted)
    untested = sum(verdict.outcome == "untested" for verdict in judged)
    if untested:
        said = f"{said} {words.say('claims.untested', count=untested)}"
    return [said]


def _counts(judged: Sequence[Verdict], words: Words) -> list[str]:
    """Return the verdicts in words; nothing for a single claim that could not be tested."""
    if len(judged) > 1:
        return [words.say("claims.counts", verdicts=_counted(judged, words))]
    outcome = judged[0].outcome
    if outcome == "untested":
        return []
    verdict = words.say(f"claims.verdict_{outcome}")
    return [words.say("claims.counts_one", verdict=verdict)]


def _counted(judged: Sequence[Verdict], words: Words) -> str:
    """Return how many claims the data support, refute and leave open, without saying "0"."""
    outcomes = Counter(verdict.outcome for verdict in judged)
    if not outcomes["supported"] and not outcomes["refuted"]:
        if not outcomes["unsettled"]:
            return words.say("claims.count_neither")
        return words.say("claims.count_neither_unsettled", count=outcomes["unsettled"])
    return words.both(
        [
            words.say(
                f"claims.count_{name}" if outcomes[name] else f"claims.count_{name}_none",
                count=outcomes[name],
            )
            for name in ("supported", "refuted", "unsettled")
        ]
    )


def claimed(verdict: Verdict, words: Words) -> list[str]:
    """Return by how much a claim says that it is better, where it says more than that it is."""
    if not verdict.margin:
        return []
    key = "claimed" if verdict.margin > 0 else "claimed_at_most"
    return [words.say(f"claims.{key}", margin=_amount(verdict, abs(verdict.margin), words))]


def wants(verdict: Verdict, part: Part, words: Words) -> list[str]:
    """Return what would settle a comparison that is not settled, and other remarks on it."""
    said = []
    if part.needed is not None and part.difference is not None:
        way = "" if part.difference.estimate > verdict.margin else "_against"
        if part.needed.seeds is not None:
            needed = words.numbers.integer(part.needed.seeds)
            said.append(words.say(f"claims.need_seeds{way}", needed=needed))
        elif part.needed.images is not None:
            images = images_needed(part.needed.images, words)
            said.append(words.say(f"claims.need_images{way}", images=images))
    if part.unreached:
        key = "unreached" if part.difference is not None else "unreached_unknown"
        said.append(words.say(f"claims.{key}", count=part.unreached))
    return said


def advantage(verdict: Verdict, part: Part, findings: Findings, words: Words) -> str:
    """Return what was measured of one comparison."""
    other, metric = _other(verdict, part, findings, words), metric_name(verdict, words)
    difference = part.difference
    if difference is None:
        key = "advantage_unknown" if part.unreached else "advantage_untested"
        return words.say(f"claims.{key}", other=other, metric=metric)
    key = f"advantage_{_UNITS.get(verdict.metric, 'points')}"
    if part.unreached:
        key = "advantage_at_least" if difference.estimate > 0 else "advantage_at_most"
    # A bound is rounded towards 0, so that it stays one.
    value = trunc(10 * difference.estimate) / 10 if part.unreached else difference.estimate
    said = words.say(
        f"claims.{key}",
        metric=metric,
        other=other,
        value=_number(verdict, value, words),
        interval=_interval(verdict, difference.low, difference.high, words),
    )
    if max(difference.seeds) == 1:
        return words.say("claims.advantage_one_seed", part=said)
    return words.say("claims.advantage_p", part=said, p=p_value(part.p_corrected, words))


def metric_name(verdict: Verdict, words: Words) -> str:
    """Return what a reader calls the metric of a claim."""
    reach = verdict.claim.get("reach")
    return words.say(
        f"claims.metric_{verdict.metric}",
        reach=words.numbers.percent(float(reach), 0) if reach else "",
    )


def _other(verdict: Verdict, part: Part, findings: Findings, words: Words) -> str:
    if part.than is None:
        amount = _amount(verdict, part.value or 0.0, words)
        return words.say("claims.other_value", value=amount)
    labels = {
        alternative.name: alternative.label(words.language)
        for alternative in findings.facts.alternatives
    }
    return words.say("quoted", text=labels.get(part.than, part.than))


def _amount(verdict: Verdict, value: float, words: Words) -> str:
    unit = _UNITS.get(verdict.metric, "points")
    # What the study's file states is shown with the digits that it was stated with.
    amount = round(value if verdict.metric in _UNITS else 100 * value, 4)
    stated = words.numbers.shortest(amount, 4)
    return words.say(f"claims.unit_{unit}", count=amount, value=stated)


def _number(verdict: Verdict, value: float, words: Words) -> str:
    if verdict.metric in _UNITS:
        return words.numbers.decimal(value, 1)
    return words.numbers.difference(value)


def _interval(verdict: Verdict, low: float, high: float, words: Words) -> str:
    if not (abs(low) < float("inf") and abs(high) < float("inf")):
        return ""
    if verdict.metric in _UNITS:
        return " " + words.numbers.decimal_interval(low, high, 1)
    return " " + words.numbers.difference_interval(low, high)
