"""Muon: steps that are orthogonal, kernels of a fixed size, and Adam for the rest."""

from __future__ import annotations

import numpy as np
import pytest

from cotejo.backend import keras, ops, set_seed
from cotejo.models import build_model
from cotejo.train.muon import Muon, orthogonalized


@pytest.mark.parametrize("shape", [(8, 8), (30, 6), (6, 30)])
def test_singular_values_come_near_one_and_directions_stay(shape):
    matrix = np.random.default_rng(0).normal(size=shape).astype("float32")
    orthogonal = ops.convert_to_numpy(orthogonalized(ops.convert_to_tensor(matrix), iterations=5))
    values = np.linalg.svd(orthogonal, compute_uv=False)
    assert values.min() > 0.5
    assert values.max() < 1.3
    # The nearest orthogonal matrix has the same singular vectors.
    outer, _, inner = np.linalg.svd(matrix, full_matrices=False)
    assert np.linalg.norm(orthogonal - outer @ inner) < 0.4 * np.sqrt(min(shape))


def test_the_scale_of_a_gradient_has_no_say():
    matrix = np.random.default_rng(0).normal(size=(5, 7)).astype("float32")
    small, large = (ops.convert_to_tensor(matrix * size) for size in (1e-3, 1e3))
    np.testing.assert_allclose(orthogonalized(small), orthogonalized(large), atol=1e-3)


def test_hidden_kernels_keep_their_norm_and_the_rest_is_adams():
    network = build_model("cnn7", (32, 32, 3), 10, width=8)
    optimizer = Muon(0.1)
    optimizer.build(network.trainable_variables)
    before = [ops.convert_to_numpy(variable).copy() for variable in network.trainable_variables]
    random = np.random.default_rng(0)
    gradients = [random.normal(size=weight.shape).astype("float32") for weight in before]
    for _ in range(3):
        optimizer.apply([ops.convert_to_tensor(gradient) for gradient in gradients])
    for variable, old, gradient in zip(network.trainable_variables, before, gradients, strict=True):
        new = ops.convert_to_numpy(variable)
        if new.ndim == 4:
            # The norm is √outputs before the last step, which moves it by a tenth of its size.
            assert np.linalg.norm(new) == pytest.approx(np.sqrt(new.shape[-1]), rel=0.2)
        else:
            # With the same gradient every time, Adam's step is its sign times the rate.
            rate = 0.1 * 0.5 * (np.std(old) if new.ndim == 2 else 1)
            np.testing.assert_allclose(new, old - 3 * rate * np.sign(gradient), atol=5e-3 * rate)


def test_muon_survives_being_saved():
    optimizer = Muon(0.05, momentum=0.7, adam_share=0.2)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()


def test_muon_learns_the_digits(digits):
    from cotejo.config import Settings
    from cotejo.train import train

    set_seed(1)
    network = build_model("cnn3", digits.image_shape, digits.num_classes)
    settings = Settings(optimizer="muon", epochs=3, schedule="one-cycle").resolved()
    history = train(network, digits, settings, seed=1).history
    assert history[-1]["valid_accuracy"] > 0.9
