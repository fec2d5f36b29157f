"""The engine that scans against `fit`, one seed against several; `test_engines.py` runs it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from continuing import AVERAGED, MIXED

from cotejo.config import Settings, StudyConfig
from cotejo.data import load
from cotejo.data.dataset import Split
from cotejo.errors import ConfigError
from cotejo.store import RunFile, RunFolder
from cotejo.study import Study, grouped
from cotejo.study import run as of_runs
from cotejo.train import asking, epoch_work, fresh_backend, muon, predict_logits, programs, train
from cotejo.train.loop import training_steps
from cotejo.train.muon import orthogonalized
from cotejo.train.predict import logits_steps
from cotejo.train.scan import _calls
from cotejo.train.work import Clock, side_by_side
from listening import Listener

SETTINGS = {
    "mixed": MIXED,
    "averaged": AVERAGED,
    "averaged, two steps at once": {"model": "mlp", "average": "ema", "batch_size": 5, "epochs": 2},
    "staged": {
        "model": "airbench",
        "width": 4,
        "optimizer": "muon",
        "schedule": "linear",
        "augment": "alternating-flip-crop-cutout",
        "label_smoothing": 0.2,
        "small_epochs": 2,
        "hard_epochs": 2,
    },
}
STUDY = {
    "data": "digits",
    "seeds": 3,
    "base": {"model": "mlp", "batch_size": 50, "precision": "float32", "epochs": 2},
    "alternative": [
        {"name": "plain"},
        {"name": "stopping", "early_stopping": 1, "epochs": 12, "learning_rate": 0.02},
        {"name": "going-on", "start_from": "plain", "learning_rate": 1e-4},
    ],
}


@pytest.fixture(scope="module")
def few():
    digits = load("digits")
    train, valid = (
        Split(each.images[:200], each.labels[:200]) for each in (digits.train, digits.valid)
    )
    return replace(digits, train=train, valid=valid)


def made(given):
    # Fifty steps.
    usual = {"epochs": 5, "batch_size": 10 if "train_fraction" in given else 20}
    return Settings.from_flat({**usual, "precision": "float32", **given}).resolved()


def trained(dataset, given, seed, monkeypatch, engine, **options):
    monkeypatch.setenv("COTEJO_ENGINE", engine)
    settings = made(given)
    with fresh_backend(seed):
        network = of_runs.build_network(settings, dataset.train, dataset.num_classes)
        training = train(network, dataset, settings, seed, **options)
        return training, network.get_weights()


@pytest.mark.parametrize("name", SETTINGS)
def test_both_engines_do_the_same(name, few, monkeypatch):
    monkeypatch.setenv("COTEJO_PRODUCTS", "1")  # XLA's convolutions are slow on a processor
    programs.clear_programs()
    trained(few, SETTINGS[name], 1, monkeypatch, "scan")
    known = len(programs._remembered)
    # Another seed, by the program of the first one.
    scanned, weights = trained(few, SETTINGS[name], 2, monkeypatch, "scan")
    assert len(programs._remembered) == known
    fitted, others = trained(few, SETTINGS[name], 2, monkeypatch, "fit")
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    for one, other in zip(scanned.history, fitted.history, strict=True):
        for column in set(one) - {"seconds"}:
            assert one[column] == pytest.approx(other[column], rel=1e-4), column


@pytest.mark.parametrize("name", SETTINGS)
def test_a_seed_in_a_group_does_as_it_does_alone(name, few, monkeypatch):
    monkeypatch.setenv("COTEJO_PRODUCTS", "1")
    # Muon computes in bfloat16, whose rounding grows large within fifty steps.
    exact = partial(orthogonalized, dtype="float32")
    monkeypatch.setattr(muon, "orthogonalized", lambda matrix, dtype: exact(matrix))
    programs.clear_programs()
    alone = {seed: trained(few, SETTINGS[name], seed, monkeypatch, "scan") for seed in (1, 2)}
    settings = made(SETTINGS[name])
    grouped = {}

    def steps(seed):
        with fresh_backend(seed):
            network = of_runs.build_network(settings, few.train, few.num_classes)
            training = yield from training_steps(network, few, settings, seed)
            return training, network.get_weights()

    members = [(steps(seed), Clock()) for seed in alone]
    side_by_side(members, lambda place, result: grouped.update({place + 1: result}))
    for seed, (training, weights) in alone.items():
        together, others = grouped[seed]
        for one, other in zip(together.history, training.history, strict=True):
            for column in set(one) - {"seconds"}:
                # Rounding may move one image to another class.
                near = {"abs": 0.006} if column.endswith("accuracy") else {"rel": 1e-4}
                assert one[column] == pytest.approx(other[column], **near), column
        for one, other in zip(weights, others, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_a_program_takes_any_constant_rate(few, monkeypatch):
    programs.clear_programs()
    slow, _ = trained(few, {"model": "mlp", "learning_rate": 1e-4}, 1, monkeypatch, "scan")
    known = len(programs._remembered)
    fast = {"model": "mlp", "learning_rate": 1e-2, "epochs": 2}
    scanned, _ = trained(few, fast, 1, monkeypatch, "scan")
    fitted, _ = trained(few, fast, 1, monkeypatch, "fit")
    assert len(programs._remembered) == known
    losses = [training.history[1]["train_loss"] for training in (scanned, fitted)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert losses[0] != pytest.approx(slow.history[1]["train_loss"], rel=1e-2)


def test_a_training_that_has_to_end_ends(few, monkeypatch):
    done = []
    training, _ = trained(
        few,
        {"model": "mlp", "schedule": "linear"},
        1,
        monkeypatch,
        "scan",
        deadline=0.0,
        on_batch=lambda *place: done.append(place),
    )
    assert len(training.history) == 1
    assert done == [(1, 1, 10)]


def test_an_engine_that_there_is_not_is_refused(few, monkeypatch):
    with pytest.raises(ConfigError, match="COTEJO_ENGINE must be fit or scan; received loop"):
        trained(few, {"model": "mlp"}, 1, monkeypatch, "loop")


def test_calls_are_equally_long_where_they_can_be():
    assert _calls(625, 1024) == [(0, 625)]
    assert {end - start for start, end in _calls(1500, 1024)} == {750}
    assert [end - start for start, end in _calls(1031, 1024)] == [516, 515]


def studied(folder, monkeypatch, at_once, spoiled=None):
    """Train the study; the network of one run gets weights that are no numbers."""
    monkeypatch.setenv("COTEJO_ENGINE", "scan")
    monkeypatch.setenv("COTEJO_SEEDS_AT_ONCE", str(at_once))
    original = of_runs._load_weights

    def load_weights(network, parent, sources):
        original(network, parent, sources)
        if parent.seed == spoiled:
            network.set_weights([np.full_like(each, np.nan) for each in network.get_weights()])

    listener = Listener()
    with monkeypatch.context() as patch:
        patch.setattr(of_runs, "_load_weights", load_weights)
        result = Study(StudyConfig.parse(STUDY)).run(out=folder, observer=listener)
    return result, listener.calls


def history(run):
    with (run.folder / RunFile.HISTORY).open(newline="") as file:
        return [{**row, "seconds": None} for row in csv.DictReader(file)]


def record(run):
    return json.loads((run.folder / RunFile.RECORD).read_text())


def test_seeds_together_are_as_if_one_was_trained_after_the_other(tmp_path, monkeypatch):
    together, heard = studied(tmp_path / "together", monkeypatch, 3, spoiled=2)
    apart, _ = studied(tmp_path / "apart", monkeypatch, 1, spoiled=2)
    assert [run.id for run in together.finished] == [run.id for run in apart.finished]
    # One that diverged ended alone.
    assert list(together.reasons) == [("going-on", 2)] == list(apart.reasons)
    assert len(together.finished) == 8
    for one, other in zip(together.finished, apart.finished, strict=True):
        assert {each.name for each in one.folder.iterdir()} == {
            each.name for each in other.folder.iterdir()
        }
        assert one.key == other.key
        assert record(one).keys() == record(other).keys()
        assert history(one) == history(other)
        ours, theirs = (RunFolder(run.folder).predictions for run in (one, other))
        assert ours.keys() == theirs.keys()
        for name in ours:
            np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-5, atol=1e-6)
    # Each stopped when it had to, not when others did.
    lengths = {
        run.seed: len(history(run)) for run in together.finished if run.alternative == "stopping"
    }
    assert len(set(lengths.values())) > 1
    # What is heard of them is in turn.
    starts = [call[1:] for call in heard if call[0] == "started"]
    assert starts == [
        (name, seed) for name in ("plain", "stopping", "going-on") for seed in (1, 2, 3)
    ]
    assert [call[1:3] for call in heard] == sorted((call[1:3] for call in heard), key=starts.index)


def test_with_too_little_memory_fewer_are_trained_at_once(tmp_path, monkeypatch):
    calls = []
    original = epoch_work._in_one_call

    def in_one_call(works, size):
        calls.append((len(works), size))
        if size > 2:
            raise RuntimeError("RESOURCE_EXHAUSTED: out of memory")
        return original(works, size)

    monkeypatch.setattr(epoch_work, "_in_one_call", in_one_call)
    monkeypatch.setitem(STUDY, "alternative", STUDY["alternative"][:1])
    result, _ = studied(tmp_path / "out", monkeypatch, 3)
    assert len(result.finished) == 3
    assert (2, 2) in calls


def asked_together(few, given, images, tta="none"):
    """Ask three seeds' networks about images, side by side; return what each says alone, too."""
    settings, networks, answers = made(given), [], {}
    for seed in (1, 2, 3):
        with fresh_backend(seed):
            networks.append(of_runs.build_network(settings, few.train, few.num_classes))
    members = [(logits_steps(network, images, tta=tta), Clock()) for network in networks]
    side_by_side(members, lambda place, result: answers.update({place: result[0]}))
    alone = [predict_logits(network, images, tta=tta) for network in networks]
    return [answers[place] for place in range(3)], alone


