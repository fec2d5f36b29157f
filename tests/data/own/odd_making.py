"""What odd files are made with: pixels, parts of a PNG, and the lists of all kinds.

A maker gets the path to write to. What is read says in its value which pixels come out.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = [
    "BASE",
    "LEFT_OUT",
    "READ",
    "SIDE",
    "SMOOTH",
    "LeftOutFile",
    "Pixels",
    "ReadFile",
    "chunk",
    "deep_grey",
    "grey_pixels",
    "image",
    "left_out",
    "on_white",
    "plain",
    "png",
    "png_rows",
    "read",
    "rgb",
    "stored_again",
    "with_alpha",
]

SIDE = 8

BASE = np.random.default_rng(8).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
"""Pixels that only lossless formats keep."""

SMOOTH = np.stack(
    np.broadcast_arrays(*np.ogrid[60 : 60 + 8 * SIDE : 8, 90 : 90 + 8 * SIDE : 8], 120), axis=2
).astype(np.uint8)
"""Pixels that a JPEG keeps nearly."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class ReadFile:
    """An odd file that is read: its name, its maker, how far the pixels may be off."""

    name: str
    make: Callable[[Path], Pixels]
    tolerance: int


@dataclass(frozen=True)
class LeftOutFile:
    """An odd file that is left out: its name, its maker, the reason, and what has it.

    Attributes:
        listed: the name under which it is listed; None for its own.
    """

    name: str
    make: Callable[[Path], None]
    reason: str
    listed: str | None


READ: dict[str, ReadFile] = {}
LEFT_OUT: dict[str, LeftOutFile] = {}


def read(
    name: str, tolerance: int = 0, kind: str = ""
) -> Callable[[Callable[[Path], Pixels]], Callable[[Path], Pixels]]:
    def register(make: Callable[[Path], Pixels]) -> Callable[[Path], Pixels]:
        READ[kind or make.__name__] = ReadFile(name, make, tolerance)
        return make

    return register


def left_out(
    name: str, reason: str, listed: str | None = None, kind: str = ""
) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    def register(make: Callable[[Path], None]) -> Callable[[Path], None]:
        LEFT_OUT[kind or make.__name__] = LeftOutFile(name, make, reason, listed)
        return make

    return register


def image(pixels: Pixels = BASE) -> Image.Image:
    return Image.fromarray(pixels)


def rgb(picture: Image.Image) -> Pixels:
    return np.asarray(picture.convert("RGB"))


def on_white(picture: Image.Image) -> Pixels:
    clear = picture.convert("RGBA")
    return rgb(Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear))


def with_alpha() -> Image.Image:
    clear = image()
    clear.putalpha(Image.fromarray(BASE[..., 0]))
    return clear


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(
    header: tuple[int, int, int, int, int, int, int], *chunks: bytes, rows: bytes | None
) -> bytes:
    """Return a PNG of any header: width, height, depth, colour type, 0, 0, interlacing."""
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", *header)), *chunks]
    if rows is not None:
        parts.append(chunk(b"IDAT", zlib.compress(rows)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def png_rows(pixels: Pixels) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in pixels)


def stored_again(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        opened.load()
        return opened


def deep_grey() -> NDArray[np.uint16]:
    return BASE[..., 0].astype(np.uint16) * 257


def grey_pixels() -> Pixels:
    return np.repeat(BASE[..., :1], 3, axis=2)


def plain(path: Path) -> Pixels:
    image().save(path, "PNG")
    return BASE
