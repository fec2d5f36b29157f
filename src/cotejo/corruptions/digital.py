"""What is done to pictures: less contrast, an elastic deformation, large pixels, JPEG."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cotejo.corruptions.sampling import moved

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["contrast", "elastic_transform", "jpeg_compression", "pixelate"]

Images = NDArray[np.float32]
Draws = Sequence[np.random.Generator]


def contrast(images: Images, draws: Draws, share: float) -> Images:
    """Bring all values nearer to the mean of their channel; nothing is drawn."""
    means = images.mean(axis=(1, 2), keepdims=True)
    nearer: Images = (images - means) * np.float32(share) + means
    return nearer


def elastic_transform(
    images: Images, draws: Draws, move: float, smooth: float, corners: float
) -> Images:
    """Move three points of an image and the rest along, and then each pixel a little by itself.

    References:
        Simard, P. Y., Steinkraus, D. and Platt, J. C. (2003). Best practices for convolutional
        neural networks applied to visual document analysis. ICDAR.
    """
    height, width = images.shape[1:3]
    side = min(height, width)
    places = [_affine(draw, height, width, corners * side) for draw in draws]
    rows, columns = (np.stack(axis).astype(np.float32) for axis in zip(*places, strict=True))
    warped = moved(images, rows, columns, twice_edge=False)
    if move == 0:
        return warped
    # [n, 2, height, width]: across and down
    drawn = np.stack([draw.uniform(-1, 1, (2, height, width)) for draw in draws])
    shifts = move * side * _smoothed(drawn, smooth * side)
    rows = (np.arange(height)[:, None] + shifts[:, 1]).astype(np.float32)
    columns = (np.arange(width) + shifts[:, 0]).astype(np.float32)
    return moved(warped, rows, columns, twice_edge=True)


def _smoothed(drawn: NDArray[np.float64], deviation: float) -> NDArray[np.float64]:
    from scipy.ndimage import gaussian_filter

    smooth: NDArray[np.float64] = gaussian_filter(
        drawn, (0, 0, deviation, deviation), mode="reflect", truncate=3
    )
    return smooth


def _affine(
    draw: np.random.Generator, height: int, width: int, most: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where each pixel comes from if three points in the middle move by at most ``most``."""
    middle, arm = np.array([width // 2, height // 2]), max(min(height, width) // 3, 1)
    before = middle + np.array([[arm, arm], [arm, -arm], [-arm, -arm]])
    after = before + draw.uniform(-most, most, before.shape)
    # From where the points went back to where they were: x and y by a matrix [3, 2].
    with_one = np.column_stack([after, np.ones(3)])
    matrix = np.linalg.lstsq(with_one, before.astype(float), rcond=None)[0]
    y, x = np.mgrid[:height, :width]
    columns, rows = (matrix[0, axis] * x + matrix[1, axis] * y + matrix[2, axis] for axis in (0, 1))
    return rows, columns


def pixelate(images: Images, draws: Draws, share: float) -> Images:
    """Reduce an image to a share of its side and enlarge it again, both by the means of boxes."""
    height, width = images.shape[1:3]
    small = max(int(width * share), 1), max(int(height * share), 1)

    def pixelated(picture: Image.Image) -> Image.Image:
        from PIL.Image import Resampling

        return picture.resize(small, Resampling.BOX).resize((width, height), Resampling.BOX)

    return _as_pictures(images, pixelated)


def jpeg_compression(images: Images, draws: Draws, quality: float) -> Images:
    """Write an image as JPEG and read it again; nothing is drawn."""

    def compressed(picture: Image.Image) -> Image.Image:
        from PIL import Image

        content = io.BytesIO()
        picture.save(content, "JPEG", quality=int(quality))
        return Image.open(content)

    return _as_pictures(images, compressed)


def _as_pictures(images: Images, change: Callable[[Image.Image], Image.Image]) -> Images:
    """Return images changed one by one as pictures of Pillow's."""
    from PIL import Image

    whole = np.rint(images * 255).astype(np.uint8)
    grey = images.shape[3] == 1
    changed = [
        np.asarray(change(Image.fromarray(image[..., 0] if grey else image))) for image in whole
    ]
    return np.stack(changed).reshape(images.shape).astype(np.float32) / np.float32(255)
