"""What speaks against a notebook's evidence, read off the record of what happens in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from cotejo.review.claims import Statement, choices_by_test, conclusions
from cotejo.review.facts import facts_of, inputs_of, layers_of, signature
from cotejo.review.finding import Item, Weakness
from cotejo.review.notebook import Cell, Notebook
from cotejo.review.split_claims import compared_across_splits
from cotejo.review.topics import missing_run
from cotejo.review.trace import Place, Trace, Training
from cotejo.review.values import Data, Model

__all__ = ["weaknesses"]

Check = Callable[[Notebook, Trace], Iterable[Weakness]]


def weaknesses(notebook: Notebook, trace: Trace) -> list[Weakness]:
    """Return what speaks against the evidence, in the order of the cells."""
    found = [weakness for check in _CHECKS for weakness in check(notebook, trace)]
    return sorted(found, key=lambda weakness: weakness.places[0])


def _failures(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    del trace
    for cell in notebook.code:
        if cell.error is None:
            continue
        name, reason = cell.error
        kind = "failed_import" if name in ("ImportError", "ModuleNotFoundError") else "failed"
        values = {"error": name[:60], "reason": _first(reason).rstrip(".")}
        yield Weakness(kind, (_failing(cell, reason),), values)


def _first(text: str) -> str:
    lines = [line for line in text.split("\n") if line.strip()]
    return (lines[0] if lines else "…")[:200]


def _failing(cell: Cell, reason: str) -> Place:
    """Return the line that an error is about: the first one with a name that the error quotes."""
    for name in re.findall(r"['\"]([\w.]+)['\"]", reason):
        for number, line in enumerate(cell.source.split("\n"), 1):
            if name.rpartition(".")[2] in re.findall(r"\w+", line):
                return Place(cell.number, number, number)
    return _whole(cell)


def _never_ran(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    if not notebook.was_run:
        return
    matter = {training.place.cell for training in trace.trainings}
    matter |= {evaluation.place.cell for evaluation in trace.evaluations}
    failed = next((cell.number for cell in notebook.code if cell.error), len(notebook.cells) + 1)
    cells = [
        cell
        for cell in notebook.code
        if cell.source.strip()
        and cell.count is None
        and cell.error is None
        and (cell.number in matter or cell.number > failed)
    ]
    if cells:
        numbers = ", ".join(str(cell.number) for cell in cells)
        places = tuple(_whole(cell) for cell in cells[:1])
        yield Weakness("never_ran", places, {"count": len(cells), "cells": numbers})


def _whole(cell: Cell) -> Place:
    lines = cell.source.split("\n")
    first = next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
    return Place(cell.number, first, first)


def _missing_imports(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    del notebook
    for name, place in trace.missing.items():
        later = trace.imported_later.get(name)
        if later is None:
            yield Weakness("no_import", (place,), {"name": name})
        else:
            yield Weakness("late_import", (place,), {"name": name, "cell": later})


def _test_in_training(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    del notebook
    looked_at = {
        evaluation.data.part for evaluation in trace.evaluations if evaluation.data.split == "test"
    }
    stopped: list[Training] = []
    watched: list[Training] = []
    for training in trace.trainings:
        data = training.validation
        if data is None or not _is_test(data, looked_at):
            continue
        (stopped if training.watches else watched).append(training)
    if stopped:
        callbacks = dict.fromkeys(name for training in stopped for name in training.watches)
        yield Weakness("test_stops", _places(stopped), {"callbacks": ", ".join(callbacks)})
    if watched:
        yield Weakness("test_validates", _places(watched))


def _is_test(data: Data, looked_at: set[str]) -> bool:
    if data.split != "test":
        return False
    # Half of the test images may validate if the other half is the test.
    return not data.part or "" in looked_at or data.part in looked_at


def _places(trainings: Sequence[Training]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(training.place for training in trainings))


def _choices(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    del notebook
    for kind in ("best_of_test", "splits"):
        places = tuple(choice.place for choice in trace.choices if choice.kind == kind)
        if places:
            yield Weakness(kind, places)


def _choices_in_text(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    del trace
    statements = choices_by_test(notebook)
    if statements:
        yield Weakness("chosen_by_test", _said(statements), items=_items(statements))


def _splits_in_text(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    found = compared_across_splits(notebook, {model.name for model in trace.models})
    if found:
        yield Weakness("splits_said", _said(found), items=_items(found))


def _unused_layers(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    """Yield one finding for each class of layer."""
    del notebook
    by_kind: dict[str, dict[Place, None]] = {}
    for kind, place in (*_stray_layers(trace), *_stray_results(trace)):
        by_kind.setdefault(kind, {})[place] = None
    for kind, places in by_kind.items():
        yield Weakness("unused_layer", tuple(places), {"layer": kind})


def _stray_layers(trace: Trace) -> Iterator[tuple[str, Place]]:
    used = {layer.place for layer in trace.layers if not layer.alone or layer.touched}
    for layer in trace.layers:
        if layer.place not in used and layer.name not in trace.mentioned:
            yield layer.kind, layer.place


def _stray_results(trace: Trace) -> Iterator[tuple[str, Place]]:
    """Yield the layers of a functional network whose results lead nowhere."""
    inputs = {id(model.inputs) for model in trace.models if model.inputs is not None}
    used = {each.place for each in trace.tensors if not each.alone or each.touched}
    for tensor in trace.tensors:
        place, layer = tensor.place, tensor.layer
        if place is None or place in used or tensor.name in trace.mentioned:
            continue
        # Without a network of the same input it is a demonstration.
        of_network = any(id(each) in inputs for each in inputs_of(tensor))
        if of_network and layer is not None and layer.model is None:
            yield layer.kind, place


def _fits_again(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    del notebook
    seen: set[Place] = set()
    for training in trace.trainings:
        earlier = training.earlier
        if not training.as_new or earlier is None or training.place in seen:
            continue
        seen.add(training.place)
        name = training.model.name or "model"
        if earlier.place == training.place:
            yield Weakness("fit_in_loop", (training.place,), {"model": name})
        else:
            values = {"model": name, "cell": earlier.place.cell}
            yield Weakness("fit_again", (training.place,), values)


def _never_trained(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    del notebook
    if trace.ended or "fit" in trace.mentioned:
        return
    pending = {model.compiled for _, model, _ in trace.compiles if model.compiled is not None}
    trained = {id(layer) for model in trace.models if model.trainings for layer in layers_of(model)}
    followed = {
        place
        for place, model, _ in trace.compiles
        if model.compiled != place
        or model.foreign
        or not (model.known or model.trainings)
        or _shares(model, trained)
    }
    for place in sorted(pending - followed):
        anew = any(again for at, _, again in trace.compiles if at == place)
        name = next(model.name for at, model, _ in trace.compiles if at == place) or "model"
        kind = "compiled_anew" if anew else "never_trained"
        yield Weakness(kind, (place,), {"model": name})


def _shares(model: Model, trained: set[int]) -> bool:
    """Return whether an untrained network has layers, or a network in it, that were trained."""
    return not model.trainings and any(
        id(layer) in trained or (layer.model is not None and layer.model.trainings)
        for layer in layers_of(model)
    )


def _augmented(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    del notebook
    places = tuple(dict.fromkeys(trace.augmented))
    if places:
        yield Weakness("augmented_validation", places)


def _claims(notebook: Notebook, trace: Trace) -> Iterator[Weakness]:
    statements = said_conclusions(notebook, trace)
    if not statements:
        return
    ran = [training for training in trace.trainings if training.ran]
    if not ran:
        if trace.trainings or any(cell.error for cell in notebook.code):
            values = {"count": len(statements)}
            yield Weakness("claims_no_run", _said(statements), values, _items(statements))
        return
    facts = [facts_of(training) for training in ran]
    # What can't be followed may have trained something else.
    followed = not trace.ended and "fit" not in trace.mentioned
    without = [
        Item(statement.cell, statement.text, missing)
        for statement in statements
        if followed and (missing := missing_run(statement.topics, facts)) is not None
    ]
    if without:
        first = next(each for each in statements if each.text == without[0].text)
        yield Weakness(
            "claims_unsupported", _said([first]), {"count": len(without)}, tuple(without)
        )
    signatures = [signature(training) for training in ran]
    if followed and not trace.repeated and len(set(signatures)) == len(signatures):
        listed = {item.text for item in without}
        others = [each for each in statements if each.text not in listed]
        yield Weakness(
            "one_seed",
            _said(others or statements),
            {"count": len(statements)},
            _items(others),
            besides=bool(without),
        )


def said_conclusions(notebook: Notebook, trace: Trace) -> list[Statement]:
    """Return the conclusions that the text draws from the trainings."""
    first = min((training.place.cell for training in trace.trainings), default=None)
    return conclusions(notebook, first)


def _said(statements: Sequence[Statement]) -> tuple[Place, ...]:
    return tuple(Place(each.cell, each.line, each.line) for each in statements[:1])


def _items(statements: Sequence[Statement]) -> tuple[Item, ...]:
    return tuple(Item(each.cell, each.text) for each in statements)


_CHECKS: tuple[Check, ...] = (
    _failures,
    _never_ran,
    _missing_imports,
    _test_in_training,
    _choices,
    _choices_in_text,
    _splits_in_text,
    _unused_layers,
    _fits_again,
    _never_trained,
    _augmented,
    _claims,
)
