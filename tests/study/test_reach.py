"""Claims that the test set can't settle are named before anything is trained."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cotejo.config import StudyConfig
from cotejo.messages import use_language
from cotejo.study.reach import out_of_reach


def study(**changes):
    claim = {"text": "A", "better": "a", "than": "b", **changes}
    alternatives = [{"name": "a"}, {"name": "b", "batch_size": 32}]
    return StudyConfig.parse({"alternative": alternatives, "claim": [claim]})


def dataset(test, valid=10_000):
    return SimpleNamespace(test=range(test), valid=range(valid))


@pytest.mark.parametrize(
    ("changes", "test", "told"),
    [
        ({}, 10_000, False),
        ({}, 300, True),
        ({"margin": 0.05}, 300, False),
        ({"margin": 0.004}, 10_000, True),
        ({"metric": "gap"}, 300, True),
        ({"metric": "valid_accuracy"}, 300, False),
        ({"metric": "seconds"}, 300, False),
    ],
)
def test_a_margin_too_small_for_the_images(changes, test, told):
    assert bool(out_of_reach(study(**changes), dataset(test))) is told


def test_it_is_one_line_in_both_languages():
    use_language("en")
    (line,) = out_of_reach(study(), dataset(300))
    assert (
        "The 300 images that one claim is tested on leave a difference of some 3.2 points" in line
    )
    use_language("es")
    (line,) = out_of_reach(study(), dataset(300))
    assert "una diferencia de unos 3,2 puntos" in line
    assert out_of_reach(StudyConfig.parse({"alternative": [{"name": "a"}]}), dataset(30)) == []
