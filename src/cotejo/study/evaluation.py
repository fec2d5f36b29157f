"""The evaluation of trained networks: the one place that judges by the test images."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.data.dataset import Split
from cotejo.data.folds import Fold
from cotejo.errors import OutputError
from cotejo.evaluate import classification_metrics, select_mistakes, split_metrics
from cotejo.models.own.keeping import keepable, save_model
from cotejo.store import (
    TEMPORARY,
    RunFile,
    json_content,
    note_reading,
    now,
    npz_content,
    read_readings,
)
from cotejo.study.events import Emit, TestRead
from cotejo.study.planning import Job, Plan
from cotejo.train import softmax
from cotejo.train.predict import logits_steps
from cotejo.train.work import Steps
from cotejo.trained.looking import Looked, limits_arrays

__all__ = [
    "TRAIN_SAMPLE",
    "Answers",
    "Evaluation",
    "ask",
    "evaluate",
    "model_content",
    "note_test",
]

TRAIN_SAMPLE = 10_000
"""How many training images, the first ones, a network's training accuracy is measured on."""


@dataclass(frozen=True)
class Answers:
    """What one trained network answers: of one fold, or of the study's own splits.

    Attributes:
        train: its accuracy and loss on some of its training images, and how many those are.
        valid: ``[v, classes]``, its probabilities on the validation images.
        valid_at: ``[v]``, the positions of those images among the study's (`Fold.valid`).
        test: ``[t, classes]``, its probabilities on the test images.
        test_at: ``[t]``, the positions of those.
        test_seconds: how long predicting the test images took.
        margin: below which margin between the two highest logits an image got all views; infinity
            if all did. A quarter of the validation images are below it; of the test images, where
            there is no validation.
    """

    train: Mapping[str, float | int]
    valid: NDArray[np.float32]
    valid_at: NDArray[np.int64]
    test: NDArray[np.float32]
    test_at: NDArray[np.int64]
    test_seconds: float
    margin: float


@dataclass(frozen=True)
class Evaluation:
    """The measurements of a run.

    Attributes:
        files: the content of ``metrics.json``, ``predictions.npz``, ``mistakes.npz`` and, if the
            network was looked at for it, ``limits.npz``.
        inference_seconds: how long predicting one image took.
        test_reads: how often a run of this key has read the test images, this time included.
    """

    files: dict[str, bytes]
    inference_seconds: float
    test_reads: int


def ask(
    network: keras.Model, fold: Fold, learned: Split, tta: str, clock: Callable[[], float]
) -> Steps[Answers]:
    """Have a network answer for the images of each split.

    Args:
        network: from pixels to logits.
        fold: whose validation and test images it is asked about.
        learned: the training images that it learned from.
        tta: the views of an image that it answers for.
        clock: what seconds are read from.
    """
    sample = Split(learned.images[:TRAIN_SAMPLE], learned.labels[:TRAIN_SAMPLE])
    valid, test = fold.dataset.valid, fold.dataset.test
    on_valid, margin = np.zeros((0, fold.dataset.num_classes), np.float32), None
    if len(valid):
        logits, margin = yield from logits_steps(network, valid.images, tta=tta)
        on_valid = softmax(logits)
    started = clock()
    logits, margin = yield from logits_steps(network, test.images, tta=tta, margin=margin)
    seconds = clock() - started
    of_sample, _ = yield from logits_steps(network, sample.images, tta=tta, margin=margin)
    trained = classification_metrics(sample.labels, softmax(of_sample))
    on_train = {name: trained[name] for name in ("accuracy", "loss", "images")}
    on_test = softmax(logits)
    return Answers(on_train, on_valid, fold.valid, on_test, fold.test, seconds, margin)


