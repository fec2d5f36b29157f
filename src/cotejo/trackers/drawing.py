"""The pictures that trackers are given: the confusion matrix, and the misread images.

They are drawn with Pillow: matplotlib's settings are those of the whole process, and the main
thread may be drawing the report.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cotejo.messages import message
from cotejo.store import RunFile, read_npz
from cotejo.trackers.events import RunResult

__all__ = ["draw_confusion", "draw_mistakes", "pictures_of", "png"]

_INK, _PAPER = (34, 34, 34), (255, 255, 255)
_FULL = np.array((0, 114, 178))
"""The colour of all images of a class."""

_CELL, _LETTER, _LARGEST = 44, 13, 1_600
_EDGE = 24
"""The room for the words at the upper and the left edge of a confusion matrix."""

_MOST_CLASSES = 30
"""With more classes, cells have no numbers and rows no names: they would be too small to read."""

_TILE, _MOST_MISTAKES, _ACROSS = 96, 32, 8


def pictures_of(result: RunResult, names: Sequence[str]) -> dict[str, Image.Image]:
    """Return the pictures of a finished run by name: ``confusion`` and ``mistakes``, or fewer.

    Args:
        result: of the run.
        names: of the classes.
    """
    pictures = {}
    if result.confusion is not None:
        pictures["confusion"] = draw_confusion(result.confusion, names)
    files = {path.name: path for path in result.files}
    if RunFile.MISTAKES in files and RunFile.PREDICTIONS in files:
        drawn = draw_mistakes(files[RunFile.MISTAKES], files[RunFile.PREDICTIONS], names)
        if drawn is not None:
            pictures["mistakes"] = drawn
    return pictures


def draw_confusion(confusion: Sequence[Sequence[int]], names: Sequence[str]) -> Image.Image:
    """Draw a confusion matrix: rows are true classes, and the darker, the more of their images.

    Args:
        confusion: counts ``[classes, classes]``.
        names: of the classes.

    Example:
        >>> draw_confusion([[8, 2], [0, 10]], ["no", "yes"]).mode
        'RGB'
    """
    counts = np.asarray(confusion, np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    classes = len(counts)
    is_named = classes <= _MOST_CLASSES
    cell = _CELL if is_named else max(_LARGEST // classes, 2)
    font = ImageFont.load_default(_LETTER)
    margin = 8 + (round(max(font.getlength(name) for name in names)) if is_named else 0)
    side = margin + 8 + cell * classes
    image = Image.new("RGB", (side, side), _PAPER)
    draw = ImageDraw.Draw(image)
    for row, column in np.ndindex(classes, classes):
        left, top = margin + cell * column, margin + cell * row
        share = shares[row, column]
        colour = tuple(int(each) for each in 255 + share * (_FULL - 255))
        draw.rectangle((left, top, left + cell - 1, top + cell - 1), fill=colour)
        if is_named and counts[row, column]:
            ink = _PAPER if share > 0.5 else _INK
            middle = (left + cell // 2, top + cell // 2)
            draw.text(middle, f"{counts[row, column]:.0f}", ink, font, anchor="mm")
    for place, name in enumerate(names if is_named else ()):
        draw.text((margin - 4, margin + cell * place + cell // 2), name, _INK, font, anchor="rm")
        # The names of the columns stand upright.
        label = Image.new("RGB", (margin, cell), _PAPER)
        ImageDraw.Draw(label).text((4, cell // 2), name, _INK, font, anchor="lm")
        image.paste(label.rotate(90, expand=True), (margin + cell * place, 0))
    return _with_axes(image, font)


def _with_axes(
    matrix: Image.Image, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> Image.Image:
    """Return a confusion matrix with what its columns and its rows are at its edges."""
    side = matrix.width + _EDGE
    upright = Image.new("RGB", (side, side), _PAPER)
    middle = side // 2, _EDGE // 2
    ImageDraw.Draw(upright).text(middle, message("notebook.true_class"), _INK, font, anchor="mm")
    image = upright.rotate(90)
    ImageDraw.Draw(image).text(middle, message("notebook.predicted_class"), _INK, font, anchor="mm")
    image.paste(matrix, (_EDGE, _EDGE))
    return image


def draw_mistakes(mistakes: Path, predictions: Path, names: Sequence[str]) -> Image.Image | None:
    """Draw the misread test images whose answers were the surest, each with its two classes.

    Args:
        mistakes: a run's ``mistakes.npz``.
        predictions: its ``predictions.npz``.
        names: of the classes.

    Returns:
        The sheet; None if nothing was misread.
    """
    kept, answers = read_npz(mistakes), read_npz(predictions)
    labels, probabilities = answers["test_labels"], answers["test_probabilities"]
    predicted = probabilities.argmax(axis=1)
    tiles = list(zip(kept["indices"], kept["images"], strict=True))[:_MOST_MISTAKES]
    if not tiles:
        return None
    font = ImageFont.load_default(_LETTER)
    height = _TILE + 2 * _LETTER + 12
    width = _TILE + 12
    rows = -(-len(tiles) // _ACROSS)
    sheet = Image.new("RGB", (width * min(len(tiles), _ACROSS), height * rows), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for place, (index, pixels) in enumerate(tiles):
        left, top = width * (place % _ACROSS) + 6, height * (place // _ACROSS) + 4
        shown = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
        picture = Image.fromarray(np.ascontiguousarray(shown)).convert("RGB")
        picture.thumbnail((_TILE, _TILE))
        if max(picture.size) < _TILE:
            scale = _TILE / max(picture.size)
            size = tuple(round(scale * each) for each in picture.size)
            picture = picture.resize((size[0], size[1]), Image.Resampling.NEAREST)
        sheet.paste(picture, (left, top))
        true, answer = int(labels[index]), int(predicted[index])
        sure = probabilities[index, answer]
        lines = (f"{names[true]}", f"\N{RIGHTWARDS ARROW} {names[answer]} {sure:.0%}")
        for line, text in enumerate(lines):
            place_of_text = (left, top + _TILE + 2 + line * (_LETTER + 2))
            draw.text(place_of_text, _fitting(text, font), _INK, font)
    return sheet


def _fitting(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """Return a text as long as a tile is wide."""
    while len(text) > 1 and font.getlength(text) > _TILE + 6:
        text = text[:-2] + "\N{HORIZONTAL ELLIPSIS}"
    return text


def png(image: Image.Image) -> bytes:
    """Return an image as a PNG."""
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()
