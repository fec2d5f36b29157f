"""The evaluation of a trained network: the one place that judges by the test images."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.data.dataset import Split
from cotejo.errors import OutputError
from cotejo.evaluate import classification_metrics, select_mistakes, split_metrics
from cotejo.models.portable import portable
from cotejo.store import (
    TEMPORARY,
    RunFile,
    json_content,
    note_reading,
    npz_content,
    read_readings,
)
from cotejo.study.planning import Job, Plan
from cotejo.study.record import now
from cotejo.train import predict_logits, softmax

__all__ = ["TRAIN_SAMPLE", "Evaluation", "evaluate", "model_content"]

TRAIN_SAMPLE = 10_000
"""How many training images, the first ones, a model's training accuracy is measured on."""


@dataclass(frozen=True)
class Evaluation:
    """The measurements of a trained network.

    Attributes:
        files: the content of ``metrics.json``, ``predictions.npz`` and ``mistakes.npz``.
        inference_seconds: how long predicting one image took.
        test_reads: how often a run of this key has read the test images, this time included.
        reading: this reading, if it could not be noted yet: the arguments of `note_reading`.
    """

    files: dict[str, bytes]
    inference_seconds: float
    test_reads: int
    reading: Mapping[str, Any] | None


def evaluate(plan: Plan, job: Job, network: keras.Model, learned: Split) -> Evaluation:
    """Measure a network on each split; the reading of the test images is noted before it.

    Args:
        plan: the plan that the job is of.
        job: the run that trained the network.
        network: from pixels to logits.
        learned: the training images that it learned from.
    """
    dataset, tta = plan.dataset, job.settings.tta
    sample = Split(learned.images[:TRAIN_SAMPLE], learned.labels[:TRAIN_SAMPLE])
    on_sample = softmax(predict_logits(network, sample.images, tta=tta))
    trained = classification_metrics(sample.labels, on_sample)
    on_valid: dict[str, NDArray[Any]] = {}
    if len(dataset.valid):
        on_valid["valid_labels"] = dataset.valid.labels
        valid_logits = predict_logits(network, dataset.valid.images, tta=tta)
        on_valid["valid_probabilities"] = softmax(valid_logits)
    reading = _note(plan, job)
    test = dataset.test
    started = time.perf_counter()
    test_logits = predict_logits(network, test.images, tta=tta)
    inference_seconds = (time.perf_counter() - started) / len(test)
    test_probabilities = softmax(test_logits)
    mistakes = select_mistakes(test.labels, test_probabilities)
    predictions = {
        "test_labels": test.labels,
        "test_probabilities": test_probabilities,
        **on_valid,
    }
    on_train = {name: trained[name] for name in ("accuracy", "loss", "images")}
    files: dict[str, bytes] = {
        RunFile.METRICS: json_content({"train": on_train, **split_metrics(predictions)}),
        RunFile.MISTAKES: npz_content({"indices": mistakes, "images": test.images[mistakes]}),
        RunFile.PREDICTIONS: npz_content(predictions),
    }
    return Evaluation(files, inference_seconds, _test_reads(plan, job), reading)


def _note(plan: Plan, job: Job) -> dict[str, Any] | None:
    """Note this reading of the test images; return it if it can't be noted now.

    An error here would throw away the training that has just ended, because a disk is full.
    """
    run = job.run
    reading: dict[str, Any] = {
        "time": now(),
        "alternative": run.alternative,
        "seed": run.seed,
        "key": run.key,
    }
    try:
        note_reading(plan.folder, **reading)
    except OutputError:
        return reading
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
    kept = portable(network)
    outputs = keras.layers.Softmax(name="probabilities", dtype="float32")(kept.output)
    model = keras.Model(kept.input, outputs, name=network.name)
    failure: OSError | RuntimeError | None = None
    memory = Path("/dev/shm")  # noqa: S108
    for place in (None, *([memory] if memory.is_dir() else []), folder):
        try:
            with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=place) as temporary:
                path = Path(temporary) / RunFile.MODEL
                model.save(path)
                return path.read_bytes()
        except (OSError, RuntimeError) as error:  # h5py has a RuntimeError for a full disk
            failure = error
    reason = getattr(failure, "strerror", None) or failure
    raise OutputError("cannot_write", path=folder / RunFile.MODEL, reason=reason) from failure
