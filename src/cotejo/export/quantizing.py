"""A network in whole numbers of 8 bits, calibrated on training images: what it costs and gives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.data import Split
from cotejo.data.folds import folds
from cotejo.elsewhere import load_for
from cotejo.errors import DataError, OutputError
from cotejo.export import checking, plain
from cotejo.export.whole import INPUT
from cotejo.inference.training_images import data_as_studied
from cotejo.trained.learned import learned_images

if TYPE_CHECKING:
    from cotejo.inference import Classifier

__all__ = ["Quantized", "quantize"]

_CALIBRATION = 512
"""The training images that the ranges of the activations are taken from."""

_BATCH = 64
_REPETITIONS = 20


@dataclass(frozen=True)
class Quantized:
    """What quantisation cost and gave.

    Attributes:
        calibration: the number of training images that it was calibrated on.
        accuracy: by split, ``"valid"`` and ``"test"``: the accuracy in float32 and in int8. There
            is no ``"valid"`` where the network learned from the validation images, and none at all
            where nothing says which images it learned from.
        images: by split, the number of images.
        milliseconds: of one picture of the network's own size, in float32 and in int8: alone, as
            ``"one"``, and in a batch of 64, as ``"batch"``; medians on this machine.
        bytes: of the file in float32 and in int8.
    """

    calibration: int
    accuracy: dict[str, tuple[float, float]]
    images: dict[str, int]
    milliseconds: dict[str, tuple[float, float]]
    bytes: tuple[int, int]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)


def quantize(
    form: str,
    classifier: Classifier,
    whole: keras.Model,
    path: Path,
    data: Path | str | None,
    data_dir: Path | None,
) -> Quantized:
    """Replace an exported file with one that computes in 8 bits.

    Args:
        form: ``"onnx"`` or ``"litert"``.
        classifier: that was exported, in float32.
        whole: as `cotejo.export.whole` returns it.
        path: of the file in float32.
        data: the data set; by default the one that the classifier's run names.
        data_dir: where it lies.

    Raises:
        DataError: the data set can't be had, or is another one.
        OutputError: the network can't be quantised.
    """
    train, judged = _images(classifier, data, data_dir)
    images = train.images
    random = np.random.default_rng(0)
    count = min(len(images), _CALIBRATION)
    chosen = np.asarray(images[np.sort(random.choice(len(images), count, replace=False))])
    eight = path.with_name(f"int8{path.suffix}")
    try:
        (_quantize_onnx if form == "onnx" else _quantize_litert)(whole, path, eight, chosen)
    except Exception as error:  # each quantiser has its own
        reason = plain.one_line(error)
        raise OutputError("export.not_quantized", form=form, reason=reason) from error
    accuracy, sizes = {}, {}
    for name, split in judged.items():
        given = np.asarray(split.images)
        before = classifier.probabilities(given)
        after = _answers(form, eight, given)
        accuracy[name] = (_accuracy(before, split.labels), _accuracy(after, split.labels))
        sizes[name] = len(given)
    batch = chosen[np.arange(_BATCH) % len(chosen)]
    answerers = [checking.answerer(form, each) for each in (path, eight)]
    milliseconds = {
        "one": _pair(_milliseconds(each, batch[:1]) for each in answerers),
        "batch": _pair(_milliseconds(each, batch) / _BATCH for each in answerers),
    }
    both = path.stat().st_size, eight.stat().st_size
    eight.replace(path)
    return Quantized(count, accuracy, sizes, milliseconds, both)


def _images(
    classifier: Classifier, data: Path | str | None, data_dir: Path | None
) -> tuple[Split, dict[str, Split]]:
    """Return the images that a network learned from, and those that it did not, by their split.

    Of a file alone it is not known what it learned from: the images that are given calibrate it,
    and it is judged by none.

    Raises:
        DataError: the data set can't be had, or is not what the network was trained on.
    """
    origin = classifier.origin
    if origin is None:
        return _alike(classifier, data, data_dir), {}
    studied = data_as_studied(origin, data, data_dir)
    if origin == "shipped":
        return studied.train, {"test": studied.test}
    # Of a cross-validation, the first network is the one that is kept.
    own = next(folds(studied, int(origin.record["seed"]))).dataset
    judged = {"valid": own.valid, "test": own.test}
    learned = learned_images(studied, origin.record)
    return learned, {name: split for name, split in judged.items() if len(split)}


def _alike(classifier: Classifier, data: Path | str | None, data_dir: Path | None) -> Split:
    """Return training images that fit a network."""
    if data is None:
        raise DataError("export.needs_data")
    dataset = load_for(data, classifier, data_dir)
    if (
        dataset.class_names["en"] != tuple(classifier.class_names["en"])
        or dataset.image_shape != classifier.image_shape
    ):
        raise DataError("export.other_data", data=data, shape=list(classifier.image_shape))
    return dataset.train


def _quantize_onnx(whole: keras.Model, path: Path, eight: Path, images: NDArray[np.uint8]) -> None:
    import onnx
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(quantization.CalibrationDataReader):
        def __init__(self) -> None:
            self.left = iter(images)

        def get_next(self) -> Any:
            image = next(self.left, None)
            return None if image is None else {INPUT: image[None]}

    prepared = path.with_name(f"prepared{path.suffix}")
    quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
    graph = onnx.load(prepared).graph
    weights = {tensor.name for tensor in graph.initializer}
    # A product of two things that are computed is no layer: it resamples the pictures.
    computed = [
        node.name
        for node in graph.node
        if node.op_type == "MatMul" and node.input[1] not in weights
    ]
    quantization.quantize_static(
        str(prepared),
        str(eight),
        Reader(),
        quant_format=quantization.QuantFormat.QDQ,
        op_types_to_quantize=["Conv", "Gemm", "MatMul"],
        nodes_to_exclude=computed,
        per_channel=True,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
    )
    quantized = onnx.load(eight)  # the quantiser says other things there
    del quantized.metadata_props[:]
    quantized.metadata_props.extend(onnx.load(path).metadata_props)
    onnx.save(quantized, eight)


def _quantize_litert(
    whole: keras.Model, path: Path, eight: Path, images: NDArray[np.uint8]
) -> None:
    def calibration() -> Iterator[list[Any]]:
        for image in images:
            yield [image[None]]

    convert: Any = plain.CONVERTERS["litert"]
    convert(whole, eight, calibration)


def _answers(form: str, path: Path, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    batches = [images[start : start + _BATCH] for start in range(0, len(images), _BATCH)]
    answer = checking.answerer(form, path)
    return np.concatenate([answer(np.ascontiguousarray(batch)) for batch in batches])


def _accuracy(probabilities: NDArray[np.float32], labels: NDArray[Any]) -> float:
    return float((probabilities.argmax(axis=1) == labels).mean())


def _milliseconds(answer: Callable[[Any], Any], batch: NDArray[np.uint8]) -> float:
    seconds = []
    for _ in range(_REPETITIONS + 2):
        start = time.perf_counter()
        answer(batch)
        seconds.append(time.perf_counter() - start)
    return 1000 * float(np.median(seconds[2:]))  # the first ones make plans


def _pair(values: Iterator[float]) -> tuple[float, float]:
    before, after = values
    return before, after
