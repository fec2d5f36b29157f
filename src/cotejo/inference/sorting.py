"""Pictures copied into a folder for each class, by what a model says of them.

A copy is there whole or not at all, and nothing that is there is ever written over: a picture of
the same name gets a number, and one that lies there already, byte for byte, is not copied again.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cotejo.errors import DataError
from cotejo.inference.answers import Prediction
from cotejo.pictures import unreadable
from cotejo.store import folder_names, make_folder, numbered, temporary_path, writing

__all__ = ["Sorter"]


class Sorter:
    """What copies pictures into folders.

    Args:
        folder: in which the folders of the classes are made, as they are needed.
        class_names: in label order.
        unlike: what the folder is called of pictures that are unlike any that the model knows.
    """

    def __init__(self, folder: Path, class_names: Sequence[str], unlike: str) -> None:
        self.folder = folder
        *self._names, self._unlike = folder_names([*class_names, unlike])
        self.copied = 0
        self.there_already = 0
        make_folder(folder)

    def put(self, path: Path | str, prediction: Prediction) -> DataError | None:
        """Copy a picture to where it belongs.

        Returns:
            Why it could not be read, which costs no other picture its place.

        Raises:
            OutputError: it can't be written.
        """
        is_unlike = prediction.unlike
        name = self._unlike if is_unlike else self._names[prediction.classes[0]]
        target = self.folder / name / Path(path).name
        make_folder(target.parent)
        temporary = temporary_path(target)
        try:
            if (error := _copy(path, temporary)) is not None:
                return error
            with writing(target):
                self._place(temporary, target)
        finally:
            with suppress(OSError):
                temporary.unlink()
        return None

    def _place(self, temporary: Path, target: Path) -> None:
        for name in numbered(target.stem, target.suffix):
            place = target.with_name(name)
            if _moved(temporary, place):
                self.copied += 1
                return
            if place.is_file() and filecmp.cmp(temporary, place, shallow=False):
                self.there_already += 1
                return


def _copy(path: Path | str, target: Path) -> DataError | None:
    """Copy a file's content and its time; return why the file can't be read."""
    try:
        source = Path(path).open("rb")  # noqa: SIM115
    except OSError as error:
        return unreadable(path, error)
    with source, writing(target), target.open("xb") as copy:
        shutil.copyfileobj(source, copy)
        copy.flush()
        about = os.fstat(source.fileno())
        os.utime(target, ns=(about.st_atime_ns, about.st_mtime_ns))
    return None


def _moved(temporary: Path, place: Path) -> bool:
    """Give a file its name; return False, and do nothing, if something has that name."""
    try:
        place.hardlink_to(temporary)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: the name is taken first, by an empty file
        try:
            place.open("xb").close()
        except FileExistsError:
            return False
        temporary.replace(place)
    return True
