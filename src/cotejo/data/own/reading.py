"""From a folder, a table or an archive to a `Dataset`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.config.own_images import OwnImages
from cotejo.data.audit.auditing import copies_of
from cotejo.data.dataset import Dataset, Split
from cotejo.data.own.cache import Cache, signature
from cotejo.data.own.classes import check_confusable, natural_order
from cotejo.data.own.dealing import Dealt, deal, without_few
from cotejo.data.own.decoding import decode_all, measure_some
from cotejo.data.own.entries import REASONS, Entry, LeftOut
from cotejo.data.own.holders import HeldFile, Holder, open_holder
from cotejo.data.own.labelling import labelled
from cotejo.data.own.layouts import is_hidden, pictures_of
from cotejo.data.own.tables import TABLE_ENDINGS
from cotejo.data.picture_facts import PictureFacts
from cotejo.data.splits import mixed
from cotejo.errors import DataError
from cotejo.messages import message
from cotejo.pictures import PictureSize
from cotejo.pictures.sizes import chosen_shape
from cotejo.texts import readable

__all__ = ["read_own"]

_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".tbz2", ".txz")

OnPictures = Callable[[int, int], None]
"""Called while pictures are read, with those done and all."""


def read_own(
    path: Path,
    options: OwnImages | None = None,
    on_pictures: OnPictures = lambda done, total: None,
) -> Dataset | None:
    """Return somebody's own images as a data set; its arrays are mapped from a cache on the disk.

    Args:
        path: a folder with a folder per class, in folders for training, validation and test
            perhaps; a table with the paths and labels of pictures, or a folder with one; a zip or
            tar of either.
        options: how the pictures are read.
        on_pictures: called while they are read, with the pictures done and all.

    Returns:
        None if the path is no table and holds no file with the name of a picture, as the files of
        a published data set.

    Raises:
        DataError: the path is the root of the disk, there are fewer than two classes, two classes
            could be confused, a class is tested and never trained on, the cache can't be written;
            or, if the options are strict, a picture can't be used.
    """
    is_table = path.is_file() and path.suffix[1:].casefold() in TABLE_ENDINGS
    if not (is_table or path.is_dir() or path.name.casefold().endswith(_ARCHIVES)):
        return None
    if path.resolve() == path.resolve().parent:  # it would take hours, and open devices
        raise DataError("own_root", path=path)
    try:
        holder = open_holder(path.parent if is_table else path)
    except DataError:  # an archive that can't be opened: those who know published ones say why
        return None
    with closing(holder):
        files = _listed(path, holder)
        if files is None or not (is_table or pictures_of(files, lambda name: False)[0]):
            return None
        table = path.name if is_table else None
        read = _read(path, holder, files, table, options or OwnImages(), on_pictures)
        return _from_index(path, *read)


def _listed(path: Path, holder: Holder) -> list[HeldFile] | None:
    """Return the files that there are; None if they are those of a damaged archive."""
    try:
        return holder.files()
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError("data_unreadable", path=path, reason=reason) from error
    except DataError:
        if holder.in_order:
            return None
        raise


def _read(
    path: Path,
    holder: Holder,
    files: Sequence[HeldFile],
    table: str | None,
    options: OwnImages,
    on_pictures: OnPictures,
) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """Return the pictures in the order of the splits and what is known of them, as in the cache."""
    cache = Cache(path, options.model_dump(exclude={"review"}))
    signed = signature(files)
    if (kept := cache.load(signed)) is not None:
        return kept
    entries, left_out = labelled(path, holder, files, table, options.group_by)
    # One order for the same pictures in a folder, an archive or a table: it decides the split.
    entries.sort(key=lambda entry: (entry.name, entry.split or ""))
    left_out += [
        LeftOut(name, "hidden" if is_hidden(name) else reason)
        for name, reason in holder.refused.items()
    ]
    check_confusable(natural_order({entry.label for entry in entries}))
    entries, few = without_few(entries)
    left_out += few
    _check_classes(path, entries, left_out)
    try:
        return _decoded_and_dealt(
            path, holder, cache, signed, entries, left_out, options, on_pictures
        )
    finally:
        cache.discard()


def _decoded_and_dealt(
    path: Path,
    holder: Holder,
    cache: Cache,
    signed: str,
    entries: Sequence[Entry],
    left_out: list[LeftOut],
    options: OwnImages,
    on_pictures: OnPictures,
) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """Return what the cache then holds. What can't be used is added to ``left_out``."""
    names = [entry.name for entry in entries]
    decoded, sizes, bad = _decoded(path, holder, cache, names, options, on_pictures)
    left_out += bad
    rows = np.array(sorted(sizes), np.int64)
    doubtful = _in_two_classes(decoded, rows, entries)
    left_out += [LeftOut(entries[row].name, "two_classes", entries[row].label) for row in doubtful]
    rows = np.setdiff1d(rows, doubtful)
    # Damaged pictures may have left a class with too few.
    kept_entries, few = without_few([entries[row] for row in rows])
    left_out += few
    kept_names = {entry.name for entry in kept_entries}
    rows = np.array([row for row in rows if entries[row].name in kept_names], np.int64)
    _check_classes(path, kept_entries, left_out)
    if options.strict and any(each.reason != "hidden" for each in left_out):
        _refuse(path, left_out)
    dealt = deal(kept_entries, options.split_seed, lambda: copies_of(decoded[rows]), path)
    splits = {split: mixed(at, options.split_seed) for split, at in dealt.splits.items()}
    dealt = replace(dealt, splits=splits)
    facts = _facts(options, decoded.shape[1:], [sizes[int(row)] for row in rows], left_out)
    facts = replace(facts, groups=len({entry.group for entry in kept_entries} - {None}))
    index = _index(kept_entries, dealt, facts, signed)
    order = rows[np.concatenate([splits[split] for split in ("train", "valid", "test")])]
    return cache.save(decoded, order, index), index


