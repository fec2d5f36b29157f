"""Interrupted equals uninterrupted on JAX, by both engines; `test_resuming.py` runs it."""

from __future__ import annotations

import signal

import pytest
from continuing import FEATURES, check_continuing, few, kept_in, made, network_of, trained

from cotejo.train import fresh_backend
from cotejo.train.loop import training_steps
from cotejo.train.work import Clock, side_by_side


@pytest.fixture(autouse=True)
def products(monkeypatch):
    monkeypatch.setenv("COTEJO_PRODUCTS", "1")  # XLA's convolutions are slow on a processor


@pytest.mark.parametrize("engine", ["fit", "scan"])
@pytest.mark.parametrize("name", FEATURES)
def test_interrupted_equals_uninterrupted(name, engine, tmp_path, monkeypatch):
    monkeypatch.setenv("COTEJO_ENGINE", engine)
    check_continuing(FEATURES[name], tmp_path, engine)


def test_a_request_to_stop_leaves_a_checkpoint_of_each_training_of_a_group(tmp_path, monkeypatch):
    monkeypatch.setenv("COTEJO_ENGINE", "scan")
    settings = made({"model": "mlp", "epochs": 3})
    places = {seed: tmp_path / str(seed) for seed in (1, 2)}

    def together(on_batch):
        results = {}

        def steps(seed):
            places[seed].mkdir(exist_ok=True)
            checkpoints = kept_in(places[seed], "scan")
            checkpoints.is_due = lambda inside: False
            with fresh_backend(seed):
                network = network_of(settings)
                training = yield from training_steps(
                    network, few(), settings, seed, on_batch=on_batch, checkpoints=checkpoints
                )
                rows = [{**row, "seconds": None} for row in training.history]
                return rows, [weight.tobytes() for weight in network.get_weights()]

        members = [(steps(seed), Clock()) for seed in places]
        side_by_side(members, lambda place, result: results.update({place + 1: result}))
        return results

    whole = together(lambda *place: None)
    done = 0

    def interrupt(*place):
        nonlocal done
        done += 1
        if done == 5:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        together(interrupt)
    positions = []
    for folder in places.values():
        state = kept_in(folder, "scan").latest()
        positions.append((state["epoch"], state["step"]))
    assert positions[0] == positions[1]
    assert together(lambda *place: None) == whole
    # A seed alone goes on from what it did in a group, within rounding.
    assert len(trained(settings, 1)[0]) == len(whole[1][0])
