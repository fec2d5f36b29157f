"""What the choice of images adds to a gap: luck with single images counts once."""

from types import SimpleNamespace

import numpy as np
import pytest

from cotejo.report.gaps import gap_variance

IMAGES, ACCURACY = 400, 0.7


def guessing(generator, seeds=3, fraction=1.0):
    """An alternative whose answers are luck alone, on training images and on test images."""
    train, test = (generator.random((seeds, IMAGES)) < ACCURACY for _ in range(2))
    gaps = (train.mean(axis=1) - test.mean(axis=1)).tolist()
    return SimpleNamespace(
        answers={"test": test},
        gaps=gaps,
        settings={"train_fraction": fraction},
        mean=lambda split, metric: float(train.mean()),
        representative=SimpleNamespace(metrics={"train": {"images": IMAGES}}),
    )


@pytest.mark.parametrize("sides", [1, 2])
def test_of_luck_alone_the_images_add_little(sides):
    generator = np.random.default_rng(1)
    seeds, images = [], []
    for _ in range(200):
        compared = [guessing(generator, seeds=4) for _ in range(sides)]
        seeds.append(sum(np.var(each.gaps, ddof=1) / 4 for each in compared))
        images.append(gap_variance(*compared))
    # The seeds' part has all of this luck; what is added is what seeds that vary too little lack.
    truth = sides * 2 * ACCURACY * (1 - ACCURACY) / IMAGES / 4
    assert np.mean(seeds) == pytest.approx(truth, rel=0.1)
    assert np.mean(images) < 0.8 * truth


def test_what_images_explain_stays():
    generator = np.random.default_rng(2)
    alternative = guessing(generator, seeds=3)
    same = np.repeat(alternative.answers["test"][:1], 3, axis=0)
    agreeing = SimpleNamespace(**{**vars(alternative), "answers": {"test": same}})
    accuracy = agreeing.mean("train", "accuracy")
    expected = same[0].var() / IMAGES + accuracy * (1 - accuracy) / IMAGES
    assert gap_variance(agreeing) == pytest.approx(expected)


def test_other_training_images_are_not_paired():
    generator = np.random.default_rng(3)
    first, same, other = (guessing(generator, fraction=f) for f in (1.0, 1.0, 0.5))
    assert gap_variance(first, other) > 1.2 * gap_variance(first, same)
