"""The few things of the command line that only Keras itself can prove."""

from __future__ import annotations

import pytest
from fakestudy import config, dataset

from cotejo import doctor
from cotejo.cli.app import run
from cotejo.cli.display import _count_parameters


def test_the_plan_counts_the_parameters_of_each_alternative() -> None:
    assert _count_parameters(config(), dataset()) == {"mlp": 1707274, "cnn3-he": 122570}


def test_the_doctor_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_PROOF_EPOCHS", 1)
    seconds, accuracy = doctor._train_on_digits()
    assert seconds > 0
    assert 0 < accuracy <= 1


def test_every_model_is_described_in_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    from cotejo.cli.models_command import _description
    from cotejo.models import model_families

    assert run(["models"]) == 0
    shown = capsys.readouterr().out
    for family in model_families():
        assert family.name in shown
        assert _description(family) != family.description
