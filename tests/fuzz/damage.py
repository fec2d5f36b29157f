"""Ways in which a study's files come to harm, drawn from a seed."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import zipfile
from pathlib import Path

import numpy as np

ODD = (
    None, True, -1, 0, 1, 2**70, 0.5, -0.5, 1e308, float("nan"), float("inf"), "", "x", "../..",
    "\x1b[31m", "ñ\ud800", [], {}, [[]], ["x"], {"x": 1}, "1e999",
)  # fmt: skip
"""Values in places where they do not belong."""


def damage(folder: Path, name: str, seed: int, *, unsealed: bool = False) -> str:
    """Damage one file of a study and say how.

    Args:
        folder: the study's.
        name: of the file, from there.
        seed: that the damage is drawn from.
        unsealed: whether to change the content of a JSON or an ``.npz`` as a Cotejo of before there
            were seals could have left it, so that only its content can tell.
    """
    draw = random.Random(seed)
    path = folder / name
    if unsealed:
        kinds = [_changed_json] if path.suffix == ".json" else [_changed_npz]
    else:
        kinds = [_byte, _cut, _empty, _gone, _another, _twin, _pipe_or_folder]
        if path.suffix == ".json":
            kinds += [_changed_json] * 4
        elif path.suffix == ".npz":
            kinds += [_changed_npz] * 4
        elif path.suffix == ".csv":
            kinds += [_changed_csv] * 4
        elif path.suffix == ".keras":
            kinds += [_changed_model] * 3
    kind = draw.choice(kinds)
    return f"{name}: {kind.__name__} {kind(path, draw) or ''}"


def _byte(path, draw):
    content = bytearray(path.read_bytes())
    place = draw.randrange(len(content))
    content[place] ^= 1 << draw.randrange(8)
    path.write_bytes(content)
    return place


def _cut(path, draw):
    content = path.read_bytes()
    path.write_bytes(content[: draw.randrange(len(content))])


def _empty(path, draw):
    path.write_bytes(b"")


def _gone(path, draw):
    path.unlink()


def _another(path, draw):
    """Put a file of another kind in its place."""
    others = [other for other in path.parent.iterdir() if other.is_file() and other != path]
    other = draw.choice(sorted(others))
    path.write_bytes(other.read_bytes())
    return other.name


def _twin(path, draw):
    """Put the file of another run in its place, or else leave it as it is."""
    twins = sorted(path.parent.parent.parent.glob(f"*/seed-*/{path.name}"))
    if path.parent.name.startswith("seed-"):
        twin = draw.choice([twin for twin in twins if twin != path])
        content = twin.read_bytes()
        path.write_bytes(content)
        return twin.parent.name


def _pipe_or_folder(path, draw):
    path.unlink()
    path.mkdir()


def _changed_json(path, draw):
    content = json.loads(path.read_text())
    holder, key = draw.choice(_places(content))
    value = draw.choice(ODD)
    if draw.random() < 0.2:
        del holder[key]
    else:
        holder[key] = value
    path.write_text(json.dumps(content), errors="surrogatepass")
    return f"{key}={value!r}"


def _places(content):
    """Return every entry of a JSON content as the object or list that holds it, and its key."""
    if isinstance(content, dict):
        keys = list(content)
    elif isinstance(content, list):
        keys = list(range(len(content)))
    else:
        return []
    return [(content, key) for key in keys] + [
        place for key in keys for place in _places(content[key])
    ]


def _changed_npz(path, draw):
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    name = draw.choice([name for name in sorted(arrays) if name != "seal"])
    array = arrays[name]
    changes = (
        lambda: np.zeros_like(array),
        lambda: array[..., None],
        lambda: array.astype("f8") * np.nan if array.dtype.kind != "U" else np.array(["x"]),
        lambda: array.astype(str),
        lambda: array[:0] if array.ndim else array[None],
        lambda: -array if array.dtype.kind in "if" else array,
        lambda: (
            array + array.dtype.type(10**6 if array.dtype.kind == "i" else 1)
            if array.dtype.kind in "if"
            else array
        ),
        lambda: array[::-1] if array.ndim else array,
    )
    change = draw.randrange(len(changes) + 1)
    if change == len(changes):
        del arrays[name]
    else:
        arrays[name] = changes[change]()
    np.savez(path, **arrays)
    return f"{name} {change}"


def _changed_csv(path, draw):
    rows = list(csv.reader(io.StringIO(path.read_text())))
    row = draw.choice(rows)
    if row:
        row[draw.randrange(len(row))] = str(draw.choice(ODD)).encode(errors="replace").decode()
    text = io.StringIO()
    csv.writer(text).writerows(rows if draw.random() < 0.8 else rows[:-1])
    path.write_text(text.getvalue())
    return row


def _changed_model(path, draw):
    """Pack the model anew with something changed in its description."""
    members = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            members[name] = archive.read(name)
    config = json.loads(members["config.json"])
    holder, key = draw.choice(_places(config))
    holder[key] = draw.choice(ODD[:-6])
    members["config.json"] = json.dumps(config).encode(errors="replace")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return key


def forget_seals(folder: Path) -> None:
    """Leave a study's files as a Cotejo of before there were seals wrote them."""
    for path in sorted(folder.rglob("*.json")):
        content = json.loads(path.read_text())
        content.pop("seal", None)
        content.pop("files", None)
        if "format" in content:
            content["format"] = 1
        path.write_text(json.dumps(content))
    for path in sorted(folder.rglob("*.npz")):
        with np.load(path) as archive:
            arrays = {name: archive[name] for name in archive.files if name != "seal"}
        np.savez(path, **arrays)


def copied(folder: Path, place: Path) -> Path:
    """Copy a study to a new place."""
    return Path(shutil.copytree(folder, place))
