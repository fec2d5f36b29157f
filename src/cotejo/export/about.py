"""What goes with an exported network: how it is used, and how good it is."""

from __future__ import annotations

import json
import zipfile
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo.export.whole import INPUT, OUTPUT, Size
from cotejo.models.packed import described
from cotejo.store import RunFolder

if TYPE_CHECKING:
    from cotejo.inference import Classifier

__all__ = ["about", "embed", "has_note", "test_accuracy"]

NOTE = "cotejo-export.json"
"""What the note is called inside forms that are archives or folders."""


def about(classifier: Classifier, size: Size) -> dict[str, Any]:
    """Return what a file says of the classifier in it, as JSON holds it."""
    return {
        "format": 1,
        "cotejo": version("cotejo"),
        "name": classifier.name,
        "class_names": {key: list(names) for key, names in classifier.class_names.items()},
        "image_shape": list(classifier.image_shape),
        "input": INPUT,
        "output": OUTPUT,
        "size": size,
        "fit": classifier.fit,
        "views": classifier.views,
        "views_margin": classifier.margin if isfinite(classifier.margin) else None,
        "temperature": classifier.temperature,
        "test_accuracy": test_accuracy(classifier),
    }


def test_accuracy(classifier: Classifier) -> float | None:
    """Return the classifier's accuracy on its test images; None where nothing says it."""
    if isinstance(classifier.origin, RunFolder):
        accuracy = (classifier.origin.metrics.get("test") or {}).get("accuracy")
    elif classifier.origin == "shipped":
        accuracy = described()["test_accuracy"]
    else:
        accuracy = None
    return float(accuracy) if isinstance(accuracy, int | float) else None


def embed(form: str, path: Path, note: dict[str, Any], cards: dict[str, str]) -> None:
    """Write into an exported file what goes with it.

    An ONNX file has it in its metadata, each entry by itself as JSON; a LiteRT file in its
    metadata, an archive and a folder in a file of their own, together.

    Args:
        form: of the file.
        path: of the file or folder.
        note: what `about` returns.
        cards: the model's card by language.
    """
    together = json.dumps({**note, "card": cards}, ensure_ascii=False, indent=1)
    if form == "onnx":
        _into_onnx(path, note, cards)
    elif form == "litert":
        _into_litert(path, together)
    elif form == "saved-model":
        extra = path / "assets.extra"  # TensorFlow leaves it to others
        extra.mkdir(exist_ok=True)
        (extra / NOTE).write_text(together, encoding="utf-8")
    else:
        with zipfile.ZipFile(path, "a") as archive:
            # A file of PyTorch's has all its members in one folder.
            first = archive.namelist()[0].partition("/")[0]
            place = f"{first}/extra/{NOTE}" if form == "torch" else NOTE
            archive.writestr(place, together)


def has_note(path: Path) -> bool:
    """Whether a file or a folder was written by `cotejo export`: whether the note is in it.

    Nothing in it is run or unpickled, and no package of its form is needed.
    """
    if path.is_dir():
        return (path / "assets.extra" / NOTE).is_file()
    try:
        with path.open("rb") as file:
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    return any(Path(name).name == NOTE for name in archive.namelist())
            file.seek(0)
            text = file.read()
    except (OSError, zipfile.BadZipFile):
        return False
    if path.suffix == ".json":
        return {"cotejo", "format", "class_names", "output", "size"} <= _read_json(text).keys()
    if path.suffix == ".onnx":  # its metadata, and who made it
        return b"cotejo" in text and b"views_margin" in text
    return NOTE.encode() in text


def _read_json(text: bytes) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _into_onnx(path: Path, note: dict[str, Any], cards: dict[str, str]) -> None:
    import onnx

    model = onnx.load(path)
    texts = {key: json.dumps(value, ensure_ascii=False) for key, value in note.items()}
    onnx.helper.set_model_props(
        model, {**texts, **{f"card.{language}": card for language, card in cards.items()}}
    )
    model.producer_name, model.producer_version = "cotejo", note["cotejo"]
    (pictures,), (probabilities,) = model.graph.input, model.graph.output
    for tensor, names in (
        (pictures, ("batch", "height", "width", "")),
        (probabilities, ("batch", "")),
    ):
        for dimension, name in zip(tensor.type.tensor_type.shape.dim, names, strict=True):
            if not dimension.HasField("dim_value") and name:
                dimension.dim_param = name
    _rename_output(model, note["output"])
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _rename_output(model: Any, name: str) -> None:
    (output,) = model.graph.output
    for node in model.graph.node:
        for place, made in enumerate(node.output):
            if made == output.name:
                node.output[place] = name
        for place, used in enumerate(node.input):
            if used == output.name:
                node.input[place] = name
    output.name = name


def _into_litert(path: Path, text: str) -> None:
    import flatbuffers
    from tensorflow.lite.python import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    buffer = schema.BufferT()
    buffer.data = list(text.encode())
    model.buffers.append(buffer)
    entry: Any = schema.MetadataT()
    entry.name, entry.buffer = NOTE, len(model.buffers) - 1
    others = [each for each in model.metadata or [] if each.name not in (NOTE, NOTE.encode())]
    model.metadata = [*others, entry]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()))
