"""Compare alternatives: how sure one can be of an accuracy and of a difference."""

from __future__ import annotations

from cotejo.compare.intervals import Interval, paired_difference, wilson_interval

__all__ = ["Interval", "paired_difference", "wilson_interval"]
