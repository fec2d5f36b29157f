"""A notebook's trainings as the alternatives of a study."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cotejo.config.names import name_of
from cotejo.review.facts import is_pretrained
from cotejo.review.networks import LeftOutError, function_name, network_source
from cotejo.review.pretrained import ReadBackbone, read_backbone
from cotejo.review.trace import Training
from cotejo.review.values import Augmenter, Model, Optimizer

__all__ = ["NETS", "Alternatives", "ReadAlternative", "read_alternatives"]

NETS = "nets.py"
"""The file beside the study with its networks."""

_MOST = 60
"""Alternatives of one study: more come of loops that nobody trains again."""

_OPTIMIZERS = ("adam", "adamw", "nadam", "rmsprop", "adagrad", "sgd")
_CLASSES = {"cifar10": 10, "cifar100": 100, "cifar100-coarse": 20, "digits": 10, "svhn": 10}
_CLASSES |= {"mnist": 10, "fashion-mnist": 10}


@dataclass(frozen=True)
class ReadAlternative:
    """An alternative that was read.

    Attributes:
        name: its name in the study.
        settings: as a study has them.
        notes: what could not be taken over, each the key and the values of a sentence.
        training: the training that it is from.
    """

    name: str
    settings: dict[str, Any]
    notes: tuple[tuple[str, dict[str, Any]], ...]
    training: Training


@dataclass
class Alternatives:
    """What could be read of a notebook's trainings.

    Attributes:
        read: the alternatives, in order.
        functions: the source of each network's function, by its name.
        left_out: the networks that could not be read: the place's cell, the name, why.
        data: the name or path of the data; None where it can't be told.
    """

    read: list[ReadAlternative] = field(default_factory=list)
    functions: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[int, str, str, str]] = field(default_factory=list)
    data: str | None = None


def read_alternatives(trainings: Sequence[Training]) -> Alternatives:
    """Return the alternatives that a notebook's trainings make, each kind of training once."""
    found = Alternatives(data=_data(trainings))
    names: dict[int, str | None] = {}
    sources: dict[str, str] = {}
    seen: dict[str, str] = {}
    of_training: dict[int, str] = {}
    for training in trainings:
        if len(found.read) >= _MOST:
            break
        model = training.model
        backbone = read_backbone(model) if is_pretrained(model) else None
        if backbone is not None:
            if training.earlier is not None:
                _leave_out(found, training.place.cell, model, "unfrozen")
                continue
            network = backbone.name
            settings, notes = _of_backbone(backbone, training)
        else:
            if id(model) not in names:
                names[id(model)] = _function_of(model, found, sources)
            function = names[id(model)]
            if function is None:
                continue
            network = function
            settings, notes = _settings(training)
            settings = {"model": f"{NETS}:{function}", **settings}
        earlier = training.earlier
        if earlier is not None and not training.as_new and id(earlier) in of_training:
            settings["start_from"] = of_training[id(earlier)]
        key = json.dumps(settings, sort_keys=True)
        if key in seen:
            of_training[id(training)] = seen[key]
            continue
        if training.as_new:
            notes.append(("note_as_new", {}))
        name = _free(name_of(model.name or network, "network"), [each.name for each in found.read])
        seen[key] = of_training[id(training)] = name
        found.read.append(ReadAlternative(name, settings, tuple(notes), training))
    return found


def _of_backbone(
    backbone: ReadBackbone, training: Training
) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """Return the settings of a network on an application, and what differs from the notebook's."""
    settings, notes = _settings(training)
    notes.insert(0, ("note_backbone", {"network": backbone.name}))
    if backbone.others:
        notes.append(("note_head", {"layers": ", ".join(backbone.others)}))
    if settings.pop("augment", None):
        # A study computes the features of a frozen network once.
        notes.append(("note_frozen_augment", {}))
    return {**backbone.settings, **settings}, notes


def _data(trainings: Sequence[Training]) -> str | None:
    named = [each.data.data for each in trainings if each.data is not None and each.data.data]
    return named[0] if named else None


def _function_of(model: Model, found: Alternatives, sources: dict[str, str]) -> str | None:
    """Return the name of a network's function; networks that are alike share one."""
    classes = _CLASSES.get(found.data or "")
    name = function_name(model.name or "network", found.functions)
    try:
        source = network_source(model, name, classes)
    except LeftOutError as error:
        _leave_out(found, model.place.cell, model, error.key, error.what)
        return None
    body = source.partition("\n")[2]
    if body in sources:
        return sources[body]
    sources[body] = name
    found.functions[name] = source
    return name


def _leave_out(found: Alternatives, cell: int, model: Model, key: str, what: str = "") -> None:
    """Note once that something of a network is left out, and why."""
    entry = (cell, model.name or "model", key, what)
    if entry not in found.left_out:
        found.left_out.append(entry)


def _settings(training: Training) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    settings: dict[str, Any] = {}
    notes: list[tuple[str, dict[str, Any]]] = []
    _add_optimizer(training.optimizer, settings, notes)
    for name, value in (("epochs", training.epochs), ("batch_size", training.batch_size)):
        most = 10_000 if name == "epochs" else 65_536
        if value is not None and 1 <= value <= most:
            settings[name] = value
        else:
            notes.append(("note_unread", {"setting": name}))
    if training.patience is not None:
        settings["early_stopping"] = min(max(training.patience, 1), 10_000)
    augmenter = training.data.augmenter if training.data is not None else None
    if augmenter:
        _add_augmentation(augmenter, settings, notes)
    if not training.exact:
        notes.append(("note_callbacks", {}))
    return settings, notes


def _add_optimizer(
    optimizer: Optimizer | None,
    settings: dict[str, Any],
    notes: list[tuple[str, dict[str, Any]]],
) -> None:
    if optimizer is None:
        notes.append(("note_unread", {"setting": "optimizer"}))
        return
    if optimizer.name not in _OPTIMIZERS:
        notes.append(("note_optimizer", {"optimizer": optimizer.name[:30]}))
        return
    settings["optimizer"] = optimizer.name
    rate = optimizer.learning_rate
    if rate is not None and 0 < rate <= 100:
        settings["learning_rate"] = rate
    elif not optimizer.exact:
        notes.append(("note_unread", {"setting": "learning_rate"}))
    if optimizer.name == "adagrad" and rate is None:
        settings["learning_rate"] = 0.001  # Keras's own
    if optimizer.name == "sgd":
        momentum = optimizer.momentum or 0.0
        settings["momentum"] = momentum if 0 <= momentum < 1 else 0.0
    decay = optimizer.weight_decay
    decay = 0.004 if decay is None and optimizer.name == "adamw" else decay
    if decay is not None and 0 < decay <= 1:
        settings["weight_decay"] = decay


def _add_augmentation(
    augmenter: Augmenter,
    settings: dict[str, Any],
    notes: list[tuple[str, dict[str, Any]]],
) -> None:
    parts = [name if number is None else {name: number} for name, number in augmenter.parts]
    if parts:
        settings["augment"] = parts
    if augmenter.others:
        notes.append(("note_augmentation", {"what": ", ".join(augmenter.others)[:200]}))


def _free(name: str, taken: Sequence[str]) -> str:
    used = {each.casefold() for each in taken} | {"replaced"}
    free, number = name, 2
    while free.casefold() in used:
        free, number = f"{name[:58]}-{number}", number + 1
    return free
