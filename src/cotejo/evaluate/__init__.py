"""Evaluate predictions: metrics, which mistakes are made, and what the mistakes have in common.

It works on labels, probabilities and pixels only, and so needs neither a model nor a backend.
"""

from __future__ import annotations

from cotejo.evaluate.agreement import agreement, distinctive_images
from cotejo.evaluate.balanced_accuracy import balanced_accuracy, confusion_counts
from cotejo.evaluate.calibration import calibration
from cotejo.evaluate.commonalities import commonalities
from cotejo.evaluate.confident_learning import label_issues, suspected_labels
from cotejo.evaluate.metric_intervals import score_intervals
from cotejo.evaluate.metrics import check_predictions, classification_metrics, log_loss
from cotejo.evaluate.metrics_file import split_metrics
from cotejo.evaluate.mistakes import confused_pairs, mutual_pairs, select_mistakes
from cotejo.evaluate.multiple_testing import holm
from cotejo.evaluate.traits import image_traits

__all__ = [
    "agreement",
    "balanced_accuracy",
    "calibration",
    "check_predictions",
    "classification_metrics",
    "commonalities",
    "confused_pairs",
    "confusion_counts",
    "distinctive_images",
    "holm",
    "image_traits",
    "label_issues",
    "log_loss",
    "mutual_pairs",
    "score_intervals",
    "select_mistakes",
    "split_metrics",
    "suspected_labels",
]
