"""How much data settles a comparison, whatever its difference is."""

import numpy as np
import pytest
from answer_tables import simulated, two_tables
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cotejo.stats import Judged, Needed, accuracy_difference, needed, reachable, scalar_difference
from cotejo.stats.difference import difference_from

quick = settings(max_examples=60, deadline=None)


def observed(seed, image, margin, seeds=3, estimate=0.0):
    difference = difference_from(
        estimate,
        (seeds, seeds),
        seed,
        image,
        "seeds-and-images",
        degrees=2 * seeds - 2.0,
        images=10_000,
    )
    return Judged(difference, difference, margin=margin)


@quick
@given(two_tables(), st.floats(0.05, 0.5), st.floats(0.001, 0.05))
def test_it_does_not_rest_on_the_difference(pair, margin, error):
    difference = accuracy_difference(*pair)
    assume(difference.covers_training)
    plain = needed(Judged(difference, difference, margin=margin), error)
    # Claimed to be any other amount, or the other way round, it needs as much.
    other = Judged(difference.reversed(), difference.reversed(), line=0.3, margin=margin)
    assert needed(other, error) == plain
    assert plain.seeds is None or 2 <= plain.seeds <= 1000
    assert plain.seeds is None or plain.images is None


@quick
@given(st.floats(-2, 2), st.floats(0.5, 2))
def test_what_is_not_settled_needs_more_than_there_is(estimate, width):
    tested = observed(width * 1e-4, 1e-7, 0.01, estimate=estimate / 100)
    assume(tested.outcome() == "unsettled")
    assert needed(tested).seeds > 3


def test_so_many_seeds_settle_it():
    generator, spread = np.random.default_rng(10), 0.012
    seeds = needed(observed(2 * spread**2 / 3, 1e-6, 0.02)).seeds
    settled = 0
    for _ in range(200):
        # Between 0 and the margin, where it is hardest.
        samples = [mean + spread * generator.standard_normal(seeds) for mean in (0.01, 0.0)]
        difference = scalar_difference(*samples, image_variance=1e-6)
        settled += Judged(difference, difference, margin=0.02).outcome() != "unsettled"
    # The width itself varies: as often as not it is a little narrower or wider.
    assert settled / 200 > 0.5


def test_more_is_asked_for_a_narrower_margin_and_a_smaller_error():
    plain = needed(observed(1e-4, 1e-7, 0.02)).seeds
    assert needed(observed(1e-4, 1e-7, 0.01)).seeds > plain
    assert needed(observed(1e-4, 1e-7, 0.02), 0.005).seeds > plain


def test_the_guard_counts():
    narrow, own = (observed(variance, 1e-7, 0.02).difference for variance in (1e-6, 1e-4))
    assert needed(Judged(narrow, own, margin=0.02)) == needed(Judged(own, own, margin=0.02))


def test_where_images_are_what_is_short():
    # The images' part alone deviates by 0.3 points; half of 0.2 points is to be 1.96 times that.
    amount = needed(observed(1e-6, 9e-6, 0.002))
    assert amount.seeds is None
    assert amount.images == pytest.approx(10_000 * 9e-6 * (1.96 / 0.001) ** 2, rel=0.03)


def test_nothing_is_advised_where_more_data_does_not_help():
    nothing = Needed(None, None)
    assert needed(observed(1e-5, 1e-5, float("inf"))) == nothing
    single = scalar_difference([1.0], [2.0])
    assert needed(Judged(single, single, margin=1.0)) == nothing
    diverged = Judged(observed(1, 0, 1).difference, observed(1, 0, 1).difference, margin=1.0,
                      open_below=True)  # fmt: skip
    assert needed(diverged) == nothing


def test_what_a_test_set_can_reach():
    """The variance that is taken for granted before training is about that of real answers."""
    generator = np.random.default_rng(9)
    ease = 2 * generator.standard_normal(4000)
    tables = [simulated(generator, 1.0, 10, 4000, ease=ease) for _ in range(2)]
    variance = accuracy_difference(*tables).image_variance
    assert reachable(4000) == pytest.approx(2 * 1.96 * (0.02 / 4000) ** 0.5, rel=1e-3)
    assert 2 * 1.96 * variance**0.5 < 2 * reachable(4000)
    assert reachable(100) > reachable(1000)
