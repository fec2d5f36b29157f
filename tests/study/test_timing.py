"""What is timed before a study, and what is not timed again."""

from __future__ import annotations

import pytest

from cotejo.config import Alternative, Settings
from cotejo.config.options import Options
from cotejo.data import load
from cotejo.study import timing


@pytest.fixture
def timed(monkeypatch) -> list[tuple[int | None, float]]:
    """Return the widths and scales whose steps were timed; a step takes a second, a first one 5."""
    seen = []

    def step_seconds(network, dataset, settings, stage):
        seen.append((settings.options["width"], stage.scale))
        return 5.0, 1.0

    monkeypatch.setattr(timing, "_step_seconds", step_seconds)
    monkeypatch.setattr(timing, "_image_seconds", lambda network, dataset: 0.0)
    return seen


NARROW = {"width": 4}


def _alternative(settings: Settings) -> Alternative:
    label = {"en": "One", "es": "Una"}
    return Alternative(name="one", label=label, changes={}, settings=settings.resolved())


def _estimates(*settings: Settings) -> list[float]:
    digits, known = load("digits"), {}
    return [timing.estimate(_alternative(one), digits, known).run_seconds for one in settings]


def test_what_changes_no_step_is_timed_once(timed):
    quick = Settings(model="cnn7", options=NARROW, epochs=1, batch_size=100)
    steps = len(load("digits").train) // 100
    found = _estimates(
        quick,
        quick.model_copy(
            update={"learning_rate": 0.1, "options": Options({**NARROW, "initializer": "he"})}
        ),
        quick.model_copy(update={"epochs": 3, "early_stopping": 2}),
        quick.model_copy(update={"train_fraction": 0.5}),
    )
    assert timed == [(4, 1.0)]
    assert found == [5 + steps, 5 + steps, 5 + 3 * steps, 5 + steps // 2]


def test_what_changes_a_step_is_timed_anew(timed):
    plain = Settings(model="cnn7", options=NARROW, epochs=1, batch_size=100)
    changes = [
        {"options": Options({"width": 8})},
        {"options": Options({**NARROW, "activation": "silu"})},
        {"batch_size": 50},
        {"optimizer": "sgd"},
        {"augment": "flip-crop"},
    ]
    _estimates(plain, *(plain.model_copy(update=change) for change in changes))
    assert len(timed) == 1 + len(changes)


def test_images_of_another_size_are_timed_by_themselves(timed):
    small = {"model": "airbench", "options": NARROW, "batch_size": 100, "epochs": 3}
    found = _estimates(
        Settings(**small, small_epochs=3), Settings(**small, small_epochs=1), Settings(**small)
    )
    assert timed == [(4, 0.75), (4, 0.75), (4, 1.0), (4, 1.0)]
    steps = 3 * (len(load("digits").train) // 100)
    assert found == [5 + steps, 10 + steps, 5 + steps]


def test_nothing_is_kept_where_nobody_asks(timed):
    alternative = _alternative(Settings(model="cnn7", options=NARROW, batch_size=100))
    for _ in range(2):
        timing.estimate(alternative, load("digits"))
    assert len(timed) == 2
