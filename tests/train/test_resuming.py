"""A training that was interrupted comes to what the uninterrupted one comes to, bit for bit."""

from __future__ import annotations

import errno
import math
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from continuing import (
    FEATURES,
    OWN,
    Interrupted,
    check_continuing,
    kept_in,
    made,
    trained,
)
from numpy.lib import format as npy
from on_jax import check_on_jax

from cotejo import stopping
from cotejo.errors import OutputError
from cotejo.store import (
    NotPlainError,
    checkpoint_files,
    keep_checkpoint,
    last_checkpoints,
    read_checkpoint,
    write_checkpoint,
)
from cotejo.train import checkpoint as of_checkpoints
from tiny import TINY

PLAIN = {**TINY, "epochs": 2}


@pytest.mark.parametrize("name", FEATURES)
def test_interrupted_equals_uninterrupted(name, tmp_path):
    check_continuing(FEATURES[name], tmp_path)


@pytest.mark.parametrize("name", OWN)
def test_so_it_does_with_code_of_the_users_own(name, tmp_path):
    check_continuing(OWN[name], tmp_path)


def test_so_it_does_where_images_are_streamed(tmp_path, monkeypatch):
    monkeypatch.setenv("COTEJO_IMAGES_MB", "0")
    check_continuing(FEATURES["mixed"], tmp_path)


def test_so_it_does_on_jax_with_both_engines():
    check_on_jax("resuming_on_jax.py")


def cut_after(steps):
    """Return what ends a training after so many steps."""
    left = steps

    def cut(*place):
        nonlocal left
        left -= 1
        if not left:
            raise Interrupted

    return cut


@pytest.fixture(scope="module")
def whole():
    """The history and the weights of a training that is not interrupted."""
    return trained(made(PLAIN), 1)[:2]


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The folder of a training that was ended after some steps, as if by a kill."""
    folder = tmp_path_factory.mktemp("killed")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr("time.time", lambda: -1e9)  # a clock that is wrong is in nobody's way
        trained(made(PLAIN), 1, kept_in(folder), cut_after(60))
    assert len(list(checkpoint_files(folder, 1))) == 2
    return folder


@pytest.fixture
def left(killed, tmp_path):
    """A copy of it."""
    return shutil.copytree(killed, tmp_path / "left")


def test_a_checkpoint_that_is_damaged_is_passed_over_for_the_one_before(left, whole):
    newest, before = checkpoint_files(left, 1)
    newest.write_bytes(newest.read_bytes()[:-1000])
    lines = []
    after = kept_in(left, note=lines.append)
    state = after.latest()
    assert (state["epoch"], state["step"]) == (
        read_checkpoint(before)["training"]["epoch"],
        read_checkpoint(before)["training"]["step"],
    )
    assert "damaged" in lines[0]
    # The damaged one is gone, so that the next does not take the place of the good one.
    assert list(checkpoint_files(left, 1)) == [before]
    assert trained(made(PLAIN), 1, after)[:2] == whole
    for path in checkpoint_files(left, 1):
        path.write_bytes(b"PK")
    assert kept_in(left).latest() is None
    assert not list(checkpoint_files(left, 1))


def test_a_checkpoint_that_can_not_be_read_now_stays(left, monkeypatch):
    files = list(checkpoint_files(left, 1))

    def hiccup(path):
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    def too_large(*given, **options):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", hiccup)
        assert kept_in(left).latest() is None
    with monkeypatch.context() as patch:
        patch.setattr(npy, "read_array", too_large)
        with pytest.raises(MemoryError):  # so that the run ends as one that ran out of memory
            kept_in(left).latest()
    assert list(checkpoint_files(left, 1)) == files
    assert kept_in(left).latest() is not None


def test_a_checkpoint_takes_no_more_memory_than_its_file(tmp_path):
    write_checkpoint(tmp_path, 1, {"array": np.zeros(10**6)})
    (path,) = checkpoint_files(tmp_path, 1)
    with np.load(path) as arrays:
        np.savez_compressed(path, **arrays)
    assert path.stat().st_size < 10**5
    with pytest.raises(OutputError, match="damaged"):
        read_checkpoint(path)


@pytest.mark.parametrize("what", ["key", "engine", "versions"])
def test_a_checkpoint_of_something_else_is_never_taken_up(what, left, monkeypatch):
    if what == "versions":
        monkeypatch.setattr(of_checkpoints, "versions", lambda: {"keras": "0.0"})
    other = {"key": {"key": "another"}, "engine": {"engine": "scan"}, "versions": {}}[what]
    assert kept_in(left, **other).latest() is None
    assert not list(checkpoint_files(left))


def test_another_processor_goes_on_and_says_so(left, monkeypatch):
    here = of_checkpoints.machine()
    with monkeypatch.context() as patch:
        patch.setattr(of_checkpoints, "machine", lambda: {**here, "processor": "another"})
        elsewhere = kept_in(left)
        state = elsewhere.latest()
    (resumed,) = elsewhere.resumed
    assert (resumed.epoch, resumed.step) == (state["epoch"] + 1, state["step"])
    assert not resumed.exact
    back = kept_in(left)
    back.latest()
    assert back.resumed[0].exact
    own = kept_in(left, own_code=True)
    own.latest()
    assert not own.resumed[0].exact


def test_a_callback_that_hides_what_it_keeps_has_no_checkpoints(tmp_path):
    lines = []
    given = {**PLAIN, "callbacks": "parts.py:Hidden"}
    trained(made(given), 1, kept_in(tmp_path, note=lines.append))
    assert not list(tmp_path.iterdir())
    (line,) = lines
    assert "a callback keeps a value of type object" in line


@pytest.mark.parametrize("trouble", ["full disk", "no folder"])
def test_a_checkpoint_that_can_not_be_written_costs_nothing(trouble, whole, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    folder.mkdir()
    lines = []

    def full(*given):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def worse(epoch, step, steps):
        if step == 10 and trouble == "no folder":
            shutil.rmtree(folder, ignore_errors=True)
        if step == 10 and trouble == "full disk":
            monkeypatch.setattr("cotejo.store.checkpoints._write_archive", full)

    found = trained(made(PLAIN), 1, kept_in(folder, note=lines.append), worse)
    assert found[:2] == whole
    assert "no checkpoint: can't write" in lines[0]
    if trouble == "full disk":  # what was written before is still there, and whole
        assert {path.name for path in folder.iterdir()} <= {
            path.name for path in checkpoint_files(folder)
        }


@pytest.fixture
def ctrl_c():
    """Ctrl-C is Python's, as in a notebook; a process in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_waits_for_the_end_of_a_step_and_leaves_a_checkpoint(whole, tmp_path):
    steps = []

    def interrupt(epoch, step, of_epoch):
        steps.append(step)
        if len(steps) == 7:
            signal.raise_signal(signal.SIGINT)

    never = kept_in(tmp_path)
    never.is_due = lambda inside: False
    with pytest.raises(KeyboardInterrupt):
        trained(made(PLAIN), 1, never, interrupt)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not stopping.is_waiting()
    assert len(steps) == 7
    state = kept_in(tmp_path).latest()
    assert (state["epoch"], state["step"]) == (0, 7)
    assert trained(made(PLAIN), 1, kept_in(tmp_path))[:2] == whole


