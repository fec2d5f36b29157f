"""A tiny CIFAR-10, written as the published one is."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cotejo.data.published import Batch, Form, PublishedFile, PublishedSet
from cotejo.data.published.files import digest_of_bytes
from cotejo.data.sources.cifar10 import CIFAR10

PYTHON, BINARY = CIFAR10.forms

ROWS = 20


def string(text: bytes) -> bytes:
    """A byte string as Python 2 pickles it, which is how the published batches are written."""
    if len(text) < 256:
        return b"U" + bytes([len(text)]) + text
    return b"T" + struct.pack("<I", len(text)) + text


def pickled_array(pixels: np.ndarray, typecode: bytes = b"u1") -> bytes:
    shape = b"".join(b"M" + struct.pack("<H", size) for size in pixels.shape)
    return (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + string(b"b")
        + b"\x87R(K\x01" + shape + b"\x86cnumpy\ndtype\n" + string(typecode)
        + b"K\x00K\x01\x87R(K\x03" + string(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        + b"\x89" + string(pixels.tobytes()) + b"tb"
    )  # fmt: skip


def pickled_batch(pixels: bytes, labels: bytes) -> bytes:
    return b"\x80\x02}(" + string(b"data") + pixels + string(b"labels") + labels + b"u."


def pickled_labels(labels: np.ndarray) -> bytes:
    return b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"


def tar_gz(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), 1)


def regular(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member, content


def with_archive(form: Form, content: bytes) -> Form:
    assert form.archive is not None
    digest = "md5:" + hashlib.md5(content, usedforsecurity=False).hexdigest()
    archive = PublishedFile(form.archive.name, len(content), digest)
    return replace(form, archive=archive)


def with_batch(form: Form, name: str, content: bytes) -> Form:
    """The form as if ``content`` were what was published: it gets past the checksum."""
    digest = digest_of_bytes(content, like="md5:")
    batches = (
        replace(batch, size=len(content), digest=digest) if batch.name == name else batch
        for batch in form.batches
    )
    return replace(form, batches=tuple(batches))


@dataclass
class Published:
    """What a publisher of a tiny CIFAR-10 has: 6 batches of 20 images, in two forms."""

    images: np.ndarray  # [120, 32, 32, 3]
    labels: np.ndarray  # [120]
    files: dict[str, dict[str, bytes]]  # by encoding, then by name
    archives: dict[str, bytes]
    python: Form
    binary: Form

    @property
    def forms(self) -> tuple[Form, Form]:
        return self.python, self.binary

    def like(self, *forms: Form) -> PublishedSet:
        """CIFAR-10 as if these forms, or the tiny ones, were what was published."""
        return replace(CIFAR10, forms=forms or self.forms, valid=ROWS, test=ROWS)

    def unpack(self, encoding: str, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files[encoding].items():
            (folder / name).write_bytes(content)
        return folder


def form_like(real: Form, files: dict[str, bytes], archive: bytes) -> Form:
    batches = tuple(
        Batch(
            batch.name,
            len(content),
            digest_of_bytes(content, like=batch.digest),
            number * ROWS,
            ROWS,
        )
        for number, (batch, content) in enumerate(zip(real.batches, files.values(), strict=True))
    )
    return with_archive(replace(real, batches=batches), archive)


def publish() -> Published:
    random = np.random.default_rng(0)
    planes = random.integers(0, 256, (6, ROWS, 3072), dtype=np.uint8)
    labels = random.integers(0, 10, (6, ROWS), dtype=np.uint8)
    files: dict[str, dict[str, bytes]] = {"python": {}, "binary": {}}
    for number in range(6):
        python, binary = PYTHON.batches[number], BINARY.batches[number]
        files["python"][python.name] = pickled_batch(
            pickled_array(planes[number]), pickled_labels(labels[number])
        )
        rows = np.concatenate([labels[number][:, None], planes[number]], axis=1)
        files["binary"][binary.name] = rows.tobytes()
    archives = {}
    for encoding, real in (("python", PYTHON), ("binary", BINARY)):
        # The real archives aren't in order either, and hold files besides the batches.
        members = [regular(f"{real.folder}/{n}", c) for n, c in files[encoding].items()]
        archives[encoding] = tar_gz([regular(f"{real.folder}/readme.html", b"."), *members[::-1]])
    return Published(
        images=planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1),
        labels=labels.reshape(-1),
        files=files,
        archives=archives,
        python=form_like(PYTHON, files["python"], archives["python"]),
        binary=form_like(BINARY, files["binary"], archives["binary"]),
    )
