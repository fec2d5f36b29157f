"""Optimizers and schedules: each name builds, moves weights, and follows its curve."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from cotejo.backend import keras, ops
from cotejo.config import LEARNING_RATES, Settings
from cotejo.train.optimizers import OneCycle, build_optimizer, build_schedule


def names(setting: str) -> tuple[str, ...]:
    """Return the names that a setting takes, beside those of the user's own."""
    own, _ = get_args(Settings.model_fields[setting].annotation)
    return get_args(own)


OPTIMIZERS, SCHEDULES = names("optimizer"), names("schedule")


def curve(name: str, steps: int = 100) -> np.ndarray:
    schedule = build_schedule(name, 1.0, steps)
    if isinstance(schedule, float):
        return np.full(steps, schedule)
    return np.array([float(schedule(step)) for step in range(steps)])


def test_every_optimizer_has_its_learning_rate():
    assert set(OPTIMIZERS) == set(LEARNING_RATES)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_moves_the_weights(name, schedule):
    settings = Settings(optimizer=name, schedule=schedule, weight_decay=0.01).resolved()
    optimizer = build_optimizer(settings, 10)
    weight = keras.Variable(np.ones(3, "float32"))
    optimizer.apply([ops.ones(3)], [weight])
    moved = ops.convert_to_numpy(weight)
    assert np.isfinite(moved).all()
    assert (moved < 1).all()


def test_muon_has_a_momentum_of_its_own_or_the_one_asked_for():
    for given, expected in ((None, 0.6), (0.9, 0.9)):
        settings = Settings(optimizer="muon", momentum=given).resolved()
        assert build_optimizer(settings, 10).momentum == settings.momentum == expected
    assert Settings(momentum=0.9).resolved().momentum is None


def test_sgd_is_nesterov_with_its_momentum():
    optimizer = build_optimizer(Settings(optimizer="sgd", momentum=0.5).resolved(), 10)
    assert (optimizer.momentum, optimizer.nesterov) == (0.5, True)


def test_the_schedules_have_their_shapes():
    assert (curve("constant") == 1).all()
    cosine = curve("cosine")
    assert cosine[0] == 1
    assert (np.diff(cosine) < 0).all()
    linear = curve("linear")
    np.testing.assert_allclose(linear, 1 - np.arange(100) / 100, atol=1e-6)
    assert cosine[50] == pytest.approx(0.5, abs=0.01)
    np.testing.assert_allclose(curve("step")[[0, 50, 51, 75, 76]], [1, 1, 0.1, 0.1, 0.01])
    one_cycle = curve("one-cycle")
    assert one_cycle[0] == pytest.approx(0.05)
    assert one_cycle.argmax() == 20
    assert one_cycle.max() == pytest.approx(1.0)
    assert one_cycle[99] == pytest.approx(1 / 80, rel=1e-3)


def test_one_cycle_survives_being_saved():
    schedule = OneCycle(0.3, steps=10, warmup=0.5)
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    assert float(again(5)) == float(schedule(5)) == pytest.approx(0.3)


def test_an_unknown_schedule_is_refused():
    with pytest.raises(ValueError, match="known schedule"):
        build_schedule("cubic", 1.0, 10)
