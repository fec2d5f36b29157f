"""What holds for every network that people write: it is trained and kept as ours are."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cotejo import Classifier, Study, StudyConfig
from cotejo.backend import keras, set_seed
from cotejo.config import Settings
from cotejo.config.sources import Source, Sources, read_sources
from cotejo.errors import ConfigError, OutputError
from cotejo.models import build_model, check_options, family_of
from cotejo.models.own.adapting import adapted, changes_of
from cotejo.models.own.executing import named
from cotejo.report import write_report
from cotejo.train import softmax

NETS = Path(__file__).parent / "nets.py"
SHAPE = (32, 32, 3)

CHANGES = {
    "notebook_one": ("scaled", "softmax", "compiled"),
    "notebook_two": ("scaled", "softmax", "compiled", "compiled_details"),
    "without_input": ("scaled",),
    "rescaled": ("softmax",),
    "normalised": ("softmax",),
    "augmented": ("scaled", "softmax"),
    "with_sigmoid": ("sigmoid",),
    "own_layer": (),
    "Written": ("softmax",),
    "WithoutEnd": ("scaled", "log"),
    "resnet": ("scaled", "softmax"),
    "transformer": (),
    "conv_mixer": ("softmax",),
    "backbone": ("softmax",),
    "made_at_once": ("scaled", "softmax"),
}
"""What is changed of each network of nets.py."""

NEED_CODE = {"own_layer", "Written", "WithoutEnd", "transformer"}
"""Those with layers of their own, which no file brings back without the code."""


def settings_of(name, folder=NETS.parent, **options):
    sources, called = read_sources([f"nets.py:{name}"], folder, "a test")
    settings = Settings.from_flat({"model": f"nets.py:{name}", **options}).resolved()
    return settings.with_sources(sources, called)


def built(name, seed=1, **options):
    set_seed(seed)
    settings = settings_of(name, **options)
    return build_model(family_of(settings), SHAPE, 10, **settings.options)


def as_written(name):
    """Return the network as its author made it, before anything is changed of it."""
    set_seed(1)
    thing = named(Source("nets.py", NETS.read_bytes()), name)
    if isinstance(thing, keras.Model):
        return thing
    if isinstance(thing, type):
        return thing(10)
    return thing() if name == "notebook_two" else thing(SHAPE, 10)


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, *SHAPE), dtype=np.uint8)


@pytest.mark.parametrize("name", CHANGES)
def test_it_says_what_its_author_wrote(name, pixels):
    network = built(name)
    assert changes_of(network) == CHANGES[name]
    assert network.input_shape == (None, *SHAPE)
    assert network.output_shape == (None, 10)
    logits = network.predict_on_batch(pixels)
    assert np.isfinite(logits).all()
    seen = pixels / np.float32(255) if "scaled" in CHANGES[name] else pixels.astype("float32")
    author = keras.ops.convert_to_numpy(as_written(name)(seen, training=False))
    if "sigmoid" in CHANGES[name]:
        np.testing.assert_allclose(1 / (1 + np.exp(-logits)), author, atol=1e-5)
    elif {"softmax", "log"} & set(CHANGES[name]):
        np.testing.assert_allclose(softmax(logits), author, atol=1e-5)
    else:
        np.testing.assert_allclose(logits, author, rtol=1e-4, atol=1e-4)


@pytest.fixture(scope="module")
def study(tmp_path_factory, digits):
    """All networks of nets.py, trained for an epoch, in one study."""
    folder = tmp_path_factory.mktemp("own")
    alternatives = [{"name": name.lower(), "model": f"nets.py:{name}"} for name in CHANGES]
    alternatives.append(
        {"name": "again", "model": "nets.py:own_layer", "start_from": "own_layer", "epochs": 1}
    )
    config = StudyConfig.parse(
        {"base": {"epochs": 1, "learning_rate": 0.002},
         "alternative": alternatives}, folder=NETS.parent,
    )  # fmt: skip
    few = replace(
        digits, name="few-digits", train=digits.train.take(np.arange(256)),
        valid=digits.valid.take(np.arange(60)),
        test=digits.test.take(np.arange(60)),
    )  # fmt: skip
    result = Study(config).run(out=folder / "run", dataset=few)
    assert not result.failed
    return folder / "run", few


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_trained_and_kept_as_ours_are(name, study):
    folder, dataset = study
    run = folder / name.lower() / "seed-1"
    record = json.loads((run / "run.json").read_text())
    assert record["model"]["parameters"] > 0
    assert record["model"]["operations_per_image"] > 0
    assert record["model"]["layers"][0]["output_shape"] == list(SHAPE)
    assert tuple(record["model"].get("changes", ())) == CHANGES[name]
    assert (run / "nets.py").read_bytes() == NETS.read_bytes()
    if name in NEED_CODE:
        with pytest.raises(OutputError, match=r"--code .*nets\.py"):
            Classifier.load(run)
        classifier = Classifier.load(run, code=NETS)
    else:
        classifier = Classifier.load(run)
    with np.load(run / "predictions.npz") as arrays:
        logits = classifier.network.predict_on_batch(dataset.test.images)
        np.testing.assert_allclose(softmax(logits), arrays["test_probabilities"], atol=1e-5)


def test_networks_are_trained_in_bfloat16(digits, tmp_path):
    names = ("notebook_one", "Written", "WithoutEnd", "transformer")
    config = StudyConfig.parse(
        {"base": {"epochs": 1, "precision": "bfloat16"},
         "alternative": [{"name": name.lower(), "model": f"nets.py:{name}"} for name in names]},
        folder=NETS.parent,
    )  # fmt: skip
    few = replace(
        digits, name="few-digits", train=digits.train.take(np.arange(64)),
        valid=digits.valid.take(np.arange(60)), test=digits.test.take(np.arange(60)),
    )  # fmt: skip
    assert not Study(config).run(out=tmp_path / "run", dataset=few).failed
    for name in names:
        run = tmp_path / "run" / name.lower() / "seed-1"
        record = json.loads((run / "run.json").read_text())
        assert record["precision"] == "bfloat16"
        assert tuple(record["model"].get("changes", ())) == CHANGES[name]
        classifier = Classifier.load(run, code=NETS if name in NEED_CODE else None)
        with np.load(run / "predictions.npz") as arrays:
            logits = classifier.network.predict_on_batch(few.test.images)
            np.testing.assert_allclose(softmax(logits), arrays["test_probabilities"], atol=0.02)


@pytest.mark.usefixtures("undrawn")
def test_the_report_says_what_was_changed(study):
    folder, _ = study
    english, spanish = (write_report(folder, language).read_text() for language in ("en", "es"))
    assert "scaled from 0–255 to 0–1 before the first layer" in english
    assert "se omite al entrenar y la pérdida recibe los logits" in spanish


def test_what_was_compiled_becomes_the_settings(study):
    folder, _ = study
    first, second = (
        json.loads((folder / name / "seed-1" / "run.json").read_text())["settings"]
        for name in ("notebook_one", "notebook_two")
    )
    # The study gives a learning rate itself.
    assert (first["optimizer"], first["learning_rate"]) == ("rmsprop", 0.002)
    assert (second["optimizer"], second["momentum"]) == ("sgd", pytest.approx(0.8))


def test_statistics_are_of_the_training_images(study):
    folder, dataset = study
    model = Classifier.load(folder / "normalised" / "seed-1").network
    (layer,) = [each for each in model.layers if isinstance(each, keras.layers.Normalization)]
    mean = keras.ops.convert_to_numpy(layer.adapt_mean).ravel()
    np.testing.assert_allclose(mean, dataset.train.images.mean(axis=(0, 1, 2)), rtol=1e-3)


def test_a_stranger_s_file_beside_a_model_is_never_run(study, tmp_path):
    folder, _ = study
    run = tmp_path / "handed-in"
    run.mkdir()
    for path in (folder / "own_layer" / "seed-1").iterdir():
        (run / path.name).write_bytes(path.read_bytes())
    (run / "nets.py").write_text("raise SystemExit('run')")
    with pytest.raises(OutputError, match="layers of its author's own"):
        Classifier.load(run)


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda: keras.Model([keras.Input(SHAPE), keras.Input((3,))], keras.Input((1,))), None),
        (lambda: "a text", "must give a Keras network, and gives a str"),
        (
            lambda: keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()]),
            "takes images of 8 × 8 × 1, and those of the data are 32 × 32 × 3",
        ),
        (
            lambda: keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(7)]),
            "gives 7 numbers for each image, and the data has 10 classes",
        ),
        (
            lambda: keras.Sequential([keras.layers.Conv2D(10, 3)]),
            r"an array of 30 × 30 × 10 .* Put Flatten\(\) or GlobalAveragePooling2D\(\)",
        ),
    ],
)
def test_what_can_t_be_trained_is_refused_in_one_line(make, line):
    if line is None:
        first, second = keras.Input(SHAPE), keras.Input((3,))
        flat = keras.layers.Flatten()(first)
        network = keras.Model(
            [first, second], keras.layers.Dense(10)(keras.layers.Concatenate()([flat, second]))
        )
        line = "one input, images, and one output"
    else:
        network = make()
    with pytest.raises(ConfigError, match=line) as caught:
        adapted(network, SHAPE, 10, "mine")
    assert "\n" not in str(caught.value)


def test_two_classes_may_have_one_output(pixels):
    for activation, changes in (
        ("sigmoid", ("scaled", "sigmoid", "one_output")),
        (None, ("scaled", "one_output")),
    ):
        set_seed(3)
        layers = [keras.layers.Flatten(), keras.layers.Dense(1, activation=activation)]
        network = adapted(keras.Sequential(layers), SHAPE, 2, "mine")
        assert changes_of(network) == changes
        logits = network.predict_on_batch(pixels)
        assert logits.shape == (5, 2)
        assert (logits[:, 0] == 0).all()


def test_options_are_those_of_the_signature():
    assert built("resnet", width=8).count_params() > built("resnet").count_params()
    with pytest.raises(ConfigError, match=r"no option `depth`; its options: width"):
        check_options(family_of(settings_of("resnet")), {"depth": 3})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def net(:\n", "no Python: line 1"),
        ("x = 1\n", "defines no `net`. It defines: x"),
        ("import keras\ndef net(image_shape, num_classes):\n    return 1 / 0\n", "own.py:3"),
        ("def net(image_shape, num_classes, depth): ...", "`depth` of the model"),
        ("import not_there\ndef net(): ...", "own.py:1.*ModuleNotFoundError"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(tmp_path, text, line):
    (tmp_path / "own.py").write_text(text)
    sources, called = read_sources(["own.py:net"], tmp_path, "a test")
    settings = Settings(model="own.py:net").with_sources(sources, called)
    with pytest.raises(ConfigError, match=line) as caught:
        build_model(family_of(settings), SHAPE, 10)
    assert "\n" not in str(caught.value)


def test_two_files_of_one_name_are_refused(tmp_path):
    for folder, text in (("a", "def net(): ..."), ("b", "def net(): return 1")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "nets.py").write_text(text)
    with pytest.raises(ConfigError, match=r"two different files are called nets\.py"):
        StudyConfig.parse(
            {"alternative": [{"name": "a", "model": "a/nets.py:net"},
                             {"name": "b", "model": "b/nets.py:net"}]}, folder=tmp_path,
        )  # fmt: skip


def test_no_record_says_where_a_file_lay(tmp_path):
    (tmp_path / "nets.py").write_text("def net(): ...")
    config = StudyConfig.parse(
        {"alternative": [{"name": "a", "model": str(tmp_path / "nets.py:net")}]}
    )
    assert str(tmp_path) not in config.to_toml()
    assert config.alternatives[0].changes == {"model": "nets.py:net"}
    assert Sources(config.sources.values()) == config.alternatives[0].settings.sources
