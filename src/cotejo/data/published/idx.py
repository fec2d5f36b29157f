"""The IDX format of MNIST and of the sets that took it over, plain or compressed by gzip."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Mapping

import numpy as np

from cotejo.data.published.forms import Batch, Decoded, Form

__all__ = ["decode_compressed_idx", "decode_idx", "idx_forms"]

_TRAIN, _TEST = 60_000, 10_000
_PIXELS = 28 * 28
_BYTES = 8  # the code of the type of the values: bytes without a sign


def decode_idx(content: bytes, batch: Batch) -> Decoded:
    """Return what an IDX file holds: images if its name has ``idx3``, else labels.

    The file begins with two zeros, the type of the values and the number of dimensions, and goes on
    with the size of each dimension. All numbers are big-endian.

    Raises:
        ValueError: it is no such file, or it has more or less in it than it says.
        struct.error: it ends within its head.
    """
    dimensions = 3 if "idx3" in batch.name else 1
    head = struct.unpack_from(f">HBB{dimensions}I", content)
    shape = head[3:]
    if head[:3] != (0, _BYTES, dimensions) or shape[0] != batch.rows:
        raise ValueError("the head is that of another file")
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
    return (values[..., np.newaxis], None) if dimensions == 3 else (None, values)


def decode_compressed_idx(content: bytes, batch: Batch) -> Decoded:
    """Return what an IDX file that was compressed by gzip holds.

    No more is unpacked than such a file can have, so that a hostile one can't fill the memory.

    Raises:
        ValueError: as for `decode_idx`.
        OSError: it isn't compressed by gzip, or damaged.
    """
    most = 16 + batch.rows * _PIXELS + 1
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        return decode_idx(file.read(most), batch)


def idx_forms(
    folder: str, compressed: Mapping[str, tuple[int, str]], plain: Mapping[str, str]
) -> tuple[Form, Form]:
    """Return the two forms of a set of 60,000 and 10,000 images: compressed files, and plain ones.

    Args:
        folder: the folder that holds the files.
        compressed: the size and the checksum of each file as it is published, by its name without
            ``.gz``.
        plain: the checksum of each file once it is unpacked.
    """
    batches = [
        (Batch(f"{name}.gz", size, digest, *_rows(name)), _plain(name, plain[name]))
        for name, (size, digest) in compressed.items()
    ]
    return (
        Form(tuple(packed for packed, _ in batches), decode_compressed_idx, folder),
        Form(tuple(unpacked for _, unpacked in batches), decode_idx, folder),
    )


def _rows(name: str) -> tuple[int, int]:
    """Return the number of the first image that a file is about, and how many they are."""
    return (0, _TRAIN) if name.startswith("train") else (_TRAIN, _TEST)


def _plain(name: str, digest: str) -> Batch:
    start, rows = _rows(name)
    size = 16 + rows * _PIXELS if "idx3" in name else 8 + rows
    return Batch(name, size, digest, start, rows)
