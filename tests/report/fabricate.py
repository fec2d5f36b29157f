"""Fabricate a study's folder from results that are made up, as `docs/files.md` describes it.

Test images have a fixed order of difficulty; an alternative of accuracy ``a`` gets the easiest
fraction ``a`` of them right, so that differences between alternatives come out as asked.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cotejo.config import Settings
from cotejo.config.augmentations import array_name
from cotejo.evaluate import select_mistakes, split_metrics
from cotejo.store import (
    FORMAT,
    RESULT_FILES,
    described_files,
    make_folder,
    note_reading,
    read_json,
    write_csv,
    write_json,
    write_npz,
)

FINGERPRINT = "0123456789abcdef" * 4
CLASSES = {
    "en": [
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ],
    "es": [
        "avión",
        "coche",
        "ave",
        "gato",
        "ciervo",
        "perro",
        "rana",
        "caballo",
        "barco",
        "camión",
    ],
}
HISTORY = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "valid_loss",
    "valid_accuracy",
    "learning_rate",
    "seconds",
)
SETTINGS = {
    "model": "cnn3",
    "initializer": "glorot",
    "kernel_size": 3,
    "dropout": 0.0,
    "batch_norm": False,
    "learning_rate": 0.001,
}


def settings_of(changes: dict[str, Any]) -> dict[str, Any]:
    """Return an alternative's settings as a study records them."""
    from cotejo.models.registry import model_family

    # What its model has no option for is left out, as a study file has to.
    options = model_family(changes.get("model", SETTINGS["model"])).defaults
    known = {*Settings.names(), *options}
    fit = {key: value for key, value in SETTINGS.items() if key in known}
    return Settings.from_flat({**options, **fit, **changes}).resolved().flat()


@cache
def network_of(model: str, **options: Any) -> dict[str, Any]:
    """Return what a run records of the network that it trains, which is built for that."""
    from cotejo.models import build_model
    from cotejo.study.record import described_model

    return described_model(build_model(model, (32, 32, 3), 10, **options))


COMMAND = "cotejo study studies/made-up.toml"


@dataclass(frozen=True)
class Made:
    """One alternative of a fabricated study; accuracies are a value a seed."""

    name: str
    test: Sequence[float] = (0.7,)
    valid: Sequence[float] | None = None
    train: Sequence[float] | None = None
    label: dict[str, str] | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    failed: Sequence[int] = ()
    missing: Sequence[int] = ()
    replaced: Sequence[int] = ()
    loss_rise: float = 0.0
    seconds: float | Sequence[float] = 6.0
    """Of an epoch; several: of each seed."""
    parameters: int | None = None
    operations: int | None = None
    """Of these two, None: those of the real network."""
    costs: bool = True
    """False: a run of before operations, bytes and a prediction's time were recorded."""

    @property
    def settings(self) -> dict[str, Any]:
        return settings_of(self.changes)

    @property
    def network(self) -> dict[str, Any]:
        settings = Settings.from_flat(self.settings)
        found = dict(network_of(settings.model, **settings.options))
        if self.parameters is not None:
            found |= dict.fromkeys(("parameters", "trainable_parameters"), self.parameters)
        if self.operations is not None:
            found["operations_per_image"] = self.operations
        if not self.costs:
            del found["operations_per_image"]
        return found


