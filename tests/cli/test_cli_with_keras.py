"""The few things of the command line that only Keras itself can prove."""

from __future__ import annotations

import pytest

from cotejo.cli.app import run
from cotejo.messages import message
from cotejo.verify import machine as doctor


def test_the_doctor_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_PROOF_EPOCHS", 1)
    seconds, accuracy = doctor._train_on_digits()
    assert seconds > 0
    assert 0 < accuracy <= 1


def test_the_doctor_says_why_a_training_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr("cotejo.study.run.training_steps", fail)
    found = doctor._proof()
    assert found.text.startswith("a small training on digits failed: ZeroDivisionError: by nought.")
    assert found.cause is not None
    assert "Traceback" in found.cause.__notes__[0]


def test_an_unknown_model_is_refused_before_the_header(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "--model", "cnn33", "--data", "digits"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert 'unknown model "cnn33"' in captured.err


def test_every_model_is_described_in_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    from cotejo.models import model_families

    assert run(["models"]) == 0
    shown = capsys.readouterr().out
    for family in model_families():
        assert family.name in shown
        assert family.description == message(f"models.{family.name}")
