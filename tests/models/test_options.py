"""Options of models: declared by a builder, given in a study, and refused in one line."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Annotated, Literal

import pytest
from pydantic import Field

from cotejo.config import StudyConfig
from cotejo.config.options import COMMON_OPTIONS
from cotejo.errors import ConfigError
from cotejo.messages import use_language
from cotejo.models import check_models, model_family, register, resolve, unregister
from cotejo.models.signatures import declared_options
from cotejo.study import Study, keys


def options_of(config):
    return [dict(alternative.settings.options) for alternative in config.alternatives]


def study(*tables, overrides=(), **content):
    return check_models(StudyConfig.parse({"alternative": list(tables), **content}, overrides))


@pytest.fixture
def mine():
    """Register a model with options of every kind, some of which no study can give."""

    def build(
        image_shape,
        num_classes,
        *,
        units: Annotated[int, Field(ge=1, le=512)] = 64,
        pooling: Literal["mean", "max"] = "mean",
        slope: float = 0.1,
        gated=False,
        title="plain",
        dropout=0.0,
        width: Annotated[float, Field(gt=0)] = 1.5,
        block=str,
        epochs=3,
        name="mine",
    ):
        from cotejo.backend import keras

        pixels = keras.Input(image_shape)
        x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(pixels))
        x = keras.layers.Dense(units)(x)
        return keras.Model(pixels, keras.layers.Dense(num_classes)(x))

    register("mine")(build)
    yield build
    unregister("mine")


def test_a_builder_s_arguments_are_its_options(mine):
    assert model_family("mine").defaults == {
        "units": 64, "pooling": "mean", "slope": 0.1, "gated": False, "title": "plain",
        "dropout": 0.0, "width": 1.5,
    }  # fmt: skip


def test_an_own_option_is_given_wherever_a_setting_is(mine, tmp_path):
    (tmp_path / "wide.toml").write_text('[settings]\nmodel = "mine"\nunits = 128\n')
    content = {
        "base": {"model": "mine", "units": 32},
        "alternative": [
            {"name": "a"},
            {"name": "b", "slope": 1, "gated": True},
            {"name": "c", "options": {"pooling": "max"}},
            {"name": "d", "recipe": "wide.toml"},
        ],
        "vary": [{"name": "v", "units": [8, 16], "title": "varied"}],
    }
    overrides = ["a.dropout=0", "b.options={width=2}"]
    config = check_models(StudyConfig.parse(content, overrides, tmp_path))
    assert options_of(config) == [
        {"units": 32, "dropout": 0.0},
        {"units": 32, "slope": 1.0, "gated": True, "width": 2.0},
        {"units": 32, "pooling": "max"},
        {"units": 128},
        {"units": 8, "title": "varied"},
        {"units": 16, "title": "varied"},
    ]
    # A record has 0.0 where a study says 0, so that both are one run.
    assert str(options_of(config)[0]["dropout"]) == "0.0"


def test_an_own_option_is_varied_and_called_by_its_name(mine):
    tables = [{"model": "mine", "units": [8, 16]}, {"model": "mine", "gated": [True]}]
    config = check_models(StudyConfig.parse({"vary": tables}))
    assert [alternative.name for alternative in config.alternatives] == [
        "units-8", "units-16", "gated-true",
    ]  # fmt: skip
    assert [alternative.label for alternative in config.alternatives] == [
        {"en": "units: 8", "es": "units: 8"},
        {"en": "units: 16", "es": "units: 16"},
        {"en": "gated: yes", "es": "gated: sí"},
    ]


def test_an_own_option_s_default_is_recorded_and_counts_as_none_given(mine, digits):
    silent = resolve(study({"name": "a", "model": "mine"}))
    spelt = resolve(study({"name": "a", "model": "mine", "units": 64, "gated": False}))
    assert silent.alternatives[0].settings.flat()["units"] == 64
    assert keys.run_keys(silent, digits, "jax") == keys.run_keys(spelt, digits, "jax")
    other = resolve(study({"name": "a", "model": "mine", "title": "another"}))
    assert keys.run_keys(silent, digits, "jax") != keys.run_keys(other, digits, "jax")


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (
            {"units": 0},
            r"`units` .alternative .a.. must be a whole number, at least 1, at most",
        ),
        ({"units": 1.5}, "`units` .*received 1.5"),
        ({"pooling": "men"}, '`pooling` .* one of "mean", "max"; .*Did you mean "mean"'),
        ({"slope": "steep"}, "`slope` .* must be a number; received 'steep'"),
        ({"slope": float("nan")}, "`slope` .* must be a number"),
        ({"gated": 1}, "`gated` .* must be true or false; received 1"),
        ({"title": 3}, "`title` .* must be a text; received 3"),
        ({"dropout": 1}, "`dropout` .* must be a number from 0 to below 1; received 1"),
        ({"width": 0}, "`width` .* must be a number, above 0; received 0"),
        ({"block": "str"}, "has no option `block`|unknown `block`"),
        ({"unit": 3}, 'unknown `unit` .alternative .a... Did you mean "units"'),
        ({"batch_norm": True}, '"mine" .alternative "a". has no option `batch_norm`'),
    ],
)
def test_a_wrong_value_of_an_own_option_is_refused_in_one_line(mine, table, line):
    with pytest.raises(ConfigError, match=line):
        study({"name": "a", "model": "mine", **table})
    use_language("es")
    with pytest.raises(ConfigError) as caught:
        study({"name": "a", "model": "mine", **table})
    assert "\n" not in str(caught.value)
    assert "{" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "overrides", "line"),
    [
        ({"base": {"epocs": 1}}, (), r'unknown `epocs` \(\[base\]\). Did you mean "epochs"'),
        ({"alternative": [{"name": "a", "epocs": 1}]}, (), r'`epocs` \(alternative "a"\)'),
        ({"vary": [{"epocs": [1]}]}, (), r"unknown `epocs` \(\[\[vary\]\] 1\)"),
        ({}, ["epocs=1"], r"unknown `epocs` \(--set\)"),
        ({}, ["a.epocs=1"], r'unknown `epocs` \(--set, alternative "a"\)'),
        ({"alternative": [{"name": "a", "recipe": "r.toml"}]}, (), r'\(recipe "r.toml"\)'),
        (
            {"base": {"options": {"dropuot": 1}}},
            (),
            r'`dropuot` \(\[base\]\). Did you mean "dropout"',
        ),
        (
            {"base": {"zzz": 1}},
            (),
            r"unknown `zzz` \(\[base\]\). The keys are: recipe, model, .*drop",
        ),
        ({"base": {"options": 3}}, (), r"`options` \(\[base\]\) must be a table with options"),
        (
            {"base": {"options": {"epochs": 3}}},
            (),
            r"`epochs` \(\[base\]\) is no option of a model",
        ),
        (
            {"base": {"dropout": 0.1, "options": {"dropout": 0.2}}},
            (),
            r"`dropout` \(\[base\]\) is given twice",
        ),
        (
            {"base": {"dropout": 2}},
            (),
            r"`dropout` \(\[base\]\) must be a number from 0 to below 1",
        ),
        ({"vary": [{"kernel_size": [3, 99]}]}, (), r"`kernel_size` \(\[\[vary\]\] 1\) .* 1 to 15"),
        ({"base": {"width": 8}}, (), r'"cnn3" \(alternative "a"\) has no option `width`; its op'),
        ({"base": {"model": "cnn33"}}, (), 'unknown model "cnn33".*Did you mean "cnn3"'),
        ({"base": {"recipe": "fast", "a b": 1}}, (), r"unknown `a b` \(\[base\]\)"),
        ({"vary": [{"recipe": ["fast"]}]}, (), r"unknown `recipe` \(\[\[vary\]\] 1\)"),
        ({"base": {"name": "a"}}, (), r"unknown `name` \(\[base\]\)"),
    ],
)
def test_a_slip_is_refused_at_once_and_says_where_it_is(content, overrides, line, tmp_path):
    (tmp_path / "r.toml").write_text("[settings]\nepocs = 3\n")
    content = {"alternative": [{"name": "a"}], **content}
    with pytest.raises(ConfigError, match=line) as caught:
        Study(StudyConfig.parse(content, overrides, tmp_path))
    assert "\n" not in str(caught.value)
    assert caught.value.in_language("es") != str(caught.value)


@pytest.mark.parametrize("annotation", ["np.float99", "int |", "Unknown"])
def test_an_annotation_that_can_not_be_read_leaves_the_type_of_the_default(annotation):
    def build(image_shape, num_classes, *, units=8):
        return None

    build.__annotations__["units"] = annotation
    assert declared_options("mine", build)["units"].kind is int


def test_an_option_of_whole_and_real_numbers_takes_each_as_it_is():
    def build(image_shape, num_classes, *, units: int | float = 8):
        return None

    units = declared_options("mine", build)["units"]
    assert [repr(units.checked(value, "")) for value in (16, 1.5)] == ["16", "1.5"]


def test_a_study_is_checked_without_a_backend():
    code = """
import sys
from cotejo.study import Study
Study.load("claims")
Study.load("what-matters")
assert not {"keras", "tensorflow", "jax", "torch"} & set(sys.modules), "a backend was loaded"
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_names_that_have_words_already_are_told_to_who_registers_a_model():
    said = inspect.getdoc(register)
    assert [name for name in COMMON_OPTIONS if f"``{name}``" not in said] == []