def evaluate(
    plan: Plan, job: Job, answers: Sequence[Answers], looked: Looked | None = None
) -> Evaluation:
    """Measure a run by the answers of its networks: one, or one of each fold.

    Args:
        plan: the plan that the job is of.
        job: the run that trained the networks.
        answers: which answer each validation and each test image once.
        looked: what the network that is kept makes of images.
    """
    dataset = plan.dataset
    valid = np.zeros((len(dataset.valid), dataset.num_classes), np.float32)
    test = np.zeros((len(dataset.test), dataset.num_classes), np.float32)
    parts = np.zeros(len(dataset.test), np.uint8)
    for part, each in enumerate(answers):
        valid[each.valid_at], test[each.test_at] = each.valid, each.test
        parts[each.test_at] = part
    predictions: dict[str, NDArray[Any]] = {
        "test_labels": dataset.test.labels,
        "test_probabilities": test,
    }
    if len(valid):
        predictions |= {"valid_labels": dataset.valid.labels, "valid_probabilities": valid}
    if len(answers) > 1:
        predictions["test_parts"] = parts
    mistakes = select_mistakes(dataset.test.labels, test)
    metrics = {"train": _mean_of(answers), **split_metrics(predictions)}
    images = dataset.test.images[mistakes]
    files: dict[str, bytes] = {
        RunFile.METRICS: json_content(metrics),
        RunFile.MISTAKES: npz_content({"indices": mistakes, "images": images}),
        RunFile.PREDICTIONS: npz_content(predictions),
    }
    if looked is not None:
        temperature = metrics["test"]["calibration"].get("temperature", 1.0)
        files[RunFile.LIMITS] = npz_content(limits_arrays(looked, dataset, temperature))
    seconds = sum(each.test_seconds for each in answers) / len(test)
    return Evaluation(files, seconds, _test_reads(plan, job))


def _mean_of(answers: Sequence[Answers]) -> dict[str, float | int]:
    """Return the networks' mean accuracy and loss on what they learned from, and the images."""
    return {
        "accuracy": fmean(each.train["accuracy"] for each in answers),
        "loss": fmean(each.train["loss"] for each in answers),
        "images": sum(int(each.train["images"]) for each in answers),
    }


def note_test(plan: Plan, job: Job, emit: Emit) -> dict[str, Any] | None:
    """Note, before it happens, that a run reads the test images, and say so.

    An error here would throw away the training that has just ended, because a disk is full.

    Returns:
        The arguments of `note_reading` if it can't be noted now.
    """
    run = job.run
    event = TestRead(run.id, run.key, now())
    try:
        note_reading(plan.folder, **event.reading)
    except OutputError:
        return event.reading
    finally:
        emit(event)
    return None


def _test_reads(plan: Plan, job: Job) -> int:
    """Count the readings of the test set under this run's key: trained again, it has several."""
    try:
        rows = read_readings(plan.folder)
    except OutputError:
        rows = []
    return max(1, sum(row["key"] == job.run.key for row in rows))


def model_content(network: keras.Model, folder: Path) -> bytes:
    """Return a network's ``.keras`` file, a softmax at its end: pixels in, probabilities out.

    Args:
        network: from pixels to logits.
        folder: where the file may lie for a moment if there is no other place. Keras can save only
            to a path.

    Raises:
        OutputError: there is no room for it anywhere.
    """
    kept = keepable(network)
    outputs = keras.layers.Softmax(name="probabilities", dtype="float32")(kept.output)
    model = keras.Model(kept.inputs[0], outputs, name=network.name)
    failure: OSError | RuntimeError | None = None
    memory = Path("/dev/shm")  # noqa: S108
    for place in (None, *([memory] if memory.is_dir() else []), folder):
        try:
            with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=place) as temporary:
                path = Path(temporary) / RunFile.MODEL
                save_model(model, path)
                return path.read_bytes()
        except (OSError, RuntimeError) as error:  # h5py has a RuntimeError for a full disk
            failure = error
    reason = getattr(failure, "strerror", None) or failure
    raise OutputError("cannot_write", path=folder / RunFile.MODEL, reason=reason) from failure
