"""Exports of every network: each is run, and answers as the classifier does or is not kept."""

from __future__ import annotations

import json
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cotejo.backend import keras, use_precision
from cotejo.cli.app import run as command_line
from cotejo.config.views import VIEWS
from cotejo.errors import BackendError, ConfigError, OutputError
from cotejo.export import checking, exporting
from cotejo.export.about import has_note
from cotejo.export.exporting import FORMS, export
from cotejo.export.running import OnnxClassifier
from cotejo.inference import Classifier
from cotejo.models import build_model
from cotejo.pictures.fitting import fitted

NAMES = {"en": ["cat", "dog", "owl"], "es": ["gato", "perro", "búho"]}
OPTIONS = {
    "mlp": {},
    "cnn2": {},
    "cnn3": {},
    "cnn7": {"width": 8},
    "airbench": {"width": 8},
    "airbench96": {"width": 8},
    "cnn": {"convolutions": 2},
    "wide-resnet": {"width": 4},
    "shipped": {"weights": "none"},
    "layers": {"layers": "separable-conv 8 3 relu, layer-norm, average-pool 2, global-max-pool"},
    "keras:MobileNetV3Small": {"weights": "none", "enlarge_to": 64},
}
"""By name of a network, options that make it small."""

onnx = pytest.mark.skipif(
    not all(map(find_spec, ("tf2onnx", "onnxruntime"))),
    reason="the extra onnx is not installed",
)


def classifier(name="cnn3", shape=(32, 32, 3), seed=0, **options) -> Classifier:
    """Return a network that has learned nothing, but is sure of different things."""
    keras.utils.set_random_seed(seed)
    network = build_model(name, shape, 3, **OPTIONS[name])
    made = Classifier(network, NAMES, name="tried 1", **options)
    logits = made.network.predict_on_batch(noise(64, shape))
    made.temperature = float(max(np.std(logits), 1e-3))
    return made


def noise(count: int, shape: tuple[int, int, int]) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, *shape), dtype=np.uint8)


def test_every_network_of_cotejo_s_is_tried():
    from cotejo.models.registry import model_families

    assert {family.name for family in model_families() if family.ships} <= set(OPTIONS)


@onnx
@pytest.mark.parametrize("name", OPTIONS)
def test_every_network_goes_to_onnx(name, tmp_path):
    exported = export(classifier(name), "onnx", tmp_path / "out.onnx", size="fixed")
    assert exported.difference <= checking.TOLERANCE
    assert exported.pictures == 256
    assert exported.bytes == exported.path.stat().st_size


@onnx
@pytest.mark.parametrize(("fit", "channels"), [("pad", 3), ("crop", 1), ("stretch", 3)])
def test_pictures_of_any_size_are_fitted_inside(fit, channels, tmp_path):
    made = classifier("cnn2", (28, 28, channels), fit=fit, views="flip-shift")
    path = export(made, "onnx", tmp_path).path
    found = OnnxClassifier.load(path)
    random = np.random.default_rng(1)
    sizes = [(28, 28), (28, 28), (50, 31), (9, 120), (28, 28), (3, 3)]
    pictures = [random.integers(0, 256, (*size, channels), dtype=np.uint8) for size in sizes]
    flat = [picture[:, :, 0] if channels == 1 else picture for picture in pictures]
    images = [fitted("", Image.fromarray(each), made.image_shape, fit) for each in flat]
    expected = made.probabilities(np.stack(images))
    np.testing.assert_allclose(found.predict_pictures(pictures), expected, atol=1e-5)
    assert expected.std(axis=0).max() > 0.01  # the pictures are told apart


@onnx
def test_the_file_says_what_is_in_it(tmp_path):
    made = classifier(views="flip", fit="pad")
    exported = export(made, "onnx", tmp_path / "sub" / "mine.onnx")
    names = ["mine.onnx", "mine.json", "mine.md", "mine.es.md"]
    assert [file.name for file in exported.files] == names
    assert sorted(names) == sorted(file.name for file in (tmp_path / "sub").iterdir())
    assert has_note(exported.path)
    assert has_note(exported.path.with_suffix(".json"))
    found = OnnxClassifier.load(exported.path)
    assert found.class_names == {"en": ("cat", "dog", "owl"), "es": ("gato", "perro", "búho")}
    assert (found.name, found.image_shape, found.takes_any_size) == ("tried 1", (32, 32, 3), True)
    assert found.about["temperature"] == made.temperature
    beside = json.loads((tmp_path / "sub" / "mine.json").read_text(encoding="utf-8"))
    assert {key: beside[key] for key in found.about} == found.about
    session = pytest.importorskip("onnxruntime").InferenceSession(exported.path)
    kept = session.get_modelmeta().custom_metadata_map
    assert kept["card.en"] == (tmp_path / "sub" / "mine.md").read_text(encoding="utf-8")
    assert session.get_inputs()[0].shape == ["batch", "height", "width", 3]
    assert session.get_outputs()[0].name == "probabilities"


