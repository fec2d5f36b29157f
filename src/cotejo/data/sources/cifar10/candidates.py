"""What may be CIFAR-10 in a folder: batches or archives, under the names that publishers use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cotejo.data.sources.cifar10.forms import PUBLISHED, Form

__all__ = ["Candidate", "candidates", "holds_cifar10"]

# Keras unpacks to `cifar-10-batches-py-target/cifar-10-batches-py`, in the folder `datasets` of
# its home; older versions unpack to `cifar-10-batches-py`. torchvision uses the root it is given.
_INSIDE = (
    "",
    "cifar-10-batches-py-target",
    "datasets",
    "datasets/cifar-10-batches-py-target",
    "data",
    "cifar10",
    "CIFAR10",
)
# Names that Keras has given the archive over the years, besides the published ones.
_KERAS_ARCHIVES = (
    "cifar-10-batches-py.tar.gz",
    "cifar-10-batches-py-target.tar.gz",
    "cifar-10-batches-py-target_archive",
)


@dataclass(frozen=True)
class Candidate:
    """Something that may be CIFAR-10.

    Attributes:
        path: a folder of batches, or an archive.
        form: the form of a folder's batches; None for an archive, whose form its checksum tells.
    """

    path: Path
    form: Form | None


def candidates(path: Path, forms: tuple[Form, ...] = PUBLISHED) -> list[Candidate]:
    """Return what may be CIFAR-10 at ``path``: first folders of batches, which are read faster.

    A file counts as an archive whatever its name. A folder counts if it has at least one batch,
    so that an error can say which are missing.
    """
    if path.is_file():
        return [Candidate(path, None)]
    return [*_folders(path, forms), *_archives(path, forms)]


def holds_cifar10(path: Path, forms: tuple[Form, ...] = PUBLISHED) -> bool:
    """Return whether CIFAR-10 seems to be at ``path``, by names and sizes alone."""
    try:
        return any(_seems_whole(candidate, forms) for candidate in candidates(path, forms))
    except OSError:
        return False


def _folders(path: Path, forms: tuple[Form, ...]) -> Iterator[Candidate]:
    for inside in _INSIDE:
        for form in forms:
            for folder in (path / inside, path / inside / form.folder):
                if any((folder / batch.name).is_file() for batch in form.batches):
                    yield Candidate(folder, form)


def _archives(path: Path, forms: tuple[Form, ...]) -> Iterator[Candidate]:
    names = (*(form.archive.name for form in forms), *_KERAS_ARCHIVES)
    for inside in _INSIDE:
        for name in names:
            if (path / inside / name).is_file():
                yield Candidate(path / inside / name, None)


def _seems_whole(candidate: Candidate, forms: tuple[Form, ...]) -> bool:
    if candidate.form is None:
        size = candidate.path.stat().st_size
        return any(form.archive.size == size for form in forms)
    files = ((candidate.path / batch.name, batch.size) for batch in candidate.form.batches)
    return all(file.is_file() and file.stat().st_size == size for file, size in files)
