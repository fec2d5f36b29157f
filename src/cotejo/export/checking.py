"""What was exported is run, and has to answer as the classifier does.

It is asked about 256 pictures, of which the smallest are a single pixel and most are not square,
with several to a batch and alone. The classifier is asked about the same pictures as
`cotejo.pictures` fits them to the network.
"""

from __future__ import annotations

import subprocess  # nosec: only this package's own program is run
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import BackendError, OutputError
from cotejo.export import plain
from cotejo.export.running import OnnxClassifier
from cotejo.pictures import Fit
from cotejo.pictures.fitting import fitted_pixels
from cotejo.platform import install_command

__all__ = [
    "PICTURES", "TOLERANCE", "answerer", "answers_of", "check_pictures", "fitted_batches",
    "largest_difference", "run_plain",
]  # fmt: skip

PICTURES = 256
TOLERANCE = 1e-4
"""By how much a probability may differ from the classifier's."""

_SIZES = ((1, 1), (1, 3), (0.5, 0.5), (0.7, 1.3), (1.6, 0.9), (2, 2), (1.1, 3.3), (3.7, 1.2),
          (2.5, 2.4), (4.1, 6.3), (0.3, 0.9), (1, 2), (5, 5), (0.9, 0.8), (3.3, 3.1))  # fmt: skip
"""Heights and widths, as multiples of the network's own, of 15 of the 16 batches."""


def check_pictures(image_shape: tuple[int, int, int], size: str) -> list[NDArray[np.uint8]]:
    """Return 256 pictures in batches, each batch ``[n, height, width, channels]``, uint8.

    They are smooth with some noise, as photographs are, and the same at every call.

    Args:
        image_shape: ``(height, width, channels)`` of the network.
        size: ``"any"``, or ``"fixed"`` for pictures of the network's own size alone.

    Example:
        >>> batches = check_pictures((8, 8, 1), "any")
        >>> sum(map(len, batches)), batches[-1].shape
        (256, (1, 1, 1, 1))
    """
    height, width, channels = image_shape
    random = np.random.default_rng(256)
    if size == "fixed":
        counts, sizes = [1, 7, 248], [(height, width)] * 3
    else:
        scaled = [(max(1, round(a * height)), max(1, round(b * width))) for a, b in _SIZES]
        sizes = [(height, width), *scaled, (height + 1, 1), (1, 1)]
        counts = [PICTURES - 16 * len(_SIZES) - 2, *([16] * len(_SIZES)), 1, 1]
    return [
        _photographs(random, count, *sides, channels)
        for count, sides in zip(counts, sizes, strict=True)
    ]


def _photographs(
    random: np.random.Generator, count: int, height: int, width: int, channels: int
) -> NDArray[np.uint8]:
    rows = np.linspace(0, 1, height)[None, :, None, None]
    columns = np.linspace(0, 1, width)[None, None, :, None]
    pixels = np.zeros((count, height, width, channels))
    for _ in range(4):
        across, down, phase, strength = random.normal(0, 1, (4, count, 1, 1, channels))
        pixels += strength * np.sin(6 * (across * columns + down * rows) + 3 * phase)
    pixels = 128 + 50 * pixels + random.normal(0, 8, pixels.shape)
    return np.clip(pixels, 0, 255).round().astype(np.uint8)


def fitted_batches(
    batches: Sequence[NDArray[np.uint8]], image_shape: tuple[int, int, int], fit: Fit
) -> NDArray[np.uint8]:
    """Return the pictures of all batches as a network takes them, ``[n, *image_shape]``."""
    pictures = (picture for batch in batches for picture in batch)
    return np.stack([fitted_pixels("", picture, image_shape, fit) for picture in pictures])


def answers_of(form: str, path: Path, batches: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Return what an exported file answers, ``[n, classes]``.

    Args:
        form: of the file: a name of `cotejo.export.plain.CONVERTERS`.
        path: of the file or folder.
        batches: of pictures.

    Raises:
        BackendError: what runs such a file is not installed.
        OutputError: it can't be run.
    """
    try:
        if form in ("onnx", "litert"):
            answer = answerer(form, path)
            answers = [answer(batch) for batch in batches]
        else:
            answers = _in_a_process(form, path, batches)
    except (BackendError, OutputError):
        raise
    except Exception as error:  # each runtime raises errors of its own
        raise OutputError("export.not_run", form=form, reason=plain.one_line(error)) from error
    return np.concatenate(answers)


def largest_difference(answers: NDArray[np.float32], expected: NDArray[np.float32]) -> float:
    """Return the largest difference of probabilities; infinity where one is no number."""
    if answers.shape != expected.shape or not np.isfinite(answers).all():
        return float("inf")
    return float(np.abs(answers - expected).max())


def answerer(form: str, path: Path) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    """Return a function from pictures to the probabilities of an ONNX or a LiteRT file.

    Raises:
        BackendError: what runs it is not installed.
    """
    return OnnxClassifier.load(path).probabilities if form == "onnx" else _by_litert(path)


def _by_litert(path: Path) -> Callable[[Any], Any]:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        command = install_command("litert")
        raise BackendError("export.needs", package="ai-edge-litert", command=command) from error
    runner = Interpreter(str(path)).get_signature_runner()
    return lambda pictures: next(iter(runner(pictures=pictures).values()))


def _in_a_process(form: str, path: Path, batches: Sequence[Any]) -> list[Any]:
    """Ask a file where there is no Cotejo: in a process that has only its own libraries."""
    with tempfile.TemporaryDirectory() as folder:
        given, answered = Path(folder) / "pictures.npz", Path(folder) / "answers.npz"
        np.savez(given, *batches)
        run_plain(form, "answer", form, path, given, answered)
        with np.load(answered) as answers:
            return [answers[name] for name in answers.files]


def run_plain(form: str, *arguments: object) -> None:
    """Run `cotejo.export.plain` as a program of its own, with the backend of a form.

    Raises:
        OutputError: it fails; its last line says why.
    """
    import os

    backend = plain.BACKENDS[form]
    environment = {**os.environ, **({"KERAS_BACKEND": backend} if backend else {})}
    # Cotejo is not to be found there, so that nothing rests on it.
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "-P", str(plain.__file__), *map(str, arguments)]
    done = subprocess.run(  # noqa: S603
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise OutputError("export.not_run", form=form, reason=lines[-1] if lines else "?")
