"""What a search shows: a line for each trial, and what was found."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cotejo.cli.display import Display
from cotejo.comparison.observing import LineObserver
from cotejo.config.search import Range, Search
from cotejo.errors import ConfigError
from cotejo.messages import use_language
from cotejo.study.progress import TrialBegun

SEARCH = Search(name="tuned", trials=3, space={"learning_rate": Range(low=0.1, high=1.0)})


def begun(number):
    return TrialBegun("tuned", number, 3, {"learning_rate": number / 10}, epochs=4)


def outcome(status, accuracy, epochs=4, reason=None):
    return {
        "status": status,
        "valid_accuracy": accuracy,
        "valid_accuracies": [0.5] * epochs,
        "epochs": 4,
        "reason": reason,
    }


DIVERGED = {"key": "loss_not_finite", "values": {"epoch": 1, "learning_rate": 0.3}}


def drive(observer):
    observer.searching([SEARCH])
    for number, ended in enumerate(
        [
            outcome("finished", 0.914),
            outcome("stopped", 0.2, epochs=2),
            outcome("failed", None, epochs=0, reason=DIVERGED),
        ],
        1,
    ):
        observer.trial_started(begun(number))
        observer.trial_batch_ended(begun(number), 1, 1, 2)
        observer.trial_epoch_ended(begun(number), {})
        observer.trial_ended(begun(number), ended)
    best = {"number": 1, "valid_accuracy": 0.914, "values": {"learning_rate": 0.1}}
    observer.search_ended("tuned", best)
    observer.search_failed("other", ConfigError("searching.no_space"))


def shown(language):
    use_language(language)
    console = Console(file=io.StringIO(), width=100)
    with Display(console) as display:
        drive(display)
    return console.file.getvalue().replace("\N{NO-BREAK SPACE}", " ")


def test_a_line_for_each_trial_and_what_was_found():
    text = shown("en")
    assert "tuned is searched: 3 trials over learning_rate." in text
    assert "✓ tuned 1/3     91.4%  learning_rate=0.1" in text
    assert "stopped after epoch 2 of 4" in text
    assert "✗ tuned 3/3         –  learning_rate=0.3" in text
    assert "tuned: trial 1 is the best, 91.4% on validation: learning_rate=0.1" in text
    assert "other is not trained: `tuned_with` gives trials" in text


def test_the_same_in_spanish():
    text = shown("es")
    assert "Se busca tuned: 3 ensayos con learning_rate." in text
    assert "el mejor es el ensayo 1, con 91,4 % en validación" in text


def test_a_comparison_says_it_in_plain_lines(capsys: pytest.CaptureFixture[str]):
    use_language("en")
    drive(LineObserver())
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "tuned 1/3: 91.4%  learning_rate=0.1"
    assert lines[2] == "tuned 3/3: –  learning_rate=0.3"
    assert "trial 1 is the best" in lines[3]
