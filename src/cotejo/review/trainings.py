"""What `compile` and `fit` of a network do."""

from __future__ import annotations

import re

from cotejo.review.calls import Call
from cotejo.review.from_data import first_data
from cotejo.review.machine import TooLongError
from cotejo.review.trace import Training
from cotejo.review.values import (
    UNKNOWN,
    Callback,
    Collection,
    Constant,
    Data,
    History,
    Model,
    Optimizer,
    Value,
)

__all__ = ["USUAL_RATES", "compile_model", "fit_model"]

USUAL_RATES = {"sgd": 0.01}
"""Keras's own learning rates, where they are not 0.001."""

_USUAL_BATCH = 32
_MOST_TRAININGS = 500

_GOES_ON = re.compile(
    r"contin|fine.?tun|ajuste fino|afin|seguir entren|sigue entren|seguimos|reanud|retom|resum|"
    r"descongel|unfreez|further|warm.?start|m[aá]s [eé]pocas|more epochs|another \w+ epochs|"
    r"otras? \w+ [eé]pocas|segunda (fase|etapa)|second (phase|stage)|a partir de los pesos|"
    r"keep training|longer",
    re.IGNORECASE,
)
"""Words that say that a training is meant to go on from an earlier one."""


def compile_model(call: Call, model: Model) -> None:
    """Note that a network is compiled."""
    given = call.given(0, "optimizer")
    if isinstance(given, Constant) and isinstance(given.value, str):
        model.optimizer = Optimizer(given.value.lower())
    else:
        model.optimizer = given if isinstance(given, Optimizer) else UNKNOWN
    if given is None:
        model.optimizer = Optimizer("rmsprop")
    model.compiled = call.place
    call.machine.trace.compiles.append((call.place, model, bool(model.trainings)))


def fit_model(call: Call, model: Model) -> Value:
    """Note that a network is trained, and return its history."""
    machine = call.machine
    data = first_data([value for value in (call.given(0, "x"),) if value is not None])
    validating = call.given(-1, "validation_data")
    validation = first_data([validating]) if validating is not None else None
    callbacks = _callbacks(call.given(-1, "callbacks"))
    stopping = next((each for each in callbacks or () if each.kind == "EarlyStopping"), None)
    training = Training(
        place=call.place,
        model=model,
        optimizer=model.optimizer if isinstance(model.optimizer, Optimizer) else None,
        data=data,
        validation=validation,
        validation_split=bool(call.number(-1, "validation_split")),
        epochs=_count(call, 3, "epochs", 1),
        batch_size=_batch_size(call, data),
        patience=None if stopping is None else stopping.patience,
        watches=tuple(
            each.kind for each in callbacks or () if each.acts and each.monitor.startswith("val_")
        ),
        ran=machine.ran,
        loops=tuple(machine.loops),
        earlier=model.trainings[-1] if model.trainings else None,
        exact=callbacks is not None and "class_weight" not in call.keywords,
    )
    training.as_new = _as_new(call, model, training)
    _note_repetition(call, model)
    if validation is not None and validation.augmenter:
        machine.trace.augmented.append(call.place)
    model.trainings.append(training)
    model.compiled = None
    model.renewed = False
    machine.trace.trainings.append(training)
    if len(machine.trace.trainings) >= _MOST_TRAININGS:
        raise TooLongError
    return History(training)


def _callbacks(given: Value | None) -> list[Callback] | None:
    """Return the callbacks of a training; None if some can't be told."""
    if given is None:
        return []
    items = given.items if isinstance(given, Collection) else [given]
    known = [item for item in items if isinstance(item, Callback)]
    return known if len(known) == len(items) else None


def _count(call: Call, position: int, name: str, usual: int) -> int | None:
    return call.whole(position, name) if call.given(position, name) is not None else usual


def _batch_size(call: Call, data: Data | None) -> int | None:
    if call.given(2, "batch_size") is not None:
        return call.whole(2, "batch_size")
    return data.batch_size if data is not None and data.batch_size else _USUAL_BATCH


def _as_new(call: Call, model: Model, training: Training) -> bool:
    """Return whether a trained network is trained again and nothing says that this is meant."""
    earlier = training.earlier
    if earlier is None or model.renewed or model.foreign or "initial_epoch" in call.keywords:
        return False
    inside = [loop for loop in training.loops if loop.number not in model.made_in]
    if earlier.place == training.place:
        # In a loop over epochs or batches a network is meant to learn on.
        return any(loop.kind in ("settings", "folds", "seeds") for loop in inside)
    if inside and any(loop.kind == "other" for loop in inside):
        return False
    if _GOES_ON.search(call.machine.texts) or _rate_falls(earlier.optimizer, training.optimizer):
        return False
    both = earlier.data, training.data
    return (
        None not in both
        and both[0] is not None
        and both[1] is not None
        and (both[0].split == both[1].split)
    )


def _rate_falls(earlier: Optimizer | None, later: Optimizer | None) -> bool:
    if earlier is None or later is None:
        return True
    rates = [
        USUAL_RATES.get(each.name, 0.001) if each.learning_rate is None else each.learning_rate
        for each in (earlier, later)
    ]
    return earlier.name == later.name and rates[1] < rates[0]


def _note_repetition(call: Call, model: Model) -> None:
    trace = call.machine.trace
    inside = [loop for loop in call.machine.loops if loop.number in model.made_in]
    around = {loop.kind for loop in call.machine.loops}
    if around & {"seeds", "folds"} or any(loop.kind == "other" for loop in inside):
        trace.repeated = True
