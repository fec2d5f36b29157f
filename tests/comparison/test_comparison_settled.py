"""A comparison in Python that goes on until its claims are settled: what it shows of its looks."""

import pytest

import cotejo
from cotejo import Comparison
from cotejo.comparison.looked import looked_lines, open_claims
from cotejo.comparison.observing import LineObserver
from cotejo.errors import ConfigError
from cotejo.report.words import Words
from cotejo.store import read_looks

ALTERNATIVES = {
    "mi red": "mlp",
    "flat": {"model": "mlp", "dropout": 0.45},
    "stuck": {"model": "mlp", "epochs": 1, "learning_rate": 1e-6},
}
CLAIMS = [
    {"text": {"en": "it learns", "es": "aprende"}, "better": "mi red", "than": "stuck"},
    # A margin that so few images can't settle.
    {"text": {"en": "deeper is better", "es": "más honda es mejor"}, "better": "mi red",
     "than": "flat", "margin": 1e-6},
]  # fmt: skip


def compared(out, observer, **options):
    wanted = {"claims": CLAIMS, "until_settled": True, "epochs": 2, "batch_size": 64}
    return cotejo.compare(
        ALTERNATIVES, data="digits", train_fraction=0.5, out=out, observer=observer, language="en",
        **{**wanted, **options},
    )  # fmt: skip


class Hearing(LineObserver):
    """Keeps what it says, and stops the comparison when so many runs have ended."""

    def __init__(self, stop_after=None):
        self.said, self.left, self.stop_after = [], [], stop_after

    def say(self, line):
        self.said.append(line)

    def run_finished(self, run, metrics):
        self.waiting -= 1
        self.left.append(self.waiting)
        if len(self.left) == self.stop_after:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """Return a comparison that was stopped between two looks and continued."""
    out = tmp_path_factory.mktemp("settled") / "c"
    first, second = Hearing(stop_after=10), Hearing()
    with pytest.raises(KeyboardInterrupt) as caught:
        compared(out, first, runs=13)
    return first, str(caught.value), second, compared(out, second)


def test_what_was_open_is_said_while_it_trains(stopped):
    first, _, second, _ = stopped
    assert first.left == [8, 7, 6, 5, 4, 3, 2, 1, 0, 1]
    assert first.said[-3:] == [
        "Look 1, after 9 runs; claims settled: 1 of 2.",
        "One claim is open: “deeper is better”.",
        "Before the next look: 2 runs, of the alternatives that tell most about the open claims.",
    ]
    assert "more runs=" in second.said[-1]


def test_an_interrupt_counts_the_runs_before_the_next_look(stopped):
    assert stopped[1].startswith("Interrupted: of 11 runs, 10 are finished")


def test_it_shows_its_looks_and_what_is_open_in_both_languages(stopped):
    comparison = stopped[3]
    assert [len(look["asked"]) for look in read_looks(comparison.folder)["looks"]] == [3, 3, 3]
    said = "The claims were looked at 3 times, after 9, 11 and 13 runs. One claim is open: "
    assert f"{said}“deeper is better”." in comparison._repr_html_()
    assert said.replace(". ", ".\n") in repr(comparison)
    spanish = Comparison(comparison.folder, "es")
    said = "se revisaron 3 veces, tras 9, 11 y 13 ejecuciones. Queda abierta una afirmación: "
    assert f"{said}«más honda es mejor»." in spanish._repr_html_()
    assert len(comparison.frame("looks")) == 6


def test_a_comparison_judged_once_says_nothing_of_looks(comparison_once):
    assert looked_lines(comparison_once._findings, Words("en")) == []


@pytest.fixture
def comparison_once(stopped, tmp_path):
    return compared(tmp_path / "c", Hearing(), until_settled=False, seeds=1)


def test_many_open_claims_are_counted():
    assert open_claims(list("abcde"), Words("es")) == "Quedan abiertas 5 afirmaciones."
    assert open_claims(["a", "b"], Words("en")) == "2 claims are open: “a” and “b”."


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"claims": ()}, "claims=…"),
        ({"quick": True}, "--quick"),
        ({"budget": "soon"}, "5m, 90s"),
        ({"budget": 0.0}, "5m, 90s"),
        ({"budget": "1h", "runs": 20}, "one of them"),
        ({"until_settled": False, "budget": "1h"}, "until_settled=True"),
    ],
)
def test_what_does_not_go_together_is_refused(options, words, tmp_path):
    with pytest.raises(ConfigError, match=words):
        compared(tmp_path / "c", Hearing(), **options)
    assert not (tmp_path / "c").exists()
