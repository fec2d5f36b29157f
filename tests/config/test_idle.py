"""Settings that do nothing beside others: refused where they are given, left out where shared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.config import Settings, StudyConfig
from cotejo.config.settings import MOMENTUMS
from cotejo.errors import ConfigError

OPTIMIZERS = ("adam", "adamw", "nadam", "rmsprop", "adagrad", "sgd", "muon")


def parse(*tables, overrides=(), **content):
    return StudyConfig.parse({"alternative": list(tables), **content}, overrides)


def a(**settings):
    return {"name": "a", **settings}


@pytest.mark.parametrize(
    ("content", "overrides", "line"),
    [
        ({"alternative": [a(momentum=0.5)]}, (), r'`momentum` .alternative "a".*"adam".*sgd, muon'),
        ({"alternative": [a(optimizer="rmsprop", momentum=0.0)]}, (), "`momentum` .*rmsprop"),
        ({"alternative": [a()]}, ["a.momentum=0.5"], r'`momentum` .--set, alternative "a".'),
        ({"alternative": [a()]}, ["momentum=0.5"], r"`momentum` .--set. does nothing"),
        (
            {"base": {"momentum": 0.5}, "alternative": [a()]},
            (),
            r"`momentum` \(\[base\]\) does nothing",
        ),
        (
            {"vary": [{"optimizer": ["adam", "sgd"], "momentum": [0.5, 0.9]}]},
            (),
            r"`momentum` .\[\[vary\]\] 1. does nothing",
        ),
        ({"vary": [{"epochs": [1, 2], "momentum": 0.5}]}, (), r"`momentum` .\[\[vary\]\] 1."),
        ({"alternative": [a(optimizer="muon", weight_decay=0.1)]}, (), '`weight_decay` .*"muon"'),
        (
            {"base": {"optimizer": "muon", "weight_decay": 0.1}, "alternative": [a()]},
            (),
            r"`weight_decay` \(\[base\]\) does nothing",
        ),
        ({"alternative": [a(hard_share=0.3)]}, (), "`hard_share` .* `hard_epochs` is 0"),
        ({"alternative": [a(epochs=3)]}, ["hard_share=0.3"], "`hard_share` .--set."),
    ],
)
def test_what_does_nothing_is_refused_where_it_is_given(content, overrides, line):
    with pytest.raises(ConfigError, match=line) as caught:
        StudyConfig.parse(content, overrides)
    assert "\n" not in str(caught.value)
    assert caught.value.in_language("es") != str(caught.value)


def test_what_is_given_to_all_is_left_out_where_there_is_no_use_for_it():
    base = {"momentum": 0.5, "weight_decay": 0.1}
    study = parse(base=base, vary=[{"optimizer": ["adam", "sgd", "muon"]}])
    found = [(one.settings.momentum, one.settings.weight_decay) for one in study.alternatives]
    assert found == [(None, 0.1), (0.5, 0.1), (0.5, 0.0)]
    study = parse(vary=[{"optimizer": ["adam", "sgd"], "momentum": 0.5}])
    assert [one.settings.momentum for one in study.alternatives] == [None, 0.5]
    study = parse(a(), {"name": "b", "optimizer": "sgd"}, overrides=["momentum=0.5"])
    assert [one.settings.momentum for one in study.alternatives] == [None, 0.5]


def test_a_recipe_may_give_what_a_setting_puts_out_of_use():
    # max has a weight decay; with muon in its optimizer's place that does nothing.
    study = parse(a(recipe="max", optimizer="muon", learning_rate=0.1))
    assert study.alternatives[0].settings.weight_decay == 0.0


def test_what_an_alternative_gives_stands_for_what_the_base_gives():
    study = parse(
        a(optimizer="sgd", momentum=0.7), {"name": "b", "optimizer": "sgd"}, base={"momentum": 0.5}
    )
    assert [one.settings.momentum for one in study.alternatives] == [0.7, 0.5]


@given(
    optimizer=st.sampled_from(OPTIMIZERS),
    momentum=st.none() | st.floats(0, 0.99),
    weight_decay=st.floats(0, 1),
    hard_epochs=st.integers(0, 5),
    hard_share=st.floats(0.01, 1),
)
def test_what_is_resolved_has_nothing_idle_and_is_read_back(optimizer, **settings):
    given_settings = Settings(optimizer=optimizer, **settings)
    resolved = given_settings.resolved()
    for name in given_settings.idle:
        assert getattr(resolved, name) == Settings.model_fields[name].default
    assert resolved.resolved() == resolved
    assert (resolved.momentum is None) == (optimizer not in MOMENTUMS)
    study = parse(
        {"name": "a", **{key: value for key, value in resolved.flat().items() if value is not None}}
    )
    assert study.alternatives[0].settings == resolved


@pytest.mark.parametrize(
    "tables",
    [
        [a(), {"name": "b", "label": "another label"}],
        [a(epochs=10), {"name": "b"}],
        [a(), {"name": "b", "learning_rate": 0.001}],
    ],
)
def test_two_alternatives_that_are_one_are_refused(tables):
    with pytest.raises(ConfigError, match='"a" and "b" have the same settings') as caught:
        parse(*tables)
    assert "\n" not in str(caught.value)


def test_two_that_start_from_others_are_two():
    parse(a(epochs=1), {"name": "b"}, {"name": "c", "start_from": "a"},
          {"name": "d", "start_from": "b"})  # fmt: skip
