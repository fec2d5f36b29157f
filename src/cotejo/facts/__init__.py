"""What a study's files say, gathered and checked, for the study itself and for its report."""

from __future__ import annotations

from cotejo.facts.alternative import AlternativeFacts, LeftOut, in_language
from cotejo.facts.study import Phase, StudyFacts, best_alternative, gather

__all__ = [
    "AlternativeFacts",
    "LeftOut",
    "Phase",
    "StudyFacts",
    "best_alternative",
    "gather",
    "in_language",
]
