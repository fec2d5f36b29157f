"""Models that users register: by name, anew, with options, and told apart by what they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest

from cotejo.backend import keras, ops
from cotejo.errors import ConfigError
from cotejo.models import build_model, check_options, model_family, register, unregister
from cotejo.models.fingerprint import fingerprint

layers = keras.layers
SHAPE = (8, 8, 3)
FACTOR = 2
FACTORS = (1.0, 2.0)


@pytest.fixture
def own():
    """Register a builder as `mine`, as often as a test calls it, and take it out at the end."""
    yield lambda build: register("mine")(build)
    unregister("mine")


class Scaled(layers.Layer):
    def call(self, x):
        return x * FACTOR


class Wrapped(layers.Layer):
    def __init__(self, function, factor=1.0, **options):
        super().__init__(**options)
        self.function = function
        self.factor = factor

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
        (lambda: network(units=3), "gives 3 numbers for each image, and the data has 10"),
        (lambda: "a network", "gives a str"),
        (lambda: None, "gives nothing back"),
    ],
)
def test_what_is_no_network_for_the_images_is_refused(own, returned, line):
    own(lambda image_shape, num_classes: returned())
    with pytest.raises(ConfigError, match=line) as caught:
        build_model("mine", SHAPE, 10)
    assert "\n" not in str(caught.value)


def test_the_arguments_of_a_builder_reach_it_as_they_are_given(own):
    received = []

    @own
    def build(image_shape, num_classes, *, norm="batch", filters=(8,), epochs=1, units: int = 3):
        received.append((norm, filters, epochs, units))
        return network()

    build_model("mine", SHAPE, 10, norm=None, filters=(16,), epochs=5)
    build_model("mine", SHAPE, 10)
    assert received == [(None, (16,), 5, 3), ("batch", (8,), 1, 3)]
    with pytest.raises(ConfigError, match=r"`epcohs`.*norm, filters, epochs, units"):
        build_model("mine", SHAPE, 10, epcohs=5)
    with pytest.raises(ConfigError, match="`units` must be a whole number"):
        build_model("mine", SHAPE, 10, units="many")
    with pytest.raises(ConfigError, match="no option `epochs`"):
        check_options("mine", {"epochs": 5})


def test_a_model_that_ships_refuses_nothing_for_a_number():
    with pytest.raises(ConfigError, match="`dropout` must be"):
        build_model("cnn3", (32, 32, 3), 10, dropout=None)


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


def of_function(function):
    """Return the fingerprint of a network with a function of one's own in it."""
    return of_layer(lambda: Wrapped(function))


def of_layer(build):
    return fingerprint(lambda: keras.Sequential([keras.Input((2,)), build()]))


def test_defaults_of_keywords_count():
    def times(factor):
        def scaled(x, *, by=factor):
            return x * by

        return scaled

    assert of_function(times(2)) == of_function(times(2))
    assert of_function(times(2)) != of_function(times(3))


@pytest.mark.parametrize(
    ("value", "other"),
    [
        ((1, 2), (1, 3)),
        ([1, [2, "x"]], [1, [2, "y"]]),
        ({"a": 1}, {"a": 2}),
        ({"a": (1, 2)}, {"b": (1, 2)}),
        ({1, 2}, {1, 3}),
        (np.arange(3), np.arange(1, 4)),
        (np.arange(4), np.arange(4).reshape(2, 2)),
        ([np.zeros(2)], [np.ones(2)]),
        (np.float32(1), np.float32(2)),
        (np.array([1, None], object), np.array([2, None], object)),
    ],
    ids=repr,
)
def test_containers_and_arrays_that_code_takes_from_outside_count(value, other, monkeypatch):
    def closing_over(held):
        return of_function(lambda x: (x, held)[0])

    def with_default(held):
        return of_function(lambda x, held=held: x)

    def with_global(held):
        monkeypatch.setitem(globals(), "FACTORS", held)
        return of_function(lambda x: (x, FACTORS)[0])

    def with_class_attribute(held):
        kind = type("Holding", (Scaled,), {"held": held, "__module__": __name__})
        return of_layer(kind)

    for made in (closing_over, with_default, with_global, with_class_attribute):
        assert made(value) == made(value)
        assert made(value) != made(other)


def test_a_container_that_holds_itself_ends():
    held = [1]
    held.append(held)
    assert of_function(lambda x: (x, held)[0]) == of_function(lambda x: (x, held)[0])


def test_partial_functions_and_callable_objects_count():
    def times(x, factor, *, plus=0):
        return x * factor + plus

    class Times:
        def __init__(self, factor):
            self.factor = factor

        def __call__(self, x):
            return x * self.factor

        def method(self, x):
            return x * self.factor

    @dataclass
    class Options:
        factor: int

    def settings(factor):
        options = Options(factor)
        return lambda x: x * options.factor

    def negative(x, factor):
        return -x * factor

    kinds = [
        lambda factor: partial(times, factor=factor),
        lambda factor: partial(times, factor=1, plus=factor),
        lambda factor: partial(partial(times), factor=factor),
        Times,
        lambda factor: Times(factor).method,
        lambda factor: lambda x: Times(factor)(x),
        settings,
    ]
    for kind in kinds:
        assert of_function(kind(2)) == of_function(kind(2))
        assert of_function(kind(2)) != of_function(kind(3))
    assert of_function(partial(times, factor=2)) != of_function(partial(negative, factor=2))


def test_functions_in_a_list_count():
    class Chained(layers.Layer):
        def __init__(self, *functions):
            super().__init__()
            self.functions = list(functions)

        def call(self, x):
            for function in self.functions:
                x = function(x)
            return x

    def double(x):
        return x * 2

    def more(x):
        return x + 1

    one, same, other = (
        of_layer(lambda functions=functions: Chained(*functions))
        for functions in ((double, more), (double, more), (more, double))
    )
    assert one == same
    assert one != other


def test_a_layer_that_can_not_be_described_leaves_the_others_described():
    def own():
        return Wrapped(lambda x: x)

    assert of(own) == of(own) == of(own, name="first")
    assert of(own, rate=0.4) != of(own)
    assert of(own, activation="silu") != of(own)
    assert of(own, lambda: layers.Rescaling(2.0)) != of(lambda: layers.Rescaling(2.0), own)

    def nested(rate):
        inner = keras.Input((5,))
        return keras.Model(inner, layers.Dropout(rate)(own()(inner)))

    def around(rate):
        pixels = keras.Input(SHAPE)
        x = layers.Dense(5)(layers.Flatten()(pixels))
        return keras.Model(pixels, nested(rate)(x))

    class Written(keras.Model):
        def __init__(self, function, rate):
            super().__init__()
            self.function, self.inner = function, layers.Dropout(rate)

        def call(self, x):
            return self.inner(self.function(x))

    def written(rate):
        return of_layer(lambda: Written(lambda x: x, rate))

    assert written(0.1) == written(0.1)
    assert written(0.1) != written(0.2)
    assert fingerprint(lambda: around(0.1)) == fingerprint(lambda: around(0.1))
    assert fingerprint(lambda: around(0.1)) != fingerprint(lambda: around(0.2))
    # What it says itself is not to be had; what can be seen of it is.
    one, other = (of_layer(lambda factor=factor: Wrapped(abs, factor)) for factor in (1.0, 2.0))
    assert one != other
