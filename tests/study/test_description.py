"""``study.json`` and ``study.toml`` say what was claimed; cutting a study down keeps it."""

from __future__ import annotations

import tomllib

from cotejo.config import StudyConfig
from cotejo.models import resolve
from cotejo.store import StudyFolder
from cotejo.study.description import write_study
from cotejo.study.planning import Plan, planned_runs
from cotejo.study.quick import quickened

CONTENT = {
    "data": "digits",
    "alternative": [{"name": "base"}, {"name": "he", "initializer": "he"}],
    "vary": [{"batch_size": [32]}],
    "claim": [
        {"text": {"en": "A", "es": "B"}, "better": "he", "than": ["base", "batch-size-32"]},
        {"text": "C", "better": "he", "than": 0.02, "metric": "gap", "by": -0.01},
        {"text": "D", "better": "he", "than": "base", "metric": "epochs", "reach": 0.5},
    ],
}


def test_the_claims_are_written_as_they_were_stated(tmp_path, digits):
    config = StudyConfig.parse(CONTENT)
    keys = {(each.name, 1): "k" for each in config.alternatives}
    runs = planned_runs(config, keys, tmp_path, dict.fromkeys((name for name, _ in keys), 0))
    write_study(Plan(config, config, digits, tmp_path, runs, command="cotejo study x.toml"))
    study = StudyFolder(tmp_path)
    assert study.study["claims"] == [
        {
            "text": {"en": "A", "es": "B"},
            "better": "he",
            "than": ["base", "batch-size-32"],
            "value": None,
            "by": 0.0,
            "margin": None,
            "metric": "test_accuracy",
            "reach": None,
        },
        {
            "text": {"en": "C", "es": "C"},
            "better": "he",
            "than": None,
            "value": 0.02,
            "by": -0.01,
            "margin": None,
            "metric": "gap",
            "reach": None,
        },
        {
            "text": {"en": "D", "es": "D"},
            "better": "he",
            "than": ["base"],
            "value": None,
            "by": 0.0,
            "margin": None,
            "metric": "epochs",
            "reach": 0.5,
        },
    ]
    again = StudyConfig.parse(tomllib.loads((tmp_path / "study.toml").read_text()))
    assert again.claims == config.claims


def test_resolving_and_cutting_down_keep_the_claims():
    config = StudyConfig.parse(CONTENT)
    assert resolve(config).claims == config.claims
    assert quickened(resolve(config)).claims == config.claims
