"""A section of the report: every alternative's curves, and overfitting."""

from __future__ import annotations

from typing import Any

from cotejo.config import Settings
from cotejo.report import figures
from cotejo.report.page import Page
from cotejo.report.prose.names import quoted
from cotejo.report.prose.training import overfitting, overfitting_intro

__all__ = ["curves"]


def curves(page: Page) -> dict[str, Any]:
    """Every alternative's curves, all compared, and overfitting in words."""
    words, facts = page.words, page.facts
    trained = facts.trained
    drawn = []
    for start in range(0, len(trained), figures.PER_ROW):
        group = trained[start : start + figures.PER_ROW]
        caption = words.say("figure_curves", labels=quoted(group, words))
        figure = figures.curves(facts, words, group)
        drawn.append(page.figure(f"curves-{start}", figure, caption, "history.csv"))
    compared = words.say("figure_comparison")
    if any(len(one.finished) > 1 for one in trained):
        compared += " " + words.say("figure_comparison_seeds")
    return {
        "notes": _curve_notes(page),
        "figures": drawn,
        "overfitting_intro": overfitting_intro(page.findings, words),
        "comparison": page.figure(
            "comparison",
            figures.comparison(facts, words),
            compared,
            "history.csv",
        ),
        "overfitting": [
            (page.named(one), overfitting(page.findings, one, words)) for one in trained
        ],
    }


def _curve_notes(page: Page) -> list[str]:
    words, facts = page.words, page.facts
    notes = [words.say("curves_lines", count=len(facts.trained)), _training_curves(page)]
    notes.extend(
        words.say(f"settings.{name}.curves")
        for name in Settings.names()
        if words.knows(f"settings.{name}.curves")
        and any(one.settings.get(name) for one in facts.trained)
    )
    if any(len(one.finished) > 1 for one in facts.trained):
        notes.append(words.say("curves_seeds"))
    limit = figures.loss_limit(facts)
    if figures.highest_loss(facts) > limit:
        notes.append(words.say("curves_cut", limit=words.numbers.decimal(limit, 1)))
    if any(len(facts.phases(one)) > 1 for one in facts.trained):
        notes.append(words.say("curves_start"))
    return notes


def _training_curves(page: Page) -> str:
    """Return what is not the same of the two curves: the moment, the images, the network."""
    words, trained = page.words, page.facts.trained
    harder = []
    if any(one.settings.get("augment", "none") != "none" for one in trained):
        harder.append(words.say("curves_augmented"))
    if any(one.has_layers("Dropout") for one in trained):
        harder.append(words.say("curves_dropout"))
    if not harder:
        return words.say("curves_training")
    return words.say("curves_training_harder", harder=words.both(harder))
