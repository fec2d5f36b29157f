"""The studies that ship: they read, survive being written, and say what their runs are."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cotejo.config import Settings, StudyConfig
from cotejo.shipped import find_study

SHIPPED = sorted(Path("studies").glob("*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_reads_and_survives_being_written(path):
    study = StudyConfig.load(path)
    again = StudyConfig.parse(tomllib.loads(study.to_toml()))
    assert [a.settings for a in again.alternatives] == [a.settings for a in study.alternatives]
    assert [a.label for a in again.alternatives] == [a.label for a in study.alternatives]
    assert again.claims == study.claims
    assert study.title["en"] != study.title["es"]
    assert all(set(a.label) == {"en", "es"} for a in study.alternatives)
    assert all(claim.text["en"] != claim.text["es"] for claim in study.claims)


@pytest.mark.parametrize("name", ["claims", "less-data", "notebooks"])
def test_it_is_found_by_its_name(name):
    assert find_study(name).stem == name


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_two_alternatives_or_claims_are_called_the_same(path):
    study = StudyConfig.load(path)
    for language in ("en", "es"):
        for said in (
            [alternative.label[language] for alternative in study.alternatives],
            [claim.text[language] for claim in study.claims],
        ):
            assert len(set(said)) == len(said)


def test_the_claims_are_tested_by_these_trainings():
    """The README's verdicts rest on runs of exactly these settings."""
    study = StudyConfig.load("studies/claims.toml")
    base = Settings(model="cnn", epochs=10).resolved().flat()
    differing = {
        alternative.name: {
            name: value
            for name, value in alternative.settings.flat().items()
            if value != base[name]
        }
        for alternative in study.alternatives
    }
    assert study.seeds == (1, 2, 3)
    assert differing == {
        "base": {},
        "mlp": {"model": "mlp"},
        "he": {"initializer": "he"},
        "dropout": {"dropout": 0.3},
        "batch-norm": {"batch_norm": True},
        "sgd": {"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.0},
        "sgd-momentum": {"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.9},
        "early-stopping": {"epochs": 30, "early_stopping": 3},
        "augmented": {"augment": "notebook"},
        "fine-tuned": {
            "augment": "notebook",
            "learning_rate": 1e-4,
            "epochs": 5,
            "start_from": "augmented",
        },
        "convolutions-2": {"convolutions": 2},
        "kernel-size-5": {"kernel_size": 5},
        "batch-size-32": {"batch_size": 32},
        "batch-size-128": {"batch_size": 128},
        "epochs-5": {"epochs": 5},
        "epochs-15": {"epochs": 15},
    }


def test_every_alternative_of_the_claims_is_in_one():
    study = StudyConfig.load("studies/claims.toml")
    named = {name for claim in study.claims for name in (claim.better, *claim.others)}
    assert named == {alternative.name for alternative in study.alternatives}
    assert len(study.claims) == 20


def test_less_data_varies_the_share_of_one_net():
    study = StudyConfig.load("studies/less-data.toml")
    varied = [one for one in study.alternatives if one.settings.model == "cnn3"]
    shares = [one.settings.train_fraction for one in varied]
    assert shares == [0.1, 0.25, 0.5, 1.0]
    others = {one.settings.model_copy(update={"train_fraction": 1.0}) for one in varied}
    assert len(others) == 1
