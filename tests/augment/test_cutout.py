"""Cutout: which pixels it hides."""

from __future__ import annotations

import numpy as np

from cotejo.augment.cutout import cutout, hidden
from cotejo.backend import ops
from pictures import augmented, generator


def test_cutout_hides_a_square_as_far_as_it_is_inside():
    batch = np.zeros((2, 32, 32, 3), "float32")
    found = ops.convert_to_numpy(
        hidden(batch, np.array([16.0, 0.0]), np.array([16.0, 32.0]), rows=12, columns=12)
    )
    np.testing.assert_array_equal(np.unique(found), [0, 127.5])
    assert (found[0, 10:22, 10:22] == 127.5).all()
    assert (found[0] == 127.5).sum() == 12 * 12 * 3
    assert (found[1, :6, 26:] == 127.5).all()
    assert (found[1] == 127.5).sum() == 6 * 6 * 3


def test_a_rectangle_is_as_high_and_wide_as_it_says():
    batch = np.zeros((1, 20, 28, 1), "float32")
    found = hidden(batch, np.array([10.0]), np.array([14.0]), rows=4, columns=8)
    rows, columns = np.nonzero(ops.convert_to_numpy(found)[0, :, :, 0])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (8, 11, 10, 17)


def test_the_square_may_be_anywhere():
    batch = np.zeros((500, 16, 16, 1), "float32")
    found = ops.convert_to_numpy(cutout(batch, generator(), 8, 8)) > 0
    often = found.mean((0, 3))
    assert often[8, 8] > 0.15
    # A corner is hidden a quarter as often as the middle.
    assert 0.02 < often[0, 0] < often[8, 8]
    assert found.sum((1, 2, 3)).max() == 64


def test_a_size_below_one_is_a_share_of_each_side():
    batch = np.zeros((64, 16, 16, 1), "float32")
    np.testing.assert_array_equal(
        augmented([{"cutout": 0.5}], batch), augmented([{"cutout": 8}], batch)
    )
