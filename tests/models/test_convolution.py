"""The convolution: whatever its gradient is taken from, it is Keras's own."""

from __future__ import annotations

import numpy as np
import pytest

from cotejo.backend import keras, ops, set_seed
from cotejo.models.convolution import Convolution
from cotejo.models.kernels import as_products, multiplied

pytestmark = pytest.mark.skipif(
    keras.config.backend() != "tensorflow", reason="gradients are asked of TensorFlow"
)


def outputs_and_gradients(layer, images):
    import tensorflow

    @tensorflow.function
    def computed(images):
        with tensorflow.GradientTape() as tape:
            tape.watch(images)
            outputs = layer(images)
            loss = tensorflow.reduce_sum(tensorflow.sin(tensorflow.cast(outputs, "float32")))
        return outputs, *tape.gradient(loss, [images, layer.kernel.value])

    return [ops.convert_to_numpy(ops.cast(one, "float32")) for one in computed(images)]


def both(batch, size, dtype, **options):
    """Return what ours and Keras's give, and what Keras's gives in float32."""
    images = np.random.default_rng(0).normal(size=(batch, size, size, 6)).astype("float32")
    images = ops.convert_to_tensor(images)
    set_seed(0)
    made = {"padding": "same", "use_bias": False, **options}
    ours = Convolution(8, 3, dtype=dtype, **made)
    kerass, exact = (keras.layers.Conv2D(8, 3, dtype=kind, **made) for kind in (dtype, "float32"))
    for layer in (ours, kerass, exact):
        layer.build(images.shape)
        layer.set_weights(ours.get_weights())
    return zip(
        *(outputs_and_gradients(layer, images) for layer in (ours, kerass, exact)), strict=True
    )


@pytest.mark.parametrize(
    ("batch", "size"),
    [(20, 7), (40, 2), (7, 5), (23, 3), (10, 11), (10, 16), (1, 4)],
    ids=lambda value: str(value),
)
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_it_is_kerass_convolution_whatever_the_batch(batch, size, dtype):
    # A sum in bfloat16 is rounded to 8 bits: at its end where the processor has bfloat16, and
    # at every step of Keras's where it has none, which may be far from the truth.
    tolerance = 1e-5 if dtype == "float32" else 0.02
    for ours, kerass, exact in both(batch, size, dtype):
        assert ours.shape == kerass.shape
        allowed = tolerance * abs(exact).max() + 1.5 * abs(kerass - exact).max()
        assert abs(ours - exact).max() <= allowed


@pytest.mark.parametrize("options", [{"strides": 2}, {"padding": "valid"}, {"groups": 2}])
def test_others_than_plain_ones_are_left_to_keras(options):
    for ours, kerass, _ in both(20, 7, "float32", **options):
        np.testing.assert_allclose(ours, kerass, rtol=1e-4, atol=1e-5)


def test_a_batch_of_unknown_size_is_taken():
    import tensorflow

    layer = Convolution(8, 3, padding="same", use_bias=False, dtype="mixed_bfloat16")
    layer.build((None, 7, 7, 6))

    @tensorflow.function(input_signature=[tensorflow.TensorSpec((None, 7, 7, 6))])
    def gradient(images):
        with tensorflow.GradientTape() as tape:
            loss = tensorflow.reduce_sum(layer(images))
        return tape.gradient(loss, layer.kernel.value)

    assert gradient(tensorflow.ones((5, 7, 7, 6))).shape == (3, 3, 6, 8)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("size", [(3, 3), (5, 5), (2, 4)])
def test_a_product_of_shifted_copies_is_the_convolution(padding, size):
    random = np.random.default_rng(0)
    inputs = random.normal(size=(2, 7, 6, 3)).astype("float32")
    kernel = random.normal(size=(*size, 3, 4)).astype("float32")
    made = multiplied(ops.convert_to_tensor(inputs), ops.convert_to_tensor(kernel), padding)
    usual = ops.conv(inputs, kernel, strides=1, padding=padding)
    np.testing.assert_allclose(
        ops.convert_to_numpy(made), ops.convert_to_numpy(usual), rtol=1e-4, atol=1e-4
    )


def test_products_are_for_an_accelerator(monkeypatch):
    monkeypatch.setenv("COTEJO_PRODUCTS", "1")
    small, large, kernel = (
        np.zeros((2, 7, 6, 3)),
        np.zeros((2000, 32, 32, 3)),
        np.zeros((3, 3, 3, 4)),
    )
    assert as_products(small, kernel) == (keras.config.backend() == "jax")
    assert not as_products(large, kernel)
    monkeypatch.setenv("COTEJO_PRODUCTS", "0")
    assert not as_products(small, kernel)
