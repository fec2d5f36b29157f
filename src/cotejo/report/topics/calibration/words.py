"""The sentences on calibration: how good the probabilities are, and what scaling changes."""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.report.findings import Findings
from cotejo.report.topics.calibration.analysis import NOTABLE_EXCESS, Calibration, Diagnosis
from cotejo.report.words import Words

__all__ = ["calibration_intro", "diagnosis_sentences", "diagram_caption"]

_HARDLY = 0.005
"""A change of the calibration error below which scaling is said to do hardly anything."""


def calibration_intro(rows: Sequence[Calibration], bins: int, words: Words) -> list[str]:
    """Return what is measured and how, and in how many alternatives the probabilities are off."""
    say = words.say
    said = [say("calibration.intro", bins=bins), say("calibration.scaling")]
    known = [row.excess for row in rows if row.excess is not None]
    if len(known) > 1:
        said.append(_counts(known, words))
    return said


def _counts(known: Sequence[float], words: Words) -> str:
    """Return in how many alternatives the probabilities are too high, too low, or right."""
    over = sum(excess >= NOTABLE_EXCESS for excess in known)
    under = sum(excess <= -NOTABLE_EXCESS for excess in known)
    counts = {"over": over, "under": under, "near": len(known) - over - under}
    present = {name: number for name, number in counts.items() if number}
    if len(present) == 1:
        way = words.say(f"calibration.way_{next(iter(present))}")
        return words.say("calibration.counts_all", count=len(known), way=way)
    counted = [
        words.say(f"calibration.counted_{name}", count=number) for name, number in present.items()
    ]
    return words.say("calibration.counts", count=len(known), counted=words.both(counted))


def diagnosis_sentences(findings: Findings, diagnosed: Diagnosis, words: Words) -> list[str]:
    """Return whether the best's network is over- or underconfident, and what scaling does."""
    numbers = words.numbers
    said = []
    if len(findings.best.finished) > 1:
        seed = diagnosed.run.record["seed"]
        kind = "network" if findings.facts.folds is None else "seed"
        best = findings.best.label(words.language)
        said.append(words.say(f"calibration.one_{kind}", best=best, seed=seed))
    said.append(_confidence(findings, diagnosed, words))
    said.append(
        words.say(
            "calibration.error_beyond"
            if diagnosed.error > diagnosed.by_chance
            else "calibration.error_within",
            error=numbers.points(diagnosed.error, 2),
            chance=numbers.points(diagnosed.by_chance, 2),
            images=numbers.integer(diagnosed.images),
        )
    )
    said.append(_scaled(diagnosed, words))
    return said


def diagram_caption(findings: Findings, diagnosed: Diagnosis, words: Words) -> str:
    """Return the reliability diagram's caption."""
    best = findings.best.label(words.language)
    seeds = len(findings.best.finished)
    # If there is a single seed, its number need not be said.
    which = words.say("calibration.of_seed", seed=diagnosed.run.record["seed"]) if seeds > 1 else ""
    return words.say("calibration.figure", best=best, which=which)


def _confidence(findings: Findings, diagnosed: Diagnosis, words: Words) -> str:
    numbers, excess = words.numbers, diagnosed.excess
    side = "even"
    if excess.excludes_zero:
        side = "over" if excess.estimate > 0 else "under"
        if abs(excess.estimate) < NOTABLE_EXCESS:
            side += "_slightly"
    low, high = excess.low, excess.high
    if side.startswith("under"):
        # The sentence states by how much accuracy is higher, so that it needs no minus sign.
        low, high = -high, -low
    said = words.say(
        f"calibration.{side}",
        best=findings.best.label(words.language),
        confidence=numbers.percent(diagnosed.confidence),
        accuracy=numbers.percent(diagnosed.accuracy),
        points=numbers.difference(excess.estimate if side == "even" else abs(excess.estimate)),
        interval=numbers.difference_interval(low, high),
    )
    if side.startswith("under") and findings.best.settings.get("label_smoothing"):
        said += " " + words.say("calibration.smoothing")
    return said


def _scaled(diagnosed: Diagnosis, words: Words) -> str:
    numbers, change = words.numbers, diagnosed.error_scaled - diagnosed.error
    key = "scaled_hardly"
    if abs(change) >= _HARDLY:
        key = "scaled_better" if change < 0 else "scaled_worse"
    said = words.say(
        f"calibration.{key}",
        temperature=numbers.decimal(diagnosed.temperature, 2),
        error=numbers.points(diagnosed.error_scaled, 2),
        before=numbers.decimal(diagnosed.loss, 3),
        after=numbers.decimal(diagnosed.loss_scaled, 3),
    )
    if key == "scaled_better":
        left = (
            "rest_within" if diagnosed.error_scaled <= diagnosed.by_chance_scaled else "rest_beyond"
        )
        said += " " + words.say(f"calibration.{left}")
    return said
