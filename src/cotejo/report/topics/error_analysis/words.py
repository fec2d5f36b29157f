"""The prose on where the networks fail: images hard for all, likeness, what mistakes share."""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.evaluate.agreement import PairAgreement
from cotejo.evaluate.trait_effects import Fifth, TraitEffect
from cotejo.facts import AlternativeFacts
from cotejo.facts.error_analysis import ErrorAnalysis
from cotejo.report.naming import quoted, quoted_classes
from cotejo.report.words import Words
from cotejo.stats import wilson_interval

__all__ = ["alike", "in_common", "only_the_best", "wrong_in_all"]

_SETTLED_TESTS = 2
"""Tests of each trait: of a direction, and of any dependence."""
# Vargha and Delaney's limits of the probability of superiority, from 0.5.
_SIZES = ((0.06, "very_small"), (0.14, "small"), (0.21, "medium"))


def wrong_in_all(analysis: ErrorAnalysis, words: Words) -> list[str]:
    """Return how many images every network gets wrong, and what that is compared with."""
    numbers, agreement = words.numbers, analysis.agreement
    networks, images = numbers.integer(agreement.networks), numbers.integer(agreement.images)
    share = wilson_interval(agreement.all_wrong / agreement.images, agreement.images)
    if agreement.all_wrong:
        said = words.say(
            "error_analysis.all_wrong",
            count=agreement.all_wrong,
            number=numbers.integer(agreement.all_wrong),
            images=images,
            networks=networks,
            share=numbers.percent(share.estimate),
            interval=numbers.interval(share.low, share.high),
        )
    else:
        said = words.say("error_analysis.all_wrong_none", images=images, networks=networks)
    sentences = [said]
    if share.low * agreement.images > agreement.expected_all_wrong:
        expected = round(agreement.expected_all_wrong)
        key = "error_analysis.expected" if expected else "error_analysis.expected_none"
        sentences.append(words.say(key, number=numbers.integer(expected)))
    sentences.append(
        words.say(
            "error_analysis.all_right",
            number=numbers.integer(agreement.all_right),
            share=numbers.percent(agreement.all_right / agreement.images),
            rest=numbers.integer(agreement.images - agreement.all_right - agreement.all_wrong),
        )
    )
    if len(analysis.facts.trained) > 1:
        sentences.append(
            words.say(
                "error_analysis.oracle",
                oracle=numbers.percent(agreement.oracle),
                best=numbers.percent(analysis.best.mean("test", "accuracy")),
            )
        )
    return sentences


def alike(analysis: ErrorAnalysis, words: Words) -> list[str]:
    """Return how alike the best's mistakes are to those of the others, and of its own seeds."""
    best, numbers = analysis.best, words.numbers
    label = best.label(words.language)
    others = [
        (other, pair)
        for other in analysis.facts.trained
        if other is not best and (pair := analysis.agreement.between(best.name, other.name))
    ]
    sentences = [words.say("error_analysis.alike_intro")] if others else []
    if others:
        most, first = _agreeing(others, max(pair.agreement for _, pair in others))
        least, last = _agreeing(others, min(pair.agreement for _, pair in others))
        key = "alike_one" if len(others) == 1 else "alike_equal" if first is last else "alike"
        sentences.append(
            words.say(
                f"error_analysis.{key}",
                best=label,
                most=quoted(most, words),
                least=quoted(least, words),
                first=_agreed(first, words),
                last=_agreed(last, words),
            )
        )
    own = analysis.agreement.between(best.name, best.name)
    if own:
        agreed = numbers.percent(own.agreement)
        sentences.append(words.say("error_analysis.alike_seeds", best=label, agreement=agreed))
    return sentences


def only_the_best(analysis: ErrorAnalysis, words: Words) -> str:
    """Return how many images the best alone gets right, and alone gets wrong."""
    numbers, (right, wrong) = words.numbers, analysis.standing_out
    keys = {(True, True): "both", (True, False): "right", (False, True): "wrong"}

    def images(count: int) -> str:
        return words.say("error_analysis.images_some", count=count, number=numbers.integer(count))

    said = words.say(
        f"error_analysis.only_{keys.get((right > 0, wrong > 0), 'neither')}",
        best=analysis.best.label(words.language),
        right=images(right),
        wrong=images(wrong),
    )
    several = any(len(alternative.finished) > 1 for alternative in analysis.facts.trained)
    return f"{said} {words.say('error_analysis.only_seeds')}" if several else said


