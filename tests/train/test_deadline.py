"""The deadline: the schedule keeps to the time that is left, compilation aside."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cotejo.backend import keras, ops
from cotejo.train import deadline as module
from cotejo.train.deadline import Deadline


class Machine:
    """A machine with a simulated clock, which trains a model that only counts its steps."""

    def __init__(self, monkeypatch, deadline, steps, compilations=1):
        self.now = 0.0
        monkeypatch.setattr(module.time, "perf_counter", lambda: self.now)
        self.deadline = Deadline(deadline, steps, compilations)
        self.iterations = keras.Variable(0, dtype="int64", trainable=False)
        self.model = SimpleNamespace(
            optimizer=SimpleNamespace(iterations=self.iterations), stop_training=False
        )
        self.deadline._model = self.model

    def fit(self, steps, seconds, first=0.0):
        self.deadline.on_train_begin()
        for step in range(steps):
            self.now += seconds + (first if step == 0 else 0.0)
            self.iterations.assign_add(1)
            self.deadline.on_train_batch_end(step)
            if self.model.stop_training:
                break
        return int(ops.convert_to_numpy(self.iterations))


def test_a_slow_machine_is_taken_to_the_end_of_its_schedule(monkeypatch):
    machine = Machine(monkeypatch, deadline=100.0, steps=200)
    assert machine.fit(1000, seconds=1.0) == 200
    assert machine.model.stop_training
    assert machine.now == pytest.approx(100)


def test_on_time_nothing_is_moved(monkeypatch):
    machine = Machine(monkeypatch, deadline=101.0, steps=200)
    assert machine.fit(200, seconds=0.5) == 200
    assert not machine.model.stop_training


def test_compiling_moves_nothing(monkeypatch):
    machine = Machine(monkeypatch, deadline=121.0, steps=200, compilations=2)
    # Half of the steps, then those of another image size: each first step compiles for 10 s.
    assert machine.fit(100, seconds=0.5, first=10.0) <= 102
    assert machine.fit(100, seconds=0.5, first=10.0) <= 202
    assert machine.now == pytest.approx(120)