def fabricate_study(
    folder: Path,
    alternatives: Sequence[Made],
    *,
    seeds: Sequence[int] = (1,),
    data: str = "cifar10",
    requested_data: str | None = None,
    quick: bool = False,
    images: int = 1000,
    extra_reads: int = 0,
    pictures: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    place: str | None = None,
    class_names: dict[str, list[str]] = CLASSES,
) -> Path:
    """Write the folder and return it.

    ``pictures`` and ``labels`` are a real test set's; ``place`` is where data, study file and
    results lay on the machine that made it.
    """
    command = COMMAND
    if place is not None:
        paths = (f"{place}/data", f"{place}/mine.toml", f"--out={place}/out", f"{place}/other.toml")
        command = "COTEJO_DATA={} cotejo study {} {} --set=a={}".format(*map(shlex.quote, paths))
    classes = len(class_names["en"])
    make_folder(folder)
    generator = np.random.default_rng(0)
    if labels is None:
        labels = np.arange(images) % classes
    if pictures is None:
        pictures = generator.integers(0, 256, (len(labels), 32, 32, 3), dtype=np.uint8)
    write_json(
        folder / "study.json",
        {
            "format": FORMAT,
            "name": "made-up",
            "title": {"en": "Made-up alternatives", "es": "Alternativas inventadas"},
            "data": data,
            "requested_data": requested_data or data,
            "quick": quick,
            "seeds": list(seeds),
            "alternatives": [
                {
                    "name": one.name,
                    "label": one.label or {"en": f"The {one.name}", "es": f"La {one.name}"},
                    "changes": one.changes,
                    "settings": one.settings,
                }
                for one in alternatives
            ],
            "keys": {
                one.name: {
                    str(seed): _key("newer settings", seed)
                    if seed in one.replaced
                    else _key(one.name, seed)
                    for seed in seeds
                }
                for one in alternatives
            },
            "command": command,
            "started": "2026-09-01T10:00:00+00:00",
        },
    )
    (folder / "study.toml").write_text("")
    policies = {array_name(one.settings["augment"]) for one in alternatives}
    _write_data(folder, data, labels, pictures, policies, place, class_names)
    reads = 0
    for one in alternatives:
        for position, seed in enumerate(seeds):
            if seed in one.missing:
                continue
            path = make_folder(folder / one.name / f"seed-{seed}")
            if seed in one.failed:
                _write_failure(path, one, seed, quick, place)
                continue
            _write_run(path, one, alternatives, seed, position, labels, pictures, quick, classes)
            for _ in range(1 + (extra_reads if reads == 0 else 0)):
                note_reading(
                    folder,
                    time="2026-11-21T10:05:00+00:00",
                    alternative=one.name,
                    seed=seed,
                    key=_key(one.name, seed),
                )
            reads += 1
    return folder


def rewrite(path: Path, **changes: Any) -> None:
    """Change a JSON file as Cotejo would have written it, sealed and listed: None takes away."""
    content = {**read_json(path), **changes}
    write_json(path, {name: value for name, value in content.items() if value is not None})
    record = path.parent / "run.json"
    if path != record and record.is_file():
        listed = described_files(path.parent, [*RESULT_FILES, "log.txt"])
        write_json(record, read_json(record) | {"files": listed})


def predictions(labels: np.ndarray, accuracy: float, seed: int, classes: int = 10) -> np.ndarray:
    """Return ``[n, classes]`` probabilities with exactly ``round(accuracy * n)`` images right."""
    count = len(labels)
    generator = np.random.default_rng(seed)
    difficulty = np.random.default_rng(1).permutation(count)
    right = difficulty < round(accuracy * count)
    # Wrong answers prefer the neighbouring class, so that some pairs stand out.
    step = generator.choice([1, 2, 5], p=[0.6, 0.3, 0.1], size=count)
    predicted = np.where(right, labels, (labels + 1 + (step - 1) % (classes - 1)) % classes)
    sureness = generator.uniform(0.5, 0.999, count)
    chances = np.repeat(((1 - sureness) / (classes - 1))[:, None], classes, axis=1)
    chances[np.arange(count), predicted] = sureness
    return chances.astype(np.float32)


def _key(name: str, seed: int) -> str:
    return f"{name}-{seed}".encode().hex()


