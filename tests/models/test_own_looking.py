"""What is found by looking at a network of the user's own: no chance may decide it."""

import numpy as np
import pytest

from cotejo import StudyConfig
from cotejo.backend import keras, ops, set_seed
from cotejo.comparison.comparing import compare
from cotejo.config import Settings
from cotejo.config.sources import Source, read_sources
from cotejo.errors import ConfigError
from cotejo.models import build_model, family_of, find_model_family
from cotejo.models.observing import layers_of
from cotejo.models.own.adapting import adapted, changes_of
from cotejo.models.own.compiled import compiled_settings
from cotejo.models.own.definitions import reached_text
from cotejo.models.own.given import code_sources, given_source
from cotejo.study.networks import built_networks, with_compiled
from cotejo.study.progress import Observer
from cotejo.train import softmax

SHAPE = (16, 16, 3)
layers = keras.layers


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(1).integers(0, 256, (6, *SHAPE)).astype("float32")


@pytest.mark.parametrize("pooling", [layers.Flatten, layers.GlobalAveragePooling2D])
def test_a_linear_output_of_two_classes_is_a_logit_whatever_is_drawn(pooling):
    for seed in range(12):
        set_seed(seed)
        network = keras.Sequential([layers.Rescaling(1 / 255), pooling(), layers.Dense(1)])
        assert changes_of(adapted(network, SHAPE, 2, "mine")) == ("one_output",)


def test_an_operation_at_the_end_of_a_class_is_seen():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, x):
            return ops.sigmoid(self.dense(ops.mean(x, axis=(1, 2)) / 255))

    assert changes_of(adapted(Net(), SHAPE, 2, "mine")) == ("log", "one_output")


def gate_and_output():
    """One layer that is a softmax in two places."""
    share = layers.Activation("softmax")
    inputs = keras.Input(SHAPE)
    x = layers.GlobalAveragePooling2D()(layers.Rescaling(1 / 255)(inputs))
    x = layers.Multiply()([x, share(x)])
    return keras.Model(inputs, share(layers.Dense(3)(x)))


class Averaged(keras.Model):
    """It goes on computing after its last softmax."""

    def __init__(self):
        super().__init__()
        self.flat = layers.Flatten()
        self.heads = [layers.Dense(3, activation="softmax") for _ in range(2)]

    def call(self, x):
        """Return probabilities."""
        x = self.flat(x / 255)
        return (self.heads[0](x) + self.heads[1](x)) / 2


@pytest.mark.parametrize("build", [gate_and_output, Averaged])
def test_what_it_says_stays_what_its_author_wrote(build, pixels):
    set_seed(1)
    written = build()
    expected = ops.convert_to_numpy(written(pixels))
    set_seed(1)
    network = adapted(build(), SHAPE, 3, "mine")
    np.testing.assert_allclose(softmax(network.predict_on_batch(pixels)), expected, atol=1e-5)


def test_a_network_can_not_be_given_twice():
    network = keras.Sequential([layers.Flatten(), layers.Dense(3)])
    adapted(network, SHAPE, 3, "mine")
    with pytest.raises(ConfigError, match="gave the same network twice"):
        adapted(network, SHAPE, 3, "mine")


def test_nested_augmentation_is_told_the_range_too():
    jitter = layers.RandomColorJitter(brightness_factor=0.1, contrast_factor=0.1)
    network = keras.Sequential([jitter, layers.Flatten(), layers.Dense(3)])
    adapted(network, SHAPE, 3, "mine")
    ranges = [getattr(part, "value_range", None) for part in jitter._flatten_layers()]
    assert {tuple(each) for each in ranges if each is not None} == {(0, 1)}


def test_a_layer_that_is_used_twice_costs_twice():
    inputs = keras.Input(SHAPE)
    shared = layers.Conv2D(3, 3, padding="same")
    network = keras.Model(inputs, shared(shared(inputs)))
    assert [type(layer).__name__ for layer, _ in layers_of(network)].count("Conv2D") == 2


@pytest.mark.parametrize(
    ("optimizer", "found", "left"),
    [
        (keras.optimizers.Adam(0.01), {"optimizer": "adam", "learning_rate": 0.01}, ()),
        (keras.optimizers.Adam(0.01, clipnorm=1.0), {"optimizer": "adam"}, ("compiled_details",)),
        (
            keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)),
            {"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.0},
            ("compiled_details",),
        ),
        (keras.optimizers.Lion(), {}, ("compiled_optimizer",)),
    ],
)
def test_what_can_t_be_taken_of_an_optimizer_is_named(optimizer, found, left):
    network = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    network.compile(optimizer, "sparse_categorical_crossentropy")
    settings, not_taken = compiled_settings(network)
    assert found.items() <= settings.items()
    assert not_taken == left


def test_what_a_study_could_not_say_is_not_taken(tmp_path, digits):
    (tmp_path / "nets.py").write_text(
        "import keras\n"
        "def net(image_shape, num_classes):\n"
        "    layers = [keras.layers.Flatten(), keras.layers.Dense(num_classes)]\n"
        "    network = keras.Sequential(layers)\n"
        "    network.compile(keras.optimizers.SGD(200.0), 'sparse_categorical_crossentropy')\n"
        "    return network\n"
    )
    config = StudyConfig.parse(
        {"alternative": [{"name": "a", "model": "nets.py:net"}]}, folder=tmp_path
    )
    taken = with_compiled(config, built_networks(config, digits))
    settings = taken.alternatives[0].settings
    assert settings.optimizer == "sgd"
    StudyConfig.parse({"alternative": [{"name": "a", "learning_rate": settings.learning_rate}]})


