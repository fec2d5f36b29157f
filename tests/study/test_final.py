"""Final trainings: all images learned from, nothing chosen, a card in place of a report."""

from __future__ import annotations

import json

import pytest

from cotejo import Study
from cotejo.config import StudyConfig
from cotejo.errors import ConfigError, OutputError
from cotejo.facts import chosen_run, final_runs
from cotejo.report import write_cards, write_report

ONE = {
    "name": "tiny",
    "data": "digits",
    "seeds": 2,
    "base": {"model": "cnn3", "epochs": 2},
    "alternative": [{"name": "tiny"}],
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("final") / "tiny-final"
    result = Study(StudyConfig.parse(ONE)).run(out=folder, final=True)
    assert not result.failed
    return folder


def test_it_learns_from_the_validation_images_and_measures_on_test_alone(finished):
    record = json.loads((finished / "tiny" / "seed-1" / "run.json").read_text())
    metrics = json.loads((finished / "tiny" / "seed-1" / "metrics.json").read_text())
    assert record["dataset"]["split"] == {"method": "final"}
    assert (record["dataset"]["train"], record["dataset"]["valid"]) == (1438, 0)
    assert set(metrics) - {"seal"} == {"train", "test"}
    assert metrics["test"]["calibration"]["ece"] >= 0
    assert "temperature" not in metrics["test"]["calibration"]
    assert not (finished / "audit.json").exists()


def test_it_has_a_card_in_each_language_with_its_figures(finished):
    cards = write_cards(finished)
    runs = final_runs(finished)
    kept = chosen_run(runs)
    english, spanish = (cards[language].read_text() for language in ("en", "es"))
    accuracy = 100 * kept.metrics["test"]["accuracy"]
    assert f"{accuracy:.2f}%" in english
    assert f"{accuracy:.2f} %".replace(".", ",") in spanish.replace("\xa0", " ")
    assert english.startswith("# Model card: tiny")
    assert spanish.startswith("# Ficha del modelo: tiny")
    for text in (english, spanish):
        assert text.count("\n## ") == 8
        assert "{" not in text
        assert "cotejo train" in text or "cotejo study" in text
    assert "seed 1" in english
    assert kept.record["seed"] == 1  # not the better one: the choice would flatter it


def test_it_has_no_report_and_says_where_its_figures_are(finished):
    with pytest.raises(OutputError, match=r"compares nothing.*card\.en\.md"):
        write_report(finished)


def test_run_again_it_trains_nothing(finished):
    result = Study(StudyConfig.parse(ONE)).run(out=finished, final=True)
    assert len(result.finished) == 2
    assert len((finished / "test-reads.csv").read_text().splitlines()) == 3


def test_several_alternatives_are_refused():
    two = ONE | {"alternative": [{"name": "a"}, {"name": "b", "augment": "notebook"}]}
    with pytest.raises(ConfigError, match="this study has 2"):
        Study(StudyConfig.parse(two)).run(final=True)


def test_early_stopping_is_refused():
    stopping = ONE | {"base": {"model": "cnn3", "early_stopping": 2}}
    with pytest.raises(ConfigError, match="no validation images to stop early by"):
        Study(StudyConfig.parse(stopping)).run(final=True)
