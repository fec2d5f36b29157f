"""What a test set can't settle, however many seeds there are: told before anything is trained."""

from __future__ import annotations

from cotejo.config import Claim, StudyConfig
from cotejo.data import Dataset
from cotejo.messages import current_language, message
from cotejo.numbers import Numbers

__all__ = ["out_of_reach"]


def out_of_reach(study: StudyConfig, dataset: Dataset) -> list[str]:
    """Return a line on the claims whose margins are too small for the images, if there are any.

    Epochs and seconds are compared without images. A cross-validation tests on all of its images.
    """
    if not study.claims:
        return []
    # Deferred: a study without claims need not wait for what loads SciPy.
    from cotejo.facts.margins import LARGEST
    from cotejo.stats import reachable

    images = {"test": len(dataset.test), "valid": len(dataset.valid)}
    too_small = [
        claim
        for claim in study.claims
        if claim.metric not in ("epochs", "seconds")
        # Which difference matters, where none is stated, follows from the accuracies.
        and (claim.margin or LARGEST) < reachable(images[_split(claim)])
    ]
    if not too_small:
        return []
    fewest = min(images[_split(claim)] for claim in too_small)
    numbers = Numbers(current_language())
    return [
        message(
            "cli.claims_out_of_reach",
            count=len(too_small),
            images=numbers.integer(fewest),
            points=numbers.points(reachable(fewest), 1),
        )
    ]


def _split(claim: Claim) -> str:
    return "valid" if claim.metric == "valid_accuracy" else "test"
