"""The labelled images that a model is evaluated on, in the size that it takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.config.own_images import OwnImages
from cotejo.data import Dataset, find_source, load
from cotejo.data.dataset import Split, merged
from cotejo.elsewhere.watching import Watch
from cotejo.errors import ConfigError, DataError
from cotejo.pictures import Fit
from cotejo.pictures.fitting import fitted_pixels

if TYPE_CHECKING:
    from cotejo.inference import Classifier

__all__ = ["SPLITS", "Sized", "chosen_split", "load_for", "sample_of"]

SPLITS = ("train", "valid", "test", "all")

_DEALT = ("dealt", "stratified")
"""How splits are made that did not come with the images: these belong together."""


def load_for(
    name_or_path: str | Path,
    classifier: Classifier,
    data_dir: Path | None = None,
    watch: Watch | None = None,
) -> Dataset:
    """Return a data set by its name or path, its pictures read as the model's own were.

    Args:
        name_or_path: as for `cotejo.data.load`.
        classifier: the model.
        data_dir: the folder to take a data set from.
        watch: told of downloads and of the pictures read.

    Raises:
        DataError: as `cotejo.data.load`.
        DownloadError: likewise.
    """
    watch = watch or Watch()
    more: dict[str, Any] = {
        "data_dir": data_dir,
        "progress": watch.data_progress,
        "on_pictures": watch.pictures_read,
    }
    if find_source(name_or_path) is None:
        side = min(max(max(classifier.image_shape[:2]), 4), 1024)
        images = OwnImages(image_size=side, fit=classifier.fit)
        try:
            return load(name_or_path, images=images, **more)
        except DataError as error:
            # A path with a published set, or with arrays, has no pictures to be read in a size.
            if error.key != "own_options":
                raise
    return load(name_or_path, **more)


def chosen_split(dataset: Dataset, split: str | None) -> tuple[str, Split]:
    """Return which images of a data set are evaluated on, and them.

    By default the test images where these are the set's own, and all where Cotejo would have to
    deal the images out: nothing is learned from them.

    Args:
        dataset: the set.
        split: one of `SPLITS`, or None.

    Raises:
        ConfigError: there is no such split, or no image in it.
    """
    if split is not None and split not in SPLITS:
        raise ConfigError("evaluation.unknown_split", received=split, known=", ".join(SPLITS))
    is_dealt = find_source(dataset.name) is None and dataset.split.get("method") in _DEALT
    name = split or ("all" if is_dealt else "test")
    if name == "all":
        return name, merged(dataset.train, dataset.valid, dataset.test)
    chosen: Split = getattr(dataset, name)
    if not len(chosen):
        raise ConfigError("evaluation.empty_split", name=name)
    return name, chosen


@dataclass(frozen=True)
class Sized:
    """Images, each made as large as a model wants it when it is asked for.

    Attributes:
        images: ``[n, height, width, channels]``, uint8.
        image_shape: what the model takes.
        fit: what is done with other proportions.
    """

    images: NDArray[np.uint8]
    image_shape: tuple[int, int, int]
    fit: Fit

    def __len__(self) -> int:
        return len(self.images)

    @property
    def is_as_it_is(self) -> bool:
        """Whether the images have the size that the model takes."""
        return self.images.shape[1:] == self.image_shape

    def __getitem__(self, part: slice | NDArray[np.int64]) -> NDArray[np.uint8]:
        chosen = np.asarray(self.images[part])
        if self.is_as_it_is:
            return chosen
        return np.stack([fitted_pixels("", each, self.image_shape, self.fit) for each in chosen])


def sample_of(labels: NDArray[Any], most: int | None) -> NDArray[np.int64]:
    """Return the positions of at most so many images, each class by its share; None for all."""
    from cotejo.data import nested_subset

    if most is None or most >= len(labels):
        return np.arange(len(labels))
    chosen = nested_subset(labels, most / len(labels), seed=0)
    # Shares are rounded, and of each class there is one image at least.
    return chosen[np.linspace(0, len(chosen) - 1, min(most, len(chosen))).astype(np.int64)]
