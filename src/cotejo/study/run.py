"""One run: one alternative trained with one seed, evaluated, and written to its folder."""

from __future__ import annotations

import shutil
import time
import traceback
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cotejo.backend import keras, use_precision
from cotejo.config import Settings
from cotejo.data.dataset import Split
from cotejo.data.splits import nested_subset
from cotejo.errors import CotejoError, OutputError, TrainingError
from cotejo.evaluate import classification_metrics, select_mistakes, split_metrics
from cotejo.models import build_model, load_portable, portable, whiten
from cotejo.platform import resolve_precision
from cotejo.progress import Observer, PlannedRun
from cotejo.store import (
    HISTORY_COLUMNS,
    RunFolder,
    append_csv,
    make_folder,
    read_csv,
    write_atomically,
    write_csv,
    write_file,
    write_json,
    write_npz,
)
from cotejo.study.record import (
    RunJob,
    described_model,
    described_reason,
    now,
    reason_of,
    start_record,
    timings,
)
from cotejo.study.replaced import clear
from cotejo.train import fresh_backend, predict_logits, softmax, train

__all__ = ["TRAIN_SAMPLE", "build_network", "execute"]

TEST_READS_COLUMNS = ("time", "alternative", "seed", "key")
TRAIN_SAMPLE = 10_000
"""The training images, from the first, on which a trained model's accuracy is measured."""


def execute(job: RunJob, observer: Observer) -> CotejoError | None:
    """Train, evaluate and write a run; return why it failed, or None where it finished.

    Raises:
        OutputError: its files can't be written, which no other run would mend.
    """
    folder = job.planned.folder
    clear(folder, job.planned.key, job.study_folder)
    make_folder(folder)
    record = start_record(job)
    log = [f"{record['started']} started {job.planned.alternative} seed {job.planned.seed}"]
    try:
        with fresh_backend(job.planned.seed):
            _train_and_write(job, record, log, observer)
    except OutputError:
        raise
    except Exception as error:
        reason = reason_of(error, job)
        log.append(traceback.format_exc())
        record |= {"status": "failed", "finished": now(), "reason": described_reason(reason)}
        return reason
    else:
        return None
    finally:
        _write_log(folder, log)
        if record["status"] != "started":
            write_json(folder / "run.json", record)


def _train_and_write(
    job: RunJob, record: dict[str, Any], log: list[str], observer: Observer
) -> None:
    started = time.perf_counter()
    folder, planned = job.planned.folder, job.planned
    learned = _learned_images(job)
    network = build_network(job.settings, learned, job.dataset.num_classes)
    if job.parent is not None:
        _load_weights(network, job.parent)
    record["model"] = described_model(network)
    record["dataset"]["train"] = len(learned)

    def on_epoch(row: dict[str, Any]) -> None:
        known = {name: value for name, value in row.items() if value is not None}
        log.append(" ".join(f"{name}={value:.6g}" for name, value in known.items()))
        observer.epoch_ended(planned, row)

    training = train(
        network,
        job.dataset,
        job.settings,
        planned.seed,
        on_epoch=on_epoch,
        on_batch=lambda epoch, step, steps: observer.batch_ended(planned, epoch, step, steps),
        deadline=job.deadline,
    )
    evaluating = time.perf_counter()
    write_csv(folder / "history.csv", HISTORY_COLUMNS, training.history)
    metrics, inference_seconds = _evaluate(job, network, learned)
    write_json(folder / "metrics.json", metrics)
    _write_model(folder / "model.keras", network)
    record["model"]["bytes"] = (folder / "model.keras").stat().st_size
    ended = time.perf_counter()
    record |= {
        "status": "finished",
        "epochs": len(training.history),
        "best_epoch": training.best_epoch,
        "stopped_early": training.stopped_early,
        "timings": timings(training, ended - evaluating, ended - started, inference_seconds),
        "test_reads": _test_reads(job),
        "finished": now(),
    }
    log.append(f"{record['finished']} finished")


