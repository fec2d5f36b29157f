"""What is done after the runs: the analysis of the misread images, and the audit of the data.

It takes a plan and the files that its runs left, and trains nothing. A study is whole without it.
"""

from __future__ import annotations

from cotejo.progress import Observer
from cotejo.study.afterwards.auditing import write_audit
from cotejo.study.afterwards.error_analysis import write_error_analysis
from cotejo.study.planning import Plan

__all__ = ["look_back"]


def look_back(plan: Plan, observer: Observer) -> None:
    """Write what a study's report says beyond its runs.

    Args:
        plan: of which a run has finished.
        observer: told that the audit begins, and of what goes wrong.

    Raises:
        OutputError: the folder can't be written.
    """
    if plan.final:
        return  # without validation images nothing is compared, and no report is made
    write_error_analysis(plan.folder, plan.dataset, observer)
    # A quick look has a part of the images, which says nothing about all of them.
    if not plan.quick:
        write_audit(plan.folder, plan.dataset, observer)
