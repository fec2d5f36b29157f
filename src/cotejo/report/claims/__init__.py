"""The claims of a study: what was measured of each, the difference that matters, the verdict."""

from __future__ import annotations

from cotejo.report.claims.looks import Course, Look, course_of, unjudged
from cotejo.report.claims.open import sides_of
from cotejo.report.claims.verdicts import Part, Verdict, judge, kind_of

__all__ = [
    "Course",
    "Look",
    "Part",
    "Verdict",
    "course_of",
    "judge",
    "kind_of",
    "sides_of",
    "unjudged",
]