def build_network(settings: Settings, train: Split, num_classes: int) -> keras.Model:
    """Build the network that ``settings`` name for images like those that it will learn from."""
    height, width, channels = train.images.shape[1:]
    with use_precision(resolve_precision(settings.precision)):
        network = build_model(
            settings.model, (height, width, channels), num_classes, **settings.model_options
        )
    whiten(network, train.images)
    return network


def _learned_images(job: RunJob) -> Split:
    """Return the training images that the run learns from."""
    train = job.dataset.train
    if job.settings.train_fraction == 1:
        return train
    chosen = nested_subset(train.labels, job.settings.train_fraction, job.planned.seed)
    return Split(train.images[chosen], train.labels[chosen])


def _evaluate(job: RunJob, network: keras.Model, learned: Split) -> tuple[dict[str, Any], float]:
    """Measure on each split and keep the predictions; the one place that judges by the test images.

    Returns:
        The content of ``metrics.json``, and the seconds that one image's prediction took.
    """
    dataset, folder = job.dataset, job.planned.folder
    sample = Split(learned.images[:TRAIN_SAMPLE], learned.labels[:TRAIN_SAMPLE])
    tta = job.settings.tta
    on_sample = softmax(predict_logits(network, sample.images, tta=tta))
    trained = classification_metrics(sample.labels, on_sample)
    on_valid: dict[str, NDArray[Any]] = {}
    if len(dataset.valid):
        on_valid["valid_labels"] = dataset.valid.labels
        valid_logits = predict_logits(network, dataset.valid.images, tta=tta)
        on_valid["valid_probabilities"] = softmax(valid_logits)
    row = {"time": now(), "alternative": job.planned.alternative, "seed": job.planned.seed}
    append_csv(
        job.study_folder / "test-reads.csv", TEST_READS_COLUMNS, row | {"key": job.planned.key}
    )
    test = dataset.test
    started = time.perf_counter()
    test_logits = predict_logits(network, test.images, tta=tta)
    inference_seconds = (time.perf_counter() - started) / len(test)
    test_probabilities = softmax(test_logits)
    mistakes = select_mistakes(test.labels, test_probabilities)
    write_npz(folder / "mistakes.npz", indices=mistakes, images=test.images[mistakes])
    predictions = {
        "test_labels": test.labels,
        "test_probabilities": test_probabilities,
        **on_valid,
    }
    write_npz(folder / "predictions.npz", **predictions)
    on_train = {name: trained[name] for name in ("accuracy", "loss", "images")}
    metrics = {"train": on_train, **split_metrics(predictions)}
    return metrics, inference_seconds


def _test_reads(job: RunJob) -> int:
    """Count this run's readings of the test set: more than one where it was trained again."""
    rows = read_csv(job.study_folder / "test-reads.csv")
    return sum(row["key"] == job.planned.key for row in rows)


def _load_weights(network: keras.Model, parent: PlannedRun) -> None:
    if not RunFolder(parent.folder).is_finished:
        raise TrainingError("parent_failed", parent=parent.alternative)
    trained = load_portable(parent.folder / "model.keras")
    network.set_weights(trained.get_weights())


def _write_model(path: Path, network: keras.Model) -> None:
    """Save the network with a softmax at its end: pixels in, probabilities out."""
    kept = portable(network)
    outputs = keras.layers.Softmax(name="probabilities", dtype="float32")(kept.output)
    model = keras.Model(kept.input, outputs, name=network.name)

    def write(file: Any) -> None:
        # Keras saves by name; its bytes are then moved under the atomic writer's file.
        temporary = path.with_name(".tmp-model.keras")
        try:
            model.save(temporary)
            with temporary.open("rb") as saved:
                shutil.copyfileobj(saved, file)
        finally:
            temporary.unlink(missing_ok=True)

    write_atomically(path, write)


def _write_log(folder: Path, lines: list[str]) -> None:
    write_file(folder / "log.txt", "\n".join(lines) + "\n")
