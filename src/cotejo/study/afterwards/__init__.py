"""What is done after the runs: the analysis of the misread images, robustness, and the audit.

It takes the dataset and the files that the runs left, and trains nothing. A study is whole without
it.
"""

from __future__ import annotations

from pathlib import Path

from cotejo.config import Sources
from cotejo.data import Dataset
from cotejo.data.folds import fold_count
from cotejo.study.afterwards.auditing import write_audit
from cotejo.study.afterwards.error_analysis import write_error_analysis
from cotejo.study.afterwards.robustness import write_robustness_of_runs
from cotejo.study.progress import Observer

__all__ = ["look_back"]


def look_back(
    folder: Path,
    dataset: Dataset,
    quick: bool,
    observer: Observer,
    sources: Sources,
    *,
    robustness: bool = False,
) -> None:
    """Write what the report says of a study beyond its runs.

    Args:
        folder: the study's, with a finished run.
        dataset: what it trained on, with validation images.
        quick: whether it was a quick look.
        observer: told that the audit begins, and of what goes wrong.
        sources: the user's own code, which builds networks with layers of their own.
        robustness: whether the networks are asked about corrupted test images too.

    Raises:
        OutputError: the folder can't be written.
    """
    write_error_analysis(folder, dataset, observer, sources)
    if robustness:
        write_robustness_of_runs(folder, dataset, observer, sources)
    # A quick look has a part of the images, which says nothing about all of them. The splits of
    # a cross-validation all hold the same images, which would be copies of one another.
    if not quick and fold_count(dataset) == 1:
        write_audit(folder, dataset, observer)
