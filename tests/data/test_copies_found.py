"""The fast search for copies finds what a plain one finds that looks at every pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from photographs import CHANGED, cut, scenes
from PIL import Image
from plain_likeness import plain_likeness, plain_likenesses

from cotejo.data.audit.auditing import copies_of
from cotejo.data.audit.duplicates import LIKENESS
from cotejo.data.audit.likeness import likeness
from cotejo.data.audit.pixels import small_luminance


def photographs(seed: int, height: int, width: int, channels: int) -> np.ndarray:
    """Return eight scenes, changed copies of three of them, and an exact copy of the last."""
    generator = np.random.default_rng(seed)
    originals = scenes(8, seed)
    ways = generator.choice(list(CHANGED), 3, replace=False)
    images = [*map(cut, originals), *(CHANGED[way](originals[i]) for i, way in enumerate(ways))]
    sized = [np.asarray(Image.fromarray(image).resize((width, height))) for image in images]
    stacked = np.stack([*sized, sized[7]])
    return stacked if channels == 3 else stacked.mean(axis=3, keepdims=True).astype(np.uint8)


@settings(max_examples=6)
@given(
    seed=st.integers(0, 10_000),
    height=st.sampled_from((20, 28, 32, 33, 48, 64, 80)),
    width=st.sampled_from((24, 32, 47, 64, 96)),
    channels=st.sampled_from((1, 3)),
)
def test_the_same_pairs_are_found(seed: int, height: int, width: int, channels: int) -> None:
    images = photographs(seed, height, width, channels)
    pairs = np.stack(np.triu_indices(len(images), 1))
    found = {
        (int(later), int(earlier))
        for turn in ("as it is", "mirrored")
        for earlier, later in pairs.T[likeness(images, *pairs, turn) >= LIKENESS]
    }
    plain = plain_likenesses(images)
    # Pairs at the very threshold may fall on either side of it.
    assert {pair for pair, alike in plain.items() if alike >= LIKENESS + 0.02} <= found
    assert found <= {pair for pair, alike in plain.items() if alike >= LIKENESS - 0.02}


@pytest.mark.parametrize("way", sorted(CHANGED))
def test_a_copy_is_as_alike_as_by_the_plain_way(way: str) -> None:
    scene = scenes(3, seed=1)[2]
    images = np.stack([cut(scene), CHANGED[way](scene)])
    planes = small_luminance(images).astype(np.float64)
    turn, first = ("mirrored", planes[0][:, ::-1]) if "mirrored" in way else ("as it is", planes[0])
    fast = likeness(images, np.array([0]), np.array([1]), turn)[0]
    assert fast == pytest.approx(plain_likeness(first, planes[1]), abs=1e-3)
    assert fast >= LIKENESS


def test_the_order_and_the_number_of_pairs_do_not_matter() -> None:
    images = photographs(3, 64, 64, 3)
    first, second = np.triu_indices(len(images), 1)
    together = likeness(images, first, second)
    order = np.random.default_rng(0).permutation(len(first))
    assert likeness(images, first[order], second[order]) == pytest.approx(together[order], abs=1e-4)
    alone = [likeness(images, first[[i]], second[[i]])[0] for i in order[:5]]
    assert alone == pytest.approx(together[order[:5]], abs=1e-4)


def test_copies_among_images_of_an_odd_size() -> None:
    images = photographs(2, 33, 33, 3)
    exact, near = copies_of(images)
    assert exact == [(11, 7)]
    plain = plain_likenesses(images)
    assert near
    assert all(plain[pair] >= LIKENESS - 0.02 for pair in near)
