"""The examination of a study that somebody hands in: its files are whole and agree, or not.

For a teacher, a reviewer, or whoever continues a study made elsewhere. Nothing in the study's
folder is changed. What it shows and what it can't: files that were damaged, mixed up or edited by
hand are found; a forger who trains nothing and computes every file anew is found by `rerun` alone.

``files`` looks at each file, ``numbers`` at what follows from the predictions, ``data`` at the
dataset, ``conditions`` at where the runs were made, and ``reruns`` trains some of them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cotejo.data import Dataset
from cotejo.finding import Finding
from cotejo.verify.conditions import condition_findings
from cotejo.verify.data import data_findings
from cotejo.verify.files import file_findings
from cotejo.verify.numbers import metric_findings, report_findings

__all__ = ["verify"]


def verify(
    folder: Path,
    dataset: Dataset | None = None,
    *,
    rerun: int = 0,
    starting: Callable[[str], object] = lambda what: None,
) -> Iterator[Finding]:
    """Examine a study's folder.

    Args:
        folder: the study's, as `docs/files.md` describes it.
        dataset: what it says that it was trained on, where that is at hand.
        rerun: how many of its runs to train again, the shortest first; it takes `dataset`.
        starting: called with a sentence's key before something that takes a while.

    Returns:
        The findings, each as soon as it is known. What does not hold has the level ``"error"``.

    Raises:
        OutputError: the folder holds no study.

    Example:
        >>> list(verify(Path("nowhere")))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        cotejo.errors.OutputError: nowhere holds no study: there is no study.json in it. ...
    """
    study, runs, findings = file_findings(Path(folder))
    yield from findings
    if study is None or not runs:
        return
    yield from metric_findings(runs)
    starting("verify.working_report")
    yield from report_findings(study)
    yield from data_findings(study, runs, dataset)
    yield from condition_findings(study, runs)
    if rerun and dataset is not None:
        # Deferred: without it no backend is needed.
        from cotejo.verify.reruns import rerun_findings

        yield from rerun_findings(study, runs, dataset, rerun, starting)
