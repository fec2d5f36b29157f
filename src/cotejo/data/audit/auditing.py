"""The audit of a dataset: duplicates, poor images, and outliers."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.data.audit import duplicates, quality
from cotejo.data.audit.descriptors import descriptors, normalised
from cotejo.data.audit.gallery import collected, shown
from cotejo.data.audit.neighbours import nearest
from cotejo.data.audit.pool import SPLITS, Pool
from cotejo.data.audit.result import KINDS, Audit, Issue
from cotejo.data.dataset import Dataset

__all__ = ["METHOD", "OUTLIER_SHARE", "audit_dataset", "with_issues"]

METHOD = 1
"""Raised whenever the method changes so that the same images give other findings."""

OUTLIER_SHARE = 0.001
"""The share of the images, rounded up, that are named as outliers: those farthest from others."""

NEIGHBOURS = 10
"""Of each image, how many of the nearest are looked at, and tell how far off it is."""

_FEATURE_NEIGHBOURS = 2
_UPSIDE_DOWN = 10_000
_TURNS: tuple[duplicates.Turn, ...] = ("as it is", "mirrored")


def audit_dataset(dataset: Dataset, features: ArrayLike | None = None) -> Audit:
    """Return the duplicates, the poor images and the outliers of a dataset.

    Near-duplicates are found although one is recoloured, shifted, scaled by up to a quarter, or
    mirrored. `docs/audit.md` gives the method, what it finds and misses, and its cost.

    Args:
        dataset: what is examined, of any image size, grey or in colour.
        features: ``[n, d]``, a trained model's features of every image in the order train, valid,
            test. With them, the nearest by features are checked for duplicates too, and outliers
            are those far from others in them; without, by descriptors of the pixels alone.

    Returns:
        What was found; suspected wrong labels are not among it (`cotejo.evaluate.labels`).

    Raises:
        ValueError: there are not as many features as images.

    Example:
        >>> from cotejo.data import load
        >>> found = audit_dataset(load("digits"))
        >>> found.counts()["images"]["outlier"]
        {'train': 1, 'valid': 0, 'test': 1}
    """
    started = time.perf_counter()
    pool = Pool(dataset)
    vectors = None if features is None else _checked_features(features, len(pool))
    exact = duplicates.exact_duplicates(pool)
    near, outlying, method = _neighbourhoods(pool, vectors)
    first = dict(exact)
    found = [_issue(pool, "exact-duplicate", 1.0, *pair) for pair in exact]
    found += [
        _issue(pool, "near-duplicate", score, number, partner)
        for number, partner, score in near
        # Of three exact copies only two pairs are named as such; the third is none the less one.
        if first.get(number, number) != first.get(partner, partner)
    ]
    for kind, own in quality.poor_images(pool).items():
        found += [_issue(pool, kind, score, number) for number, score in own]
    found += [_issue(pool, "outlier", score, number) for number, score in outlying]
    method |= {"features": vectors is not None}
    about = _about(dataset, method, time.perf_counter() - started)
    about["differently_labelled"] = _differently_labelled(dataset, found)
    return with_issues(Audit((), *collected(dataset, ()), about), found, dataset)


def with_issues(audit: Audit, more: list[Issue], dataset: Dataset) -> Audit:
    """Return an audit with further issues, in the order of ``audit.csv``, and their images."""
    ranked = sorted((*audit.issues, *more), key=lambda one: (KINDS.index(one.kind), -one.score))
    return Audit(tuple(ranked), *collected(dataset, shown(ranked)), audit.about)


def _neighbourhoods(
    pool: Pool, features: NDArray[np.float32] | None
) -> tuple[list[tuple[int, int, float]], list[tuple[int, float]], dict[str, float]]:
    """Return the near-duplicates, the outliers, and what was settled about the former."""
    vectors = descriptors(pool.take(block) for block in pool.blocks())
    plain, everyone, test_from = vectors["as it is"], np.arange(len(pool)), int(pool.starts[-1])
    neighbours = nearest(plain, plain, NEIGHBOURS, same=True)
    mirrored = nearest(vectors["mirrored"], plain, NEIGHBOURS)
    groups = [
        duplicates.candidates(everyone, neighbours, "as it is", test_from),
        duplicates.candidates(everyone, mirrored, "mirrored", test_from),
    ]
    some = everyone[:: -(-len(pool) // _UPSIDE_DOWN)]
    turned = nearest(vectors["upside down"][some], plain, NEIGHBOURS)
    by_chance = [duplicates.candidates(some, turned, "upside down", test_from)]
    if features is not None:
        neighbours = nearest(features, features, NEIGHBOURS, same=True)
        few = neighbours[0][:, :_FEATURE_NEIGHBOURS], neighbours[1][:, :_FEATURE_NEIGHBOURS]
        # A network may see no difference between an image and its mirror image; the pixels do.
        groups += [
            duplicates.candidates(everyone, few, turn, test_from, least=(-1, -1)) for turn in _TURNS
        ]
    found = duplicates.checked(pool, groups)
    chance = duplicates.checked(pool, by_chance)
    # Each image was asked for twice, as it is and mirrored.
    weight = len(_TURNS) * len(pool) / len(some)
    scores, others = ([score for *_, score in one] for one in (found, chance))
    threshold, expected = duplicates.settled(scores, others, weight)
    method = {"likeness": threshold, "expected_by_chance": expected}
    return [one for one in found if one[2] >= threshold], _outliers(neighbours[1]), method


def _outliers(similarity: NDArray[np.float32]) -> list[tuple[int, float]]:
    """Return the images farthest from their neighbours, ``(running number, mean distance)``."""
    if similarity.shape[1] == 0:
        return []
    distance = np.clip(1 - similarity.mean(axis=1, dtype=np.float64), 0, 1)
    count = int(np.ceil(OUTLIER_SHARE * len(distance)))
    farthest = np.argsort(-distance, kind="stable")[:count]
    return [(int(number), float(distance[number])) for number in farthest]


def _issue(pool: Pool, kind: str, score: float, number: int, partner: int | None = None) -> Issue:
    split, index = pool.place(number)
    if partner is None:
        return Issue(index, split, kind, score)
    partner_split, partner_index = pool.place(partner)
    return Issue(index, split, kind, score, partner_index, partner_split)


def _checked_features(features: ArrayLike, images: int) -> NDArray[np.float32]:
    vectors = np.asarray(features, np.float32)
    if vectors.ndim != 2 or len(vectors) != images:
        raise ValueError(
            f"`features` must be [n, d] with a row for each of the {images} images; "
            f"received shape {list(vectors.shape)}"
        )
    # A network's features are all positive: without their mean, similarities spread out.
    return normalised(vectors - vectors.mean(axis=0))


def _differently_labelled(dataset: Dataset, issues: list[Issue]) -> int:
    """Return how many pairs of duplicates bear two labels, of which one must be wrong."""

    def label(split: str | None, index: int | None) -> int:
        return int(getattr(dataset, str(split)).labels[index])

    return sum(
        label(one.split, one.index) != label(one.partner_split, one.partner)
        for one in issues
        if one.is_duplicate
    )


def _about(dataset: Dataset, settled: dict[str, Any], seconds: float) -> dict[str, Any]:
    return {
        "dataset": {
            "name": dataset.name,
            "fingerprint": dataset.fingerprint,
            "images": {name: len(getattr(dataset, name)) for name in SPLITS},
        },
        "method": {
            "version": METHOD,
            "neighbours": NEIGHBOURS,
            "similarity": duplicates.SIMILARITY,
            "similarity_to_test": duplicates.SIMILARITY_TO_TEST,
            "outlier_share": OUTLIER_SHARE,
            "thresholds": quality.THRESHOLDS,
            **settled,
        },
        "seconds": seconds,
    }
