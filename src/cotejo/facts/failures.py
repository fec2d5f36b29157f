"""Where a study's networks fail: ``failures.npz``, and what follows from it and the predictions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.evaluate import agreement, commonalities, stands_out
from cotejo.evaluate.agreement import Agreement
from cotejo.evaluate.commonalities import Commonalities
from cotejo.evaluate.traits import TRAITS
from cotejo.facts.alternative import AlternativeFacts
from cotejo.facts.checks import check_arrays
from cotejo.facts.study import StudyFacts
from cotejo.store import read_npz

__all__ = ["FAILURES", "GALLERIES", "Failures", "failures_of", "fingerprint"]

FAILURES = "failures.npz"
GALLERIES = ("all_wrong", "only_best_right", "only_best_wrong")
"""The galleries of ``failures.npz``: positions in the test set."""

_VERSION = "1"
"""Of what ``failures.npz`` holds: raised, the next study writes it anew."""
_DIMENSIONS = {
    **{f"trait_{name}": 1 for name in TRAITS},
    **dict.fromkeys(GALLERIES, 1),
    "all_wrong_votes": 2,
    "pairs": 2,
    "indices": 1,
    "images": 4,
    "explained": 1,
    "explained_classes": 2,
    "occlusion_maps": 4,
}


def fingerprint(facts: StudyFacts) -> str:
    """Return what tells one set of finished runs from another, as 64 hexadecimal digits."""
    runs = [
        f"{one.name} {run.record['seed']} {run.record.get('key')}"
        for one in facts.trained
        for run in one.finished
    ]
    return hashlib.sha256("\n".join([_VERSION, *sorted(runs)]).encode()).hexdigest()


def failures_of(facts: StudyFacts, best: AlternativeFacts) -> Failures | None:
    """Return what is known of where the networks fail; None where it is not of these runs.

    Raises:
        OutputError: ``failures.npz`` is damaged.
    """
    path = facts.folder.path / FAILURES
    if not path.is_file():
        return None
    arrays = read_npz(path)
    check_arrays(path, arrays, {"runs": 0})
    if str(arrays["runs"]) != fingerprint(facts):
        return None
    check_arrays(path, arrays, _DIMENSIONS)
    found = Failures(facts, best, arrays)
    if not found.is_sound:
        raise OutputError("damaged_study_file", path=path)
    return found


@dataclass(frozen=True)
class Failures:
    """Where the networks of a study fail, and its best alternative's representative run.

    Attributes:
        facts: the study's.
        best: its best alternative.
        arrays: what ``failures.npz`` holds.
    """

    facts: StudyFacts
    best: AlternativeFacts
    arrays: Mapping[str, NDArray[Any]]

    @property
    def is_sound(self) -> bool:
        """Whether the arrays agree with each other and with the predictions."""
        arrays, images = self.arrays, len(self.best.test_predictions[0])
        kept = arrays["indices"]
        shown = [
            *(arrays[name] for name in GALLERIES),
            arrays["pairs"][:, -1:],
            arrays["explained"],
        ]
        return (
            all(len(arrays[f"trait_{name}"]) == images for name in TRAITS)
            and all(np.isin(one, kept).all() for one in shown)
            and len(kept) == len(arrays["images"])
            and len(arrays["all_wrong"]) == len(arrays["all_wrong_votes"])
            and len(arrays["explained"])
            == len(arrays["explained_classes"])
            == len(arrays["occlusion_maps"])
        )

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return a kept image by its position in the test set."""
        place = int(np.flatnonzero(self.arrays["indices"] == index)[0])
        image: NDArray[np.uint8] = self.arrays["images"][place]
        return image

    def gallery(self, name: str) -> list[int]:
        """Return the positions in the test set of one of `GALLERIES`."""
        return [int(index) for index in self.arrays[name]]

    @property
    def votes(self) -> list[tuple[int, int]]:
        """Of each image of ``all_wrong``: the class that most networks name, and how many do."""
        votes = self.arrays["all_wrong_votes"]
        return [(int(row.argmax()), int(row.max())) for row in votes]

    @cached_property
    def pairs(self) -> dict[tuple[int, int], list[int]]:
        """Examples, by true and predicted class: those most confused, each with its opposite."""
        found: dict[tuple[int, int], list[int]] = {}
        for true, predicted, index in self.arrays["pairs"].tolist():
            found.setdefault((true, predicted), []).append(index)
            found.setdefault((predicted, true), [])
        return found

    def maps(self, index: int) -> NDArray[np.float32] | None:
        """Return an image's two maps, for the predicted class and the true one, where it has."""
        (places,) = np.nonzero(self.arrays["explained"] == index)
        return self.arrays["occlusion_maps"][places[0]] if len(places) else None

    @cached_property
    def agreement(self) -> Agreement:
        """What all networks get right and wrong, and how alike the alternatives are."""
        return agreement({one.name: one.answers["test"] for one in self.facts.trained})

    @property
    def standing_out(self) -> tuple[int, int]:
        """How many images the best alone gets right, and how many it alone gets wrong."""
        answers = {one.name: one.answers["test"] for one in self.facts.trained}
        right, wrong = (stands_out(answers, self.best.name, right=way) for way in (True, False))
        return len(right), len(wrong)

    @cached_property
    def commonalities(self) -> Commonalities:
        """What the mistakes of the best's representative run have in common."""
        labels, chances = self.best.test_predictions
        traits = {name: self.arrays[f"trait_{name}"] for name in TRAITS}
        return commonalities(chances.argmax(axis=1) != labels, labels, traits)

    def to_json(self) -> dict[str, Any]:
        """Return what ``report.json`` says of it; the pairs are in ``agreement.csv``."""
        together = asdict(self.agreement)
        del together["pairs"]
        right, wrong = self.standing_out
        together |= {"only_best_right": right, "only_best_wrong": wrong}
        return {"agreement": together, "commonalities": asdict(self.commonalities)}
