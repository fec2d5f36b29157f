"""Signs of unlikeness and probes, against plain ways and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from cotejo.evaluate.probes import PROBES, probes, scrambled, walls
from cotejo.evaluate.unlikeness import (
    FEWEST,
    NEIGHBOURS,
    ONE_IN,
    SIGNS,
    is_unlike,
    look_of,
    signs,
    unlikeness,
    unusual,
)


def test_a_look_is_as_far_as_the_tenth_nearest():
    images = np.random.default_rng(0).integers(0, 256, (90, 8, 8, 3), dtype=np.uint8)
    look = look_of(images[:60])
    near = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(look.points)
    # Of the very images that it is of, too; one of them is each image itself.
    wanted = near.kneighbors(look.points)[0][:, -1]
    np.testing.assert_allclose(look.distances(images[:60]), wanted, rtol=1e-4)
    # Of fewer images, the farthest counts.
    few = look_of(images[:3])
    assert np.isfinite(few.distances(images[60:])).all()


@settings(max_examples=40)
@given(st.integers(0, 2**31 - 1), st.integers(2, 300), st.integers(1, 3))
def test_unlikeness_is_the_share_of_others_that_are_less_unlike(seed, others, columns):
    random = np.random.default_rng(seed)
    among = random.normal(size=(others, columns))
    found = unlikeness(random.normal(size=(50, columns)), among)
    assert ((found >= 0) & (found <= 1)).all()
    worse = among.max(axis=0) + 1
    assert unusual(worse[None], among) == 1
    assert unlikeness(worse[None], among) == 1


@settings(max_examples=40)
@given(st.integers(0, 2**31 - 1), st.integers(2, 40), st.integers(1, 3), st.booleans())
def test_each_image_is_ranked_among_the_others_and_the_new_one(seed, others, columns, ties):
    random = np.random.default_rng(seed)
    among, new = random.normal(size=(others, columns)), random.normal(size=(5, columns))
    if ties:
        among, new = among.round(), new.round()
    for own, found in zip(new, unlikeness(new, among), strict=True):
        every = np.vstack([among, own])
        # How many of the others have less of the sign of which most have less.
        ranks = (every[None] < every[:, None]).sum(axis=1).max(axis=1)
        assert found == pytest.approx((ranks[:-1] < ranks[-1]).mean())


@pytest.mark.parametrize("others", [FEWEST, 250, 400])
def test_no_more_than_one_in_a_hundred_is_called_unlike_whatever_their_number(others):
    random = np.random.default_rng(others)
    called = []
    for _ in range(200):
        among, new = random.normal(size=(others, 2)), random.normal(size=(100, 2))
        called.append(is_unlike(unlikeness(new, among), others).mean())
    wide = 3 * np.std(called) / np.sqrt(len(called))
    assert np.mean(called) <= 1 / ONE_IN + wide
    # And one sign alone is enough, of however many.
    far = np.array([[among[:, 0].max() + 1, among[:, 1].min() - 1]])
    assert is_unlike(unlikeness(far, among), others).all()


def test_with_few_images_nobody_can_say_what_is_unlike():
    among = np.random.default_rng(0).normal(size=(FEWEST - 1, 2))
    assert is_unlike(unlikeness(among.max(axis=0, keepdims=True) + 1, among), len(among)) is None


@settings(max_examples=20)
@given(st.integers(0, 2**31 - 1))
def test_whatever_is_more_unlike_in_each_sign_is_more_unlike(seed):
    random = np.random.default_rng(seed)
    among, some = random.normal(size=(80, 2)), random.normal(size=(30, 2))
    assert (unlikeness(some + random.random((30, 2)), among) >= unlikeness(some, among)).all()


def test_new_images_of_the_same_kind_are_called_unlike_as_rarely_as_said():
    random = np.random.default_rng(0)
    among, new = random.normal(size=(5000, 2)), random.normal(size=(20_000, 2))
    assert is_unlike(unlikeness(new, among), 5000).mean() == pytest.approx(0.01, abs=0.005)


@pytest.mark.parametrize("channels", [1, 3])
def test_probes_look_otherwise_than_photographs(digits, channels):
    images = digits.train.images[:400, ..., :1].repeat(channels, axis=-1)
    look = look_of(images[:200])
    usual = np.quantile(look.distances(images[200:]), 0.99)
    made = probes(images[:30])
    assert set(made) == set(PROBES)
    for name in ("noise", "walls"):
        assert made[name].shape == (30, *images.shape[1:])
        assert made[name].dtype == np.uint8
        assert (look.distances(made[name]) > usual).mean() > 0.9
    again = probes(images[:30])
    assert all((made[name] == again[name]).all() for name in made)


def test_a_set_of_one_colour_has_a_look():
    black = np.zeros((5, 8, 8, 3), np.uint8)
    assert np.isfinite(look_of(black).distances(black)).all()
    logits = np.array([[1.0, 0.0]] * 5)
    found = signs(look_of(black), black, logits)
    assert found.shape == (5, len(SIGNS))
    # A constant added to all logits changes nothing.
    np.testing.assert_allclose(signs(look_of(black), black, logits + 7), found, atol=1e-6)


def test_scrambled_images_keep_their_mean_and_most_of_their_spectrum():
    random = np.random.default_rng(0)
    smooth = random.normal(size=(4, 16, 16, 3)).cumsum(axis=1).cumsum(axis=2)
    images = np.clip(128 + 4 * smooth, 60, 190).astype(np.uint8)
    changed = scrambled(images, np.random.default_rng(1))
    np.testing.assert_allclose(changed.mean(axis=(1, 2)), images.mean(axis=(1, 2)), atol=1.5)
    of_images, of_changed = (
        np.abs(np.fft.fft2(each.astype(float), axes=(1, 2))) for each in (images, changed)
    )
    assert np.corrcoef(of_images.ravel(), of_changed.ravel())[0, 1] > 0.99
    assert (changed != images).mean() > 0.8


def test_walls_are_plain():
    made = walls(np.zeros((50, 32, 32, 3), np.uint8), np.random.default_rng(0)).astype(int)
    steps = np.abs(np.diff(made, axis=1)).max(), np.abs(np.diff(made, axis=2)).max()
    assert max(steps) <= 3