REGISTERED = b"""
BLOCKS = {}
def register(function):
    BLOCKS[function.__name__] = function
    return function
@register
def res(x): return x
def other(x): return x
def by_text(x): return globals()["other"](x)
def net(image_shape, num_classes): return BLOCKS["res"](1)
"""


def test_what_a_decorator_registers_counts_and_what_a_text_names():
    source = Source("nets.py", REGISTERED)
    text = reached_text(source, "net")
    assert "def res" in text
    assert "def register" in text
    assert "def other" not in text
    assert "def other" in reached_text(source, "by_text")


def test_functions_have_names_that_are_nobody_else_s(tmp_path):
    def cnn3(image_shape, num_classes):
        return keras.Sequential([layers.Flatten(), layers.Dense(num_classes)])

    def factory(units):
        def build(image_shape, num_classes):
            return keras.Sequential(
                [layers.Flatten(), layers.Dense(units), layers.Dense(num_classes)]
            )

        return build

    compared = compare(
        {"mine": cnn3, "shipped": "cnn3", "build": factory(3), "x": factory(5)}, data="digits",
        epochs=1, seeds=1, out=tmp_path / "c", observer=Observer(),
    )  # fmt: skip
    parameters = compared.table.set_index("alternative")["parameters"]
    assert parameters["shipped"] == 122_570
    assert parameters["mine"] == 30_730
    assert parameters["build"] < parameters["x"] < parameters["mine"]


@pytest.mark.parametrize("value", [".py:a", "nets.py:a\n", "nets.py:", "a b", "nets.py:1a"])
def test_a_loss_is_a_name_in_a_file_or_none(value):
    with pytest.raises(ConfigError, match="`loss`"):
        StudyConfig.parse({"alternative": [{"name": "a", "loss": value}]})


@pytest.mark.parametrize("name", ["nets.py", "trained.keras"])
def test_an_alternative_is_not_called_as_a_file_beside_it(name):
    with pytest.raises(ConfigError):
        StudyConfig.parse({"alternative": [{"name": name}]})


@pytest.mark.parametrize(
    ("named", "line"),
    [("~nosuchuser/x.py:a", "can't be read"), ("no/where.py:a", "there is no file")],
)
def test_a_file_that_is_not_there_is_one_line(named, line, tmp_path):
    with pytest.raises(ConfigError, match=line) as caught:
        read_sources([named], tmp_path, "a test")
    assert "\n" not in str(caught.value)


def test_a_text_file_is_no_code(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(ConfigError, match="no file of Python"):
        code_sources(tmp_path / "notes.txt")


def test_one_s_own_words_are_not_keras_s(tmp_path):
    (tmp_path / "nets.py").write_text(
        "import sys\ndef bad(image_shape, num_classes): raise ValueError('rate is negative')\n"
        "def ends(image_shape, num_classes): sys.exit(3)\n"
    )
    for name, line in (("bad", "nets.py:2.*rate is negative"), ("ends", "nets.py:3.*SystemExit")):
        sources, _ = read_sources([f"nets.py:{name}"], tmp_path, "a test")
        settings = Settings(model=f"nets.py:{name}").with_sources(sources, {})
        with pytest.raises(ConfigError, match=line):
            build_model(family_of(settings), SHAPE, 3)


OF_ANOTHER = {
    "tensorflow": "tensorflow.nn.relu(x)",
    "jax": "jax.numpy.tanh(x)",
    "torch": "torch.nn.functional.relu(x)",
}
"""A call of each framework, which takes no tensor of Keras on another backend."""


@pytest.mark.parametrize("framework", OF_ANOTHER)
def test_code_for_another_backend_is_refused_in_a_line_that_says_so(framework, tmp_path):
    backend = keras.config.backend()
    if framework == backend:
        pytest.skip("that is what Keras computes with here")
    (tmp_path / "nets.py").write_text(
        f"import {framework}\n"
        "import keras\n"
        "def net(image_shape, num_classes):\n"
        "    inputs = x = keras.Input(image_shape)\n"
        f"    return keras.Model(inputs, {OF_ANOTHER[framework]})\n"
    )
    sources, _ = read_sources(["nets.py:net"], tmp_path, "a test")
    settings = Settings(model="nets.py:net").with_sources(sources, {})
    names = {"tensorflow": "TensorFlow", "torch": "PyTorch", "jax": "JAX"}
    line = (
        rf"nets\.py:[15] is written for {names[framework]}, and Keras computes with "
        rf"{names[backend]} here .*keras\.ops.*KERAS_BACKEND={framework}$"
    )
    with pytest.raises(ConfigError, match=line) as caught:
        build_model(family_of(settings), SHAPE, 3)
    assert "\n" not in str(caught.value)


def test_a_function_is_kept_as_its_text():
    source = given_source("gate_and_output", gate_and_output)
    assert "def gate_and_output():" in source.text
    assert find_model_family("gate_and_output") is None
