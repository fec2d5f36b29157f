"""Mixup and CutMix: images, weights and labels, against loops and the Beta distribution."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cotejo.augment.mixing import cutmix, mix, mixup, soft_labels
from cotejo.backend import ops
from pictures import generator, smooth_images


def arrays(mixed):
    return tuple(ops.convert_to_numpy(each) for each in mixed)


@pytest.mark.parametrize("alpha", [0.2, 1, 10])
def test_mixup_is_the_weighted_mean_with_the_image_before(alpha):
    batch = smooth_images(6)
    found, weights = arrays(mixup(batch, generator(), alpha))
    for index in range(6):
        own = weights[index]
        expected = own * batch[index] + (1 - own) * batch[index - 1]
        np.testing.assert_allclose(found[index], expected, atol=1e-3)


@pytest.mark.parametrize("alpha", [0.01, 0.2, 1, 4])
def test_the_weights_follow_their_distribution(alpha):
    _, weights = arrays(mixup(np.zeros((20_000, 1, 1, 1), "float32"), generator(), alpha))
    assert weights.min() >= 0
    assert weights.max() <= 1
    # At 0.01 nearly all weights are 0 or 1 in float32: the shape between them is left alone.
    expected = stats.beta(alpha, alpha)
    for edge in (0.001, 0.1, 0.5, 0.9, 0.999):
        assert abs((weights < edge).mean() - expected.cdf(edge)) < 0.012


@pytest.mark.parametrize("shape", [(32, 32), (20, 28)])
def test_cutmix_takes_a_rectangle_and_weighs_by_its_pixels(shape):
    batch = np.stack([np.full((*shape, 1), value, "float32") for value in range(40)])
    found, weights = arrays(cutmix(batch, generator(), 1.0))
    for index, image in enumerate(found):
        partner = image[..., 0] != index
        np.testing.assert_allclose(weights[index], 1 - partner.mean(), atol=1e-6)
        if partner.any():
            assert set(image[partner].ravel()) == {(index - 1) % 40}
            rows, columns = np.nonzero(partner)
            area = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
            assert area == partner.sum()
    assert 0.4 < weights.mean() < 0.85


def test_labels_have_the_weights_of_the_images_and_sum_to_one():
    labels = np.array([0, 2, 2, 1], "int32")
    weights = np.array([1.0, 0.25, 0.5, 0.0], "float32")
    found = ops.convert_to_numpy(soft_labels(labels, weights, 3))
    expected = [[1, 0, 0], [0.75, 0, 0.25], [0, 0, 1], [0, 0, 1]]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-6)


def test_with_both_each_image_takes_one():
    batch = np.stack([np.full((16, 16, 1), value, "float32") for value in range(200)])
    found, weights = arrays(mix(batch, generator(), 1.0, 1.0))
    whole = np.array([set(np.unique(image)) <= {i, (i - 1) % 200} for i, image in enumerate(found)])
    assert 60 < whole.sum() < 140
    assert ((weights >= 0) & (weights <= 1)).all()
    for index in np.flatnonzero(~whole):
        own = weights[index]
        expected = own * index + (1 - own) * ((index - 1) % 200)
        np.testing.assert_allclose(found[index], expected, rtol=1e-4, atol=1e-3)
