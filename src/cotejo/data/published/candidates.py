"""What may be a published set in a folder: its files, or its archive, under the known names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cotejo.data.published.files import PublishedFile
from cotejo.data.published.forms import Form, PublishedSet

__all__ = ["Candidate", "candidates", "seems_to_hold"]


@dataclass(frozen=True)
class Candidate:
    """Something that may be a published set.

    Attributes:
        path: a folder with the set's files, or one file that is all of it.
        form: the form of a folder's files; None for one file, whose form its checksum tells.
    """

    path: Path
    form: Form | None


def candidates(published: PublishedSet, path: Path) -> list[Candidate]:
    """Return what may be the set at ``path``: first folders of files, which are read faster.

    A file counts whatever its name. A folder counts if it has at least one of the files, so that
    an error can say which are missing.
    """
    if path.is_file():
        return [Candidate(path, None)]
    # The same folder can be reached in two ways, as `data` in `.` and as the form's own folder.
    return list(dict.fromkeys([*_folders(published, path), *_archives(published, path)]))


def seems_to_hold(published: PublishedSet, path: Path) -> bool:
    """Return whether the set seems to be at ``path``, by names and sizes alone."""
    try:
        return any(_seems_whole(candidate, published) for candidate in candidates(published, path))
    except OSError:
        return False


def _folders(published: PublishedSet, path: Path) -> Iterator[Candidate]:
    for inside in published.inside:
        for form in published.forms:
            for folder in (path / inside, path / inside / form.folder):
                if any((folder / batch.name).is_file() for batch in form.batches):
                    yield Candidate(folder, form)


def _archives(published: PublishedSet, path: Path) -> Iterator[Candidate]:
    archives = [form for form in published.forms if form.archive is not None]
    own = [form.archive.name for form in archives if form.archive is not None]
    others = [name for form in archives for name in form.archive_names]
    for inside in published.inside:
        for name in (*own, *others):
            if (path / inside / name).is_file():
                yield Candidate(path / inside / name, None)


def _seems_whole(candidate: Candidate, published: PublishedSet) -> bool:
    if candidate.form is None:
        whole = (form.whole for form in published.forms)
        return any(file is not None and _has_size(candidate.path, file) for file in whole)
    return all(
        (candidate.path / batch.name).is_file() and _has_size(candidate.path / batch.name, batch)
        for batch in candidate.form.batches
    )


def _has_size(path: Path, file: PublishedFile) -> bool:
    return file.size is None or path.stat().st_size == file.size
