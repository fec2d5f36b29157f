"""A network's program builds the same network, from Keras alone."""

import inspect

import nets
import numpy as np
import pytest

from cotejo.backend import keras
from cotejo.models import build_model, model_families
from cotejo.models.own.adapting import adapted
from cotejo.models.program import program

SHAPE = (32, 32, 3)
OWN = (
    "notebook_one", "notebook_two", "without_input", "rescaled", "normalised", "augmented",
    "with_sigmoid", "resnet", "conv_mixer",
)  # fmt: skip
UNSAYABLE = ("own_layer", "transformer", "backbone")


def own(name):
    build = getattr(nets, name)
    given = (SHAPE, 10) if inspect.signature(build).parameters else ()
    return adapted(build(*given), SHAPE, 10, name)


def built(text):
    """Run a program as whoever has Keras would."""
    scope = {}
    exec(text, scope)  # noqa: S102
    return scope["build"]


def check_same(network):
    text = program(network)
    assert "cotejo" not in text
    assert max(map(len, text.splitlines())) < 140
    same = built(text)()
    assert [weight.shape for weight in same.weights] == [each.shape for each in network.weights]
    assert same.count_params() == network.count_params()
    counts = [len(each.trainable_weights) for each in (network, same)]
    assert counts[0] == counts[1]
    same.set_weights(network.get_weights())
    pixels = np.random.default_rng(0).uniform(0, 255, (4, *SHAPE)).astype("float32")
    np.testing.assert_array_equal(same.predict_on_batch(pixels), network.predict_on_batch(pixels))
    return text


@pytest.mark.parametrize("name", sorted(family.name for family in model_families()))
def test_the_program_of_every_model_that_ships_builds_the_same(name):
    options = {"initializer": "dirac"} if name == "cnn7" else {}
    check_same(build_model(name, SHAPE, 10, **options))


@pytest.mark.parametrize("name", OWN)
def test_so_does_that_of_a_network_as_people_write_them(name):
    check_same(own(name))


def test_a_chain_is_a_sequence_and_anything_else_a_graph():
    assert "keras.Sequential(" in program(own("notebook_one"))
    text = program(own("resnet"))
    assert "keras.Model(pixels, x" in text
    assert "layers.Add()([" in text


def test_it_says_what_differs_from_the_defaults_and_nothing_else():
    text = program(own("notebook_one"))
    assert 'layers.Conv2D(8, 3, activation="relu", kernel_initializer="he_uniform"),' in text
    assert "layers.MaxPooling2D()," in text
    assert "layers.Dense(num_classes)," in text


@pytest.mark.parametrize("name", UNSAYABLE)
def test_a_network_of_more_than_keras_s_layers_has_none(name):
    assert program(own(name)) is None


def test_a_network_written_as_a_class_has_none():
    assert program(adapted(nets.Written(10), SHAPE, 10, "written")) is None


def test_arguments_of_every_kind():
    layers = keras.layers
    inputs = keras.Input(SHAPE)
    x = inputs[:, 2:-2, ::2] / 255.0
    shared = layers.Conv2D(
        3, (3, 1), kernel_regularizer=keras.regularizers.L2(1e-4), kernel_constraint="max_norm",
        kernel_initializer=keras.initializers.TruncatedNormal(stddev=0.02, seed=7),
        padding="same", dilation_rate=2,
    )  # fmt: skip
    x = shared(shared(x))
    y = keras.ops.flip(x, axis=-1)
    x = layers.Concatenate(axis=-1)([x, y, x])
    x = layers.ZeroPadding2D(((1, 0), (2, 3)))(x)
    x = layers.GlobalAveragePooling2D()(layers.LeakyReLU(negative_slope=0.1)(x))
    text = check_same(keras.Model(inputs, layers.Dense(10, name="answers")(x), name="mine"))
    assert "shared_1 = layers.Conv2D(" in text
    assert "kernel_regularizer=keras.regularizers.L2(l2=0.0001)" in text
    assert "TruncatedNormal(stddev=0.02, seed=7)" in text
    assert "[:, 2:-2, ::2]" in text


def test_it_builds_for_other_images_and_classes_too():
    network = built(program(build_model("cnn3", SHAPE, 10)))((28, 28, 1), 7)
    assert network.input_shape == (None, 28, 28, 1)
    assert network.output_shape == (None, 7)


def test_what_does_not_say_how_it_was_made_costs_no_training():
    class Silent(keras.layers.ReLU):
        def get_config(self):
            raise NotImplementedError

    inputs = keras.Input((4, 4, 1))
    assert program(keras.Model(inputs, Silent()(inputs))) is None
