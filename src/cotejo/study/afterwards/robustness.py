"""The robustness of a study's networks: ``robustness.json`` of each run, once the runs have ended.

It belongs to the reading of the test images that each run has noted (`docs/decisions/`): the
networks are finished, and nothing is chosen by what they answer.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.config import Sources
from cotejo.corruptions import (
    CORRUPTED_TIMES,
    CORRUPTIONS,
    SEVERITIES,
    Corrupted,
    batches_of,
    corrupted_batches,
    measure_robustness,
)
from cotejo.data import Dataset, nested_subset
from cotejo.data.dataset import Split
from cotejo.errors import OutputError
from cotejo.explain.logits import without_softmax
from cotejo.facts import gather
from cotejo.models.own.keeping import load_kept
from cotejo.store import RunFolder, StudyFile, read_robustness, write_robustness
from cotejo.study.afterwards.trying import tried
from cotejo.study.progress import Observer
from cotejo.train import fresh_backend, predict_logits

__all__ = ["SAMPLE", "robustness_sample", "write_robustness_of_runs"]

SAMPLE = 1000
"""The most test images that are corrupted: 75 times each, they cost as much as a few epochs."""

_ROOM = 2 << 30
"""The most bytes of corrupted images on the disk, while a study's networks answer to them."""


def write_robustness_of_runs(
    folder: Path, dataset: Dataset, observer: Observer, sources: Sources
) -> None:
    """Write ``robustness.json`` of each finished run of a study that has none of these images.

    The study is whole without it. If something goes wrong, ``observer`` is told,
    ``robustness.log`` says what, and the report does without it.

    Args:
        folder: a study's, with a finished run.
        dataset: what it trained on.
        observer: told how far it is, and of what goes wrong.
        sources: the user's own code, which builds networks with layers of their own.

    Raises:
        OutputError: the folder can't be written.
    """
    log = folder / StudyFile.ROBUSTNESS_LOG
    with tried(log, "robustness_failed", observer.robustness_failed):
        sample = robustness_sample(dataset.test)
        runs = [run for run in gather(folder).finished if not run.is_added]
        waiting = [run for run in runs if not _is_there(run, len(sample))]
        if waiting:
            _measure(waiting, sample, observer, sources)


def robustness_sample(test: Split) -> Split:
    """Return the test images that are corrupted: as many of each class as its share is worth."""
    room = _ROOM // (CORRUPTED_TIMES * test.images[0].size)
    most = min(SAMPLE, max(room, 1))
    if len(test) <= most:
        return test
    return test.take(nested_subset(test.labels, most / len(test), seed=0))


def _is_there(run: RunFolder, images: int) -> bool:
    try:
        known = read_robustness(run)
    except OutputError:  # damaged: to be written anew
        return False
    return known is not None and known["images"] == images and known["seed"] == 0


def _measure(runs: list[RunFolder], sample: Split, observer: Observer, sources: Sources) -> None:
    observer.robustness_started(len(runs), len(sample))
    with _kept_on_disk(sample.images) as corrupted:
        for number, run in enumerate(runs):
            with fresh_backend():
                measured = measure_robustness(
                    sample.images,
                    sample.labels,
                    _answering(run, sources),
                    corrupted=corrupted,
                    on_corruption=partial(observer.robustness_progress, number, len(runs)),
                )
            write_robustness(run, measured.to_json())


def _answering(run: RunFolder, sources: Sources) -> Any:
    """Return what names a class for each image, as the run's network does with all its views."""
    network = without_softmax(load_kept(run, sources, of_study=True))
    views = str(run.record["settings"].get("tta", "none"))
    return lambda images: predict_logits(network, images, tta=views).argmax(axis=1)


@contextmanager
def _kept_on_disk(images: NDArray[np.uint8]) -> Iterator[Corrupted]:
    """Yield what gives corrupted images, each made the first time that it is asked for.

    All networks get the same ones, and they are made once.
    """
    shape = (len(CORRUPTIONS), len(SEVERITIES), *images.shape)
    made = np.zeros(shape[:2], bool)
    fresh = corrupted_batches(images)
    with tempfile.TemporaryFile() as file:
        kept = np.memmap(file, np.uint8, "w+", shape=shape)

        def give(name: str, severity: int) -> Iterator[NDArray[np.uint8]]:
            place = CORRUPTIONS.index(name), severity - 1
            if not made[place]:
                for part, batch in zip(
                    batches_of(images.shape), fresh(name, severity), strict=True
                ):
                    kept[place][part] = batch
                made[place] = True
            for part in batches_of(images.shape):
                yield np.asarray(kept[place][part])

        yield give
