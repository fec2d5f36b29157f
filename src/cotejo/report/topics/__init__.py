"""The report's topics, each in a folder of its own.

A new topic is a folder with a `Topic` in its ``__init__.py``, and a line in `TOPICS`. The page,
the CSV files, ``report.json`` and the list of files in the section on the method go by that list.
"""

from __future__ import annotations

from cotejo.report.topic import Topic
from cotejo.report.topics import (
    aim,
    alternatives,
    audit,
    calibration,
    cautions,
    claims,
    comparisons,
    conclusion,
    confusion,
    cost,
    curves,
    data,
    error_analysis,
    factors,
    learning,
    limits,
    looks,
    method,
    mistakes,
    references,
    results,
    robustness,
    search,
    summary,
    training,
    two_classes,
)

__all__ = ["TOPICS"]

TOPICS: tuple[Topic, ...] = (
    summary.TOPIC,
    aim.TOPIC,
    data.TOPIC,
    audit.TOPIC,
    alternatives.TOPIC,
    curves.TOPIC,
    results.TOPIC,
    comparisons.TOPIC,
    factors.TOPIC,
    learning.TOPIC,
    search.TOPIC,
    cost.TOPIC,
    confusion.TOPIC,
    robustness.TOPIC,
    error_analysis.TOPIC,
    mistakes.TOPIC,
    two_classes.TOPIC,
    calibration.TOPIC,
    limits.TOPIC,
    training.TOPIC,
    claims.TOPIC,
    looks.TOPIC,
    cautions.TOPIC,
    conclusion.TOPIC,
    references.TOPIC,
    method.TOPIC,
)
"""In the order of the report: of its body, and then of its appendix."""
