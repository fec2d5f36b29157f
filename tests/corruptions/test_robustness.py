"""What a network answers to corrupted images is counted as it is defined."""

import numpy as np
import pytest

from cotejo.corruptions import (
    CORRUPTIONS,
    SEVERITIES,
    batches_of,
    corrupt,
    corrupted_batches,
    measure_robustness,
)


def bright(images):
    return (images.mean(axis=(1, 2, 3)) > 100).astype(int)


def test_every_image_is_asked_about_after_every_corruption():
    random = np.random.default_rng(0)
    images = (
        random.integers(0, 256, (7, 12, 12, 3), np.uint8) // np.arange(1, 8)[:, None, None, None]
    )
    images = images.astype(np.uint8)
    labels = bright(images)
    told = []
    result = measure_robustness(images, labels, bright, seed=3, on_corruption=told.append)
    assert told == list(range(1, 76))
    for place, name in enumerate(CORRUPTIONS):
        for severity in SEVERITIES:
            expected = bright(corrupt(images, name, severity, seed=3)) == labels
            assert np.array_equal(result.correct[place, severity - 1], expected)
    content = result.to_json()
    assert content["accuracy"] == 1
    assert content["mean_corruption_accuracy"] == pytest.approx(result.correct.mean())
    assert sum(content["right_of_75"]) == result.correct.sum()
    assert list(content["corruptions"]) == list(CORRUPTIONS)


def test_large_images_come_in_small_batches():
    assert len(batches_of((10, 600, 600, 3))) == 10
    assert sum(part.stop - part.start for part in batches_of((1201, 32, 32, 3))) == 1201
    images = np.zeros((3, 1000, 1000, 3), np.uint8)
    assert [len(batch) for batch in corrupted_batches(images)("contrast", 1)] == [1, 1, 1]
