"""Where images are few, or seeds agree by chance, the images alone say how sure one can be."""

import numpy as np
import pytest

from cotejo.stats import Spread, accuracy_above, accuracy_difference, mean_accuracy, wilson_interval


@pytest.mark.parametrize(("images", "margin"), [(20, 0.05), (100, 0.05), (500, 0.02)])
def test_seeds_that_agree_do_not_make_few_images_many(images, margin):
    """An alternative that is worse by exactly the margin is rarely called less worse."""
    generator, studies = np.random.default_rng(1), 400
    wrong = 0
    for _ in range(studies):
        chance = generator.random(images)
        first, second = chance < 0.80 - margin, chance < 0.80
        tables = [np.repeat(side[None], 3, axis=0) for side in (first, second)]
        wrong += accuracy_difference(*tables).low > -margin
    assert wrong / studies <= 0.035


def test_equal_accuracies_of_seeds_do_not_hide_the_images():
    """Three seeds of exactly the same accuracy, each right about other images."""
    generator, images = np.random.default_rng(2), 500
    first, second = np.zeros((3, images), bool), np.zeros((3, images), bool)
    for row in range(3):
        first[row, generator.permutation(images)[:415]] = True
        second[row, generator.permutation(images)[:400]] = True
    difference = accuracy_difference(first, second)
    assert difference.estimate == pytest.approx(0.03)
    assert difference.seed_variance == pytest.approx(0, abs=1e-20)
    # No interval is narrower than that of the images, each counted with its mean over the seeds.
    by_image = first.mean(axis=0) - second.mean(axis=0)
    alone = 1.96 * by_image.std() / np.sqrt(images)
    assert difference.high - difference.estimate >= alone
    assert difference.p_value > 1e-3


def test_a_mean_of_equal_accuracies_is_no_surer_than_its_images():
    generator, images = np.random.default_rng(3), 200
    table = np.zeros((3, images), bool)
    for row in table:
        row[generator.permutation(images)[:140]] = True
    interval, by_image = mean_accuracy(table), table.mean(axis=0)
    alone = 1.96 * by_image.std(ddof=1) / np.sqrt(images)
    assert interval.high - interval.low >= 1.98 * alone
    one = wilson_interval(0.7, 3 * images)
    assert interval.high - interval.low >= one.high - one.low - 1e-9
    assert accuracy_above(table, 0.6, Spread(0.0, 2.0)).p_value > 1e-8
