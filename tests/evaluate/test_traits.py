"""`image_traits`: each trait against its definition."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from cotejo.evaluate import image_traits


@pytest.fixture
def images():
    """Ten smoothed images of noise, with three channels."""
    noise = np.random.default_rng(0).integers(60, 200, (10, 32, 32, 3), dtype=np.uint8)
    return np.stack(
        [np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(1))) for image in noise]
    )


def test_brightness_and_contrast_are_luma_s_mean_and_deviation(images):
    traits = image_traits(images)
    for number, image in enumerate(images):
        luma = np.asarray(Image.fromarray(image).convert("L")) / 255
        assert traits["brightness"][number] == pytest.approx(luma.mean(), abs=0.003)
        assert traits["contrast"][number] == pytest.approx(luma.std(), abs=0.003)


def test_a_blurred_image_is_less_sharp_and_no_darker(images):
    blurred = np.stack(
        [np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(2))) for image in images]
    )
    before, after = image_traits(images), image_traits(blurred)
    assert (after["sharpness"] < before["sharpness"] - 0.3).all()
    np.testing.assert_allclose(after["brightness"], before["brightness"], atol=0.02)


def test_grey_has_no_colour(images):
    grey = images[..., :1]
    traits = image_traits(grey)
    as_colour = image_traits(np.repeat(grey, 3, axis=-1))
    for name, values in traits.items():
        np.testing.assert_allclose(as_colour[name], values, atol=1e-5)
    assert not traits["colourfulness"].any()
    assert (image_traits(images)["colourfulness"] > 0.02).all()


def test_the_most_and_the_least_there_can_be():
    checks = np.indices((8, 8)).sum(axis=0) % 2 * 255
    plain = np.zeros((8, 8))
    red = np.zeros((8, 8, 3))
    red[..., 0] = 255
    pair = np.stack([checks, plain])[..., None].repeat(3, axis=-1).astype(np.uint8)
    traits = image_traits(np.concatenate([pair, red[None].astype(np.uint8)]))
    assert traits["contrast"].tolist() == [0.5, 0, 0]
    assert traits["sharpness"][1] == pytest.approx(-5)
    assert traits["sharpness"][0] > 0
    # Opponent colours 1 and 0.5, without spread.
    assert traits["colourfulness"][2] == pytest.approx(0.3 * np.hypot(1, 0.5))


def test_none_of_no_images_and_a_clear_refusal(images):
    assert all(values.shape == (0,) for values in image_traits(images[:0]).values())
    with pytest.raises(ValueError, match=r"received float32 \[10, 32, 32, 3\]"):
        image_traits(images.astype(np.float32))
    with pytest.raises(ValueError, match=r"\[10, 32, 32, 2\]"):
        image_traits(images[..., :2])


def test_each_image_is_on_its_own(images):
    order = np.random.default_rng(1).permutation(len(images))
    traits, shuffled = image_traits(images), image_traits(images[order])
    for name, values in traits.items():
        np.testing.assert_array_equal(values[order], shuffled[name])
