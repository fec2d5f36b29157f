"""What a published data set says of itself: the forms of its files, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cotejo.data.published.files import PublishedFile
from cotejo.messages import LANGUAGES, names_by_language

__all__ = ["DIGITS", "Batch", "Decoded", "Form", "PublishedSet"]

Decoded: TypeAlias = tuple[NDArray[np.uint8] | None, NDArray[np.integer[Any]] | None]
"""What a file holds: images ``[rows, height, width, channels]`` and labels ``[rows]``, or one of
the two and None for the other."""


@dataclass(frozen=True)
class Batch(PublishedFile):
    """A published file that holds images, labels, or both.

    The images of a data set are numbered, first those for training, then those of the test.

    Attributes:
        start: the number of its first image.
        rows: how many images it is about.
    """

    start: int
    rows: int


@dataclass(frozen=True)
class Form:
    """One of the forms in which a data set is published.

    Attributes:
        batches: the files with images and labels.
        decode: ``decode(content, batch)`` returns what a file holds, whose checksum has been
            compared before. It raises one of the `READING_ERRORS` if the content is another.
        folder: the folder that holds the files: the one that the archive unpacks to, or that a
            program makes for them; empty if there is none.
        archive: the ``.tar.gz`` that holds the folder, if the set is published as one.
        archive_names: other names that programs give to the archive.
    """

    batches: tuple[Batch, ...]
    decode: Callable[[bytes, Batch], Decoded]
    folder: str = ""
    archive: PublishedFile | None = None
    archive_names: tuple[str, ...] = ()

    @property
    def whole(self) -> PublishedFile | None:
        """The one file that holds all of the set; None if it is spread over several."""
        return self.archive or (self.batches[0] if len(self.batches) == 1 else None)

    @property
    def downloaded(self) -> tuple[PublishedFile, ...]:
        """The files that are downloaded to have the set in this form."""
        return (self.archive,) if self.archive else self.batches


@dataclass(frozen=True)
class PublishedSet:
    """A data set that is published as files.

    The last images of the training set become the validation images.

    Attributes:
        name: what studies call it.
        title: what errors call its files, in every language.
        forms: the forms in which it is published; the first one is downloaded.
        image_shape: an image's ``(height, width, channels)``.
        classes: the number of classes.
        valid: how many of the training images are for validation.
        test: how many of all images are for the test.
        inside: the folders that are looked into, relative to each place that may hold data sets.
        addresses: where the files can be downloaded, the best first. An address that ends with a
            slash is that of the folder that has them.
        mirror: the environment variable with an address of the user's own, which comes first.
        cache: the folder below Cotejo's cache in which downloads are kept; empty for the cache
            itself.
        method: how the split is called, in `Dataset.split`.
        names: the names of the classes by language; None if they are in the catalogues
            ``locales/<language>/classes.toml``, under the name of the set.
    """

    name: str
    title: str
    forms: tuple[Form, ...]
    image_shape: tuple[int, int, int]
    classes: int
    valid: int
    test: int
    inside: tuple[str, ...]
    addresses: tuple[str, ...]
    mirror: str
    cache: str = ""
    method: str = "last"
    names: Mapping[str, tuple[str, ...]] | None = None

    @property
    def images(self) -> int:
        """The number of all images."""
        return max(batch.start + batch.rows for batch in self.forms[0].batches)

    @property
    def class_names(self) -> dict[str, tuple[str, ...]]:
        """The names of the classes in the order of their labels, by language."""
        if self.names is not None:
            return dict(self.names)
        return names_by_language(f"classes.{self.name}")

    @property
    def form_names(self) -> str:
        """The files of each form, as an error lists them."""
        return " / ".join(", ".join(file.name for file in form.downloaded) for form in self.forms)


DIGITS: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    LANGUAGES, tuple(str(digit) for digit in range(10))
)
"""The names of the ten digits, which are written the same in every language."""