@pytest.mark.usefixtures("ctrl_c")
def test_a_request_waits_only_where_it_is_held():
    with pytest.raises(KeyboardInterrupt), stopping.held():
        signal.raise_signal(signal.SIGINT)
        assert stopping.is_waiting()
    assert not stopping.is_waiting()
    stopping.check()
    # A second time it does not wait.
    with pytest.raises(KeyboardInterrupt), stopping.held():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("it waits")
    # The request comes before an error on the way.
    with pytest.raises(KeyboardInterrupt), stopping.held():
        signal.raise_signal(signal.SIGINT)
        raise ValueError
    with pytest.raises(ValueError), stopping.held():
        raise ValueError


def test_checkpoints_take_no_more_than_a_hundredth_of_the_time(tmp_path, monkeypatch):
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)

    def writes(*given):
        nonlocal now
        now += 0.3

    monkeypatch.setattr(of_checkpoints, "write_checkpoint", writes)
    automatic = of_checkpoints.Checkpoints(tmp_path, 1, "key", "fit")
    automatic.begin(0)  # guessed at 0.1 s
    assert not automatic.is_due(inside=False)
    now = 10.1
    assert automatic.is_due(inside=False)
    assert not automatic.is_due(inside=True)  # an epoch of ten seconds is not a long one
    automatic.save(lambda: {"epoch": 1})
    now += 29.9
    assert not automatic.is_due(inside=False)
    now += 0.2
    assert automatic.is_due(inside=False)
    now += 30
    assert automatic.is_due(inside=True)
    chosen = of_checkpoints.Checkpoints(tmp_path, 1, "key", "fit", minutes=2)
    chosen.begin(8_000_000)
    now += 119
    assert not chosen.is_due(inside=False)
    now += 2
    assert chosen.is_due(inside=True)


def test_the_seconds_are_those_of_all_parts(left):
    before = read_checkpoint(next(checkpoint_files(left, 1)))["training"]["seconds"]
    _, _, training = trained(made(PLAIN), 1, kept_in(left))
    assert training.seconds_before == before > 0
    assert training.train_seconds > before


@pytest.mark.parametrize(
    "value", [object(), {1: 2}, {"a": {3}}, np.array([object()]), b"bytes", [lambda: 1]]
)
def test_what_is_not_plain_is_refused(value, tmp_path):
    with pytest.raises(NotPlainError):
        write_checkpoint(tmp_path, 1, {"value": value})
    assert not list(tmp_path.iterdir())


def test_a_state_comes_back_as_it_was(tmp_path):
    state = {
        "array": np.arange(6, dtype=np.float32).reshape(2, 3),
        "scalar": np.float32(0.1),
        "numbers": [1, 0.1, -math.inf, True, None],
        "within": {"tuple": (1, (2, "three")), "array": {"array": "array-0"}},
    }
    for number in range(3):
        write_checkpoint(tmp_path, 1, {**state, "number": number})
    newest, before = checkpoint_files(tmp_path, 1)
    assert read_checkpoint(before)["number"] == 1
    found = read_checkpoint(newest)
    assert found["number"] == 2
    np.testing.assert_array_equal(found["array"], state["array"])
    assert type(found["scalar"]) is np.float32
    assert found["scalar"] == state["scalar"]
    assert (found["numbers"], found["within"]) == (state["numbers"], state["within"])


def test_the_last_checkpoint_that_is_whole_travels(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    for step in (1, 2):
        write_checkpoint(here, 1, {"step": step})
        write_checkpoint(here, 2, {"step": 10 * step})
    newest = here / "checkpoint-2.npz"
    newest.write_bytes(newest.read_bytes()[:-9])
    sent = last_checkpoints(here)
    assert sorted(sent) == [1, 2]
    for network, content in sent.items():
        keep_checkpoint(there, network, content)
    assert [read_checkpoint(path)["step"] for path in checkpoint_files(there)] == [2, 10]
    keep_checkpoint(there, 1, newest.read_bytes())
    # What came damaged lies before the one that was whole, and is passed over.
    assert read_checkpoint(there / "checkpoint-1-before.npz")["step"] == 2
    assert last_checkpoints(there)[1] == sent[1]
    assert last_checkpoints(tmp_path / "nowhere") == {}
