"""The keys of runs: those that there are stay as they are, and what determines a run is in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cotejo.backend import keras
from cotejo.config import StudyConfig
from cotejo.config.options import COMMON_OPTIONS
from cotejo.errors import ConfigError
from cotejo.models import (
    check_models,
    model_family,
    register,
    registry,
    resolve,
    unregister,
)
from cotejo.models.signatures import Option
from cotejo.store import RunFolder
from cotejo.study import Study, networks
from cotejo.study.keys import run_keys
from cotejo.study.planning import planned_runs

MODELS = ("airbench", "airbench96", "cnn", "cnn2", "cnn3", "cnn7", "mlp", "wide-resnet")

# Of version 0.1.0, by `run_keys` as it was before keys left out the defaults of later options. They
# never change: under them lie runs that people have trained.
KEYS = {
    ("airbench", 1): "75ef2ec091f0f3d1604746fdc98158b6699695e7d4bd914d0da279dbb1be8e3a",
    ("airbench96", 1): "cc504ec437e1ae7eb57831a1bc3927d5895d8802eb0523d986c275efe2eabb5b",
    ("cnn", 1): "398edc3d3202fe1ede9502c5d3e0804ffc5aa4c5c8dd312941ca74629d0e16e1",
    ("cnn2", 1): "bd34444255d9ebd6ffedeb25a911c6bdc1da36ff0101ff70f93951d93024c38a",
    ("cnn3", 1): "fd47f89655a2ca5131e16b8dc3c611c221f681f2d55b8360a79c9a04e64739f9",
    ("cnn7", 1): "fdb064a888dd3e1e2c3df804b2befd08bf0f22e8d4f5c9b1f00a06021019ede3",
    ("mlp", 1): "bac98ebe6cde0bcf06f801e323f0b45aa666a8b31760dd5dffde89c541653dfc",
    ("wide-resnet", 1): "13e0eacef3a0c3ecbcfd6aab898a2c60de381d9fc4167c5106bb64a9e71689c6",
    ("given", 1): "e2180e16f483e87a9ba68a2b3dff5dc421d7086c6e5a6547baf0e67a1087a5bf",
    ("rmsprop", 1): "864aa2a12c41717faaafb3ae8fd54412f758926751c5657527b37380d65337b1",
    ("child", 1): "541b6a5def70484152472db88efd90ce6739fdd984e922cb6c9d4a930cdfb135",
    ("grandchild", 1): "699e3670ee3d63dd4ce79b52147fdea6923c8b4dac525cc9b90aafc74c3ea51a",
    ("mlp", 7): "a60e3a318bd1c25041caa8eaab82a43c0065c2cdbb883e1a60ccc52ccea29b39",
    ("grandchild", 7): "35a0935cdd910a0ab4b520474f54f649ed4161e179fb3923dc0a61c6c713f6c4",
}
ON_TIME = "cnn3", 1, "aef10f607fb61df6c1813f81a815ffcc5849f857207d12cdaef447c4947c9989"


def keys_of(dataset, *tables, on_time=False, **content):
    base = {"precision": "float32", **content.pop("base", {})}
    config = StudyConfig.parse({"alternative": list(tables), "base": base, **content})
    return run_keys(resolve(config), dataset, "tensorflow", on_time)


def key_of(dataset, **settings):
    return keys_of(dataset, {"name": "one", **settings})["one", 1]


def later_option(monkeypatch, name, option, default):
    """Give a model an option that it did not have."""
    family = model_family(name)
    added = Option(option, default, COMMON_OPTIONS[option])
    later = replace(family, options={**family.options, option: added})
    monkeypatch.setitem(registry._families, name, later)


def test_the_keys_of_runs_that_there_are_stay(digits):
    tables = [{"name": name, "model": name} for name in MODELS]
    tables += [
        {
            "name": "given", "model": "cnn3", "dropout": 0.25, "batch_norm": True,
            "optimizer": "sgd",
        },
        {"name": "rmsprop", "optimizer": "rmsprop", "hard_epochs": 1, "hard_share": 0.3},
        {"name": "child", "model": "cnn2", "start_from": "cnn2", "epochs": 3},
        {"name": "grandchild", "model": "cnn2", "start_from": "child"},
    ]  # fmt: skip
    found = keys_of(digits, *tables, seeds=[1, 7])
    assert {run: found[run] for run in KEYS} == KEYS
    name, seed, key = ON_TIME
    assert keys_of(digits, *tables, on_time=True)[name, seed] == key


@pytest.mark.parametrize("model", MODELS)
def test_a_later_option_changes_no_key_until_it_is_given_another_value(digits, monkeypatch, model):
    option = next(
        name for name in ("convolutions", "whitening") if name not in model_family(model).defaults
    )
    default, other = {"convolutions": (2, 3), "whitening": (False, True)}[option]
    before = key_of(digits, model=model)
    later_option(monkeypatch, model, option, default)
    assert key_of(digits, model=model) == before
    assert key_of(digits, model=model, **{option: default}) == before
    assert key_of(digits, model=model, **{option: other}) != before


def test_a_child_keeps_its_key_too(digits, monkeypatch):
    tables = [{"name": "a", "model": "mlp"}, {"name": "b", "model": "mlp", "start_from": "a"}]
    before = keys_of(digits, *tables)
    later_option(monkeypatch, "mlp", "whitening", False)
    assert keys_of(digits, *tables) == before


@pytest.fixture
def own():
    def add(units=8, options=("dropout",)):
        def build(image_shape, num_classes, *, dropout=0.0, activation="relu"):
            pixels = keras.Input(image_shape)
            x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(pixels))
            x = keras.layers.Dense(units, activation=activation)(x)
            x = keras.layers.Dropout(dropout)(x)
            return keras.Model(pixels, keras.layers.Dense(num_classes)(x))

        if "activation" not in options:
            full = build

            def build(image_shape, num_classes, *, dropout=0.0):
                return full(image_shape, num_classes, dropout=dropout)

        register("mine")(build)

    yield add
    unregister("mine")


def test_an_own_model_counts_by_what_its_builder_returns(digits, own):
    own()
    first, given = key_of(digits, model="mine"), key_of(digits, model="mine", dropout=0.5)
    own()
    assert key_of(digits, model="mine") == first
    own(options=("dropout", "activation"))
    assert key_of(digits, model="mine") == first
    assert key_of(digits, model="mine", activation="silu") != first
    own(units=9)
    assert len({first, given, key_of(digits, model="mine")}) == 3


def test_a_parent_s_network_is_part_of_its_child_s_key(digits, own):
    tables = [{"name": "a"}, {"name": "b", "start_from": "a"}]
    own()
    first = keys_of(digits, *tables, base={"model": "mine"})
    own(units=9)
    second = keys_of(digits, *tables, base={"model": "mine"})
    assert first["b", 1] != second["b", 1]


def test_a_default_spelled_out_is_the_parent_s_own(digits):
    tables = [{"name": "a"}, {"name": "b", "start_from": "a", "dropout": 0.0, "kernel_size": 3}]
    config = StudyConfig.parse({"alternative": tables})
    check_models(config)
    silent = StudyConfig.parse({"alternative": [tables[0], {"name": "b", "start_from": "a"}]})
    assert run_keys(resolve(config), digits, "tensorflow") == run_keys(
        resolve(silent), digits, "tensorflow"
    )


@pytest.mark.parametrize(
    ("tables", "line"),
    [
        ([{"name": "a"}, {"name": "b", "start_from": "a", "dropout": 0.5}], "model is another"),
        ([{"name": "a"}, {"name": "b", "dropout": 0.0}], '"a" and "b" have the same settings'),
        ([{"name": "a", "model": "cnn9"}], r'unknown model "cnn9" \(alternative "a"\);'),
        (
            [{"name": "a", "model": "mlp", "kernel_size": 3}],
            r'model "mlp" \(alternative "a"\) has no option `kernel_size`',
        ),
    ],
)
def test_what_the_models_say_is_wrong_is_said_of_the_alternative(tables, line):
    with pytest.raises(ConfigError, match=line):
        check_models(StudyConfig.parse({"alternative": tables}))


def test_images_too_small_are_said_of_the_alternative(digits):
    def cut(split):
        return replace(split, images=np.ascontiguousarray(split.images[:, :8, :8]))

    small = {name: cut(getattr(digits, name)) for name in ("train", "valid", "test")}
    config = StudyConfig.parse({"alternative": [{"name": "fine", "model": "mlp"}, {"name": "a"}]})
    with pytest.raises(ConfigError, match=r'too small for the model "cnn3" \(alternative "a"\)'):
        networks.built_networks(config, replace(digits, **small))


def test_a_long_chain_and_many_runs_are_planned(digits, tmp_path):
    tables = [{"name": "a0", "model": "mlp"}]
    tables += [{"name": f"a{n}", "model": "mlp", "start_from": f"a{n - 1}"} for n in range(1, 100)]
    config = resolve(StudyConfig.parse({"alternative": tables, "seeds": 100}))
    keys = run_keys(config, digits, "tensorflow")
    built = networks.built_networks(config, digits)
    parameters = {name: each.parameters for name, each in built.items()}
    runs = planned_runs(config, keys, tmp_path, parameters)
    assert len(runs) == len(set(keys.values())) == 10_000


def test_a_network_redefined_under_its_name_is_trained_again(own, tmp_path):
    config = StudyConfig.parse(
        {"data": "digits", "base": {"epochs": 1, "model": "mine"}, "alternative": [{"name": "a"}]}
    )
    counts = []
    for units in (8, 9, 8):
        own(units=units)
        Study(config).run(out=tmp_path)
        record = RunFolder(tmp_path / "a" / "seed-1").record
        counts.append(record["model"]["parameters"])
    assert counts[0] == counts[2] != counts[1]
    # The first was put aside, and came back without being trained again.
    assert len((tmp_path / "test-reads.csv").read_text().splitlines()) == 1 + 2


def test_how_weights_are_averaged_counts_where_they_are(digits, monkeypatch):
    before = key_of(digits), key_of(digits, average="ema")
    monkeypatch.setattr("cotejo.study.keys.AVERAGING_CODE", 99)
    after = key_of(digits), key_of(digits, average="ema")
    assert before[0] == after[0]
    assert before[1] != after[1]
