"""Where images come from, and what keeps them images of the same split."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from cotejo.review.calls import Call
from cotejo.review.names import DATA_SETS, last_name, split_named
from cotejo.review.values import UNKNOWN, Collection, Constant, Data, Generator, Value
from cotejo.review.words import words

__all__ = ["FROM_DATA", "first_data", "flowed", "passes_data"]

_MIXING = frozenset(["concatenate", "vstack", "hstack", "append", "concat"])
_UNPASSING = words(
    "shape unique bincount sum mean std max min argmax print len imshow figure any "
    "all histogram random choice permutation arange zeros ones where nonzero "
    "set_weights ImageDataGenerator array_equal allclose isnan"
)


def first_data(values: Iterable[Value]) -> Data | None:
    """Return the first data in values, or in the tuples among them."""
    for value in values:
        if isinstance(value, Data):
            return value
        if isinstance(value, Collection) and value.items and isinstance(value.items[0], Data):
            return value.items[0]
    return None


def passes_data(call: Call) -> bool:
    """Return whether a library's function gives the data that it was given, changed or not."""
    first = call.arguments[:1]
    return call.name not in _UNPASSING and first_data(first) is not None


def _mixed(call: Call) -> Value:
    """Return data that was put together: of one split, or of none that can be told."""
    inner = call.arguments[0] if call.arguments else UNKNOWN
    items = inner.items if isinstance(inner, Collection) else list(call.arguments)
    known = [item for item in items if isinstance(item, Data)]
    if not known or len(known) != len(items):
        return UNKNOWN
    splits = {item.split for item in known}
    if len(splits) == 1:
        return replace(known[0], part="")
    # Training and validation images together are for training; with test images among them, all
    # images are to be split anew.
    split = "train" if splits <= {"train", "valid"} else None
    return replace(known[0], split=split, part="", own_test=split == "train" and known[0].own_test)


def _load_data(call: Call) -> Value:
    name = last_name(call.path.removesuffix(".load_data"))
    if name not in DATA_SETS:
        return UNKNOWN
    data = DATA_SETS[name][0]
    if call.keywords.get("label_mode") == Constant("coarse"):
        data = "cifar100-coarse"
    pairs: list[Value] = [
        Collection(
            [
                Data(split, data=data, own_test=True),
                Data(split, data=data, own_test=True, labels=True),
            ]
        )
        for split in ("train", "test")
    ]
    return Collection(pairs)


def _tfds_load(call: Call) -> Value:
    name, wanted = call.text(0, "name"), call.given(-1, "split")
    if wanted is None or name is None:
        return UNKNOWN
    data = DATA_SETS.get(name, (name,))[0]
    splits = wanted.items if isinstance(wanted, Collection) else [wanted]
    sets: list[Value] = [_tfds_split(each, data) for each in splits]
    pieces: Value = Collection(sets) if isinstance(wanted, Collection) else sets[0]
    with_info = call.keywords.get("with_info") == Constant(True)
    return Collection([pieces, UNKNOWN]) if with_info else pieces


def _tfds_split(value: Value, data: str) -> Value:
    if not isinstance(value, Constant) or not isinstance(value.value, str):
        return UNKNOWN
    name, bracket, part = value.value.partition("[")
    split = {"train": "train", "test": "test", "validation": "valid"}.get(name)
    return Data(split, bracket + part, data, own_test=True)


def _train_test_split(call: Call) -> Value:
    pieces: list[Value] = []
    mark = f"split {call.node.lineno}"
    for value in call.arguments:
        data = value if isinstance(value, Data) else Data()
        kept = replace(data, part=f"{data.part}[{mark} first]" if data.split else "")
        held = replace(data, part=f"{data.part}[{mark} second]" if data.split else "")
        if data.split == "train":
            held = replace(held, split="valid")
        pieces += [kept, held]
    return Collection(pieces)


def _from_slices(call: Call) -> Value:
    return first_data(call.arguments) or UNKNOWN


def _read(call: Call) -> Value:
    del call
    return Data()


def _from_directory(call: Call) -> Value:
    subset = call.text(-1, "subset")
    batch = call.whole(-1, "batch_size") if "batch_size" in call.keywords else 32
    data = _of_folder(call.text(0, "directory"), batch)
    if subset == "both":
        return Collection([replace(data, split="train"), replace(data, split="valid")])
    if subset in ("training", "validation"):
        return replace(data, split={"training": "train", "validation": "valid"}[subset])
    return data


def _of_folder(path: str | None, batch_size: int | None) -> Data:
    if path is None:
        return Data(batch_size=batch_size)
    folder, _, last = path.rstrip("/\\").replace("\\", "/").rpartition("/")
    split = split_named(last) if re.fullmatch(r"\w+", last) else None
    return Data(split, data=(folder or ".") if split else path, batch_size=batch_size)


def flowed(call: Call, generator: Generator) -> Value:
    """Return what `flow` and `flow_from_directory` of a generator give."""
    batch = call.whole(2 if call.name == "flow" else -1, "batch_size")
    batch = batch if batch is not None or "batch_size" in call.keywords else 32
    if call.name == "flow":
        data = first_data(call.arguments) or first_data(call.keywords.values()) or Data()
    else:
        data = _of_folder(call.text(0, "directory"), batch)
    subset = call.text(-1, "subset")
    if subset is not None and data.split != "test":
        data = replace(data, split="valid" if subset == "validation" else "train")
    return replace(data, augmenter=generator.augmenter or None, batch_size=batch)


def _whole_set(call: Call) -> Value:
    data = "digits" if call.name == "load_digits" else None
    if call.keywords.get("return_X_y") == Constant(True):
        return Collection([Data(data=data), Data(data=data, labels=True)])
    return Data(data=data)


FROM_DATA: dict[str, Callable[[Call], Value]] = {
    "load_data": _load_data,
    "train_test_split": _train_test_split,
    "from_tensor_slices": _from_slices,
    "image_dataset_from_directory": _from_directory,
    "load_digits": _whole_set,
    "fetch_openml": _whole_set,
    "read_csv": _read,
    "loadtxt": _read,
    **dict.fromkeys(_MIXING, _mixed),
}


def library_load(call: Call) -> Value:
    """Return what a library's ``load`` gives: of TensorFlow Datasets, or of numpy."""
    return _tfds_load(call) if call.root == "tensorflow_datasets" else Data()


FROM_DATA["load"] = library_load
