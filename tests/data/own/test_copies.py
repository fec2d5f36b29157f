"""Copies in what is dealt out never lie on two sides."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import split_by_name
from photographs import CHANGED, cut, scenes
from PIL import Image

from cotejo.config.own_images import OwnImages
from cotejo.data import Dataset, load

CHANGES = [CHANGED[name] for name in ("recoloured", "grey", "mirrored", "saved again")]
"""Those that the audit finds among few photographs too."""


@pytest.fixture(scope="module")
def bursts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photographs of two classes; of some there is a copy, changed in one of many ways."""
    folder = tmp_path_factory.mktemp("bursts")
    for kind in ("sea", "wood"):
        (folder / kind).mkdir()
    photographs = scenes(60)
    for number, scene in enumerate(photographs):
        kind = ("sea", "wood")[number % 2]
        Image.fromarray(cut(scene)).save(folder / kind / f"{number}.png")
    for number, change in enumerate(CHANGES):
        kind = ("sea", "wood")[number % 2]
        changed = change(photographs[number])
        Image.fromarray(changed).save(folder / kind / f"{number} changed.png")
    Image.fromarray(cut(photographs[50])).save(folder / "sea" / "50 again.bmp")
    return folder


def dealt(folder: Path, seed: int) -> Dataset:
    return load(folder, images=OwnImages(image_size=32, split_seed=seed))


def test_copies_are_on_one_side(bursts: Path) -> None:
    dataset = dealt(bursts, 1)
    sides = split_by_name(dataset)
    assert set(sides.values()) == {"train", "valid", "test"}
    assert dataset.split["copies"] == "near"
    assert int(dataset.split["together"]) >= len(CHANGES) + 1
    assert sides["sea/50.png"] == sides["sea/50 again.bmp"]
    for number in range(len(CHANGES)):
        name = f"{('sea', 'wood')[number % 2]}/{number}"
        assert sides[f"{name}.png"] == sides[f"{name} changed.png"]


def test_another_seed_deals_otherwise(bursts: Path, no_copies: None) -> None:
    first, again, other = (split_by_name(dealt(bursts, seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other