def _write_data(
    folder: Path,
    data: str,
    labels: np.ndarray,
    pictures: np.ndarray,
    policies: Iterable[str],
    place: str | None,
    class_names: dict[str, list[str]],
) -> None:
    classes = len(class_names["en"])
    counts = np.bincount(labels, minlength=classes)
    _write_images(folder, labels, pictures, policies, classes)
    write_json(
        folder / "data.json",
        {
            "format": FORMAT,
            "files": described_files(folder, ["data.npz"]),
            "name": data,
            "source": f"{place}/cifar-10-python.tar.gz" if place else "scikit-learn",
            "fingerprint": FINGERPRINT,
            "image_shape": list(pictures.shape[1:]),
            "class_names": class_names,
            "split": {"method": "notebook"},
            "counts": {
                "train": np.maximum(4 * counts + np.arange(classes) - classes // 2, 0).tolist(),
                "valid": counts.tolist(),
                "test": counts.tolist(),
            },
            "channels": {
                "mean": [0.491, 0.482, 0.447][: pictures.shape[-1]],
                "std": [0.247, 0.243, 0.262][: pictures.shape[-1]],
            },
        },
    )


def _write_images(
    folder: Path, labels: np.ndarray, pictures: np.ndarray, policies: Iterable[str], classes: int
) -> None:
    # A class without images lends another's, so that the array keeps its shape.
    of_class = [pictures[labels == label] for label in range(classes)]
    examples = np.stack([np.resize(p if len(p) else pictures, (8, *p.shape[1:])) for p in of_class])
    originals = pictures[:8]
    moved = np.stack([np.roll(originals, shift, axis=2) for shift in range(-3, 3)], axis=1)
    write_npz(
        folder / "data.npz",
        example_images=examples,
        original_images=originals,
        **{name: moved for name in policies if name != "augmented_none"},
    )


def _history(
    one: Made, train: float, valid: float, epochs: int, seconds: float
) -> list[dict[str, float]]:
    rows = []
    for epoch in range(1, epochs + 1):
        done = 1 - np.exp(-3 * epoch / epochs)
        late = max(0, epoch - epochs / 2) / (epochs / 2)
        row = (
            epoch,
            2.2 - 1.6 * train * done,
            0.1 + (train - 0.12) * done,
            2.2 - 1.5 * valid * done + one.loss_rise * late,
            0.1 + (valid - 0.1) * done,
            0.001,
            seconds,
        )
        rows.append(dict(zip(HISTORY, map(float, row), strict=True)))
    return rows


def _write_run(path, one, alternatives, seed, position, labels, pictures, quick, classes) -> None:
    test = one.test[position]
    valid = (one.valid or one.test)[position]
    train = one.train[position] if one.train else min(1.0, valid + 0.05)
    settings, network = one.settings, one.network
    seconds = one.seconds if isinstance(one.seconds, int | float) else one.seconds[position]
    rows = _history(one, train, valid, settings["epochs"], seconds)
    test_chances = predictions(labels, test, seed, classes)
    valid_chances = predictions(labels, valid, seed + 100, classes)
    indices = select_mistakes(labels, test_chances)
    kept = {
        "test_labels": labels.astype(np.int32),
        "test_probabilities": test_chances,
        "valid_labels": labels.astype(np.int32),
        "valid_probabilities": valid_chances,
    }
    write_csv(path / "history.csv", HISTORY, rows)
    write_json(
        path / "metrics.json",
        {
            "train": {"accuracy": train, "loss": 0.5, "images": 2 * len(labels)},
            **split_metrics(kept),
        },
    )
    write_npz(path / "predictions.npz", **kept)
    write_npz(path / "mistakes.npz", indices=indices, images=pictures[indices])
    # The report reads neither, but a run without them is not finished.
    (path / "model.keras").write_bytes(b"")
    (path / "log.txt").write_text("")
    losses = [row["valid_loss"] for row in rows]
    record = _record(one, seed, quick) | {
        "status": "finished",
        "model": network,
        "epochs": len(rows),
        "best_epoch": losses.index(min(losses)) + 1,
        "stopped_early": False,
        "timings": {
            "train_seconds": seconds * len(rows),
            "evaluate_seconds": 3.1,
            "total_seconds": seconds * len(rows) + 4,
            "images_per_second": 6540.0,
        },
        "test_reads": 1,
        "finished": "2026-11-21T10:05:00+00:00",
    }
    if one.costs:
        record["model"] = network | {"bytes": 4 * network["parameters"] + 40_000}
        record["timings"]["inference_ms_per_image"] = 0.09
    if settings["start_from"]:
        parent = settings["start_from"]
        record["start_from"] = {"alternative": parent, "key": _key(parent, seed)}
    listed = described_files(path, [*RESULT_FILES, "log.txt"])
    write_json(path / "run.json", record | {"files": listed})


def _write_failure(path: Path, one: Made, seed: int, quick: bool, place: str | None) -> None:
    reason = {
        "key": "loss_not_finite",
        "values": {"epoch": 3, "learning_rate": 0.1},
        "message": "the loss is not finite in epoch 3",
    }
    if place is not None:
        said = f"[Errno 13] Permission denied: '{place}/out/state.keras'"
        log = f"{place}/out/{one.name}/log.txt"
        reason = {
            "key": "unexpected",
            "values": {"type": "PermissionError", "reason": said, "log": log},
            "message": f"PermissionError: {said}. Details are in {log}.",
        }
    write_json(
        path / "run.json", _record(one, seed, quick) | {"status": "failed", "reason": reason}
    )


def _record(one: Made, seed: int, quick: bool) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "key": _key(one.name, seed),
        "reason": None,
        "alternative": one.name,
        "seed": seed,
        "settings": one.settings,
        "start_from": None,
        "quick": quick,
        "dataset": {"name": "cifar10", "fingerprint": FINGERPRINT, "split": {"method": "notebook"}},
        "precision": "float32",
        "backend": "tensorflow",
        "versions": {
            "python": "3.11.7",
            "cotejo": "0.1.0",
            "keras": "3.15.1",
            "tensorflow": "2.21.0",
            "numpy": "2.4.6",
        },
        "machine": {
            "processor": "AMD EPYC",
            "cores": 2,
            "memory_gib": 23.5,
            "accelerator": None,
            "system": "Linux 6.1",
        },
        "command": COMMAND,
        "started": "2026-11-21T10:00:00+00:00",
    }
