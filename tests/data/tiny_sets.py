"""Tiny copies of the published sets, written in each of the formats in which they are published."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.io import savemat
from tiny_cifar import pickled_array, pickled_labels, regular, string, tar_gz

from cotejo.data.published import Batch, Form, PublishedFile, PublishedSet
from cotejo.data.published.files import digest_of_bytes
from cotejo.data.sources.cifar100 import CIFAR100
from cotejo.data.sources.cifar100_coarse import CIFAR100_COARSE
from cotejo.data.sources.fashion_mnist import FASHION_MNIST
from cotejo.data.sources.mnist import MNIST
from cotejo.data.sources.svhn import SVHN

TRAIN, VALID, TEST = 50, 20, 30
SETS = (CIFAR100, CIFAR100_COARSE, FASHION_MNIST, MNIST, SVHN)

Write = Callable[[np.ndarray, np.ndarray, Batch], bytes]
"""Writes a file from its images ``[rows, h, w, c]`` and labels ``[rows]``."""


def planes(images: np.ndarray) -> np.ndarray:
    """Images as CIFAR has them: the red plane first, then green and blue."""
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1)


def coarse(labels: np.ndarray) -> np.ndarray:
    """The label that a tiny CIFAR-100 has beside the one that is wanted."""
    return (labels // 5).astype(np.uint8)


def pickled(images: np.ndarray, labels: np.ndarray, batch: Batch, wanted: bytes) -> bytes:
    other = b"coarse_labels" if wanted == b"fine_labels" else b"fine_labels"
    return (
        b"\x80\x02}("
        + string(b"filenames") + b"](" + string(b"a.png") + b"e"
        + string(b"batch_label") + string(b"training batch 1 of 1")
        + string(other) + pickled_labels(coarse(labels))
        + string(wanted) + pickled_labels(labels)
        + string(b"data") + pickled_array(planes(images)) + b"u."
    )  # fmt: skip


def fine_pickle(images: np.ndarray, labels: np.ndarray, batch: Batch) -> bytes:
    return pickled(images, labels, batch, b"fine_labels")


def coarse_pickle(images: np.ndarray, labels: np.ndarray, batch: Batch) -> bytes:
    return pickled(images, labels, batch, b"coarse_labels")


def fine_rows(images: np.ndarray, labels: np.ndarray, batch: Batch) -> bytes:
    return np.column_stack([coarse(labels), labels, planes(images)]).astype(np.uint8).tobytes()


def coarse_rows(images: np.ndarray, labels: np.ndarray, batch: Batch) -> bytes:
    return np.column_stack([labels, coarse(labels), planes(images)]).astype(np.uint8).tobytes()


def idx_of(values: np.ndarray) -> bytes:
    shape = values.shape
    head = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
    return head + values.astype(np.uint8).tobytes()


def idx(images: np.ndarray, labels: np.ndarray, batch: Batch) -> bytes:
    return idx_of(images[..., 0] if "images" in batch.name else labels)


def compressed_idx(images: np.ndarray, labels: np.ndarray, batch: Batch) -> bytes:
    return gzip.compress(idx(images, labels, batch), mtime=0)


def npz(images: np.ndarray, labels: np.ndarray, batch: Batch) -> bytes:
    file = io.BytesIO()
    train, test = slice(0, TRAIN), slice(TRAIN, None)
    grey, labels = images[..., 0], labels.astype(np.uint8)
    np.savez_compressed(
        file, x_train=grey[train], y_train=labels[train], x_test=grey[test], y_test=labels[test]
    )
    return file.getvalue()


def mat(images: np.ndarray, labels: np.ndarray, batch: Batch) -> bytes:
    return mat_of(X=images.transpose(1, 2, 3, 0), y=np.where(labels == 0, 10, labels)[:, None])


def mat_of(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    arrays = {name: array.astype(np.uint8) for name, array in arrays.items()}
    savemat(file, arrays, do_compression=True)
    return file.getvalue()


WRITERS: dict[str, tuple[Write, ...]] = {
    "cifar100": (fine_pickle, fine_rows),
    "cifar100-coarse": (coarse_pickle, coarse_rows),
    "fashion-mnist": (compressed_idx, idx),
    "mnist": (compressed_idx, idx, npz),
    "svhn": (mat,),
}
"""What writes the files of each form of a set."""

FORMS = [(real, number) for real in SETS for number in range(len(real.forms))]
"""Every form of every set."""


@dataclass
class TinySet:
    """A set of 100 images as if it were what was published.

    Attributes:
        published: the set, with the sizes and checksums of the tiny files.
        images, labels: what it holds.
        files: the content of each form's files, by name.
        archives: each form's archive, by its number.
    """

    published: PublishedSet
    images: np.ndarray
    labels: np.ndarray
    files: list[dict[str, bytes]]
    archives: dict[int, bytes]

    def unpack(self, number: int, folder: Path) -> Path:
        """Write the files of a form into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files[number].items():
            (folder / name).write_bytes(content)
        return folder

    def with_file(self, number: int, name: str, content: bytes) -> PublishedSet:
        """The set as if ``content`` were what was published: it gets past the checksum."""
        forms = list(self.published.forms)
        batches = (
            dressed(batch, content) if batch.name == name else batch
            for batch in forms[number].batches
        )
        forms[number] = replace(forms[number], batches=tuple(batches))
        return replace(self.published, forms=tuple(forms))


def dressed(batch: Batch, content: bytes) -> Batch:
    size = None if batch.size is None else len(content)
    return replace(batch, size=size, digest=digest_of_bytes(content, like=batch.digest))


def tiny_batch(batch: Batch, total: int) -> Batch:
    """A batch with the numbers of images that it has in a tiny set."""
    if batch.rows == total:
        return replace(batch, rows=TRAIN + TEST)
    start, rows = (TRAIN, TEST) if batch.start else (0, TRAIN)
    return replace(batch, start=start, rows=rows)


def make(real: PublishedSet) -> TinySet:
    random = np.random.default_rng(len(real.name))
    total = TRAIN + TEST
    images = random.integers(0, 256, (total, *real.image_shape), dtype=np.uint8)
    labels = (np.arange(total) % real.classes).astype(np.uint8)
    files, forms, archives = [], [], {}
    for number, (form, write) in enumerate(zip(real.forms, WRITERS[real.name], strict=True)):
        batches, contents = [], {}
        for batch in form.batches:
            batch = tiny_batch(batch, real.images)
            at = slice(batch.start, batch.start + batch.rows)
            contents[batch.name] = write(images[at], labels[at], batch)
            batches.append(dressed(batch, contents[batch.name]))
        form = replace(form, batches=tuple(batches))
        if form.archive is not None:
            members = [regular(f"{form.folder}/{n}", c) for n, c in contents.items()]
            archives[number] = tar_gz([regular(f"{form.folder}/meta", b"."), *members[::-1]])
            form = with_archive(form, archives[number])
        files.append(contents)
        forms.append(form)
    published = replace(real, forms=tuple(forms), valid=VALID, test=TEST)
    return TinySet(published, images, labels, files, archives)


def with_archive(form: Form, content: bytes) -> Form:
    assert form.archive is not None
    digest = digest_of_bytes(content, like=form.archive.digest)
    return replace(form, archive=PublishedFile(form.archive.name, len(content), digest))