@onnx
def test_grey_and_coloured_pictures_take_the_channels_of_the_network(tmp_path):
    made = classifier("cnn2", (16, 16, 1))
    found = OnnxClassifier.load(export(made, "onnx", tmp_path).path)
    colour = np.random.default_rng(2).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    grey = np.asarray(Image.fromarray(colour).convert("L"))
    answers = found.predict_pictures([colour, grey, grey[:, :, None]])
    np.testing.assert_array_equal(answers[0], answers[1])
    np.testing.assert_array_equal(answers[0], answers[2])
    np.testing.assert_allclose(answers[:1], made.probabilities(grey[None, :, :, None]), atol=1e-5)


@pytest.mark.parametrize(
    ("form", "missing", "said"),
    [
        ("torch", "torch", r"the form torch is written with PyTorch.* -m pip install torch`"),
        ("onnx", "onnxruntime", r"the package onnxruntime.* -m pip install '\.\[onnx\]'"),
    ],
)
def test_what_is_missing_is_said_with_how_to_install_it(form, missing, said, monkeypatch):
    monkeypatch.setattr(exporting, "find_spec", lambda name: None if name == missing else object())
    with pytest.raises(BackendError, match=said):
        export(classifier("mlp"), form)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "onnx"])
def test_every_form_answers_as_the_classifier(form, tmp_path):
    for package in {"litert": ["tensorflow", "ai_edge_litert"], "torch": ["torch"]}.get(form, []):
        pytest.importorskip(package, reason=f"{package} is not installed")
    made = classifier("cnn7", views="flip-shift")
    exported = export(made, form, tmp_path)
    assert exported.difference <= checking.TOLERANCE
    assert (tmp_path / "README.md").is_file()
    assert has_note(exported.path)
    if form == "keras":
        with zipfile.ZipFile(exported.path) as archive:
            note = json.loads(archive.read("cotejo-export.json"))
        assert note["class_names"]["es"] == NAMES["es"]
        assert "búho" in note["card"]["es"]


@onnx
def test_what_answers_otherwise_is_not_kept(tmp_path, monkeypatch):
    made = classifier()
    broken = {**VIEWS, "none": {(0, True): 1.0}}
    monkeypatch.setattr("cotejo.export.whole.VIEWS", broken)
    monkeypatch.setattr(
        "cotejo.export.whole._of_all_views",
        lambda network, pixels, *rest: network(keras.ops.flip(pixels, axis=2)),
    )
    with pytest.raises(OutputError, match="answers otherwise"):
        export(made, "onnx", tmp_path / "new" / "out.onnx")
    assert not (tmp_path / "new").exists()


@onnx
def test_bfloat16_is_exported_in_float32_and_the_difference_told(tmp_path):
    keras.utils.set_random_seed(1)
    with use_precision("bfloat16"):
        network = build_model("cnn3", (32, 32, 3), 3)
    made = Classifier(network, NAMES, name="rounded", temperature=0.05)
    exported = export(made, "onnx", tmp_path)
    assert exported.difference <= checking.TOLERANCE < exported.rounding
    assert made.network is network


def test_what_can_t_be_is_refused_in_one_line(tmp_path, monkeypatch):
    made = classifier("cnn2", (28, 28, 1))
    refusals = [
        (ConfigError, 'unknown form "onx"', {"to": "onx"}),
        (ConfigError, "must be any or fixed", {"to": "onnx", "size": "32"}),
        (ConfigError, "has no int8", {"to": "keras", "int8": True}),
        (ConfigError, "Add --size fixed", {"to": "litert", "int8": True}),
    ]
    for kind, words, options in refusals:
        with pytest.raises(kind, match=words) as refused:
            export(made, out=tmp_path / "never", **options)
        assert "\n" not in str(refused.value)
    (tmp_path / "README.md").write_text("somebody's own")
    with pytest.raises(OutputError, match="not Cotejo's"):
        export(made, "keras", tmp_path)
    monkeypatch.setattr(exporting, "find_spec", lambda package: None)
    with pytest.raises(BackendError, match=r"'\.\[onnx\]'"):
        export(made, "onnx", tmp_path / "never")
    assert [file.name for file in tmp_path.iterdir()] == ["README.md"]


