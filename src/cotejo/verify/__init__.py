"""The examination of a study that somebody hands in: whether its files are whole, and agree.

It is for a teacher, a reviewer, or whoever continues a study made elsewhere. Nothing in the study's
folder is changed. Files that were damaged, mixed up or edited by hand are found. A forger who
trains nothing and computes every file anew is found only by training again, with `rerun`.

``files`` looks at each file, ``numbers`` at what follows from the predictions, ``data`` at the
dataset, ``conditions`` at where the runs were made, and ``reruns`` trains some of them again.
``machine`` is another examination: whether Cotejo can train where it is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cotejo.data import Dataset
from cotejo.verify.conditions import condition_findings
from cotejo.verify.data import data_findings
from cotejo.verify.files import file_findings
from cotejo.verify.finding import Finding
from cotejo.verify.numbers import metric_findings, report_findings
from cotejo.verify.searches import search_findings

__all__ = ["verify"]


def verify(
    folder: Path,
    dataset: Dataset | None = None,
    *,
    rerun: int = 0,
    run_code: bool = False,
    starting: Callable[[str], object] = lambda what: None,
) -> Iterator[Finding]:
    """Examine a study's folder.

    Args:
        folder: the study's, as `docs/files.md` describes it.
        dataset: the data that it says it was trained on, if that is at hand.
        rerun: how many of its runs to train again, the shortest first; `dataset` is needed for it.
        run_code: whether code of its author's own, which lies in it, may be run for that.
        starting: called before something that takes a while, with the key of a sentence about it.

    Returns:
        The findings, each as soon as it is known. Those of the level ``"error"`` speak against it.

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
    yield from search_findings(study)
    yield from metric_findings(runs)
    starting("verify.working_report")
    yield from report_findings(study)
    yield from data_findings(study, runs, dataset)
    yield from condition_findings(study, runs)
    if rerun and dataset is not None:
        # Deferred: without it no backend is needed.
        from cotejo.verify.reruns import rerun_findings

        yield from rerun_findings(study, runs, dataset, rerun, starting, run_code=run_code)
