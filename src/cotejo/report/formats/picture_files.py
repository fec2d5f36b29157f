"""The folder of a report's files: Markdown's pictures, and the numbers of one of its own place."""

from __future__ import annotations

import base64
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from cotejo.store import TEMPORARY

__all__ = ["MARK", "Pictures", "is_free", "picture_folder", "shown_pictures", "standalone"]

MARK = ".cotejo"
"""The empty file by which a folder of pictures is known for Cotejo's, even a half-written one."""

_SHOWN = 64
"""Pixels a side that a small image is enlarged to: Markdown has no way to set a size."""
_GAP = 4
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"


@dataclass
class Pictures:
    """The files that a text shows.

    Attributes:
        folder: the address, from the text, of the folder that they will be in.
        files: their content by name, in the order in which they came.
    """

    folder: str
    files: dict[str, bytes] = field(default_factory=dict)
    _used: Counter[str] = field(default_factory=Counter)

    def add_figure(self, svg: str, name: str) -> str:
        """Keep an ``<svg>`` element of the page as a file of its own and return its address."""
        return self._keep(f"{name}.svg", standalone(svg).encode())

    def add_strip(self, addresses: list[str], place: str) -> str:
        """Keep images, given by their ``data:`` addresses, side by side as one file.

        Args:
            addresses: of one image or more.
            place: the figure or table that they are in, which names the file.

        Returns:
            The file's address.
        """
        from PIL import Image

        images = []
        for address in addresses:
            file = io.BytesIO(base64.b64decode(address.partition(",")[2]))
            image = Image.open(file).convert("RGBA")
            times = max(1, round(_SHOWN / max(image.size)))
            size = (image.width * times, image.height * times)
            images.append(image.resize(size, Image.Resampling.NEAREST))
        width = sum(image.width + _GAP for image in images) - _GAP
        strip = Image.new("RGBA", (width, max(image.height for image in images)))
        left = 0
        for image in images:
            strip.paste(image, (left, 0))
            left += image.width + _GAP
        written = io.BytesIO()
        strip.save(written, format="png", optimize=True)
        self._used[place] += 1
        return self._keep(f"{place}-{self._used[place]:02d}.png", written.getvalue())

    def _keep(self, name: str, content: bytes) -> str:
        self.files[name] = content
        return f"{self.folder}/{name}"


def standalone(svg: str) -> str:
    """Return an element of the page as a document: on white, sized, with a font of its own."""
    head, _, body = svg.partition(">")
    head = re.sub(r'\s(style|role|aria-\w+)="[^"]*"', "", head)
    size_of_view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)
    # Points, of which there are 72 an inch, in pixels, of which there are 96.
    size = "".join(
        f' {side}="{float(points) * 96 / 72:.0f}"'
        for side, points in zip(
            ("width", "height"), size_of_view.groups() if size_of_view else (), strict=False
        )
    )
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    style = f"<style>text {{ font-family: {_FONT} !important }}</style>"
    # A transparent figure would have black text on black where the reader's page is dark.
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return f"{head} {namespaces}{size}>{style}{ground}{body}"


def picture_folder(path: Path) -> Path:
    """Return the folder beside the report at ``path`` that is for its pictures and numbers.

    Example:
        >>> picture_folder(Path("runs/informe.md")).as_posix()
        'runs/informe-files'
    """
    return path.with_name(f"{path.stem}-files")


def is_free(folder: Path, path: Path) -> bool:
    """Return whether the report at ``path`` may have its files in ``folder``.

    It may where there is nothing, an empty folder, or one that Cotejo wrote: that has its mark,
    or holds pictures of the report that is there, which an older Cotejo left unmarked.
    """
    if not folder.exists():
        return True
    try:
        names = {file.name for file in folder.iterdir() if not file.name.startswith(TEMPORARY)}
    except OSError:  # a file, or a folder that may not be looked into
        return False
    return not names or MARK in names or bool(names & shown_pictures(path, folder.name))


def shown_pictures(path: Path, folder: str) -> set[str]:
    """Return the names of the pictures in ``folder`` that the report at ``path`` shows."""
    if not path.is_file():
        return set()
    shown = re.escape(quote(folder))
    names = re.findall(
        rf"\({shown}/([\w-]+\.(?:svg|png|jpeg))\)", path.read_text("utf-8", "replace")
    )
    return set(names)
