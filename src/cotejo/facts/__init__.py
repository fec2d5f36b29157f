"""What a study's files say, gathered and checked, for the study itself and for its report."""

from __future__ import annotations

from cotejo.facts.alternative import AlternativeFacts, LeftOut, in_language
from cotejo.facts.final import chosen_run, final_runs
from cotejo.facts.gathering import (
    Phase,
    StudyFacts,
    best_alternative,
    gather,
    gather_records,
)
from cotejo.facts.searches import SearchFacts
from cotejo.facts.unlike_classes import UnlikeClasses

__all__ = [
    "AlternativeFacts",
    "LeftOut",
    "Phase",
    "SearchFacts",
    "StudyFacts",
    "UnlikeClasses",
    "best_alternative",
    "chosen_run",
    "final_runs",
    "gather",
    "gather_records",
    "in_language",
]