def in_common(analysis: ErrorAnalysis, words: Words) -> tuple[list[str], list[str]]:
    """Return what the mistakes are compared with, and what was found, one sentence per finding."""
    common, numbers = analysis.commonalities, words.numbers
    if not common.traits:
        return [words.say("error_analysis.too_few")], []
    intro = [
        words.say(
            "error_analysis.common_intro",
            best=analysis.best.label(words.language),
            tests=numbers.integer(_SETTLED_TESTS * len(common.traits)),
        ),
        words.say("error_analysis.association"),
    ]
    sentences = [_classes(analysis, words)]
    for effect in common.traits:
        if effect.direction:
            sentences.append(_direction(effect, words))
        elif effect.bends:
            sentences.append(_bend(effect, words))
    unsettled = [
        effect.trait for effect in common.traits if not effect.direction and not effect.bends
    ]
    if unsettled:
        traits = words.both([words.say(f"error_analysis.with_{trait}") for trait in unsettled])
        sentences.append(words.say("error_analysis.unsettled", traits=traits))
    return intro, sentences


def _agreeing(
    others: Sequence[tuple[AlternativeFacts, PairAgreement]], agreement: float
) -> tuple[list[AlternativeFacts], PairAgreement]:
    """Return the alternatives that agree with the best this much, and the first one's figures."""
    equal = [(other, pair) for other, pair in others if pair.agreement == agreement]
    return [other for other, _ in equal], equal[0][1]


def _agreed(pair: PairAgreement, words: Words) -> str:
    interval = words.numbers.interval(pair.low, pair.high)
    return f"{words.numbers.percent(pair.agreement)} {interval}"


def _classes(analysis: ErrorAnalysis, words: Words) -> str:
    effect, numbers = analysis.commonalities.classes, words.numbers
    if not effect.differ:
        return words.say("error_analysis.classes_alike")
    names = analysis.facts.class_names(words.language)

    def classes_of(rate: float) -> tuple[str, str]:
        places = [place for place, other in enumerate(effect.rates) if other == rate]
        shown = numbers.percent(rate)
        if len(places) == 1:
            # Several classes of one rate have intervals of their own, by their numbers of images.
            shown += f" {numbers.interval(effect.lows[places[0]], effect.highs[places[0]])}"
        return shown, quoted_classes([effect.labels[place] for place in places], names, words)

    low, easiest = classes_of(min(effect.rates))
    high, hardest = classes_of(max(effect.rates))
    return words.say(
        "error_analysis.classes_differ", easiest=easiest, hardest=hardest, low=low, high=high
    )


def _direction(effect: TraitEffect, words: Words) -> str:
    numbers = words.numbers
    more = effect.direction > 0
    low, high = (effect.low, effect.high) if more else (1 - effect.high, 1 - effect.low)
    superiority = effect.superiority if more else 1 - effect.superiority
    way = f"error_analysis.{effect.trait}_{'more' if more else 'less'}"
    sizes = (size for limit, size in _SIZES if superiority - 0.5 < limit)
    return words.say(
        "error_analysis.direction",
        are=words.say(f"{way}_are"),
        one=words.say(f"{way}_one"),
        superiority=numbers.percent(superiority),
        interval=numbers.interval(low, high),
        size=words.say(f"error_analysis.size_{next(sizes, 'large')}"),
        first=_rate(effect.fifths[0], words),
        last=_rate(effect.fifths[-1], words),
        of=words.say(f"error_analysis.of_{effect.trait}"),
    )


def _bend(effect: TraitEffect, words: Words) -> str:
    worst = max(effect.fifths, key=lambda fifth: fifth.rate)
    best = min(effect.fifths, key=lambda fifth: fifth.rate)
    return words.say(
        "error_analysis.bends",
        of=words.say(f"error_analysis.of_{effect.trait}"),
        worst=words.say(f"error_analysis.fifth_{worst.fifth}"),
        best=words.say(f"error_analysis.fifth_{best.fifth}"),
        high=_rate(worst, words),
        low=_rate(best, words),
    )


def _rate(fifth: Fifth, words: Words) -> str:
    return f"{words.numbers.percent(fifth.rate)} {words.numbers.interval(fifth.low, fifth.high)}"
