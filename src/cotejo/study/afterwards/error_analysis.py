"""The analysis of the misread images: ``failures.npz``, written once the runs have ended.

It reads the test images again, but chooses nothing by them. The predictions were made before, and
parts are hidden only of images that are known to be misread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.config import Sources
from cotejo.data import Dataset
from cotejo.data.dataset import Split
from cotejo.errors import ConfigError, OutputError
from cotejo.explain.grad_cam import grad_cam_maps
from cotejo.explain.occlusion import occlusion_maps
from cotejo.facts import StudyFacts, best_alternative, gather
from cotejo.facts.error_analysis import error_analysis_of
from cotejo.models.own.keeping import load_kept
from cotejo.store import StudyFile, write_npz
from cotejo.study.afterwards.misread import error_analysis_arrays
from cotejo.study.afterwards.trying import tried
from cotejo.study.progress import Observer
from cotejo.train import fresh_backend
from cotejo.trained.features import features_by
from cotejo.trained.learned import learned_images
from cotejo.trained.neighbours import known_features, nearest

__all__ = ["write_error_analysis"]

_NEAREST = 3
"""How many training images are kept to each explained mistake."""
_LOOKED_AT = 4000
"""The most training images among which they are sought: as many as hiding parts looks at."""


def write_error_analysis(
    folder: Path, dataset: Dataset, observer: Observer, sources: Sources
) -> None:
    """Write a study's ``failures.npz``, unless the one that is there is of these very runs.

    The study is whole without it. If something goes wrong, ``observer`` is told, ``failures.log``
    says what, and the report leaves the section out.

    Args:
        folder: a study's, with a finished run.
        dataset: what it trained on.
        observer: told of what goes wrong.
        sources: the user's own code, which builds networks with layers of their own.

    Raises:
        OutputError: the folder can't be written.
    """
    log = folder / StudyFile.ERROR_ANALYSIS_LOG
    with tried(log, "look_back_failed", observer.look_back_failed):
        facts = gather(folder)
        if not _is_there(facts):
            write_npz(folder / StudyFile.ERROR_ANALYSIS, **_arrays(facts, dataset, sources))


def _is_there(facts: StudyFacts) -> bool:
    try:
        return error_analysis_of(facts, best_alternative(facts)) is not None
    except OutputError:
        # Damaged: to be written anew.
        return False


def _arrays(facts: StudyFacts, dataset: Dataset, sources: Sources) -> dict[str, NDArray[Any]]:
    test = dataset.test
    arrays = error_analysis_arrays(facts, test)
    best = best_alternative(facts).representative
    if best.is_added:
        return arrays | {"occlusion_maps": np.zeros((0, 2, *test.images.shape[1:3]), np.float32)}
    with fresh_backend():
        network = load_kept(best, sources, of_study=True)
        explained, classes = test.images[arrays["explained"]], arrays["explained_classes"]
        arrays["occlusion_maps"] = occlusion_maps(network, explained, classes)
        if len(explained):
            arrays |= _grad_cam(network, explained, classes)
            arrays |= _nearest(network, explained, learned_images(dataset, best.record))
    return arrays


def _grad_cam(
    network: keras.Model, images: NDArray[np.uint8], classes: NDArray[np.int32]
) -> dict[str, NDArray[Any]]:
    """Return the maps of the predicted classes; none of a network that has no feature map."""
    try:
        return {"grad_cam_maps": grad_cam_maps(network, images, classes[:, :1])[:, 0]}
    except ConfigError as error:
        if error.key != "no_feature_map":
            raise
        return {}


def _nearest(
    network: keras.Model, images: NDArray[np.uint8], learned: Split
) -> dict[str, NDArray[Any]]:
    """Return the nearest of the training images; none of a network that has no features."""
    try:
        features_of = features_by(network)
    except ConfigError as error:
        if error.key != "no_features":
            raise
        return {}
    known = known_features(features_of, learned, most=_LOOKED_AT)
    found = nearest(features_of(images), known, learned, _NEAREST)
    labels = found.labels.astype(np.int32)
    return {"nearest_images": found.images, "nearest_labels": labels}
