"""The examination of this machine, as `cotejo doctor` has it: what is there, what is missing."""

from __future__ import annotations

import errno
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cotejo.errors import CotejoError
from cotejo.messages import current_language, message
from cotejo.platform import (
    chosen_backend,
    has_bfloat16,
    has_cuda_for_jax,
    interpreter,
    machine,
    nvidia_device,
    nvidia_gpu,
    package_of,
    resolve_precision,
    versions,
)
from cotejo.study.progress import Observer, PlannedRun
from cotejo.verify.finding import Finding, Level

__all__ = ["examine"]

_PROOF_DATA = "digits"
"""Data that needs no network and trains in seconds."""
# An untrained model reaches 0.1. Three epochs of `cnn3` on the digits reached 0.9 and more.
_PROOF_ACCURACY = 0.6
_PROOF_EPOCHS = 5


def examine(
    data_dir: Path | None = None, starting: Callable[[str], object] = lambda what: None
) -> Iterator[Finding]:
    """Examine this installation, from the quick checks to a small training as proof.

    Args:
        data_dir: the folder with CIFAR-10, if it is not in one of the usual places.
        starting: called with the key of a sentence before each check that takes a while.

    Returns:
        The findings, each as soon as it is known.
    """
    yield from _software()
    yield _machine()
    yield _data(data_dir)
    yield from _folders()
    starting("cli.loading_keras")
    backend = _backend()
    yield backend
    if backend.level == "error":
        return
    yield from _unused_gpu()
    yield _precision()
    starting("cli.proving")
    yield _proof()


def _software() -> Iterator[Finding]:
    installed = versions()
    names = {"cotejo": "Cotejo", "python": "Python", "keras": "Keras", "numpy": "NumPy"}
    software = " · ".join(f"{names[name]} {installed[name]}" for name in names if name in installed)
    yield Finding("ok", "cli.doctor_software", {"software": software})


def _machine() -> Finding:
    facts = machine()
    memory = facts["memory_gib"]
    return Finding(
        "ok",
        "cli.doctor_machine",
        {
            "processor": facts["processor"],
            "count": facts["cores"],
            "memory": "?" if memory is None else round(memory),
            "system": facts["system"],
        },
    )


def _data(data_dir: Path | None) -> Finding:
    from cotejo.data.sources.cifar10 import where

    searched = []
    for key, path, is_there in where(data_dir):
        values = {"place": message(f"cli.place_{key}"), "path": path}
        if is_there:
            return Finding("ok", "cli.doctor_data_found", values)
        if key in ("data_dir", "environment"):
            # A place that the user named is used or refused, but never skipped.
            return Finding("error", "cli.doctor_data_not_where_named", values)
        searched.append(f"{values['place']} ({path})")
    places = message("cli.places_between").join(searched)
    return Finding("warning", "cli.doctor_data_missing", {"places": places})


def _folders() -> Iterator[Finding]:
    from cotejo.platform import cache_folder

    folders: tuple[tuple[str, Path, Level], ...] = (
        ("cache", cache_folder(), "warning"),
        ("here", Path.cwd(), "warning"),
    )
    for name, path, level in folders:
        reason = _unwritable(path)
        values = {"folder": message(f"cli.folder_{name}"), "path": path, "reason": reason}
        if reason:
            yield Finding(level, f"cli.doctor_unwritable_{name}", values)
        else:
            yield Finding("ok", "cli.doctor_writable", values)


def _unwritable(path: Path) -> str:
    """Return why ``path``, or its nearest existing parent, can't be written; empty if it can."""
    existing = path
    try:
        while not existing.exists() and existing != existing.parent:
            existing = existing.parent
        with tempfile.TemporaryFile(dir=existing):
            return ""
    except OSError as error:
        return _words(error)


def _words(error: OSError) -> str:
    """Return the system's reason, in the current language if the catalogue has it."""
    try:
        return message(f"cli.refused_{errno.errorcode[error.errno or 0]}")
    except KeyError:  # a rare reason, in the system's own words
        return error.strerror or str(error)