@keras.saving.register_keras_serializable("tests")
class Sorted(keras.layers.Layer):
    """A layer of somebody's own, with an operation that ONNX has no word for."""

    def call(self, inputs):
        import tensorflow

        spectrum = tensorflow.signal.fft(tensorflow.cast(inputs, tensorflow.complex64))
        return keras.ops.cast(tensorflow.math.angle(spectrum), "float32")


@onnx
@pytest.mark.skipif(keras.config.backend() != "tensorflow", reason="the layer is TensorFlow's")
def test_a_layer_that_a_form_can_t_hold_is_refused(tmp_path):
    pixels = keras.Input((8, 8, 3))
    flat = Sorted()(keras.layers.Flatten()(pixels))
    made = Classifier(keras.Model(pixels, keras.layers.Dense(3)(flat)), NAMES, name="odd")
    with pytest.raises(OutputError, match=r"can't be (written|run)"):
        export(made, "onnx", tmp_path / "odd", size="fixed")
    # Keras alone does not know the layer.
    with pytest.raises(OutputError, match="Sorted"):
        export(made, "keras", tmp_path / "odd", size="fixed")
    assert not (tmp_path / "odd").exists()


@onnx
def test_a_run_s_card_has_its_figures_in_both_languages(own_study, tmp_path):
    exported = export(own_study / "small" / "seed-1", "onnx", tmp_path, size="fixed")
    english = (tmp_path / "README.md").read_text(encoding="utf-8")
    spanish = (tmp_path / "README.es.md").read_text(encoding="utf-8")
    assert english.startswith("---\nlicense: unknown\nlanguage: en\n")
    for heading in ("## The file", "## How good it is", "## By class", "## Known weaknesses"):
        assert heading in english
    assert "## Limitaciones conocidas" in spanish
    accuracy = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))["test_accuracy"]
    assert f"value: {accuracy:.4f}" in english
    assert exported.rounding > 0  # it was trained in bfloat16
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    head = yaml.safe_load(english.split("---\n")[1])
    (result,) = head["model-index"][0]["results"]
    assert result["metrics"][0]["type"] == "accuracy"
    assert "cotejo" in head["tags"]


@onnx
def test_int8_says_what_it_costs(small_study, tmp_path):
    run = small_study / "plain" / "seed-1"
    exported = export(run, "onnx", tmp_path, int8=True)
    int8 = exported.int8
    assert exported.difference is None
    assert set(int8.accuracy) == {"valid", "test"}
    for before, after in int8.accuracy.values():
        assert abs(before - after) < 0.05
    assert int8.bytes[1] < 0.6 * int8.bytes[0]
    assert OnnxClassifier.load(exported.path).about["int8"]["calibration"] == 512
    assert "int8" in (tmp_path / "README.md").read_text(encoding="utf-8")


@onnx
def test_int8_of_a_file_alone_is_calibrated_on_arrays_that_are_given(tmp_path):
    made = classifier("mlp", (8, 8, 1))
    made.class_names = {language: ["0", "1", "2"] for language in NAMES}
    given = tmp_path / "digits.npz"
    np.savez(given, x=noise(90, (8, 8, 1)), y=np.arange(90) % 3)
    int8 = export(made, "onnx", tmp_path / "out", size="fixed", int8=True, data=given).int8
    assert not int8.accuracy
    assert 0 < int8.calibration < 90


def test_int8_of_litert_says_what_it_costs(small_study, tmp_path):
    pytest.importorskip("tensorflow", reason="tensorflow is not installed")
    pytest.importorskip("ai_edge_litert", reason="the extra litert is not installed")
    run = small_study / "plain" / "seed-1"
    exported = export(run, "litert", tmp_path, size="fixed", int8=True)
    for before, after in exported.int8.accuracy.values():
        assert abs(before - after) < 0.05
    assert exported.int8.bytes[1] < 0.6 * exported.int8.bytes[0]


@onnx
def test_the_command(small_study, tmp_path, capsys):
    run = str(small_study / "plain" / "seed-1")
    out = tmp_path / "model.onnx"
    assert command_line(["export", run, "--size", "fixed", "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["form"], said["path"], said["pictures"]) == ("onnx", str(out), 256)
    assert command_line(["--lang", "es", "export", run, "--to", "nada"]) == 2
    assert "forma desconocida" in capsys.readouterr().err


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(OutputError, match="there is no such file"):
        OnnxClassifier.load(tmp_path / "nowhere.onnx")
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"no model")
    with pytest.raises(OutputError, match="is no ONNX file that Cotejo exported"):
        OnnxClassifier.load(bad)


def test_running_takes_no_keras(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys, cotejo.export.running; "
        "sys.exit(any(name in sys.modules for name in ('keras', 'tensorflow', 'jax', 'torch')))"
    )
    path = str(Path(checking.__file__).parents[2])
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": path}).returncode == 0
