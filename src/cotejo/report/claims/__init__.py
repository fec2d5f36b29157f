"""The claims of a study: what was measured of each, the difference that matters, the verdict."""

from __future__ import annotations

from cotejo.report.claims.verdicts import Part, Verdict, judge

__all__ = ["Part", "Verdict", "judge"]
