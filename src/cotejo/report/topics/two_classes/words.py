"""The sentences on two classes: what is called positive, and what the thresholds do."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.two_classes import POSITIVE, AtThreshold, Separation
from cotejo.report.words import Words
from cotejo.stats import Interval

__all__ = ["about_curves", "about_thresholds", "figure_caption", "intro"]


def intro(findings: Findings, words: Words) -> list[str]:
    """Return which class is called positive, and what the figures of the table are."""
    names = findings.facts.class_names(words.language)
    sentences = [
        words.say("two_classes.positive", positive=names[POSITIVE], negative=names[1 - POSITIVE]),
        words.say("two_classes.method"),
    ]
    if findings.most_seeds > 1:
        kind = "network" if findings.facts.folds is None else "seed"
        sentences.append(words.say(f"two_classes.one_{kind}"))
    return sentences


def about_curves(findings: Findings, best: Separation, words: Words) -> list[str]:
    """Return how well the best tells the two classes apart, and how the bands are made."""
    numbers = words.numbers
    label = findings.best.label(words.language)
    sentences = []
    if best.area is not None:
        sentences.append(
            words.say(
                "two_classes.area_says",
                best=label,
                area=numbers.percent(best.area.estimate),
                interval=numbers.interval(best.area.low, best.area.high),
            )
        )
    known = best.curve
    share = known.positives / (known.positives + known.negatives)
    sentences += [
        words.say(
            "two_classes.precision_says",
            precision=numbers.decimal(best.precision.estimate, 3),
            interval=numbers.decimal_interval(best.precision.low, best.precision.high, 3),
            share=numbers.decimal(share, 3),
        ),
        words.say("two_classes.bands"),
    ]
    return sentences


def about_thresholds(findings: Findings, best: Separation, words: Words) -> list[str]:
    """Return what the best does at one half and at the threshold chosen on validation."""
    sentences = [_at(best.half, "half", findings, words)]
    if best.chosen is None:
        return sentences
    sentences.append(_at(best.chosen, "valid", findings, words))
    gain = best.chosen.youden - best.half.youden
    key = "gain_none" if abs(gain) < 0.005 else "gain" if gain > 0 else "gain_lost"
    sentences.append(
        words.say(f"two_classes.{key}", points=words.numbers.difference(abs(gain) / 2))
    )
    return sentences


def figure_caption(findings: Findings, best: Separation, words: Words) -> str:
    """Return the figure's caption."""
    several = len(findings.best.finished) > 1
    which = words.say("two_classes.of_seed", seed=best.run.record["seed"]) if several else ""
    return words.say("two_classes.figure", best=findings.best.label(words.language), which=which)


def _at(at: AtThreshold, kind: str, findings: Findings, words: Words) -> str:
    numbers = words.numbers

    def shown(known: Interval) -> str:
        return words.say(
            "two_classes.rate",
            rate=numbers.percent(known.estimate),
            interval=numbers.interval(known.low, known.high),
        )

    names = findings.facts.class_names(words.language)
    return words.say(
        f"two_classes.at_{kind}",
        threshold=numbers.decimal(at.threshold, 3),
        positive=names[POSITIVE],
        negative=names[1 - POSITIVE],
        sensitivity=shown(at.sensitivity),
        specificity=shown(at.specificity),
    )
