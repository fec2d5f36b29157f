"""Forms of a network that Keras writes, and what they answer: a program that knows no Cotejo.

A form is written by the backend that it belongs to. Where Cotejo uses another one, this file is run
as a program of its own with that backend, on the network saved as ``.keras``. What was exported is
asked for its answers by this program too, so that it shows to work where there is no Cotejo.

    python -P plain.py convert onnx whole.keras model.onnx
    python -P plain.py answer keras model.keras pictures.npz answers.npz
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["ANSWERERS", "BACKENDS", "CONVERTERS", "one_line"]

BACKENDS = {
    "onnx": "tensorflow",
    "litert": "tensorflow",
    "saved-model": "tensorflow",
    "torch": "torch",
    "keras": None,
}
"""Which backend of Keras's writes a form; None: any."""


def _to_keras(whole: Any, path: Path) -> None:
    whole.save(path)


def _to_saved_model(whole: Any, path: Path) -> None:
    import keras
    import tensorflow

    (pictures,), (probabilities,) = whole.inputs, whole.outputs
    archive = keras.export.ExportArchive()
    archive.track(whole)
    archive.add_endpoint(
        name="serve",
        fn=lambda given: {_name(probabilities): whole(given, training=False)},
        input_signature=[
            tensorflow.TensorSpec(pictures.shape, pictures.dtype, name=_name(pictures))
        ],
    )
    archive.write_out(path, verbose=False)


def _to_litert(
    whole: Any, path: Path, calibration: Callable[[], Iterator[list[Any]]] | None = None
) -> None:
    import tensorflow

    with tempfile.TemporaryDirectory() as folder:
        _to_saved_model(whole, Path(folder) / "saved")
        converter = tensorflow.lite.TFLiteConverter.from_saved_model(str(Path(folder) / "saved"))
        if calibration is not None:
            converter.optimizations = [tensorflow.lite.Optimize.DEFAULT]
            converter.representative_dataset = calibration
        path.write_bytes(converter.convert())


def _to_onnx(whole: Any, path: Path) -> None:
    # Its tracebacks are of shortcuts that it did not take; what it can't convert, it raises.
    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)
    logging.getLogger("tf2onnx.tfonnx").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what Keras mends in tf2onnx
        whole.export(path, format="onnx", verbose=False, input_signature=[whole.inputs[0]])


def _to_torch(whole: Any, path: Path) -> None:
    import torch

    class Module(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.whole = whole

        def forward(self, pictures: Any) -> Any:
            return self.whole(pictures, training=False)

    (pictures,) = whole.inputs
    # Sizes that are unlike each other, and none of them 1, which would be taken for fixed.
    sample = torch.zeros(
        [side or other for side, other in zip(pictures.shape, (3, 50, 90, 0), strict=True)],
        dtype=torch.uint8,
    )
    dynamic = {
        place: torch.export.Dim.DYNAMIC for place, side in enumerate(pictures.shape) if side is None
    }
    module = Module().eval()
    with torch.no_grad():
        program = torch.export.export(module, (sample,), dynamic_shapes=(dynamic,), strict=False)
    torch.export.save(program, path)


CONVERTERS: dict[str, Callable[..., None]] = {
    "keras": _to_keras,
    "saved-model": _to_saved_model,
    "litert": _to_litert,
    "onnx": _to_onnx,
    "torch": _to_torch,
}
"""By form: from the network and a path to the file or folder there."""


def _by_keras(path: Path) -> Callable[[Any], Any]:
    import keras

    model = keras.saving.load_model(path, safe_mode=True)
    return lambda pictures: keras.ops.convert_to_numpy(model(pictures, training=False))


def _by_saved_model(path: Path) -> Callable[[Any], Any]:
    import tensorflow

    loaded = tensorflow.saved_model.load(str(path))
    return lambda pictures: next(iter(loaded.serve(pictures).values())).numpy()


def _by_torch(path: Path) -> Callable[[Any], Any]:
    import torch

    module = torch.export.load(path).module()

    def answered(pictures: Any) -> Any:
        with torch.no_grad():
            return module(torch.from_numpy(pictures)).numpy()

    return answered


ANSWERERS: dict[str, Callable[[Path], Callable[[Any], Any]]] = {
    "keras": _by_keras,
    "saved-model": _by_saved_model,
    "torch": _by_torch,
}
"""By form: from its path to a function from pictures to probabilities."""


def _name(tensor: Any) -> str:
    return str(tensor._keras_history.operation.name)


def _answered(form: str, path: Path, pictures: Iterable[Any]) -> list[Any]:
    answer = ANSWERERS[form](path)
    return [answer(batch) for batch in pictures]


def one_line(error: Exception) -> str:
    """Return an error's kind and the first line of what it says."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [""]
    return f"{type(error).__name__}: {lines[0][:300]}"


def _main(task: str, form: str, source: str, *files: str) -> None:
    import numpy

    if task == "convert":
        import keras

        CONVERTERS[form](keras.saving.load_model(source, safe_mode=True), Path(files[0]))
    else:
        with numpy.load(files[0]) as given:
            batches = [given[name] for name in given.files]
        numpy.savez(files[1], *_answered(form, Path(source), batches))


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("ignore")
    try:
        _main(*sys.argv[1:])
    except Exception as error:  # whatever a library raises, its one line is what is shown
        sys.exit(one_line(error))
