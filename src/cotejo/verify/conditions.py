"""The conditions of a study's runs: the versions and the machines, which their keys don't say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cotejo.facts.conditions import described_conditions, differing_conditions
from cotejo.messages import message
from cotejo.store import StudyFolder
from cotejo.verify.files import SoundRuns
from cotejo.verify.finding import Finding

__all__ = ["condition_findings"]


def condition_findings(study: StudyFolder, runs: SoundRuns) -> Iterator[Finding]:
    """Say one line per combination of machine and versions, and whether the runs differ in them."""
    # Where what was added was trained is not known.
    runs = [each for each in runs if not each[2].is_added]
    counts = Counter(described_conditions(run.record) for _, _, run in runs)
    for text, count in counts.items():
        yield Finding("ok", "verify.conditions", {"count": count, "conditions": text})
    if differing := differing_conditions([run.record for _, _, run in runs]):
        names = ", ".join(message(f"report.condition_{name}") for name in differing)
        yield Finding("warning", "verify.conditions_differ", {"names": names})
