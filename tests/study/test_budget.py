"""A time to train for: read, and planned for."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest

from cotejo.config import Recipe
from cotejo.config.durations import seconds_of
from cotejo.errors import ConfigError
from cotejo.models import build_model
from cotejo.study import budget, networks, timing
from cotejo.study.budget import plan_for, scaled


def recipe(name="tiny", epochs=8, curve=((2, 0.6), (8, 0.9), (50, 0.95)), **settings):
    given = {"model": "airbench", "width": 4, "batch_size": 100, "epochs": epochs} | settings
    return Recipe(name=name, text={"en": name, "es": name}, settings=given, curve=curve)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5m", 300), ("90s", 90), ("1h30m", 5400), ("1.5 min", 90), ("2 h", 7200), ("10 m 5 s", 605)],
)
def test_times_are_read(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "m", "5x", "-3m", "2s", "m5", "1001h", "9" * 5000 + "h"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ConfigError, match="is no time to train for"):
        seconds_of(text)


def test_fewer_epochs_keep_their_share_of_small_ones():
    given = recipe(epochs=8, small_epochs=4, hard_epochs=2)
    assert [scaled(given, epochs).small_epochs for epochs in (2, 5, 8, 16)] == [1, 2, 4, 8]
    assert scaled(given, 5).hard_epochs == 0


def test_more_time_plans_more_epochs(digits, monkeypatch):
    # Two seconds a step, half of one on small images, whatever this machine does.
    monkeypatch.setattr(
        timing, "_step_seconds", lambda *given: (1.0, 2.0 if given[3].scale == 1 else 0.5)
    )
    monkeypatch.setattr(timing, "_image_seconds", lambda *given: 0.002)
    short, long = (plan_for(each, digits, [recipe()]) for each in (100, 1000))
    assert 2 <= short.epochs < long.epochs
    assert short.expected < long.expected
    assert 80 < short.seconds + short.evaluation < 100
    small = plan_for(100, digits, [recipe(small_epochs=4)])
    assert small.epochs > short.epochs


def test_a_time_that_is_too_short_is_told_what_is_left_and_what_is_missing(digits, monkeypatch):
    monkeypatch.setattr(timing, "_step_seconds", lambda *given: (0.0, 2.0))
    monkeypatch.setattr(timing, "_image_seconds", lambda *given: 0.002)
    with pytest.raises(ConfigError) as raised:
        plan_for(45, digits, [recipe(), recipe("longer", curve=((20, 0.9), (30, 0.95)))])
    left, least, missing = map(int, re.findall(r"(\d+) s\b", str(raised.value)))
    # Two epochs of some eleven steps of two seconds, and a little for evaluating.
    assert left < 45 < least < 60
    assert missing == least - left
    with pytest.raises(ConfigError) as raised:
        plan_for(-10, digits, [recipe()])
    left, least, missing = map(int, re.findall(r"(\d+) s\b", str(raised.value)))
    assert left == 0
    assert missing >= least + 10


def test_the_recipe_that_reaches_more_is_chosen(digits, monkeypatch):
    monkeypatch.setattr(timing, "_step_seconds", lambda *given: (0.0, 0.5))
    monkeypatch.setattr(timing, "_image_seconds", lambda *given: 0.0)
    better = recipe("better", curve=((2, 0.7), (8, 0.97)))
    none = recipe("none", curve=())
    assert plan_for(300, digits, [recipe(), better, none]).recipe == "better"


def test_the_networks_are_built_where_they_are_let_go_of(digits, monkeypatch):
    inside = []

    @contextmanager
    def watched():
        inside.append("begun")
        yield
        inside.append("ended")

    def build(*given, **options):
        assert inside[-1:] == ["begun"]
        return build_model(*given, **options)

    monkeypatch.setattr(budget, "fresh_backend", watched)
    monkeypatch.setattr(networks, "build_model", build)
    monkeypatch.setattr(timing, "_step_seconds", lambda *given: (0.0, 0.5))
    monkeypatch.setattr(timing, "_image_seconds", lambda *given: 0.0)
    plan_for(300, digits, [recipe(), recipe("other")])
    assert inside == ["begun", "ended"]
