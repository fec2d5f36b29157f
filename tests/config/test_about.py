"""A setting is declared once: whatever asks about settings finds one that is added."""

from __future__ import annotations

from typing import Annotated, get_args

import pytest
from pydantic import Field

from cotejo.config import Settings
from cotejo.config import settings as module
from cotejo.config.about import GROUPS, About, Idle
from cotejo.config.checking import expected, kind_of
from cotejo.config.options import COMMON_OPTIONS, Options
from cotejo.config.views import VIEWS
from cotejo.messages import knows


def test_every_kind_of_views_can_be_set():
    assert get_args(Settings.model_fields["tta"].annotation) == tuple(VIEWS)


class Extended(Settings):
    """Settings with two more: one that nothing depends on, one that does nothing without it."""

    noise: Annotated[
        float,
        Field(ge=0, le=1),
        About("data", absorbs=("noise_seed",), unsaid=True, overfitting=True),
    ] = 0.0
    noise_seed: Annotated[
        int,
        Field(ge=1),
        About("data", same_pace=True, idle=Idle("noise", frozenset({0.0}))),
    ] = 1


def test_an_added_setting_is_known_wherever_settings_are_asked_about():
    assert Extended.names()[-2:] == ("noise", "noise_seed")
    assert Extended.default("noise") == 0.0
    assert Extended.about("noise").overfitting
    assert Extended.by_group(["tta", "noise", "augment"]) == ["augment", "noise", "tta"]
    assert Extended.from_flat({"noise": 0.5, "dropout": 0.1}).flat()["noise"] == 0.5
    assert expected(kind_of(Extended.model_fields["noise_seed"])) == "a whole number, at least 1"


def test_an_added_setting_is_idle_and_changes_the_pace_as_it_says():
    silent, noisy = Extended(noise_seed=3), Extended(noise=0.5, noise_seed=3)
    assert "noise_seed" in silent.idle
    assert "noise_seed" not in noisy.idle
    assert silent.resolved().noise_seed == 1
    assert silent.pace() != noisy.pace()
    assert noisy.pace() == noisy.model_copy(update={"noise_seed": 4}).pace()


def test_an_added_setting_is_a_factor_of_the_report(monkeypatch):
    from cotejo.report.topics.factors import analysis

    monkeypatch.setattr(analysis, "Settings", Extended)
    assert analysis.single_choice({"noise": (0, 1), "noise_seed": (1, 2)}) == "noise"
    assert analysis.single_choice({"noise": (0, 1), "epochs": (1, 2)}) is None


def test_what_another_setting_is_said_to_do_to_is_there():
    for name in Settings.names():
        about = Settings.about(name)
        assert about.group in GROUPS
        assert set(about.absorbs) <= set(Settings.names())
        assert about.idle is None or about.idle.because_of in Settings.names()


def test_factors_come_in_the_order_of_their_groups():
    names = (*Settings.names(), *COMMON_OPTIONS, "of_a_users_model")
    # Learned by readers of reports, who compare two of them.
    assert Settings.by_group(names) == [
        "model", "convolutions", "width", "of_a_users_model", "kernel_size", "activation",
        "whitening", "initializer", "optimizer", "learning_rate", "momentum", "schedule", "loss",
        "callbacks", "batch_size", "epochs", "early_stopping", "start_from", "unfreeze",
        "unfreeze_rate", "dropout", "batch_norm",
        "weight_decay", "label_smoothing", "augment", "train_fraction", "class_weight",
        "small_epochs", "hard_epochs", "hard_share", "average", "tta", "precision",
    ]  # fmt: skip


def test_files_have_the_options_after_the_model_and_the_rest_in_order():
    table = Settings(options={"units": 3, "dropout": 0.5}).flat()
    assert list(table)[:10] == ["model", *COMMON_OPTIONS, "units"]
    assert list(table)[10:] == list(Settings.names())[1:]
    assert (table["dropout"], table["width"], table["units"]) == (0.5, None, 3)
    assert Settings.from_flat(table).flat() == table


def test_options_are_equal_by_their_values_and_can_not_be_changed():
    first = Options({"dropout": 0.3, "width": None}, {"dropout": "base"})
    second = Options({"dropout": 0.3})
    assert (first, hash(first)) == (second, hash(second))
    assert Settings(options=first) == Settings(options=second)
    with pytest.raises(TypeError):
        first["dropout"] = 0.5
    with pytest.raises(ValueError, match="options"):
        Settings(options=3)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_setting_and_shared_option_has_its_name_and_its_heading(language):
    for name in (*Settings.names(), *COMMON_OPTIONS):
        assert knows(f"settings.{name}.name", language), name
        assert knows(f"settings.{name}.factor", language), name


def test_the_module_has_no_list_of_settings():
    listed = [
        name
        for name, value in vars(module).items()
        if isinstance(value, tuple | list) and set(Settings.names()) & set(map(str, value))
    ]
    assert listed == []


def test_an_own_option_that_is_only_called_like_a_shared_one_changes_the_pace():
    def pace(initializer):
        return Settings.from_flat({"model": "mine", "initializer": initializer}).pace()

    assert pace("glorot") == pace("he")
    assert len({pace("he"), pace("small"), pace("large")}) == 3
