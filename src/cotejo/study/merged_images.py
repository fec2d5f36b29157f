"""The analyses of a merged study that need its images.

A study that is trained on one machine makes them when its runs have ended
(`cotejo.study.afterwards`).
"""

from __future__ import annotations

from pathlib import Path

from cotejo.config import Sources, StudyConfig
from cotejo.store import StudyFile, StudyFolder, locked
from cotejo.study.added import images_of
from cotejo.study.progress import Observer

__all__ = ["look_at_merged"]


def look_at_merged(
    folder: Path, data: str | None, data_dir: Path | None, observer: Observer
) -> None:
    """Look at what the networks misread, and at the data, where nobody has yet.

    Args:
        folder: the study's, all of whose runs are there.
        data: its data set's name or path; if left out, the one that the study's file names.
        data_dir: where CIFAR-10 is looked for first.
        observer: told of a download, of the audit, and of what goes wrong.

    Raises:
        CotejoError: the images are not on this machine, or are others; or the folder can't be
            written.
    """
    study = StudyFolder(folder)
    dataset = images_of(study, data, data_dir, observer)
    # Deferred: to explain a misread image takes a network, and so a backend.
    from cotejo.study.afterwards import look_back

    # Of a study that was brought together, the code in its folder is its author's: it is not run.
    robustness = StudyConfig.load(folder / StudyFile.CONFIG).robustness
    with locked(folder):
        quick = bool(study.study.get("quick"))
        look_back(folder, dataset, quick, observer, Sources(), robustness=robustness)
