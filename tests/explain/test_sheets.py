"""Maps over pictures: at the right place, in fair colours, on a sheet of the right size."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from cotejo.explain import overlay
from cotejo.explain.overlay import colour_scale, overlaid
from cotejo.explain.placing import placed
from cotejo.explain.sheet import Panel, Sheet, draw_sheet
from cotejo.pictures import FITS, read_picture

sides = st.integers(1, 60)


@pytest.mark.parametrize("fit", FITS)
@given(height=sides, width=sides, rows=st.integers(1, 16), columns=st.integers(1, 16))
def test_a_map_is_as_large_as_the_picture(fit, height, width, rows, columns):
    found = placed(np.ones((rows, columns), np.float32), (height, width), fit)
    assert found.heat.shape == (height, width)
    inside = found.heat[found.top : found.bottom, found.left : found.right]
    assert inside.size
    np.testing.assert_allclose(inside, 1, rtol=1e-6)
    assert np.count_nonzero(found.heat) == inside.size


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", [(64, 64), (60, 120), (150, 70)])
def test_a_bright_spot_is_found_at_its_place(fit, size, tmp_path):
    height, width = size
    picture = np.zeros((height, width), np.uint8)
    row, column = height // 2 - 8, width // 2 + 6
    picture[row : row + 6, column : column + 6] = 255
    Image.fromarray(picture).save(tmp_path / "spot.png")
    seen = read_picture(tmp_path / "spot.png", (32, 32, 1), fit)
    heat = placed(seen[..., 0].astype(np.float32), size, fit).heat
    weights = heat / heat.sum()
    assert abs((weights.sum(axis=1) * np.arange(height)).sum() - (row + 2.5)) < 2
    assert abs((weights.sum(axis=0) * np.arange(width)).sum() - (column + 2.5)) < 2


def test_equal_steps_of_heat_are_equal_steps_of_colour():
    lab = overlay._oklab(colour_scale(21).astype(float))
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    assert steps.std() < 0.12 * steps.mean()
    # Both ends are as light as each other, and as strong.
    assert abs(lab[0, 0] - lab[-1, 0]) < 0.01
    assert abs(np.hypot(*lab[0, 1:]) - np.hypot(*lab[-1, 1:])) < 0.01


@given(st.integers(0, 255), st.floats(-2, 2, width=32))
def test_overlays_are_grey_where_nothing_speaks(grey, value):
    picture = np.full((1, 2, 1), grey, np.uint8)
    left, right = overlaid(picture, np.array([[0, value]], np.float32), 1.0)[0].astype(int)
    assert np.ptp(left) <= 1
    if abs(value) > 0.1:
        assert (right[0] > right[2]) == (value > 0)


@pytest.mark.parametrize("size", [(32, 32), (9, 60), (400, 90), (500, 700)])
def test_a_sheet_shows_the_pixels_of_its_pictures(size):
    picture = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    grey = np.zeros((28, 28, 1), np.uint8)
    sheet = Sheet(
        [
            Panel(picture, "The $picture", "two_lines"),
            Panel(picture, "a" * 200),
            Panel(picture, ""),
        ],
        [("a class of a long name, longer than its place", 0.7, "70%"), ("b", 0.3, "30%")],
        "classes",
        [(grey, "zero")] * 5,
        "nearest",
        ("against", "for"),
        ["a note"],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        canvas = FigureCanvasAgg(draw_sheet(sheet))
        canvas.draw()
    drawn = np.asarray(canvas.buffer_rgba())[..., :3]
    factor = max(1, -(-320 // max(size)))
    large = picture.repeat(factor, axis=0).repeat(factor, axis=1)
    found = [
        (row, column)
        for row in range(0, 200)
        for column in (range(0, 60))
        if (drawn[row, column] == large[0, 0]).all()
        and drawn[row:, column:][: len(large), : large.shape[1]].shape == large.shape
        and (drawn[row : row + len(large), column : column + large.shape[1]] == large).all()
    ]
    assert len(found) == 1
