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
    evidence = findings.evidence
    names = {
        "mcnemar": "bonett-2012",
        "seeds-and-images": "welch-1947",
        "welch": "welch-1947",
        "folds": "nadeau-2003",
    }
    methods = {lead.difference.method for lead in evidence.leads}
    named = ["goeman-2010"] if evidence.leads else []
    named += [names[method] for method in sorted(methods & set(names))]
    if len(evidence.leads) > 1 and evidence.kind == "share":
        named += ["benjamini-1995", "benjamini-2005"]
    if evidence.leads and evidence.judging.borrows:
        named += ["smyth-2004", "phipson-2016"]
    return named
