"""What the tests of somebody's own images share: small pictures, each unlike the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Fill = Callable[..., dict[str, "np.ndarray"]]


@pytest.fixture(autouse=True)
def own_pictures(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty cache of decoded pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    monkeypatch.setattr("cotejo.data.own.cache.cache_folder", lambda: folder)


@pytest.fixture
def fill() -> Fill:
    """Write pictures of noise, 8×8, and return the pixels of each by its name."""
    generator = np.random.default_rng(2)

    def write(folder: Path, *names: str, side: int = 8) -> dict[str, np.ndarray]:
        written = {}
        for name in names:
            pixels = generator.integers(0, 256, (side, side, 3), dtype=np.uint8)
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path, None if path.suffix else "PNG")
            written[name] = pixels
        return written

    return write


@pytest.fixture
def no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the search for near-duplicates, which takes half a second however few pictures."""
    monkeypatch.setattr("cotejo.data.own.reading.copies_of", lambda images: ([], []))