def _backend() -> Finding:
    try:
        from cotejo.backend import keras
    except CotejoError as error:
        return Finding("error", "cli.doctor_backend_failed", {"reason": error}, error)
    name = keras.backend.backend()
    version = versions().get(name, "")
    accelerator = machine()["accelerator"]
    values = {"backend": name, "version": version, "accelerator": accelerator}
    if accelerator is not None:
        return Finding("ok", "cli.doctor_backend_accelerated", values)
    if name != "tensorflow":
        values |= {"python": interpreter(), "package": package_of("tensorflow")}
        return Finding("warning", "cli.doctor_backend_slow", values)
    return Finding("ok", "cli.doctor_backend", values)


def _unused_gpu() -> Iterator[Finding]:
    """Say what makes Keras use a GPU that is there, if it computes on the processor."""
    if machine()["accelerator"] is not None:
        return
    gpu, device = nvidia_gpu(), nvidia_device()
    if gpu is not None:
        values = {"gpu": gpu[0], "python": interpreter(), "backend": chosen_backend()}
        yield Finding("warning", f"cli.doctor_gpu_{_hindrance()}", values)
    elif device is not None:
        yield Finding("warning", "cli.doctor_gpu_silent", {"device": device})


def _hindrance() -> str:
    if sys.platform == "win32":
        return "windows"
    if not has_cuda_for_jax():
        return "unused"
    return "not_chosen" if chosen_backend() != "jax" else "driver"


def _precision() -> Finding:
    key = "cli.doctor_bfloat16" if has_bfloat16() else "cli.doctor_float32"
    return Finding("ok", key, {"precision": resolve_precision("auto")})


def _proof() -> Finding:
    try:
        seconds, accuracy = _train_on_digits()
    except Exception as error:  # anything that is broken is what the user wants to know
        return Finding("error", "cli.doctor_proof_failed", {"reason": _reason(error)}, error)
    from cotejo.numbers import Numbers

    formatted = Numbers(current_language())
    values = {"accuracy": formatted.percent(accuracy), "duration": formatted.duration(seconds)}
    if accuracy < _PROOF_ACCURACY:
        return Finding("error", "cli.doctor_proof_poor", values)
    return Finding("ok", "cli.doctor_proof", values)


def _train_on_digits() -> tuple[float, float]:
    """Train a small study, and return its seconds and its accuracy on the test images."""
    from cotejo.config import StudyConfig
    from cotejo.store import RunFile, StudyFolder
    from cotejo.study import Study

    failures = _Failures()
    alternative = {"name": "proof", "model": "cnn3", "epochs": _PROOF_EPOCHS}
    config = StudyConfig.parse({"name": "proof", "data": _PROOF_DATA, "alternative": [alternative]})
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="cotejo-") as folder:
        result = Study(config).run(out=Path(folder), observer=failures)
        run = StudyFolder(result.folder).run("proof", 1)
        if failures.reason is not None:
            # The folder will be deleted, so the log, which has the cause, is kept in the error.
            failures.reason.add_note((run.path / RunFile.LOG).read_text(encoding="utf-8"))
            raise failures.reason
        accuracy = float(run.metrics["test"]["accuracy"])
    return time.perf_counter() - start, accuracy


class _Failures(Observer):
    """Remembers why a run failed."""

    reason: CotejoError | None = None

    def run_failed(self, run: PlannedRun, reason: CotejoError) -> None:
        self.reason = reason


def _reason(error: Exception) -> str:
    """Return why the proof failed, without a full stop."""
    if isinstance(error, CotejoError) and error.key == "unexpected":
        # The error's own message refers to a log that no longer exists.
        return "{type}: {reason}".format(**error.values)
    if isinstance(error, CotejoError):
        return str(error).removesuffix(".")
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
