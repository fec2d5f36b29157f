"""The audit of a dataset: duplicates, poor images, and outliers."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.data.audit import duplicates, quality
from cotejo.data.audit.descriptors import descriptors, normalised
from cotejo.data.audit.gallery import LABELS_KEPT, gallery_images, shown
from cotejo.data.audit.likeness import Turn
from cotejo.data.audit.neighbours import nearest
from cotejo.data.audit.pool import Pool
from cotejo.data.audit.result import KINDS, SPLITS, Audit, Issue
from cotejo.data.dataset import Dataset, Split

__all__ = ["METHOD", "OUTLIER_SHARE", "audit_dataset", "copies_of", "with_issues"]

METHOD = 1
"""The number of the method: raised whenever a change gives other results for the same images."""

OUTLIER_SHARE = 0.001
"""The share of the images, rounded up, that are reported as outliers: the most isolated ones."""

NEIGHBOURS = 10
"""How many nearest neighbours of each image are examined, and tell how isolated it is."""

_FEATURE_NEIGHBOURS = 2
_DESCRIBED_AT_ONCE = 100
_UPSIDE_DOWN = 10_000
_TURNS: tuple[Turn, ...] = ("as it is", "mirrored")


def audit_dataset(dataset: Dataset, features: ArrayLike | None = None) -> Audit:
    """Return the duplicates, the poor images and the outliers of a dataset.

    A near-duplicate is found even if it is recoloured, shifted, scaled by up to a quarter, or
    mirrored. `docs/audit.md` describes the method, what it finds and misses, and its cost.

    Args:
        dataset: the images to examine, of any size, grey or in colour.
        features: ``[n, d]``, a trained model's features of every image in the order train, valid,
            test. With them, the neighbours by features are checked for duplicates too, and
            outliers are the images that are far from others by features. Without them, only
            descriptors of the pixels are used.

    Returns:
        The issues, except suspected wrong labels (see `cotejo.evaluate.confident_learning`).

    Raises:
        ValueError: there are not as many features as images.

    Example:
        >>> from cotejo.data import load
        >>> audit = audit_dataset(load("digits"))
        >>> audit.counts()["images"]["outlier"]
        {'train': 1, 'valid': 0, 'test': 1}
    """
    started = time.perf_counter()
    pool = Pool(dataset)
    vectors = None if features is None else _checked_features(features, len(pool))
    exact = duplicates.exact_duplicates(pool)
    near, outlying, method = _neighbourhoods(pool, vectors)
    first_copy = dict(exact)
    issues = [_issue(pool, "exact-duplicate", 1.0, *pair) for pair in exact]
    issues += [
        _issue(pool, "near-duplicate", score, number, partner)
        for number, partner, score in near
        # Of three exact copies, two pairs are among `exact`. The third pair is exact as well.
        if first_copy.get(number, number) != first_copy.get(partner, partner)
    ]
    for kind, images in quality.poor_images(pool).items():
        issues += [_issue(pool, kind, score, number) for number, score in images]
    issues += [_issue(pool, "outlier", score, number) for number, score in outlying]
    method |= {"features": vectors is not None}
    about = _about(dataset, method, time.perf_counter() - started)
    about["differently_labelled"] = _differently_labelled(dataset, issues)
    return with_issues(Audit((), *gallery_images(dataset, ()), about), issues, dataset)


def copies_of(
    images: NDArray[np.uint8],
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the pairs of images that are exact duplicates and near-duplicates, by their positions.

    Args:
        images: ``[n, height, width, channels]``, uint8.

    Example:
        >>> from cotejo.data import load
        >>> images = load("digits").train.images[:20]
        >>> copies_of(np.concatenate([images, images[:1]]))
        ([(20, 0)], [])
    """
    if len(images) < 2:
        return [], []
    labels = np.zeros(len(images), np.int32)
    learned, none = Split(images[:-1], labels[:-1]), Split(images[:0], labels[:0])
    test = Split(images[-1:], labels[-1:])
    pool = Pool(
        Dataset("images", learned, none, test, {"en": ("a", "b"), "es": ("a", "b")}, {}, "")
    )
    near, _, _ = _neighbourhoods(pool, None)
    exact = duplicates.exact_duplicates(pool)
    same = set(exact)
    return exact, [pair[:2] for pair in near if pair[:2] not in same]


