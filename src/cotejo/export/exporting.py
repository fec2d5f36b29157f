"""`export`: a classifier written in a form that others run, and shown to answer as it does."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.errors import BackendError, ConfigError, OutputError
from cotejo.export import checking, plain
from cotejo.export.about import about, embed, has_note
from cotejo.export.card import hugging_face_cards
from cotejo.export.quantizing import Quantized, quantize
from cotejo.export.whole import Size, foreign_layers, in_float32, whole
from cotejo.export.whole_numbers import is_exact_in_whole_numbers
from cotejo.messages import did_you_mean
from cotejo.platform import BACKEND_NAMES, install_command, interpreter, package_of
from cotejo.store import RunFile, StudyFile
from cotejo.store.files import make_folder, temporary_path, write_file, write_json, writing

if TYPE_CHECKING:
    from cotejo.inference import Classifier

__all__ = ["FORMS", "Exported", "Form", "export"]

Form = Literal["onnx", "litert", "saved-model", "torch", "keras"]
FORMS: tuple[Form, ...] = get_args(Form)

ENDINGS: dict[str, str] = {
    "onnx": ".onnx",
    "litert": ".tflite",
    "saved-model": "",
    "torch": ".pt2",
    "keras": ".keras",
}
"""How the file of a form ends; a saved model is a folder."""

_NEEDED = {
    "onnx": (("tf2onnx", "onnx"), ("onnxruntime", "onnx")),
    "litert": (("ai_edge_litert", "litert"),),
}
"""By form: the packages that it takes besides its backend, and the extra that installs each."""


@dataclass(frozen=True)
class Exported:
    """What was exported, and how it was found to be.

    Attributes:
        form: a name of `FORMS`.
        path: of the file, or of the folder of a saved model.
        files: all that were written, with the cards.
        bytes: of the file, or of all files in the folder.
        pictures: how many it was asked about.
        difference: the largest of its probabilities from the classifier's, computed in float32;
            None of an int8 file, which is judged by its accuracy.
        rounding: how far the classifier's own probabilities lie from those of float32, where it
            computes in bfloat16; 0 where it computes in float32.
        int8: what quantisation cost and gave; None where nothing was quantised.
    """

    form: Form
    path: Path
    files: tuple[Path, ...]
    bytes: int
    pictures: int
    difference: float | None
    rounding: float
    int8: Quantized | None = None


@dataclass
class _Place:
    """Where the files of an export go."""

    model: Path
    note: Path
    cards: dict[str, Path] = field(default_factory=dict)


def export(
    classifier: Classifier | Path | str | None = None,
    to: str = "onnx",
    out: Path | str | None = None,
    *,
    size: str = "any",
    int8: bool = False,
    data: Path | str | None = None,
    data_dir: Path | None = None,
    code: Path | str | Callable[..., Any] | None = None,
    on_step: Callable[[str], None] = lambda step: None,
) -> Exported:
    """Write a classifier as a file that others run, with what is done to pictures inside it.

    The file takes pictures of 8 bits, ``[n, height, width, channels]``, and gives probabilities
    ``[n, classes]``. It is then run on 256 pictures, and kept only if no probability is further
    than 1e-4 from the classifier's. Beside it lie a card in the Hugging Face form, in English and
    Spanish, and a ``.json`` with the names of the classes.

    Args:
        classifier: a `Classifier`, or what `Classifier.load` takes.
        to: ``"onnx"``, ``"litert"``, ``"saved-model"``, ``"torch"`` or ``"keras"``.
        out: a folder; or a file with the form's ending. By default ``exported/NAME``.
        size: ``"any"`` for pictures of any size; ``"fixed"`` for those of the network's own alone.
        int8: whether to compute in 8 bits, calibrated on training images; of ONNX, and of LiteRT
            with a fixed size.
        data: the data set that it was trained on, for ``int8``, where its name is not enough.
        data_dir: where the data set lies.
        code: as for `Classifier.load`.
        on_step: called with ``"write"``, ``"check"`` and ``"quantize"`` as each begins.

    Raises:
        BackendError: a package is missing.
        ConfigError: there is no such form, or it can't be had so.
        OutputError: the network has something that the form can't hold, the file answers otherwise
            than the classifier, or it can't be written: what is there already and was not exported
            stays, and so does all in the folder of a run or a study. Nothing is left then.
    """
    from cotejo.inference import Classifier

    form = _checked(to, size, int8)
    if not isinstance(classifier, Classifier):
        classifier = Classifier.load(classifier, code)
    _check_installed(form)
    shape, fit = classifier.image_shape, classifier.fit
    if form == "litert" and size == "any" and not is_exact_in_whole_numbers(shape, fit):
        raise ConfigError("export.litert_fixed", fit=fit, height=shape[0], width=shape[1])
    place = _place(form, classifier.file_name, out)
    with _held(form):
        network = in_float32(classifier.network)
    kind: Size = "fixed" if size == "fixed" else "any"
    note = about(classifier, kind)
    needs_only_keras = plain.BACKENDS[form] != keras.config.backend()
    foreign = foreign_layers(network)
    if needs_only_keras and foreign:
        raise OutputError("export.foreign", form=form, layers=", ".join(foreign))
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / f"model{ENDINGS[form]}"
        on_step("write")
        with _held(form):
            one = whole(classifier, network, kind, in_whole_numbers=form == "litert")
            _write(form, one, written)
        on_step("check")
        batches = checking.check_pictures(classifier.image_shape, size)
        images = checking.fitted_batches(batches, classifier.image_shape, classifier.fit)
        expected = _in(network, classifier).probabilities(images)
        own = expected
        if network is not classifier.network:
            own = classifier.probabilities(images)
        quantized = None
        if int8:
            with _held(form):
                embed(form, written, note, {})
            _check(form, written, batches, expected)
            on_step("quantize")
            quantized = quantize(form, _in(network, classifier), one, written, data, data_dir)
            note["int8"] = quantized.to_json()
        cards = hugging_face_cards(classifier, form, place.model.name, note)
        with _held(form):
            embed(form, written, note, cards)
        difference = None
        if int8:  # judged by its accuracy, but it has to run
            checking.answers_of(form, written, batches)
        else:
            difference = _check(form, written, batches, expected)
        files = _move(written, place, note, cards)
    return Exported(
        form=form,
        path=place.model,
        files=files,
        bytes=_bytes(place.model),
        pictures=len(images),
        difference=difference,
        rounding=checking.largest_difference(own, expected),
        int8=quantized,
    )


def _checked(to: str, size: str, int8: bool) -> Form:
    for form in FORMS:
        if form == to:
            break
    else:
        raise ConfigError(
            "export.unknown", form=to, forms=", ".join(FORMS), hint=did_you_mean(to, FORMS)
        )
    if size not in ("any", "fixed"):
        raise ConfigError("export.unknown_size", size=size)
    if int8 and form not in ("onnx", "litert"):
        raise ConfigError("export.no_int8", form=form)
    if int8 and form == "litert" and size == "any":
        raise ConfigError("export.int8_any")
    return form


def _check_installed(form: Form) -> None:
    for package, extra in _NEEDED.get(form, ()):
        if find_spec(package) is None:
            shown, command = package.replace("_", "-"), install_command(extra)
            raise BackendError("export.needs", package=shown, command=command)
    backend = plain.BACKENDS[form]
    if backend is not None and find_spec(backend) is None:
        raise BackendError(
            "export.needs_backend",
            form=form,
            backend=BACKEND_NAMES[backend],
            package=package_of(backend),
            python=interpreter(),
        )


def _place(form: Form, name: str, out: Path | str | None) -> _Place:
    ending = ENDINGS[form]
    if out is None:
        out = Path("exported") / name
    path = Path(out)
    if ending and path.suffix == ending:
        place = _Place(path, path.with_suffix(".json"))
        place.cards = {"en": path.with_suffix(".md"), "es": path.with_suffix(".es.md")}
    else:
        model = path / (f"model{ending}" if ending else "saved_model")
        place = _Place(model, path / "model.json")
        place.cards = {"en": path / "README.md", "es": path / "README.es.md"}
    _check_free(place, is_folder=not ending)
    return place


def _check_free(place: _Place, is_folder: bool) -> None:
    """Refuse to write over what was not exported, or in the folder of a run or a study.

    Raises:
        OutputError: something is in the way.
    """
    folder = place.model.resolve().parent
    for above in (folder, *folder.parents):
        if (above / RunFile.RECORD).is_file() or (above / StudyFile.RECORD).is_file():
            raise OutputError("export.of_a_run", path=place.model)
    for card in place.cards.values():
        # A README of somebody's own is not written over.
        if _is_there(card) and not _is_card(card):
            raise OutputError("export.in_the_way", path=card)
    for path in (place.model, place.note):
        if _is_there(path) and not has_note(path):
            raise OutputError("export.in_the_way", path=path)
    if place.model.exists() and place.model.is_dir() != is_folder:
        raise OutputError("export.in_the_way", path=place.model)


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _is_card(path: Path) -> bool:
    return path.is_file() and "- cotejo\n" in path.read_text(encoding="utf-8", errors="replace")


@contextmanager
def _held(form: Form) -> Iterator[None]:
    """Turn what a converter raises into one line: a form does not hold this network.

    Raises:
        OutputError: in place of any error in this block.
    """
    try:
        yield
    except Exception as error:  # each converter has its own for a layer that it does not know
        if isinstance(error, OutputError):
            reason = str(error.values.get("reason", error))
        else:
            reason = plain.one_line(error)
        raise OutputError(
            "export.unsupported", form=form, reason=f"{reason.rstrip('.')}."
        ) from error


def _write(form: Form, one: keras.Model, path: Path) -> None:
    """Write the network in a form: here, or in a process with the backend that the form takes."""
    if plain.BACKENDS[form] in (None, keras.config.backend()):
        plain.CONVERTERS[form](one, path)
        return
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "whole.keras"
        one.save(saved)
        checking.run_plain(form, "convert", form, saved, path)


def _in(network: keras.Model, classifier: Classifier) -> Classifier:
    """Return the classifier with a network of the same weights in another precision."""
    changed = copy.copy(classifier)
    changed.network = network
    return changed


def _check(
    form: Form,
    path: Path,
    batches: Sequence[NDArray[np.uint8]],
    expected: NDArray[np.float32],
) -> float:
    """Return the largest difference of what was exported from what is expected.

    Raises:
        OutputError: it is too large, or the file can't be run.
    """
    difference = checking.largest_difference(checking.answers_of(form, path, batches), expected)
    if not difference <= checking.TOLERANCE:
        raise OutputError("export.differs", form=form, difference=f"{difference:.1e}")
    return difference


def _move(
    written: Path, place: _Place, note: dict[str, Any], cards: dict[str, str]
) -> tuple[Path, ...]:
    make_folder(place.model.parent)
    # Beside its place first, so that it is there whole or not at all. A folder can't take the place
    # of another: the old one steps aside, and comes back if the new one can't be put there.
    beside = temporary_path(place.model)
    old = beside.with_name(f"{beside.name}-old")
    try:
        with writing(place.model):
            shutil.move(written, beside)
            if place.model.is_dir():
                place.model.replace(old)
            try:
                beside.replace(place.model)
            except OSError:
                if old.is_dir():
                    old.replace(place.model)
                raise
            if old.is_dir():
                shutil.rmtree(old)
    finally:
        if beside.is_dir():
            shutil.rmtree(beside)
        beside.unlink(missing_ok=True)
    write_json(place.note, note)
    for language, card in cards.items():
        write_file(place.cards[language], card)
    return (place.model, place.note, *place.cards.values())


def _bytes(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
