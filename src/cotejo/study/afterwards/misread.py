"""What ``failures.npz`` keeps of the test images: their traits, and the images worth a look.

All of it follows from predictions that were made before, and nothing is chosen by it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.dataset import Split
from cotejo.evaluate import distinctive_images, image_traits, mutual_pairs, select_mistakes
from cotejo.facts import StudyFacts, best_alternative
from cotejo.facts.error_analysis import GALLERIES, fingerprint
from cotejo.store import RunFolder

__all__ = ["error_analysis_arrays"]

_ALL_WRONG = 16
_STANDING_OUT = 8
_PAIRS, _EXAMPLES = 4, 6
_EXPLAINED = 12


def error_analysis_arrays(facts: StudyFacts, test: Split) -> dict[str, NDArray[Any]]:
    """Return the arrays of ``failures.npz``, without the occlusion maps.

    Args:
        facts: a study's, with a finished run.
        test: the images that its predictions are of.

    Raises:
        ValueError: the predictions are of other images.
    """
    best = best_alternative(facts)
    answers = {each.name: each.answers["test"] for each in facts.trained}
    labels, chances = best.test_predictions
    if not np.array_equal(labels, test.labels):
        raise ValueError("`test` must hold the images that the predictions are of")
    worst = select_mistakes(labels, chances, worst=len(labels), pairs=0)
    if best.parts is not None:
        # The network that is kept is that of the first part; it learned from the other images.
        worst = worst[best.parts[best.finished.index(best.representative)][worst] == 0]
    # What was trained elsewhere has no network here that could be asked.
    worst = worst[: 0 if best.is_added else _EXPLAINED]
    arrays: dict[str, NDArray[Any]] = {
        f"trait_{name}": values for name, values in image_traits(test.images).items()
    }
    galleries = (
        _wrong_in_all(facts, chances)[:_ALL_WRONG],
        distinctive_images(answers, best.name, right=True)[:_STANDING_OUT],
        distinctive_images(answers, best.name, right=False)[:_STANDING_OUT],
    )
    arrays |= dict(zip(GALLERIES, galleries, strict=True))
    arrays["pairs"] = _pair_examples(labels, chances)
    arrays["explained"] = worst
    arrays["explained_classes"] = np.stack([chances[worst].argmax(axis=1), labels[worst]], axis=1)
    shown = np.unique(np.concatenate([*galleries, arrays["pairs"][:, 2], worst]))
    arrays = {
        name: array.astype(np.int32) if array.dtype.kind == "i" else array
        for name, array in arrays.items()
    }
    return arrays | {
        "runs": np.array(fingerprint(facts)),
        "all_wrong_votes": _votes(facts, galleries[0]),
        "indices": shown.astype(np.int32),
        "images": test.images[shown],
    }


def _wrong_in_all(facts: StudyFacts, chances: NDArray[Any]) -> NDArray[np.int64]:
    """Return the images that every network gets wrong, those that the best is surest of first.

    A study of one network has none: they would be all its mistakes.
    """
    answers = np.concatenate([each.answers["test"] for each in facts.trained])  # [networks, n]
    if len(answers) == 1:
        return np.zeros(0, np.int64)
    wrong = np.flatnonzero(~answers.any(axis=0))
    return wrong[np.argsort(-chances[wrong].max(axis=1), kind="stable")]


def _votes(facts: StudyFacts, images: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return how many networks name each class, ``[images, classes]``."""
    votes = np.zeros((len(images), len(facts.data["counts"]["test"])), np.int32)
    for run in facts.finished:
        # A reader of its own, so that the probabilities of all runs are not kept in memory.
        named = RunFolder(run.path).predictions["test_probabilities"][images].argmax(axis=1)
        votes[np.arange(len(images)), named] += 1
    return votes


def _pair_examples(labels: NDArray[Any], chances: NDArray[Any]) -> NDArray[np.int64]:
    """Return examples of the pairs most confused, ``[m, 3]``: true, predicted, position.

    Of each direction, the more frequent first, the mistakes of the highest probability.
    """
    predicted = chances.argmax(axis=1)
    confusion = np.zeros((chances.shape[1],) * 2, np.int64)
    np.add.at(confusion, (labels, predicted), 1)
    surest = np.argsort(-chances.max(axis=1), kind="stable")
    rows = [
        (true, taken_for, index)
        for first, second in mutual_pairs(confusion)[:_PAIRS]
        for true, taken_for in ((first, second), (second, first))
        for index in surest[(labels[surest] == true) & (predicted[surest] == taken_for)][:_EXAMPLES]
    ]
    return np.array(rows, np.int64).reshape(-1, 3)