@pytest.fixture
def calls(monkeypatch):
    """Count how many networks each call of several asks."""
    made, original = [], asking._in_one_call

    def in_one_call(works, size):
        made.append((len(works), size))
        return original(works, size)

    monkeypatch.setattr(asking, "_in_one_call", in_one_call)
    return made


@pytest.mark.parametrize("tta", ["none", "flip"])
def test_networks_that_are_asked_together_answer_as_each_does_alone(tta, few, calls):
    # A view of the same images each time, and a number that fills no batch.
    together, alone = asked_together(few, SETTINGS["averaged"], few.train.images[:150], tta)
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    # The images that get more views are not the same for all.
    assert calls == [(3, 3)]


def test_with_too_little_memory_networks_are_asked_one_by_one(few, monkeypatch):
    programs.clear_programs()
    tries = []

    def in_one_call(works, size):
        tries.append(size)
        raise RuntimeError("RESOURCE_EXHAUSTED: out of memory")

    monkeypatch.setattr(asking, "_in_one_call", in_one_call)
    for _ in range(2):
        together, alone = asked_together(few, {"model": "mlp"}, few.valid.images)
        np.testing.assert_array_equal(together, alone)
    assert tries == [3]


def test_each_epoch_of_a_group_is_validated_in_one_call(tmp_path, monkeypatch, calls):
    monkeypatch.setitem(STUDY, "alternative", STUDY["alternative"][:1])
    studied(tmp_path / "out", monkeypatch, 3)
    # Two epochs; then validation, test and training images.
    assert calls == [(3, 3)] * 5


