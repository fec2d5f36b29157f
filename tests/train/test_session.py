"""A process that trains many networks does not grow: no training leaves its graphs behind."""

from __future__ import annotations

import gc
import importlib
import traceback
import weakref
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cotejo.backend import keras, ops
from cotejo.config import Settings
from cotejo.data.dataset import Dataset, Split
from cotejo.models.kernels import convolved
from cotejo.study.run import build_network
from cotejo.train import fresh_backend, predict_logits, train

pytestmark = pytest.mark.skipif(
    keras.config.backend() != "tensorflow", reason="the table and the graphs are TensorFlow's"
)


def graphs() -> int:
    tensorflow = importlib.import_module("tensorflow")
    gc.collect()
    return sum(isinstance(thing, tensorflow.Graph) for thing in gc.get_objects())


def table() -> dict[str, Any]:
    gradients = importlib.import_module(
        "tensorflow.python.framework.ops"
    ).gradient_registry._registry
    assert "MatMul" in gradients, (
        "TensorFlow keeps its gradients elsewhere: fresh_backend frees none"
    )
    return gradients


def assert_nothing_left(graphs_before: int, gradients_before: set[str]) -> None:
    # Graphs that earlier tests left may be released at any time.
    assert graphs() <= graphs_before
    assert set(table()) == gradients_before


def few(dataset: Dataset) -> Dataset:
    def first(split: Split) -> Split:
        return Split(split.images[:64], split.labels[:64])

    parts = {name: first(getattr(dataset, name)) for name in ("train", "valid", "test")}
    return replace(dataset, **parts)


def test_trainings_leave_no_graph_and_no_gradient_behind(digits):
    data = few(digits)
    settings = Settings(model="mlp", epochs=1, batch_size=16).resolved()

    def trained() -> np.ndarray:
        with fresh_backend(1):
            network = build_network(settings, data.train, data.num_classes)
            train(network, data, settings, 1)
            return predict_logits(network, data.test.images)

    first = trained()
    before = graphs(), set(table())
    for _ in range(2):
        np.testing.assert_array_equal(trained(), first)
    assert_nothing_left(*before)


def compiled(function: Any) -> None:
    """Trace the gradient of ``function``, applied to images, as a training step does."""
    tensorflow = importlib.import_module("tensorflow")
    images = tensorflow.ones((4, 8, 8, 2), "bfloat16")

    @tensorflow.function
    def gradient() -> Any:
        with tensorflow.GradientTape() as tape:
            tape.watch(images)
            total = ops.sum(function(images))
        return tape.gradient(total, images)

    gradient()


@pytest.mark.parametrize(
    "function",
    [ops.silu, lambda images: convolved(images, ops.ones((3, 3, 2, 2), "bfloat16"))],
    ids=["silu", "convolved"],
)
def test_a_function_with_its_own_gradient_is_released(function):
    before = graphs(), set(table())
    with fresh_backend():
        compiled(function)
        assert set(table()) > before[1]
    assert_nothing_left(*before)


def test_a_failed_training_leaves_nothing_behind_either():
    before = graphs(), set(table())
    with pytest.raises(ArithmeticError), fresh_backend():
        compiled(ops.silu)
        raise ArithmeticError
    assert_nothing_left(*before)


def test_an_error_that_is_kept_keeps_no_network():
    networks: list[weakref.ref[Any]] = []

    def fail() -> None:
        network = keras.Sequential([keras.layers.Dense(1)])
        networks.append(weakref.ref(network))
        raise ArithmeticError

    def fail_with_a_cause() -> None:
        network = keras.Sequential([keras.layers.Dense(1)])
        networks.append(weakref.ref(network))
        try:
            fail()
        except ArithmeticError as error:
            raise LookupError from error

    with pytest.raises(LookupError) as kept, fresh_backend():
        fail_with_a_cause()
    gc.collect()
    assert [network() for network in networks] == [None, None]
    # The traceback of the error is still complete.
    lines = "".join(traceback.format_exception(kept.value))
    assert "in fail_with_a_cause" in lines
    assert "in fail\n" in lines


def test_a_gradient_that_somebody_named_stays():
    tensorflow = importlib.import_module("tensorflow")
    with fresh_backend():
        tensorflow.RegisterGradient("CotejoTest")(lambda operation, upstream: upstream)
    assert "CotejoTest" in table()
    del table()["CotejoTest"]
