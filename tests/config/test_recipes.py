"""Recipes: each reads, says what it is, and stands under a study's own settings."""

from __future__ import annotations

import pytest

from cotejo.config import Settings, StudyConfig, load_recipe, recipes
from cotejo.config.recipes import recipe_settings
from cotejo.errors import ConfigError
from cotejo.shipped import shipped_recipes

NAMES = sorted(shipped_recipes())


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_and_is_described_in_every_language(name):
    recipe = load_recipe(name)
    assert set(recipe.text) == {"en", "es"}
    assert recipe.text["en"] != recipe.text["es"]
    study = StudyConfig.parse({"alternative": [{"name": "one", "recipe": name}]})
    assert study.alternatives[0].settings == Settings.from_flat(recipe.settings).resolved()


@pytest.mark.parametrize("name", NAMES)
def test_its_header_gives_the_figures_that_it_holds(name):
    found = load_recipe(name).measured
    header = shipped_recipes()[name].read_text()
    if found is None:
        assert "still to be measured" in header
        return
    assert f"{100 * found.accuracy:.2f}%" in header
    assert ("one seed" if found.seeds == 1 else f"{found.seeds} seeds") in header
    assert (found.deviation is None) == (found.seeds == 1)
    assert f"{found.seconds:,.0f} s" in header
    assert f"cotejo train --recipe {name} --final" in header


def test_the_quickest_comes_first_and_those_for_a_gpu_last():
    places = [(each.measured.gpu, each.measured.seconds) for each in recipes() if each.measured]
    assert places == sorted(places)
    assert {recipe.name for recipe in recipes()} == set(NAMES)


def test_own_settings_stand_above_a_recipe_s():
    base = {"recipe": "fast", "epochs": 20}
    tables = [{"name": "a"}, {"name": "b", "recipe": "quick"}, {"name": "c", "epochs": 30}]
    first, second, third = StudyConfig.parse({"base": base, "alternative": tables}).alternatives
    assert (first.settings.model, first.settings.epochs) == ("airbench", 20)
    assert second.settings.options["width"] == load_recipe("quick").settings["width"]
    assert third.settings.options == first.settings.options
    assert third.settings.epochs == 30


def test_a_table_without_a_recipe_takes_nothing_from_one():
    assert recipe_settings({"epochs": 2}, "base") == {}


def test_a_recipe_that_there_is_not_is_refused():
    with pytest.raises(ConfigError, match=r'no recipe "fasst".*Did you mean "fast"'):
        StudyConfig.parse({"alternative": [{"name": "a", "recipe": "fasst"}]})
    with pytest.raises(ConfigError, match="must be the name of one"):
        StudyConfig.parse({"alternative": [{"name": "a", "recipe": 3}]})
