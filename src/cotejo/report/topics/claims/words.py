"""The sentences on claims: each claim's verdict, with its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import inf, trunc

from cotejo.report.claims import Part, Verdict
from cotejo.report.dependence import dependence
from cotejo.report.findings import Findings
from cotejo.report.naming import quoted
from cotejo.report.sentences import images_needed
from cotejo.report.topics.factors.analysis import changes_between, factors, single_choice
from cotejo.report.topics.factors.words import also_differs
from cotejo.report.words import Words
from cotejo.stats import Judged

__all__ = [
    "advantage",
    "claim_line",
    "claim_lines",
    "claimed",
    "claims",
    "reasons",
    "summary_of_claims",
    "what_differs",
]

_UNITS = {"epochs": "epochs", "seconds": "seconds"}
"""The unit of a metric; points of accuracy for the others."""


def claims(findings: Findings, words: Words) -> list[str]:
    """Return how many claims there are, the verdicts, and the rule by which they are judged."""
    say, judged = words.say, findings.evidence.verdicts
    said = _intro(judged, words)
    untested = sum(verdict.outcome == "untested" for verdict in judged)
    if untested:
        said.append(say(_untested(judged, bool(findings.facts.added)), count=untested))
    said.append(say("claims.rule"))
    tested = [part.tested.own for verdict in judged for part in verdict.parts if part.tested]
    if tested and all(difference.is_of_two_networks for difference in tested):
        said.append(say("claims.one_seed"))
    else:
        said += _errors(judged, findings, words)
    if any(verdict.claim.get("margin") is None for verdict in judged):
        said.append(say("claims.margins"))
    if any(verdict.metric == "seconds" for verdict in judged):
        said.append(say("claims.seconds"))
    parts = [part for verdict in judged for part in verdict.parts]
    if any(part.needed is not None and part.needed.seeds is not None for part in parts):
        said.append(say("claims.seeds_needed"))
    said.append(say("claims.advantage"))
    # Where choices are compared, their section has said it.
    return said if factors(findings) else [*said, *dependence(findings, words)]


def _errors(judged: Sequence[Verdict], findings: Findings, words: Words) -> list[str]:
    """Return how wide the intervals are, and what their widths are learned from."""
    count = sum(verdict.is_testable for verdict in judged)
    said = [words.say(f"claims.error_{findings.evidence.kind}", count=count)]
    if findings.evidence.judging.borrows:
        said.append(words.say("claims.borrowed"))
    return said


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
        said = f"{said} {words.say(_untested(judged, added), count=untested)}"
    return [_capital(said)]


def _untested(judged: Sequence[Verdict], added: bool) -> str:
    """Return the key of why claims were not tested."""
    if any(verdict.waits for verdict in judged):
        return "claims.untested_waiting"
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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _counted(judged: Sequence[Verdict], words: Words) -> str:
    """Return how many claims got each verdict, without saying "0"."""
    outcomes = Counter(verdict.outcome for verdict in judged)
    said = [
        words.say(f"claims.count_{name}", count=outcomes[name], number=words.number(outcomes[name]))
        for name in ("supported", "smaller", "refuted", "equal", "unsettled")
        if outcomes[name]
    ]
    return words.both(said) if said else words.say("claims.count_nothing")


def claimed(verdict: Verdict, words: Words) -> list[str]:
    """Return by how much a claim says that it is better, where it says more than that it is."""
    if not verdict.line:
        return []
    key = "claimed" if verdict.line > 0 else "claimed_at_most"
    return [words.say(f"claims.{key}", line=_amount(verdict, abs(verdict.line), words))]


def what_differs(verdict: Verdict, part: Part, findings: Findings, words: Words) -> list[str]:
    """Return what else differs between the two alternatives of a comparison, so that it is told.

    Where no single choice sets them apart, every setting in which they differ is named.
    """
    known = {alternative.name: alternative for alternative in findings.facts.alternatives}
    better, other = known.get(verdict.claim["better"]), known.get(part.measured.than or "")
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


def reasons(verdict: Verdict, part: Part, words: Words) -> list[str]:
    """Return why a comparison has its verdict, what would settle it, and what is missing."""
    said = []
    measured, tested = part.measured, part.tested
    if tested is not None and tested.own.covers_training and not measured.unreached:
        said.append(_reason(verdict, part, tested, words))
    if part.needed is not None and part.needed.seeds is not None:
        seeds = words.numbers.integer(part.needed.seeds)
        said.append(words.say("claims.need_seeds", needed=seeds))
    elif part.needed is not None and part.needed.images is not None and tested is not None:
        images, margin = images_needed(part.needed.images, words), tested.margin
        amount = _amount(verdict, margin, words)
        said.append(words.say("claims.need_images", images=images, margin=amount))
    if measured.unreached:
        key = "unreached" if tested is not None else "unreached_unknown"
        said.append(words.say(f"claims.{key}", count=measured.unreached))
    if measured.diverged:
        said.append(words.say("claims.diverged", count=measured.diverged))
    return said


def _reason(verdict: Verdict, part: Part, tested: Judged, words: Words) -> str:
    """Return where the interval lies, in the words of the verdict."""
    key = f"claims.reason_{part.outcome}"
    if part.outcome == "equal" and verdict.line:
        key += "_line"
    line = _amount(verdict, verdict.line, words) if verdict.line else "0"
    return words.say(key, line=line, margin=_amount(verdict, tested.margin, words))


def advantage(verdict: Verdict, part: Part, findings: Findings, words: Words) -> str:
    """Return what was measured of one comparison."""
    other, metric = _other(verdict, part, findings, words), metric_name(verdict, words)
    difference, unreached = part.difference, part.measured.unreached
    if difference is None:
        key = "advantage_unknown" if unreached else "advantage_untested"
        if verdict.waits:
            key = "advantage_waiting"
        elif not unreached and findings.facts.added:
            key = "advantage_lacking"
        return words.say(f"claims.{key}", other=other, metric=metric)
    key = f"advantage_{_UNITS.get(verdict.metric, 'points')}"
    if unreached:
        key = "advantage_at_least" if difference.estimate > 0 else "advantage_at_most"
    # A bound is rounded towards 0, so that it stays one.
    value = trunc(10 * difference.estimate) / 10 if unreached else difference.estimate
    interval = "" if unreached else _interval(verdict, difference.low, difference.high, words)
    said = words.say(
        f"claims.{key}",
        metric=metric,
        other=other,
        value=_number(verdict, value, words),
        interval=interval,
    )
    if difference.is_of_two_networks:
        return words.say("claims.advantage_one_seed", part=said)
    return said


def claim_lines(findings: Findings, words: Words) -> list[str]:
    """Return one line per claim."""
    return [claim_line(verdict, findings, words) for verdict in findings.evidence.verdicts]


def claim_line(verdict: Verdict, findings: Findings, words: Words) -> str:
    """Return a claim's words, its verdict, what was measured, and why."""
    measured = [
        " ".join([f"{advantage(verdict, part, findings, words)}.", *reasons(verdict, part, words)])
        for part in verdict.parts
    ]
    return words.say(
        "claims.line",
        claim=verdict.text(words.language),
        outcome=words.say(f"claims.outcome_{verdict.outcome}"),
        measured=" ".join(measured),
    )


def metric_name(verdict: Verdict, words: Words) -> str:
    """Return what a reader calls the metric of a claim."""
    reach = verdict.claim.get("reach")
    return words.say(
        f"claims.metric_{verdict.metric}",
        reach=words.numbers.percent(float(reach), 0) if reach else "",
    )


def _other(verdict: Verdict, part: Part, findings: Findings, words: Words) -> str:
    than = part.measured.than
    if than is None:
        amount = _amount(verdict, part.measured.value or 0.0, words)
        return words.say("claims.other_value", value=amount)
    labels = {
        alternative.name: alternative.label(words.language)
        for alternative in findings.facts.alternatives
    }
    return words.say("quoted", text=labels.get(than, than))


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
    """Return the interval; one that is open to both sides says nothing."""
    if low == -inf and high == inf:
        return ""
    if verdict.metric in _UNITS:
        return " " + words.numbers.decimal_interval(low, high, 1)
    return " " + words.numbers.difference_interval(low, high)
