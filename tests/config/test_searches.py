"""``[[search]]`` and ``tuned_with``: read, kept, and refused in one line."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.config import StudyConfig
from cotejo.config.search import FIRST_TRIAL_SEED, Choices, Range, found_alternative, with_found
from cotejo.errors import ConfigError
from cotejo.messages import use_language
from cotejo.models import check_models
from cotejo.store.layout import FOLDERS

RATES = {"low": 1e-4, "high": 1e-1, "log": True}


def parse(*searches, overrides=(), **content):
    content = {"alternative": [{"name": "plain"}], "search": list(searches)} | content
    return StudyConfig.parse(content, overrides)


def search(**keys):
    return {"name": "tuned", "trials": 5, "learning_rate": RATES} | keys


def refused(*searches, **content):
    with pytest.raises(ConfigError) as caught:
        check_models(parse(*searches, **content))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_search_adds_an_alternative_that_starts_from_the_base():
    study = parse(search(batch_size=[32, 64], width={"low": 16, "high": 64}, model="cnn7"))
    (found,) = study.searches
    assert [each.name for each in study.alternatives] == ["plain", "tuned"]
    assert study.alternative("tuned").settings.model == "cnn7"
    assert found.space == {
        "learning_rate": Range(low=1e-4, high=1e-1, log=True),
        "batch_size": Choices(values=(32, 64)),
        "width": Range(low=16, high=64),
    }
    assert found.space["width"].is_whole
    assert (found.sampler, found.prune, found.adds) == ("tpe", True, True)


def test_it_may_start_from_an_alternative_with_its_overrides():
    tables = [{"name": "plain"}, {"name": "flipped", "augment": "flip-crop", "epochs": 9}]
    study = check_models(
        parse(
            search(alternative="flipped", epochs=4),
            alternative=tables,
            overrides=["flipped.batch_size=16"],
        )
    )
    tuned = study.alternative("tuned").settings
    assert (tuned.augment, tuned.epochs, tuned.batch_size) == ("flip-crop", 4, 16)
    assert study.searches[0].start == "flipped"


def test_whole_ends_are_real_numbers_where_the_setting_is_one():
    study = parse(search(weight_decay={"low": 0, "high": 1}))
    assert not study.searches[0].space["weight_decay"].is_whole


def test_what_is_found_takes_the_place_of_what_it_started_from():
    study = parse(search(optimizer=["adam", "sgd"]), base={"weight_decay": 0.1})
    found = with_found(study, {"tuned": {"learning_rate": 0.02, "optimizer": "sgd"}})
    tuned = found.alternative("tuned")
    assert (tuned.settings.learning_rate, tuned.settings.optimizer) == (0.02, "sgd")
    # What follows from the optimizer follows from the one that was found.
    assert (tuned.settings.momentum, tuned.settings.weight_decay) == (0.9, 0.1)
    assert tuned.changes == {"learning_rate": 0.02, "optimizer": "sgd"}
    assert found.alternative("plain") == study.alternative("plain")


def test_an_optimizers_own_rate_follows_the_optimizer_that_is_tried():
    study = parse({"name": "tuned", "trials": 2, "optimizer": ["adam", "sgd"]})
    tried = found_alternative(study.alternative("tuned"), {"optimizer": "sgd"}, "trial")
    assert (tried.name, tried.settings.learning_rate) == ("trial", 0.01)


def test_tuned_with_gives_each_alternative_as_many_independent_trials():
    tables = [{"name": "a"}, {"name": "b", "model": "mlp", "tuned_with": 7}]
    study = parse(alternative=tables, tuned_with=3, space={"learning_rate": RATES})
    assert [(each.name, each.trials) for each in study.searches] == [("a", 3), ("b", 7)]
    assert {(each.sampler, each.prune, each.adds) for each in study.searches} == {
        ("random", False, False)
    }
    assert [each.name for each in study.alternatives] == ["a", "b"]


@pytest.mark.parametrize(
    "content",
    [
        {"search": [search(batch_size=[16, 32], sampler="random", at_once=2, epochs=3)]},
        {"search": [search(augment=["none", ["flip", {"cutout": 4}]], prune=False)]},
        {"search": [search(batch_size=[16, 32])], "base": {"augment": ["flip"]}},
        {"search": [search(batch_size=[16, 32])], "base": {"augment": ["flip", {"cutout": 4}]}},
        {"search": [search(optimizer=["adam", "sgd"])], "base": {"learning_rate": 0.1}},
        {"tuned_with": 4, "space": {"learning_rate": RATES, "dropout": {"low": 0.0, "high": 0.5}}},
    ],
)
def test_a_study_file_that_is_written_again_says_the_same(content):
    if "base" in content:
        content["search"][0].pop("learning_rate")
    study = check_models(parse(**content))
    again = check_models(StudyConfig.parse(tomllib.loads(study.to_toml())))
    assert again.searches == study.searches
    for search_ in study.searches:
        for values in search_.probes():
            first, second = (
                found_alternative(each.alternative(search_.name), values).settings
                for each in (study, again)
            )
            assert first == second


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"learning_rate": {"low": 1, "high": 0.1}}, "`low` must be below `high`"),
        ({"learning_rate": {"low": 0.1, "high": 0.1}}, "`low` must be below `high`"),
        ({"weight_decay": {"low": 0, "high": 0.1, "log": True}}, "must begin above 0"),
        ({"learning_rate": {"low": 0, "high": 1}}, "must be a number above 0"),
        ({"learning_rate": {"low": 1e-4}}, "must be a range"),
        ({"learning_rate": {"low": 1e-4, "hihg": 1}}, 'Did you mean "high"?'),
        ({"learning_rate": {"low": 1e-4, "high": "1"}}, "must be a range"),
        ({"learning_rate": {"low": 1e-4, "high": 1, "log": 1}}, "`log`"),
        ({"batch_size": {"low": 1.5, "high": 3}}, "must be a whole number"),
        ({"batch_size": [32]}, "from 2 to"),
        ({"batch_size": [32, 32]}, "has 32 twice"),
        ({"batch_size": [32, 0]}, "must be a whole number from 1"),
        ({"optimizer": {"low": 1, "high": 2}}, "is no number"),
        ({"momentum": {"low": 0.1, "high": 0.9}}, "does nothing with its `optimizer`"),
        ({"tta": ["none", "flip"]}, "can't be searched"),
        ({"start_from": ["plain", "other"]}, "can't be searched"),
        ({"learnin_rate": {"low": 0.1, "high": 1.0}}, "unknown `learnin_rate`"),
        ({"dropout": {"low": 0.0, "high": 1.0}}, "`dropout`"),
        ({"optimizer": ["adam", "nets.py:lion"]}, "in a file of your own"),
        ({"trials": 0}, "at least 1"),
        ({"trials": True}, "`trials`"),
        ({"sampler": "grid"}, '"tpe", "random"'),
        ({"at_once": 0}, "`at_once`"),
        ({"name": "plain"}, 'two alternatives are named "plain"'),
        ({"name": "search"}, "can't be named"),
        ({"alternative": "plian"}, 'Did you mean "plain"?'),
    ],
)
def test_what_is_wrong_is_said_in_one_line(keys, said):
    assert said in refused(search(**keys))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"search": [{"name": "tuned", "trials": 3}]}, "searches nothing"),
        ({"search": [{"name": "tuned", "learning_rate": RATES}]}, "has no `trials`"),
        ({"search": {"name": "tuned"}}, "[[search]]"),
        ({"tuned_with": 3}, "no [space]"),
        ({"space": {"learning_rate": RATES}}, "nothing has a `tuned_with`"),
        ({"tuned_with": 3, "space": {}}, "searches nothing"),
        ({"tuned_with": 0, "space": {"learning_rate": RATES}}, "`tuned_with`"),
        ({"search": [search()], "folds": 5, "data": "digits"}, "with `folds`"),
        ({"search": [search()], "seeds": [1, FIRST_TRIAL_SEED]}, "one of those of the trials"),
        ({"search": [search()], "alternative": []}, "has no alternatives"),
        (
            {
                "alternative": [{"name": "a"}, {"name": "b", "start_from": "a"}],
                "search": [search(alternative="b")],
            },
            "starts from another",
        ),
        (
            {
                "alternative": [{"name": "a", "learning_rate": 0.1}, {"name": "b"}],
                "tuned_with": 2,
                "space": {"learning_rate": RATES},
            },
            "and is given, too",
        ),
        ({"search": [search()], "overrides": ["learning_rate=0.1"]}, "is searched"),
        ({"search": [search()], "overrides": ["tuned.learning_rate=0.1"]}, "is searched"),
    ],
)
def test_what_is_wrong_with_the_study_is_said_in_one_line(content, said):
    assert said in refused(**content)


def test_it_is_said_in_spanish():
    use_language("es")
    assert "debe ser menor que" in refused(search(learning_rate={"low": 1, "high": 0.1}))


@pytest.mark.parametrize("name", FOLDERS)
def test_no_alternative_is_named_as_a_folder_beside_those_of_alternatives(name):
    assert "can't be named" in refused(alternative=[{"name": name}])


NUMBERS = st.floats(1e-6, 50, allow_nan=False)


@given(NUMBERS, NUMBERS, st.booleans())
def test_a_range_is_taken_exactly_where_it_goes_up(low, high, log):
    table = {"low": low, "high": high, "log": log}
    if low < high:
        (found,) = parse(search(learning_rate=table)).searches
        assert found.space["learning_rate"].ends == (low, high)
    else:
        assert "must be below" in refused(search(learning_rate=table))
