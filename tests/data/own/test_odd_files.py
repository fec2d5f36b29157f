"""One odd file among good ones: it is read or left out with its reason, and harms no other."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from looking import pixels_by_name
from odd_files import LEFT_OUT, READ

from cotejo.config.own_images import OwnImages
from cotejo.data.own import read_own
from cotejo.errors import DataError
from cotejo.pictures import FITS, read_picture
from cotejo.texts import readable

pytestmark = pytest.mark.usefixtures("no_copies")

OPTIONS = OwnImages(image_size=8)
STRICT = OwnImages(image_size=8, strict=True)

GOOD = [f"{kind}/good-{number}.png" for kind in ("cats", "dogs") for number in range(4)]


@pytest.fixture
def good(tmp_path: Path, fill) -> tuple[Path, dict[str, np.ndarray]]:
    folder = tmp_path / "animals"
    return folder, fill(folder, *GOOD)


def test_there_are_kinds_enough() -> None:
    assert len(READ) + len(LEFT_OUT) >= 60


@pytest.mark.parametrize("kind", READ)
def test_an_odd_picture_is_read(good: tuple[Path, dict[str, np.ndarray]], kind: str) -> None:
    folder, written = good
    odd = READ[kind]
    path = folder / "cats" / odd.name
    expected = odd.make(path)
    dataset = read_own(folder, OPTIONS)
    found = pixels_by_name(dataset)
    assert dataset.pictures is not None
    assert dataset.pictures.left_out == ()
    for name, pixels in written.items():
        np.testing.assert_array_equal(found.pop(name), pixels)
    assert list(found) == [readable(f"cats/{odd.name}")]
    [pixels] = found.values()
    np.testing.assert_array_equal(pixels, read_picture(path, (8, 8, 3), "pad"))
    assert np.abs(pixels.astype(int) - expected).max() <= odd.tolerance
    for fit in FITS:
        assert read_picture(path, (8, 8, 1), fit).shape == (8, 8, 1)


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_an_odd_file_is_left_out(good: tuple[Path, dict[str, np.ndarray]], kind: str) -> None:
    folder, written = good
    odd = LEFT_OUT[kind]
    if odd.reason == "unreadable" and os.geteuid() == 0:
        pytest.skip("nothing is kept from root")
    path = folder / "cats" / odd.name
    odd.make(path)
    try:
        dataset = read_own(folder, OPTIONS)
        if odd.reason == "hidden":
            assert read_own(folder, STRICT).fingerprint == dataset.fingerprint
        else:
            with pytest.raises(DataError) as strict:
                read_own(folder, STRICT)
            assert str(strict.value).startswith(f"one file of {folder} can't be used")
            assert "\n" not in str(strict.value)
    finally:
        if not path.is_symlink() and path.exists():
            path.chmod(0o700)
    found = pixels_by_name(dataset)
    assert dataset.pictures is not None
    [(name, reason, said)] = dataset.pictures.left_out
    assert (name, reason) == (f"cats/{odd.listed or odd.name}", odd.reason)
    assert "\n" not in said
    assert "Traceback" not in said
    assert sorted(found) == sorted(written)
    for each, pixels in written.items():
        np.testing.assert_array_equal(found[each], pixels)


def test_all_of_them_at_once(good: tuple[Path, dict[str, np.ndarray]]) -> None:
    """Every odd file in one folder, each in a folder of its own below the class."""
    folder, written = good
    expected = {}
    for kind, odd in READ.items():
        path = folder / "cats" / kind / odd.name
        path.parent.mkdir(parents=True)
        expected[readable(f"cats/{kind}/{odd.name}")] = (odd.make(path), odd.tolerance)
    for kind, odd in LEFT_OUT.items():
        if odd.reason != "unreadable":
            path = folder / "cats" / kind / odd.name
            path.parent.mkdir(parents=True)
            odd.make(path)
    dataset = read_own(folder, OPTIONS)
    found = pixels_by_name(dataset)
    assert sorted(found) == sorted([*written, *expected])
    for name, (pixels, tolerance) in expected.items():
        assert np.abs(found[name].astype(int) - pixels).max() <= tolerance