def _decoded(
    path: Path,
    holder: Holder,
    cache: Cache,
    names: Sequence[str],
    options: OwnImages,
    on_pictures: OnPictures,
) -> tuple[NDArray[np.uint8], dict[int, PictureSize], list[LeftOut]]:
    """Return the decoded pictures, the size that each one had, and those that can't be used."""
    sample = measure_some(holder, names)
    if not sample:
        raise DataError("own_nothing_readable", path=path, count=len(names))
    height, width, channels = chosen_shape(sample, options.image_size)
    while True:
        target = cache.scratch((len(names), height, width, channels))
        sizes, bad = decode_all(holder, names, target, options.fit, on_pictures)
        if channels == 3 or all(size.is_grey for size in sizes.values()):
            return target, sizes, bad
        channels = 3  # a picture in colour that was not in the sample


def _in_two_classes(
    decoded: NDArray[np.uint8], rows: NDArray[np.int64], entries: Sequence[Entry]
) -> list[int]:
    """Return the rows of pictures that are the same, pixel by pixel, and in different classes."""
    same: dict[bytes, list[int]] = {}
    for row in rows.tolist():
        digest = hashlib.blake2b(decoded[row].tobytes(), digest_size=16).digest()
        same.setdefault(digest, []).append(row)
    return [
        row
        for copies in same.values()
        if len({entries[row].label for row in copies}) > 1
        for row in copies
    ]


def _facts(
    options: OwnImages,
    shape: Sequence[int],
    sizes: Sequence[PictureSize],
    left_out: Sequence[LeftOut],
) -> PictureFacts:
    height, width = shape[:2]
    sides = np.array([max(size.width, size.height) for size in sizes])
    ranked = sorted(left_out, key=lambda each: (REASONS.index(each.reason), each.name))
    return PictureFacts(
        fit=options.fit,
        chosen=options.image_size is None,
        smaller=int((sides > max(height, width)).sum()),
        larger=int((sides < max(height, width)).sum()),
        least=int(sides.min()),
        middle=round(float(np.median(sides))),
        most=int(sides.max()),
        left_out=tuple((readable(e.name), e.reason, readable(e.said)) for e in ranked),
    )


def _index(
    entries: Sequence[Entry],
    dealt: Dealt,
    facts: PictureFacts,
    signed: str,
) -> dict[str, Any]:
    """Return what the cache keeps beside the array."""
    classes = natural_order({entry.label for entry in entries})
    numbers = {label: number for number, label in enumerate(classes)}
    return {
        "signature": signed,
        "classes": [readable(label) for label in classes],
        "split": dealt.about,
        "facts": asdict(facts),
        "splits": {
            split: {
                "names": [readable(entries[at].name) for at in positions],
                "labels": [numbers[entries[at].label] for at in positions],
                "groups": None if dealt.groups is None else dealt.groups[positions].tolist(),
            }
            for split, positions in dealt.splits.items()
        },
    }


def _from_index(path: Path, images: NDArray[np.uint8], index: dict[str, Any]) -> Dataset:
    splits, start = {}, 0
    for split in ("train", "valid", "test"):
        table = index["splits"][split]
        end = start + len(table["names"])
        labels = np.array(table["labels"], np.int32)
        groups = None if table["groups"] is None else np.array(table["groups"], np.int64)
        splits[split] = Split(images[start:end], labels, tuple(table["names"]), groups)
        start = end
    return Dataset(
        name=_name(path),
        **splits,
        class_names=index["classes"],
        split=index["split"],
        source=str(path),
        pictures=PictureFacts.from_table(index["facts"]),
    )


def _name(path: Path) -> str:
    """Return a name for the data set: the folder's, or that of the archive or table."""
    name = readable(path.resolve().name)
    while not path.is_dir() and (ending := PurePosixPath(name).suffix):
        if ending.casefold() not in (*_ARCHIVES, *(f".{e}" for e in TABLE_ENDINGS)):
            break
        name = name.removesuffix(ending)
    return "".join(sign if sign.isprintable() else "_" for sign in name) or "pictures"


def _check_classes(path: Path, entries: Sequence[Entry], left_out: Sequence[LeftOut]) -> None:
    classes = {entry.label for entry in entries}
    if not classes:
        raise DataError("own_nothing", path=path, count=len(left_out))
    if len(classes) < 2:
        raise DataError("own_one_class", path=path, name=readable(classes.pop()))


def _refuse(path: Path, left_out: Sequence[LeftOut]) -> None:
    first = next(each for each in left_out if each.reason != "hidden")
    count = sum(each.reason != "hidden" for each in left_out)
    why = message(f"pictures.reason_{first.reason}")
    raise DataError("own_strict", path=path, count=count, example=readable(first.name), reason=why)
