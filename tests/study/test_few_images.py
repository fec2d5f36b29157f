"""The recipe for somebody's own images, by how many there are, and what of it fits into a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cotejo.config import load_recipe
from cotejo.data import Dataset, Split
from cotejo.data.per_class import FEW, images_per_class
from cotejo.errors import ConfigError
from cotejo.study import few_images
from cotejo.study.few_images import plan_for_few, suited_recipe
from cotejo.study.progress import Estimate
from cotejo.study.timing import Pace

EPOCH_SECONDS = 2.0


def of(*counts, name="photos"):
    labels = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    every = Split(np.zeros((len(labels), 8, 8, 3), np.uint8), labels)
    names = [f"class {number}" for number in range(len(counts))]
    return Dataset(name, every, every, every, names, {"method": "dealt"}, "made")


@pytest.fixture
def timed(monkeypatch):
    """Let each epoch take two seconds, without timing anything."""

    def estimate(alternative, dataset, known):
        known["a", frozenset()] = Pace(9, {1.0: (1.0, 0.1)}, 0.001)
        return Estimate(alternative.name, 9, 100.0, EPOCH_SECONDS * alternative.settings.epochs)

    monkeypatch.setattr(few_images, "estimate", estimate)


def test_the_median_class_decides():
    assert images_per_class(of(10, 20, 5000)) == 20
    assert suited_recipe(of(10, 20, 5000)) == "transfer"
    assert suited_recipe(of(FEW - 1, FEW - 1)) == "transfer"
    assert suited_recipe(of(FEW, FEW)) == "fast"


def test_on_the_data_that_recipes_were_measured_on_their_curves_decide(digits):
    assert suited_recipe(of(20, 20, name="cifar10")) == "fast"
    assert suited_recipe(replace(digits, name="mine")) == "transfer"


@pytest.mark.usefixtures("timed")
def test_as_many_epochs_as_fit_and_no_more_than_the_recipe_has():
    recipe = load_recipe("transfer")
    whole, half = (plan_for_few(seconds, of(20, 20), recipe) for seconds in (1000, 26))
    assert (whole.epochs, whole.unfreeze) == (24, 16)
    assert (half.epochs, half.unfreeze) == (12, 8)
    assert half.expected is None
    assert half.settings["unfreeze"] == 8


@pytest.mark.usefixtures("timed")
def test_a_time_too_short_says_how_much_is_missing():
    with pytest.raises(ConfigError, match=r"takes about 7 s\. Give at least 4 s more"):
        plan_for_few(3.5, of(20, 20), load_recipe("transfer"))
