"""The sentences on claims: each claim's verdict, with its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import trunc

from cotejo.report.dependence import dependence
from cotejo.report.findings import Findings
from cotejo.report.naming import quoted
from cotejo.report.sentences import images_needed, p_value
from cotejo.report.topics.claims.analysis import Part, Verdict, verdicts
from cotejo.report.topics.factors.analysis import changes_between, factors, single_choice
from cotejo.report.topics.factors.words import also_differs
from cotejo.report.words import Words

__all__ = ["advantage", "claimed", "claims", "summary_of_claims", "wants", "what_differs"]

_UNITS = {"epochs": "epochs", "seconds": "seconds"}
"""The unit of a metric; points of accuracy for the others."""


def claims(findings: Findings, words: Words) -> list[str]:
    """Return how many claims there are, the verdicts, and the rule by which they are judged."""
    say, judged = words.say, verdicts(findings)
    parts = [part for verdict in judged for part in verdict.parts]
    said = _intro(judged, words)
    untested = sum(verdict.outcome == "untested" for verdict in judged)
    if untested:
        said.append(say(_untested(bool(findings.facts.added)), count=untested))
    said.append(say("claims.rule", count=len(parts)))
    tested = [part.difference for part in parts if part.difference is not None]
    if tested and all(difference.is_of_two_networks for difference in tested):
        said.append(say("claims.one_seed"))
    elif len(parts) > 1:
        said.append(_corrections(len(parts), findings, words))
    if any(verdict.metric == "seconds" for verdict in judged):
        said.append(say("claims.seconds"))
    if any(part.needed is not None and part.needed.seeds is not None for part in parts):
        said.append(say("claims.seeds_needed"))
    said.append(say("claims.advantage"))
    # Where choices are compared, their section has said it.
    return said if factors(findings) else [*said, *dependence(findings, words)]


def summary_of_claims(
    judged: Sequence[Verdict], words: Words, key: str, *, added: bool = False
) -> list[str]:
    """Return the sentence on the claims of the summary or the conclusion, if there are several.

    Args:
        judged: the claims.
        words: the language.
        key: ``"in_summary"`` or ``"in_conclusion"``.
        added: whether an alternative was added, of which not everything is known.
    """
    if len(judged) < 2:
        return []
    number, counted = words.number(len(judged)), _counted(judged, words)
    said = words.say(f"claims.{key}", number=number, verdicts=counted)
    untested = sum(verdict.outcome == "untested" for verdict in judged)
    if untested:
        said = f"{said} {words.say(_untested(added), count=untested)}"
    return [_capital(said)]


def _untested(added: bool) -> str:
    """Return the key of why claims were not tested."""
    return "claims.untested_added" if added else "claims.untested"


def _intro(judged: Sequence[Verdict], words: Words) -> list[str]:
    """Return how many claims there are, and the verdicts; of one claim only if it was tested."""
    count = len(judged)
    counted = _counted(judged, words) if count > 1 else ""
    number = words.number(count)
    said = [_capital(words.say("claims.intro", count=count, number=number, verdicts=counted))]
    outcome = judged[0].outcome
    if count == 1 and outcome != "untested":
        verdict = words.say(f"claims.verdict_{outcome}")
        said.append(words.say("claims.counts_one", verdict=verdict))
    return said


def _corrections(comparisons: int, findings: Findings, words: Words) -> str:
    """Return over what p is corrected here, and over what where choices are compared."""
    pairs = len(findings.evidence.comparisons)
    if not factors(findings) or pairs < 2:
        return words.say("claims.not_corrected")
    section = words.say("factors.title")
    return words.say("claims.two_corrections", count=comparisons, pairs=pairs, section=section)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _counted(judged: Sequence[Verdict], words: Words) -> str:
    """Return how many claims the data support, refute and leave open, without saying "0"."""
    outcomes = Counter(verdict.outcome for verdict in judged)
    if not outcomes["supported"] and not outcomes["refuted"]:
        if not outcomes["unsettled"]:
            return words.say("claims.count_neither")
        left = outcomes["unsettled"]
        return words.say("claims.count_neither_unsettled", count=left, number=words.number(left))
    return words.both(
        [
            words.say(
                f"claims.count_{name}" if outcomes[name] else f"claims.count_{name}_none",
                count=outcomes[name],
                number=words.number(outcomes[name]),
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


def what_differs(verdict: Verdict, part: Part, findings: Findings, words: Words) -> list[str]:
    """Return what else differs between the two alternatives of a comparison, so that it is told.

    Where no single choice sets them apart, every setting in which they differ is named.
    """
    known = {alternative.name: alternative for alternative in findings.facts.alternatives}
    better, other = known.get(verdict.claim["better"]), known.get(part.than or "")
    if better is None or other is None:
        return []
    if unknown := [each for each in (better, other) if each.is_added]:
        return [words.say("claims.differ_unknown", labels=quoted(unknown, words))]
    changes = changes_between(other, better)
    choice = single_choice(changes)
    if choice is not None:
        return also_differs(choice, changes, words)
    nouns = [words.setting_noun(name) for name in changes]
    return [words.say("claims.differ_in", settings=words.both(nouns))] if nouns else []


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
        if not part.unreached and findings.facts.added:
            key = "advantage_lacking"
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
    if difference.is_of_two_networks:
        return words.say("claims.advantage_one_seed", part=said)
    p = p_value(part.p_corrected, words)
    if verdict.margin:
        margin = _amount(verdict, abs(verdict.margin), words)
        key = "advantage_p_margin" if verdict.margin > 0 else "advantage_p_worse"
        return words.say(f"claims.{key}", part=said, p=p, margin=margin)
    return words.say("claims.advantage_p", part=said, p=p)


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
