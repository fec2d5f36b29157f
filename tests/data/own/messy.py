"""A folder as people have them: pictures of two classes, and everything that goes wrong."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

__all__ = ["messy_folder", "picture"]


def picture(seed: int, kind: str = "sun", size: tuple[int, int] = (40, 30)) -> Image.Image:
    """Return a small drawing: a bright disc on blue for a sun, a dark one on grey for a moon."""
    generator = np.random.default_rng(seed)
    width, height = size
    rows, columns = np.mgrid[:height, :width]
    ground, disc = (
        ((60, 90, 200), (250, 220, 40)) if kind == "sun" else ((90, 90, 90), (20, 20, 30))
    )
    middle = generator.uniform(0.3, 0.7, 2) * (height, width)
    radius = generator.uniform(0.15, 0.3) * min(size)
    inside = (rows - middle[0]) ** 2 + (columns - middle[1]) ** 2 < radius**2
    pixels = np.where(inside[..., np.newaxis], disc, ground)
    noisy = pixels + generator.normal(0, 12, (height, width, 3))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def messy_folder(folder: Path, each: int = 24) -> Path:
    """Fill a folder with pictures of suns and moons, good and bad ones, and return it."""
    for kind in ("sun", "moon"):
        inside = folder / kind
        (inside / "more").mkdir(parents=True)
        for number in range(each):
            size = (30 + number, 52 - number)
            place = inside / "more" if number % 3 == 0 else inside
            ending = ("jpg", "png", "webp", "bmp")[number % 4]
            picture(number + 1000 * (kind == "moon"), kind, size).save(place / f"{number}.{ending}")
    _odd_but_good(folder)
    _bad(folder)
    return folder


def _odd_but_good(folder: Path) -> None:
    sun = folder / "sun"
    picture(50).convert("L").save(sun / "grey.png")
    picture(51).convert("P").save(sun / "palette.gif")
    picture(52).convert("RGBA").save(sun / "alpha.png")
    picture(53).convert("CMYK").save(sun / "cmyk.jpg")
    deep = np.asarray(picture(54).convert("L"), np.uint16) * 256
    Image.fromarray(deep).save(sun / "deep.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(55).save(sun / "turned.jpg", exif=exif)
    frames = [picture(56 + step) for step in range(3)]
    frames[0].save(sun / "animated.gif", save_all=True, append_images=frames[1:])
    picture(59).save(sun / "UPPER.JPG")
    picture(60).save(sun / "ñandú 🌞.png")
    picture(61).save(sun / "no-ending.png")
    (sun / "no-ending.png").rename(sun / "no-ending")


def _bad(folder: Path) -> None:
    sun, moon = folder / "sun", folder / "moon"
    (sun / "text.jpg").write_text("no picture")
    (sun / "empty.png").touch()
    whole = sun / "cut.png"
    picture(70, size=(60, 60)).save(whole)
    whole.write_bytes(whole.read_bytes()[:-60])
    (sun / "notes.txt").write_text("hello")
    (sun / ".DS_Store").write_bytes(b"\0" * 8)
    (folder / ".ipynb_checkpoints").mkdir()
    picture(71).save(folder / ".ipynb_checkpoints" / "a-checkpoint.png")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "._a.png").write_bytes(b"\0\0")
    (folder / "Thumbs.db").write_bytes(b"\0")
    (folder / "nothing").mkdir()
    (folder / "lonely").mkdir()
    picture(72).save(folder / "lonely" / "one.png")
    picture(73).save(folder / "flat.png")
    picture(74).save(sun / "same.png")
    picture(74).save(moon / "same-too.png")
    huge = sun / "huge.bmp"
    picture(75).save(huge)
    content = bytearray(huge.read_bytes())
    content[18:26] = (60_000).to_bytes(4, "little") * 2
    huge.write_bytes(content)
    try:
        (sun / "loop").symlink_to(folder)
        (sun / "gone.png").symlink_to("nowhere.png")
    except OSError:  # systems without links
        return


def zipped(folder: Path, path: Path) -> Path:
    """Return a zip of a folder's regular files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink() and "loop" not in file.parts:
                archive.write(file, f"{folder.name}/{file.relative_to(folder)}")
    return path
