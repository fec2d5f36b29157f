"""The error analysis: which images the networks misread, from ``failures.npz`` and predictions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate import agreement, commonalities, distinctive_images
from cotejo.evaluate.agreement import Agreement
from cotejo.evaluate.commonalities import Commonalities
from cotejo.evaluate.traits import TRAITS
from cotejo.facts.alternative import AlternativeFacts
from cotejo.facts.gathering import StudyFacts
from cotejo.store import StudyFile, check_arrays, damaged, read_npz

__all__ = ["GALLERIES", "ErrorAnalysis", "error_analysis_of", "fingerprint"]

GALLERIES = ("all_wrong", "only_best_right", "only_best_wrong")
"""The galleries of ``failures.npz``: positions in the test set."""

_VERSION = "1"
"""The version of ``failures.npz``. If it is raised, the next start of a study writes it anew."""
_ARRAYS = {
    **{f"trait_{name}": (1, "f") for name in TRAITS},
    **dict.fromkeys(GALLERIES, (1, "i")),
    "all_wrong_votes": (2, "i"),
    "pairs": (2, "i"),
    "indices": (1, "i"),
    "images": (4, "u1"),
    "explained": (1, "i"),
    "explained_classes": (2, "i"),
    "occlusion_maps": (4, "f"),
}
"""The number of dimensions of each array, and the kind of its numbers (`check_arrays`)."""
_IF_THERE = {"grad_cam_maps": (3, "f"), "nearest_images": (5, "u1"), "nearest_labels": (2, "i")}
"""The same of arrays that some networks have none for; studies of earlier versions lack them."""


def fingerprint(facts: StudyFacts) -> str:
    """Return 64 hexadecimal digits that are the same only for the same set of finished runs."""
    runs = [
        f"{alternative.name} {run.record['seed']} {run.record.get('key')}"
        for alternative in facts.trained
        for run in alternative.finished
    ]
    return hashlib.sha256("\n".join([_VERSION, *sorted(runs)]).encode()).hexdigest()


def error_analysis_of(facts: StudyFacts, best: AlternativeFacts) -> ErrorAnalysis | None:
    """Return the error analysis of a study; None if there is none of these very runs.

    Raises:
        OutputError: ``failures.npz`` is damaged.
    """
    path = facts.folder.path / StudyFile.ERROR_ANALYSIS
    if not path.is_file():
        return None
    arrays = read_npz(path)
    check_arrays(path, arrays, {"runs": (0, "U")})
    if str(arrays["runs"]) != fingerprint(facts):
        return None
    there = {name: kind for name, kind in _IF_THERE.items() if name in arrays}
    check_arrays(path, arrays, _ARRAYS | there)
    analysis = ErrorAnalysis(facts, best, arrays)
    if not analysis.is_sound:
        raise damaged(path)
    return analysis


@dataclass(frozen=True)
class ErrorAnalysis:
    """Which test images the networks of a study misread, and what those have in common.

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
        arrays, (labels, chances) = self.arrays, self.best.test_predictions
        classes, images = chances.shape[1], arrays["images"]
        kept, maps = arrays["indices"], arrays["occlusion_maps"]
        votes, pairs = arrays["all_wrong_votes"], arrays["pairs"]
        shown = [*(arrays[name] for name in GALLERIES), pairs[:, -1:], arrays["explained"]]
        classes_named = [pairs[:, :2], arrays["explained_classes"]]
        image_shape = tuple(self.facts.data["image_shape"])
        return (
            all(len(arrays[f"trait_{name}"]) == len(labels) for name in TRAITS)
            and _in_range([kept], len(labels))
            and all(np.isin(positions, kept).all() for positions in shown)
            and _in_range(classes_named, classes)
            and images.shape == (len(kept), *image_shape)
            and votes.shape == (len(arrays["all_wrong"]), classes)
            and _in_range([votes], len(self.facts.finished) + 1)
            and pairs.shape[1] == 3
            and arrays["explained_classes"].shape == (len(arrays["explained"]), 2)
            and maps.shape == (len(arrays["explained"]), 2, *image_shape[:2])
            and self._is_complete(classes, image_shape)
        )

    def _is_complete(self, classes: int, image_shape: tuple[int, ...]) -> bool:
        """Whether what some networks have none of is there for all explained images, or none."""
        arrays, explained = self.arrays, len(self.arrays["explained"])
        maps = arrays.get("grad_cam_maps", np.zeros((explained, *image_shape[:2])))
        labels = arrays.get("nearest_labels", np.zeros((explained, 0), np.int32))
        nothing = np.zeros((*labels.shape, *image_shape), np.uint8)
        images = arrays.get("nearest_images", nothing)
        return (
            maps.shape == (explained, *image_shape[:2])
            and len(labels) == explained
            and images.shape == nothing.shape
            and _in_range([labels], classes)
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
        """Examples of the classes most confused, by true and predicted class."""
        examples: dict[tuple[int, int], list[int]] = {}
        for true, predicted, index in self.arrays["pairs"].tolist():
            examples.setdefault((true, predicted), []).append(index)
        return examples

    def maps(self, index: int) -> NDArray[np.float32] | None:
        """Return an image's two maps, for the predicted class and the true one, where it has."""
        (places,) = np.nonzero(self.arrays["explained"] == index)
        return self.arrays["occlusion_maps"][places[0]] if len(places) else None

    def grad_cam(self, index: int) -> NDArray[np.float32] | None:
        """Return an image's map by Grad-CAM for the predicted class, where it has one."""
        (places,) = np.nonzero(self.arrays["explained"] == index)
        maps = self.arrays.get("grad_cam_maps")
        return None if maps is None or not len(places) else maps[places[0]]

    def nearest(self, index: int) -> list[tuple[NDArray[np.uint8], int]]:
        """Return the training images nearest to an image, each with its label, where it has any."""
        (places,) = np.nonzero(self.arrays["explained"] == index)
        if "nearest_images" not in self.arrays or not len(places):
            return []
        images = self.arrays["nearest_images"][places[0]]
        labels = self.arrays["nearest_labels"][places[0]].tolist()
        return list(zip(images, labels, strict=True))

    @cached_property
    def agreement(self) -> Agreement:
        """What all networks get right and wrong, and how alike the alternatives are."""
        return agreement({each.name: each.answers["test"] for each in self.facts.trained})

    @property
    def standing_out(self) -> tuple[int, int]:
        """How many images the best alone gets right, and how many it alone gets wrong."""
        answers = {each.name: each.answers["test"] for each in self.facts.trained}
        right, wrong = (
            distinctive_images(answers, self.best.name, right=way) for way in (True, False)
        )
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


def _in_range(arrays: Sequence[NDArray[Any]], end: int) -> bool:
    """Whether all numbers are in ``[0, end)``."""
    return all(bool(((array >= 0) & (array < end)).all()) for array in arrays)
