"""Each corruption changes images as it is defined, whatever their size, channels and batch."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy.ndimage import convolve, map_coordinates, zoom

from cotejo.corruptions import CORRUPTIONS, GROUPS, SEVERITIES, corrupt, published_side
from cotejo.corruptions.blur import _disk, _sources
from cotejo.corruptions.ice import ice
from cotejo.corruptions.sampling import convolved, moved, streaked, zoomed
from cotejo.corruptions.strengths import strength
from cotejo.corruptions.weather import plasma

SHAPES = [(32, 32, 3), (28, 28, 1), (1, 1, 3), (3, 2, 1), (8, 40, 3), (65, 50, 1), (130, 150, 3)]
UNORDERED = ("glass_blur", "motion_blur", "frost", "elastic_transform")
"""Those whose published severities are not in the order of how much they change a pixel."""


def photographs(count=6, shape=(32, 32, 3)):
    """Return smooth images with edges, as photographs have."""
    random = np.random.default_rng(5)
    height, width, channels = shape
    y, x = np.mgrid[:height, :width] / max(height, width)
    images = []
    for _ in range(count):
        a, b, c = random.uniform(1, 4, 3)
        waves = [np.sin(a * x * (k + 2)) + np.cos(b * y * (k + 1)) for k in range(channels)]
        image = np.stack(waves, -1) + 2 * ((x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.02 * c)[..., None]
        low, high = image.min(), max(image.max(), image.min() + 1)
        images.append(np.rint(20 + 200 * (image - low) / (high - low)))
    return np.stack(images).astype(np.uint8)


@pytest.mark.parametrize("name", CORRUPTIONS)
@pytest.mark.parametrize("shape", SHAPES)
def test_type_and_shape_stay_and_the_same_seed_gives_the_same_images(name, shape):
    images = photographs(3, shape)
    before = images.copy()
    for severity in (1, 5):
        first = corrupt(images, name, severity)
        assert first.dtype == np.uint8
        assert first.shape == images.shape
        assert np.array_equal(first, corrupt(images, name, severity))
    assert np.array_equal(images, before)
    if min(shape[:2]) >= 28:
        assert not np.array_equal(first, images)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_an_image_is_corrupted_alike_in_any_batch(name):
    images = photographs(5)
    whole = corrupt(images, name, 4, seed=7)
    parts = [
        corrupt(images[place : place + 2], name, 4, first=place, seed=7) for place in (0, 2, 4)
    ]
    assert np.array_equal(whole, np.concatenate(parts))
    assert len(corrupt(images[:0], name, 4)) == 0


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_higher_severity_changes_more(name):
    images = photographs(40)
    distances = [
        np.abs(corrupt(images, name, severity).astype(int) - images).mean()
        for severity in SEVERITIES
    ]
    assert min(distances) > 0
    if name not in UNORDERED:
        assert distances == sorted(distances)


@pytest.mark.parametrize("name", ["gaussian_noise", "snow", "frost", "fog", "elastic_transform"])
def test_images_draw_for_themselves(name):
    same = np.repeat(photographs(1), 3, axis=0)
    first, second, third = corrupt(same, name, 3)
    assert not np.array_equal(first, second)
    assert not np.array_equal(second, third)
    assert not np.array_equal(first, corrupt(same, name, 3, seed=1)[0])


@given(
    name=st.sampled_from(CORRUPTIONS),
    severity=st.sampled_from(SEVERITIES),
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    channels=st.sampled_from([1, 3]),
    value=st.sampled_from([0, 255, None]),
)
@settings(max_examples=60, deadline=None)
def test_any_images_can_be_corrupted(name, severity, height, width, channels, value):
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (2, height, width, channels), np.uint8)
    if value is not None:
        images[:] = value
    changed = corrupt(images, name, severity)
    assert changed.shape == images.shape
    assert changed.dtype == np.uint8


def test_there_are_fifteen_in_four_groups_and_the_published_figures_are_taken_by_size():
    assert len(set(CORRUPTIONS)) == 15
    assert [len(names) for names in GROUPS.values()] == [3, 4, 4, 4]
    sides = {8: 32, 32: 32, 45: 32, 46: 64, 96: 64, 119: 64, 120: 224, 512: 224}
    assert {side: published_side(side, 2 * side) for side in sides} == sides
    for side in (32, 64, 224):
        for name in CORRUPTIONS:
            figures = [strength(name, severity, side, side) for severity in SEVERITIES]
            assert len({len(each) for each in figures}) == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((np.zeros((2, 8, 8, 3)), "fog", 1), "`images`"),
        ((np.zeros((8, 8, 3), np.uint8), "fog", 1), "`images`"),
        ((np.zeros((2, 8, 8, 4), np.uint8), "fog", 1), "`images`"),
        ((np.zeros((2, 8, 8, 3), np.uint8), "rain", 1), "`name`"),
        ((np.zeros((2, 8, 8, 3), np.uint8), "fog", 6), "`severity`"),
    ],
)
def test_wrong_arguments_are_named(arguments, named):
    with pytest.raises(ValueError, match=named):
        corrupt(*arguments)


# Against the definitions, written out plainly or by another library.


def test_convolutions_are_those_of_scipy():
    images = photographs(2).astype(np.float32)
    kernel = _disk(1.5, 0.1)
    assert kernel.sum() == pytest.approx(1, abs=1e-6)
    expected = convolve(images, kernel[None, :, :, None], mode="mirror")
    assert convolved(images, kernel) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("side", [28, 32, 33])
@pytest.mark.parametrize("factor", [1.0, 1.03, 1.1, 1.25, 2.25])
def test_zooms_are_those_of_scipy(side, factor):
    image = photographs(1, (side, side, 3))[0].astype(np.float32)
    cut = int(np.ceil(side / factor))
    top = (side - cut) // 2
    whole = zoom(image[top : top + cut, top : top + cut], (factor, factor, 1), order=1)
    trim = (len(whole) - side) // 2
    expected = whole[trim : trim + side, trim : trim + side]
    assert zoomed(image[None], [factor])[0] == pytest.approx(expected, abs=1e-2)


@pytest.mark.parametrize(("twice", "mode"), [(False, "mirror"), (True, "reflect")])
def test_moved_images_are_those_of_scipy(twice, mode):
    image = photographs(1)[0].astype(np.float32)
    random = np.random.default_rng(1)
    rows, columns = random.uniform(-40, 70, (2, 1, 32, 32)).astype(np.float32)
    ours = moved(image[None], rows, columns, twice_edge=twice)[0]
    for channel in range(3):
        expected = map_coordinates(image[..., channel], [rows[0], columns[0]], order=1, mode=mode)
        assert ours[..., channel] == pytest.approx(expected, abs=2e-2)


def test_a_streak_is_half_a_gaussian_in_its_direction():
    image = np.zeros((1, 21, 21, 1), np.float32)
    image[0, 10, 10] = 1
    weights = np.exp(-(np.arange(7) ** 2) / 8)
    weights = weights / weights.sum()
    # Each pixel looks to the right, so that the light is spread to the left.
    assert streaked(image, 3, 2, [0])[0, 10, 4:11, 0] == pytest.approx(weights[::-1], abs=1e-6)
    assert streaked(image, 3, 2, [90])[0, 4:11, 10, 0] == pytest.approx(weights[::-1], abs=1e-6)


@given(
    height=st.integers(1, 14),
    width=st.integers(1, 14),
    reach=st.integers(1, 4),
    seed=st.integers(0, 50),
)
@settings(max_examples=60, deadline=None)
def test_glass_takes_pixels_one_after_the_other(height, width, reach, seed):
    ours = _sources(np.random.default_rng(seed), (height, width), reach)
    expected = np.arange(height * width).reshape(height, width)
    rows, columns = range(reach + 1, height - reach + 1), range(reach + 1, width - reach + 1)
    shape = (2, max(len(rows), 0), max(len(columns), 0))
    drawn = np.random.default_rng(seed).integers(-reach, reach, shape)
    for row in reversed(rows):
        for column in reversed(columns):
            down, right = drawn[:, row - reach - 1, column - reach - 1]
            expected[row, column] = expected[row + down, column + right]
    assert np.array_equal(ours, expected.ravel())


def test_brightness_raises_the_value_of_hsv_and_nothing_else():
    from matplotlib.colors import hsv_to_rgb, rgb_to_hsv

    images = photographs(2)
    hsv = rgb_to_hsv(images / 255)
    hsv[..., 2] = np.clip(hsv[..., 2] + 0.15, 0, 1)
    expected = np.rint(hsv_to_rgb(hsv) * 255)
    assert np.abs(corrupt(images, "brightness", 3) - expected).max() <= 1


def test_contrast_pixels_and_jpeg_are_what_they_are_called():
    images = photographs(2)
    means = images.mean(axis=(1, 2), keepdims=True)
    assert corrupt(images, "contrast", 5) == pytest.approx(
        np.rint((images - means) * 0.15 + means), abs=1
    )
    picture = Image.fromarray(images[0])
    small = picture.resize((20, 20), Image.Resampling.BOX).resize((32, 32), Image.Resampling.BOX)
    assert np.array_equal(corrupt(images, "pixelate", 5)[0], np.asarray(small))
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=40)
    assert np.array_equal(
        corrupt(images, "jpeg_compression", 5)[0], np.asarray(Image.open(content))
    )


def test_noise_has_the_spread_that_it_is_said_to_have():
    grey = np.full((4, 64, 32, 3), 128, np.uint8)
    assert corrupt(grey, "gaussian_noise", 5).std() / 255 == pytest.approx(0.10, rel=0.03)
    expected = np.sqrt(128 / 255 / 50)
    assert corrupt(grey, "shot_noise", 5).std() / 255 == pytest.approx(expected, rel=0.03)
    changed = corrupt(grey, "impulse_noise", 5)
    assert (changed == 0).mean() == pytest.approx(0.035, abs=0.006)
    assert (changed == 255).mean() == pytest.approx(0.035, abs=0.006)


def test_clouds_fill_their_range_and_ice_is_drawn_anew_for_each_image():
    draws = [np.random.default_rng(seed) for seed in range(3)]
    clouds = plasma(draws, 28, 2.0)
    assert clouds.shape == (3, 32, 32)
    assert clouds.min(axis=(1, 2)).tolist() == [0, 0, 0]
    assert clouds.max(axis=(1, 2)).tolist() == [1, 1, 1]
    parts = [ice(np.random.default_rng(seed), 700, 640) for seed in range(2)]
    assert parts[0].shape == (700, 640, 3)
    assert not np.array_equal(*parts)
    assert all(0.05 < part.std() * 3 < 0.6 and 0 <= part.min() <= part.max() <= 1 for part in parts)
