"""The cell that loads the data without Cotejo, in the same splits where that can be had."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from cotejo.facts import StudyFacts
from cotejo.report.words import Words

__all__ = ["data_code"]

_IN_KERAS = {
    "cifar10": "cifar10.load_data()",
    "cifar100": "cifar100.load_data()",
    "cifar100-coarse": 'cifar100.load_data(label_mode="coarse")',
    "fashion-mnist": "fashion_mnist.load_data()",
    "mnist": "mnist.load_data()",
}
"""How `keras.datasets` loads the data sets that it has, by Cotejo's names for them."""

_STRATIFIED = """\
def stratified(labels, fractions, seed):
    generator = np.random.default_rng(seed)
    parts = [[] for _ in fractions]
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        bounds = np.rint(np.cumsum(fractions)[:-1] * len(members)).astype(int)
        for part, chosen in zip(parts, np.split(members, bounds)):
            part.append(chosen)
    return [np.sort(np.concatenate(part)) for part in parts]


train, valid, test = stratified(y_all, {fractions}, seed={seed})
x_train, y_train = x_all[train], y_all[train]
x_valid, y_valid = x_all[valid], y_all[valid]
x_test, y_test = x_all[test], y_all[test]
"""


def data_code(facts: StudyFacts, words: Words) -> tuple[str, str]:
    """Return the cell, and the sentences on how the images came to their splits."""
    data = facts.data
    name, names = str(data["name"]), facts.class_names(words.language)
    sizes = {split: int(sum(counts)) for split, counts in data["counts"].items()}
    named = f"names = {json.dumps(names, ensure_ascii=False)}\n"
    shapes = "print(x_train.shape, x_valid.shape, x_test.shape)"
    about = {split: words.numbers.integer(size) for split, size in sizes.items()}
    title = words.data_name(name)
    if name in _IN_KERAS:
        said = words.say("notebook.keras_from_keras", data=title, **about)
        return _of_keras(name, sizes["valid"]) + named + shapes, said
    split = data.get("split") or {}
    if name == "digits":
        code = _DIGITS + _STRATIFIED.format(fractions=(0.6, 0.2, 0.2), seed=split.get("seed", 0))
        return code + named + shapes, words.say("notebook.keras_from_digits", **about)
    total = sum(sizes.values())
    shares = tuple(round(sizes[part] / total, 4) for part in ("train", "valid"))
    fractions = (*shares, round(1 - sum(shares), 4))
    code = _of_folder(data) + _STRATIFIED.format(fractions=fractions, seed=split.get("seed", 0))
    return code + shapes, words.say("notebook.keras_from_folder", data=title, **about)


def _of_keras(name: str, valid: int) -> str:
    grey = name in ("mnist", "fashion-mnist")
    channel = "x_all, x_test = x_all[..., np.newaxis], x_test[..., np.newaxis]\n" if grey else ""
    return (
        f"(x_all, y_all), (x_test, y_test) = keras.datasets.{_IN_KERAS[name]}\n"
        f"{channel}"
        "y_all, y_test = np.ravel(y_all).astype(int), np.ravel(y_test).astype(int)\n"
        f"valid = {valid}\n"
        "x_train, y_train = x_all[:-valid], y_all[:-valid]\n"
        "x_valid, y_valid = x_all[-valid:], y_all[-valid:]\n"
    )


_DIGITS = """\
from sklearn.datasets import load_digits

levels, y_all = load_digits(return_X_y=True)
grey = np.rint(levels.reshape(-1, 8, 8) * (255 / 16)).astype("uint8")
large = grey.repeat(4, axis=1).repeat(4, axis=2)
x_all = np.repeat(large[..., np.newaxis], 3, axis=3)


"""


def _of_folder(data: Mapping[str, Any]) -> str:
    height, width, channels = data["image_shape"]
    mode = "grayscale" if channels == 1 else "rgb"
    folder = PurePath(str(data["name"])).name or "images"
    return f"""\
folder = {json.dumps(folder, ensure_ascii=False)}
images = keras.utils.image_dataset_from_directory(
    folder, image_size=({height}, {width}), color_mode="{mode}", batch_size=None, shuffle=False
)
names = images.class_names
x_all, y_all = zip(*[(np.asarray(image), int(label)) for image, label in images])
x_all, y_all = np.rint(np.stack(x_all)).astype("uint8"), np.array(y_all)


"""
