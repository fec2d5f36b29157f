"""How much data would settle a difference: its direction, and that it does."""

import numpy as np
import pytest
from answer_tables import simulated, two_tables
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import tt_ind_solve_power

from cotejo.stats import Needed, accuracy_difference, needed, scalar_difference
from cotejo.stats.difference import Difference, difference_from

quick = settings(max_examples=60, deadline=None)


def observed(estimate: float, seed: float, image: float, seeds: int = 3) -> Difference:
    return difference_from(
        estimate,
        (seeds, seeds),
        seed,
        image,
        "seeds-and-images",
        degrees=2 * seeds - 2.0,
        images=10_000,
    )


@quick
@given(two_tables(), st.floats(0.55, 0.95), st.floats(0.001, 0.2))
def test_more_is_needed_for_more_power_and_for_a_stricter_level(pair, power, alpha):
    difference = accuracy_difference(*pair)
    plain = needed(difference, power=power, alpha=alpha)
    assert plain == needed(difference.reversed(), power=power, alpha=alpha)
    assert plain.seeds is None or 2 <= plain.seeds <= 1000
    assert plain.seeds is None or plain.images is None
    for harder in (
        needed(difference, power=(1 + power) / 2, alpha=alpha),
        needed(difference, power=power, alpha=alpha / 2),
    ):
        if plain.seeds is not None:
            assert harder.seeds is None or harder.seeds >= plain.seeds
        elif plain.images is not None and harder.images is not None:
            assert harder.images >= plain.images


@quick
@given(two_tables())
def test_what_is_not_settled_needs_more_than_there_is(pair):
    difference = accuracy_difference(*pair)
    assume(difference.p_value > 0.05 and difference.method == "seeds-and-images")
    amount = needed(difference)
    assert amount.seeds is None or amount.seeds > min(difference.seeds)


@pytest.mark.parametrize("effect", [0.5, 1.0, 1.5])
def test_without_images_it_is_near_the_exact_power_of_a_t_test(effect):
    difference = observed(effect, 2 / 3, 0.0)
    exact = tt_ind_solve_power(effect_size=effect, power=0.8, alpha=0.05)
    assert needed(difference).seeds == pytest.approx(np.ceil(exact), abs=2)


def test_where_images_are_what_is_short():
    # 0.1 points, where the images' part alone deviates by 0.3.
    amount = needed(observed(0.001, 1e-6, 9e-6))
    assert amount.seeds is None
    # (1.96 + 0.84)² times 9, of 10,000 images; the seeds' part adds a little.
    assert amount.images == pytest.approx(10_000 * 7.849 * 9, rel=0.03)


def test_of_one_seed_a_side_it_says_how_many_images():
    generator = np.random.default_rng(9)
    ease = 2 * generator.standard_normal(2000)
    first, second = (simulated(generator, mean, 1, 2000, ease=ease) for mean in (1.02, 1.0))
    difference = accuracy_difference(first, second)
    assert difference.p_value > 0.05
    amount = needed(difference)
    assert amount.seeds is None
    assert amount.images > 2000


def test_no_difference_needs_no_number():
    assert needed(observed(0.0, 1e-5, 1e-5)) == Needed(None, None)
    assert needed(observed(0.02, 1e-5, 1e-5), margin=0.02) == Needed(None, None)
    assert needed(scalar_difference([1.0], [2.0])) == Needed(None, None)


def test_a_margin_is_the_new_zero():
    assert needed(observed(0.03, 1e-4, 1e-6), margin=0.02) == needed(observed(0.01, 1e-4, 1e-6))


def test_so_many_seeds_find_it_so_often():
    """As many seeds as it says find the difference about as often as it says."""
    generator = np.random.default_rng(10)
    truth = observed(0.02, 2 * 0.012**2 / 3, 1e-6)
    seeds = needed(truth).seeds
    detected = 0
    for _ in range(300):
        samples = [mean + 0.012 * generator.standard_normal(seeds) for mean in (0.02, 0.0)]
        detected += scalar_difference(*samples, image_variance=1e-6).p_value < 0.05
    assert 0.72 <= detected / 300 <= 0.9


@pytest.mark.parametrize("name", ["power", "alpha"])
def test_what_is_no_probability_is_refused(name):
    with pytest.raises(ValueError, match=rf"`{name}` must be in \(0, 1\); received 80"):
        needed(observed(0.01, 1e-5, 1e-5), **{name: 80})