def with_issues(audit: Audit, more: list[Issue], dataset: Dataset) -> Audit:
    """Return an audit with more issues, in the order of ``audit.csv``, and with their images."""
    issues = (*audit.issues, *more)
    ranked = sorted(issues, key=lambda issue: (KINDS.index(issue.kind), -issue.score))
    kept = shown(ranked, labels=LABELS_KEPT)
    return Audit(tuple(ranked), *gallery_images(dataset, kept), audit.about)


def _neighbourhoods(
    pool: Pool, features: NDArray[np.float32] | None
) -> tuple[list[tuple[int, int, float]], list[tuple[int, float]], dict[str, float]]:
    """Return the near-duplicates, the outliers, and how alike near-duplicates have to be."""
    vectors = descriptors(pool.take(block) for block in pool.blocks(_DESCRIBED_AT_ONCE))
    plain, numbers, test_from = vectors["as it is"], np.arange(len(pool)), int(pool.starts[-1])
    neighbours = nearest(plain, plain, NEIGHBOURS, same=True)
    least = duplicates.SIMILARITY_TO_TEST
    mirrored = nearest(vectors["mirrored"], plain, NEIGHBOURS, least=least)
    groups = [
        duplicates.candidates(numbers, neighbours, "as it is", test_from),
        duplicates.candidates(numbers, mirrored, "mirrored", test_from),
    ]
    sample = numbers[:: -(-len(pool) // _UPSIDE_DOWN)]
    turned = nearest(vectors["upside down"][sample], plain, NEIGHBOURS, least=least)
    by_chance = [duplicates.candidates(sample, turned, "upside down", test_from)]
    if features is not None:
        neighbours = nearest(features, features, NEIGHBOURS, same=True)
        few = neighbours[0][:, :_FEATURE_NEIGHBOURS], neighbours[1][:, :_FEATURE_NEIGHBOURS]
        # An image and its mirror image may be the same to a network, but not by their pixels.
        groups += [
            duplicates.candidates(numbers, few, turn, test_from, least=(-1, -1)) for turn in _TURNS
        ]
    planes = duplicates.coarse_planes(pool)
    pairs = duplicates.alike(pool, groups, planes)
    chance_pairs = duplicates.alike(pool, by_chance, planes)
    # Neighbours were looked for twice for each image: as it is and mirrored.
    weight = len(_TURNS) * len(pool) / len(sample)
    threshold, expected = duplicates.likeness_to_ask_for(
        [likeness for _, _, likeness in pairs],
        [likeness for _, _, likeness in chance_pairs],
        weight,
    )
    method = {"likeness": threshold, "expected_by_chance": expected}
    return [pair for pair in pairs if pair[2] >= threshold], _outliers(neighbours[1]), method


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
    # A network's features are often all positive. With their mean taken away, similarities differ.
    return normalised(vectors - vectors.mean(axis=0))


def _differently_labelled(dataset: Dataset, issues: list[Issue]) -> int:
    """Return how many pairs of duplicates have different labels, one of which must be wrong."""

    def label(split: str | None, index: int | None) -> int:
        return int(getattr(dataset, str(split)).labels[index])

    return sum(
        label(issue.split, issue.index) != label(issue.partner_split, issue.partner)
        for issue in issues
        if issue.is_duplicate
    )


def _about(dataset: Dataset, method: dict[str, Any], seconds: float) -> dict[str, Any]:
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
            **method,
        },
        "seconds": seconds,
    }
