"""The publications behind what several topics compute, by their names in ``entries.toml``."""

from __future__ import annotations

from cotejo.report.findings import Findings

__all__ = ["of_comparisons", "of_intervals"]


def of_intervals(findings: Findings) -> list[str]:
    """Return what the accuracies' intervals rest on."""
    if findings.facts.folds is not None:
        return ["wilson-1927", "nadeau-2003"]
    seeds = {len(alternative.finished) for alternative in findings.facts.trained}
    return ["wilson-1927", *(["welch-1947"] if max(seeds) > 1 else [])]


def of_comparisons(findings: Findings) -> list[str]:
    """Return what the comparisons of the alternatives rest on; nothing without a pair of them."""
    comparisons = findings.evidence.comparisons
    names = {
        "mcnemar": "mcnemar-1947",
        "seeds-and-images": "welch-1947",
        "welch": "welch-1947",
        "folds": "nadeau-2003",
    }
    methods = {comparison.difference.method for comparison in comparisons}
    named = [names[method] for method in sorted(methods & set(names))]
    if len(comparisons) > 1:
        named.append("holm-1979")
    if comparisons and findings.evidence.shrinks_spreads:
        named.append("smyth-2004")
    return named