def test_the_size_of_a_group_is_timed_once_for_networks_that_are_alike(tmp_path, monkeypatch):
    timed = []

    def fastest_size(work, most):
        work, seconds = work.timed(1)
        work, _ = work.timed(2)
        assert np.isfinite(np.asarray(work.state[0][0])).all()
        timed.append((seconds > 0, most))
        return 2

    monkeypatch.setattr(grouped, "accelerated", lambda: True)
    monkeypatch.setattr(grouped, "fastest_size", fastest_size)
    monkeypatch.setenv("COTEJO_ENGINE", "scan")
    monkeypatch.delenv("COTEJO_SEEDS_AT_ONCE", raising=False)
    sizes, original = [], grouped._train
    monkeypatch.setattr(
        grouped,
        "_train",
        lambda plan, jobs, emit: sizes.append(len(jobs)) or original(plan, jobs, emit),
    )
    alternatives = [STUDY["alternative"][0], {"name": "faster", "learning_rate": 0.01}]
    monkeypatch.setitem(STUDY, "alternative", alternatives)
    result = Study(StudyConfig.parse(STUDY)).run(out=tmp_path / "out")
    assert len(result.finished) == 6
    assert timed == [(True, 3)]
    assert sizes == [2, 2]


@pytest.mark.parametrize("asked", ["0", "many"])
def test_a_number_of_seeds_that_is_none_is_refused(asked, tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="COTEJO_SEEDS_AT_ONCE must be a whole number"):
        studied(tmp_path / "out", monkeypatch, asked)
