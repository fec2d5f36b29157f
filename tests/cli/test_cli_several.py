"""What is shown of a study that trains several runs at once."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from fakestudy import config, dataset, drive, planned, row

from cotejo.cli.app import run
from cotejo.cli.console import make_console
from cotejo.cli.several import SeveralDisplay
from cotejo.errors import TrainingError
from cotejo.messages import use_language
from cotejo.study import Study, StudyResult


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("worker 2", "1 of 3 runs", "epoch 2/2")),
        ("es", ("proceso 2", "1 de 3", "época 2/2")),
    ],
)
def test_each_run_has_its_own_line_and_its_place(
    language: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    use_language(language)
    out = io.StringIO()
    console = make_console(file=out, force_terminal=True, width=100, height=30)
    with SeveralDisplay(console) as display:
        runs = planned(config(), tmp_path)
        display.planned(config(), dataset(), runs, tmp_path, False)
        first, second, third = runs[1:]
        for each, place in ((first, "1"), (second, "2"), (third, "lab-7:ab12")):
            display.run_placed(each, place)
            display.run_started(each)
        display.batch_ended(second, 1, 50, 100)
        display.epoch_ended(first, row(1))
        assert display.under_way == [(first, 2), (second, 1), (third, 1)]
        display.run_finished(first, {"valid": {"accuracy": 0.661}, "test": {"accuracy": 0.6543}})
        display.epoch_ended(second, row(1))
        display.run_failed(third, TrainingError("loss_not_finite", epoch=2, learning_rate=0.1))
        assert display.under_way == [(second, 2)]
    text = out.getvalue()
    for word in (*words, "1/3", "65.4", "lab-7:ab12", "✗"):
        assert word.replace(".", "," if language == "es" else ".") in text, word
    use_language(None)


def test_the_command_passes_on_who_trains(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: dict[str, Any] = {}

    def train(study: Study, **options: Any) -> StudyResult:
        asked.update(options)
        return drive(options["observer"], tmp_path / "out", fail=False)

    monkeypatch.setattr(Study, "run", train)
    monkeypatch.setattr(sys, "argv", ["cotejo", "study"])
    assert run(["study", "notebooks", "--workers", "2", "--shard", "3/8"]) == 0
    assert asked["workers"] == 2
    assert asked["shard"] == (3, 8)
    assert type(asked["observer"]).__name__ == "SeveralDisplay"
    said = capsys.readouterr().out
    assert "The shard is trained: 4 runs" in said
    assert "cotejo merge" in said
    assert run(["study", "notebooks", "--executor", "ray:10.0.0.1:6379", "--shard", "1/1"]) == 0
    assert asked["executor"] == "ray:10.0.0.1:6379"
    assert run(["study", "notebooks", "--shard", "0/8"]) == 2
    assert "such as 3/8" in capsys.readouterr().err
