"""Evaluate predictions: metrics, and which mistakes are made and what they have in common.

Works on labels, probabilities and pixels only, so that it needs neither a model nor a backend.
"""

from __future__ import annotations

from cotejo.evaluate.agreement import agreement, stands_out
from cotejo.evaluate.calibration import calibration
from cotejo.evaluate.commonalities import commonalities
from cotejo.evaluate.entries import split_metrics
from cotejo.evaluate.holm import holm
from cotejo.evaluate.intervals import score_intervals
from cotejo.evaluate.labels import label_issues, suspected_labels
from cotejo.evaluate.metrics import check_predictions, classification_metrics, log_loss
from cotejo.evaluate.mistakes import confused_pairs, mutual_pairs, select_mistakes
from cotejo.evaluate.traits import image_traits

__all__ = [
    "agreement",
    "calibration",
    "check_predictions",
    "classification_metrics",
    "commonalities",
    "confused_pairs",
    "holm",
    "image_traits",
    "label_issues",
    "log_loss",
    "mutual_pairs",
    "score_intervals",
    "select_mistakes",
    "split_metrics",
    "stands_out",
    "suspected_labels",
]
