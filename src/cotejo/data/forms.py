"""What may be CIFAR-10 under a folder: batches or archives, as their publishers leave them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cotejo.data.published import PUBLISHED, Form

__all__ = ["Candidate", "candidates", "holds_cifar10"]

# Keras unpacks to `cifar-10-batches-py-target/cifar-10-batches-py`, under `datasets` in its
# home; older versions straight to `cifar-10-batches-py`. torchvision uses the root it is given.
_INSIDE = (
    "",
    "cifar-10-batches-py-target",
    "datasets",
    "datasets/cifar-10-batches-py-target",
    "data",
    "cifar10",
    "CIFAR10",
)
# What Keras has called the archive over the years, besides its published names.
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
        form: the folder's form; None for an archive, which its checksum tells.
    """

    path: Path
    form: Form | None


def candidates(path: Path, forms: tuple[Form, ...] = PUBLISHED) -> list[Candidate]:
    """Return what may be CIFAR-10 at ``path``: folders of batches first, they read faster.

    A file is taken for an archive whatever its name. A folder counts from its first batch on,
    so that an error can say what is missing from it.
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
    names = (*(form.archive for form in forms), *_KERAS_ARCHIVES)
    for inside in _INSIDE:
        for name in names:
            if (path / inside / name).is_file():
                yield Candidate(path / inside / name, None)


def _seems_whole(candidate: Candidate, forms: tuple[Form, ...]) -> bool:
    if candidate.form is None:
        size = candidate.path.stat().st_size
        return any(form.archive_size == size for form in forms)
    files = ((candidate.path / batch.name, batch.size) for batch in candidate.form.batches)
    return all(file.is_file() and file.stat().st_size == size for file, size in files)
