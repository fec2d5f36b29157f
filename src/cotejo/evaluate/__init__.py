"""Evaluate predictions: metrics, and the mistakes worth looking at.

Works on labels and probabilities only, so that it needs neither a model nor a backend.
"""

from __future__ import annotations

from cotejo.evaluate.metrics import classification_metrics
from cotejo.evaluate.mistakes import confused_pairs, select_mistakes

__all__ = ["classification_metrics", "confused_pairs", "select_mistakes"]
