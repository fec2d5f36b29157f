"""Models that users register: by name, anew, with options, and told apart by what they are."""

from __future__ import annotations

import numpy as np
import pytest

from cotejo.backend import keras, ops
from cotejo.errors import ConfigError
from cotejo.models import build_model, fingerprint, model_family, register, unregister

layers = keras.layers
SHAPE = (8, 8, 3)
FACTOR = 2


@pytest.fixture
def own():
    """Register a builder as `mine`, as often as a test calls it, and take it out at the end."""
    yield lambda build: register("mine")(build)
    unregister("mine")


class Scaled(layers.Layer):
    def call(self, x):
        return x * FACTOR


class Wrapped(layers.Layer):
    def __init__(self, function, **options):
        super().__init__(**options)
        self.function = function

    def call(self, x):
        return self.function(x)


def network(
    *inside, units=10, activation="relu", initializer="he_normal", name=None, rate=0.3, kernel=None
):
    pixels = keras.Input(SHAPE)
    convolution = layers.Conv2D(
        4, 3, activation=activation, kernel_initializer=initializer, name=name
    )
    x = convolution(layers.Rescaling(1 / 255)(pixels))
    x = layers.Flatten()(x + layers.Dropout(rate)(x))
    for layer in inside:
        x = layer(x)
    if kernel is not None:
        convolution.kernel.assign(ops.full(convolution.kernel.shape, kernel))
    return keras.Model(pixels, layers.Dense(units)(x))


def of(*inside, **options):
    made = [kind() for kind in inside]
    return fingerprint(lambda: network(*made, **options))


def test_a_name_may_be_registered_anew(own):
    own(lambda image_shape, num_classes: network())
    own(lambda image_shape, num_classes: network(units=num_classes + 0, name="again"))
    assert build_model("mine", SHAPE, 10).layers[2].name == "again"
    assert not model_family("mine").ships
    assert model_family("cnn3").ships


def test_an_option_without_a_default_is_refused():
    def build(image_shape, num_classes, *, units):
        return network(units=units)

    with pytest.raises(ConfigError, match=r"`units` of the model .mine. has no default"):
        register("mine")(build)


def test_a_default_that_its_setting_does_not_take_is_refused():
    def build(image_shape, num_classes, *, dropout="much"):
        return network(rate=dropout)

    with pytest.raises(ConfigError, match=r"`dropout` .model .mine.. must be .*'much'"):
        register("mine")(build)


@pytest.mark.parametrize(
    ("returned", "line"),
    [
        (lambda: network(units=3), r"→ \(None, 10\), from .* it returned .*→ \(None, 3\)"),
        (lambda: "a network", "it returned str"),
        (lambda: None, "it returned NoneType"),
    ],
)
def test_what_is_no_network_for_the_images_is_refused(own, returned, line):
    own(lambda image_shape, num_classes: returned())
    with pytest.raises(ConfigError, match=line) as caught:
        build_model("mine", SHAPE, 10)
    assert "\n" not in str(caught.value)


def test_the_same_network_has_the_same_fingerprint_whatever_its_layers_are_called():
    assert of() == of() == of(name="first")
    sequential = [
        fingerprint(lambda: keras.Sequential([keras.Input(SHAPE), layers.Flatten()]))
        for _ in range(2)
    ]
    assert sequential[0] == sequential[1]


@pytest.mark.parametrize(
    "options",
    [
        {"units": 9},
        {"activation": "silu"},
        {"initializer": "glorot_uniform"},
        {"initializer": keras.initializers.HeNormal(seed=3)},
        {"rate": 0.4},
        {"kernel": 2.0},
    ],
    ids=lambda options: next(iter(options)) + type(next(iter(options.values()))).__name__,
)
def test_another_network_has_another_fingerprint(options):
    assert of(**options) != of()


def test_weights_that_no_chance_gave_count():
    assert of(kernel=2.0) == of(kernel=2.0)
    assert of(kernel=2.0) != of(kernel=3.0)


def test_the_order_of_layers_counts():
    relu, scaled = layers.ReLU, lambda: layers.Rescaling(2.0)
    assert of(relu, scaled) != of(scaled, relu)


def test_the_code_of_own_layers_counts(monkeypatch):
    before = of(Scaled)
    assert of(Scaled) == before
    monkeypatch.setitem(globals(), "FACTOR", 3)
    assert of(Scaled) != before
    monkeypatch.undo()
    monkeypatch.setattr(Scaled, "call", lambda self, x: x / FACTOR)
    assert of(Scaled) != before


def test_functions_and_what_they_close_over_count():
    def times(factor):
        return lambda: layers.Lambda(lambda x: x * factor)

    assert of(times(2)) == of(times(2))
    assert of(times(2)) != of(times(3))
    # Keras can't describe a layer that holds a function of one's own: its code is looked at.
    assert of(lambda: Wrapped(lambda x: x)) == of(lambda: Wrapped(lambda x: x))
    assert of(lambda: Wrapped(lambda x: x)) != of(lambda: Wrapped(lambda x: -x))
    assert of(activation=lambda x: x + 1) != of(activation=lambda x: x + 2)


def test_a_fingerprint_does_not_depend_on_what_was_drawn_before():
    first = of()
    np.random.seed(5)
    keras.utils.set_random_seed(77)
    assert of() == first
