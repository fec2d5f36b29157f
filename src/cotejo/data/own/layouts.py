"""Labels from folders: ``<class>/…``, or ``{train,valid,test}/<class>/…``."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath

from cotejo.data.own.entries import Entry, LeftOut
from cotejo.data.own.holders import HeldFile
from cotejo.errors import DataError
from cotejo.texts import readable

__all__ = ["ENDINGS", "SPLIT_NAMES", "by_folders", "is_hidden", "pictures_of", "split_called"]

ENDINGS = frozenset(
    [
        "avif",
        "bmp",
        "dib",
        "gif",
        "heic",
        "heif",
        "hif",
        "jfif",
        "jpe",
        "jpeg",
        "jpg",
        "pjpeg",
        "png",
        "tif",
        "tiff",
        "webp",
    ]
)
"""How the names of pictures end."""

SPLIT_NAMES = {
    "train": "train training trn tr entrenamiento entreno entrenar train_set training_set",
    "valid": "valid val validation dev validacion eval evaluation validation_set val_set",
    "test": "test testing tst prueba pruebas tests test_set testing_set",
}
"""What people call the three splits, without accents and capitals."""

_HIDDEN = frozenset(["__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db", "$recycle.bin"])

_SPLIT_OF = {word: split for split, words in SPLIT_NAMES.items() for word in words.split()}


def split_called(name: object) -> str | None:
    """Return which split a folder, a file or a cell of a table names; None if it names none.

    Example:
        >>> split_called("Validación"), split_called("VAL"), split_called("cats")
        ('valid', 'valid', None)
    """
    letters = unicodedata.normalize("NFKD", str(name)).casefold().strip().replace("-", "_")
    return _SPLIT_OF.get("".join(sign for sign in letters if not unicodedata.combining(sign)))


def is_hidden(name: str) -> bool:
    """Return whether a path is one that systems and programs leave behind.

    Example:
        >>> is_hidden("cats/.DS_Store"), is_hidden("__MACOSX/cats/a.jpg"), is_hidden("cats/a.jpg")
        (True, True, False)
    """
    return any(
        (part.startswith((".", "~$")) and part != "..") or part.casefold() in _HIDDEN
        for part in PurePosixPath(name).parts
    )


def pictures_of(
    files: Iterable[HeldFile], is_picture: Callable[[str], bool]
) -> tuple[list[str], list[LeftOut]]:
    """Return the names of the files that are pictures by their endings, and what was left out.

    Args:
        files: of a folder or an archive.
        is_picture: looks into a file whose name does not tell.
    """
    pictures, left_out = [], []
    for file in files:
        ending = PurePosixPath(file.name).suffix[1:].casefold()
        if is_hidden(file.name):
            left_out.append(LeftOut(file.name, "hidden"))
        elif ending not in ENDINGS and not (file.size and is_picture(file.name)):
            left_out.append(LeftOut(file.name, "no_picture"))
        elif not file.size:
            left_out.append(LeftOut(file.name, "empty"))
        else:
            pictures.append(file.name)
    return pictures, left_out


def by_folders(names: Sequence[str], where: object) -> tuple[list[Entry], list[LeftOut]]:
    """Return each picture with the class, and perhaps the split, that its folders name.

    Folders around all of it, as archives often have, count for nothing; nor does the folder of a
    split where there is only one, or where it lies in another of its own kind (``train/train``).

    Args:
        names: of the pictures, within their folder or archive.
        where: what an error calls the whole.

    Raises:
        DataError: some of the folders look like splits and others do not.
    """
    depth = _common_depth(names)
    parts = {name: PurePosixPath(name).parts[depth:] for name in names}
    splits = {inside[0]: split_called(inside[0]) for inside in parts.values() if len(inside) > 1}
    named = set(splits.values()) - {None}
    has_splits = len(named) > 1 and ("train" in named or None not in splits.values())
    if has_splits and None in splits.values():
        odd = sorted(top for top, split in splits.items() if split is None)
        raise DataError("own_split_or_class", path=where, names=", ".join(map(readable, odd[:5])))
    if has_splits or (named and len(splits) == 1):
        classes_at = {top: _depth_of_classes(parts.values(), top) for top in splits}
    else:
        classes_at = dict.fromkeys(splits, 0)
    entries, left_out = [], []
    for name, inside in parts.items():
        top = inside[0]
        classes = inside[classes_at.get(top, 0) : -1]
        if classes:
            entries.append(Entry(name, classes[0], splits[top] if has_splits else None))
        else:
            left_out.append(LeftOut(name, "no_class_folder"))
    return entries, left_out


def _depth_of_classes(paths: Iterable[tuple[str, ...]], top: str) -> int:
    """Return at which place of the paths of a split's folder the classes are named.

    It is the second, but for a split's folder in which there is only one more of the same kind.
    """
    inside = [parts[1:-1] for parts in paths if parts[0] == top and len(parts) > 1]
    first = {folders[:1] for folders in inside}
    again = len(first) == 1 and all(first) and all(len(folders) > 1 for folders in inside)
    if again and split_called(inside[0][0]) == split_called(top):
        return 2
    return 1


def _common_depth(names: Sequence[str]) -> int:
    """Return how many folders lie around all pictures without telling any apart.

    The folder that holds a single class is no such folder, nor is one that names a split.
    """
    folders = [PurePosixPath(name).parts[:-1] for name in names]
    depth = 0
    while folders and all(len(parts) > depth for parts in folders):
        first = folders[0][depth]
        if split_called(first) or any(parts[depth] != first for parts in folders):
            break
        below = {parts[depth + 1] for parts in folders if len(parts) > depth + 1}
        has_own = any(len(parts) == depth + 1 for parts in folders)
        # A folder with pictures of its own and one folder more is a class.
        if not below or (has_own and len(below) < 2):
            break
        depth += 1
    return depth
