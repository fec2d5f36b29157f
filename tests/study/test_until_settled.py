"""A study that goes on until its claims are settled, looks as planned, and can be stopped."""

from __future__ import annotations

import shutil

import pytest

from cotejo.config import StudyConfig
from cotejo.errors import ConfigError, OutputError
from cotejo.facts import gather
from cotejo.report import AfterLook, write_report
from cotejo.report.claims import course_of
from cotejo.report.findings import Findings
from cotejo.stats import Side
from cotejo.store import read_json, read_looks, write_json
from cotejo.study import Study
from cotejo.study.looking import further_runs
from cotejo.study.looks import first_seeds, next_seeds
from cotejo.study.progress import Observer
from cotejo.verify.files import file_findings
from tiny import TINY


def claim(better, than, **changes):
    text = {"en": f"{better} beats {than}", "es": f"{better} gana a {than}"}
    return {"text": text, "better": better, "than": than, **changes}


def config(*claims, **changes):
    alternatives = [
        {"name": "small", "epochs": 2},
        {"name": "dropped", "epochs": 2, "dropout": 0.45},
        {"name": "stuck", "epochs": 1, "learning_rate": 1e-6},
    ]
    content = {
        "data": "digits",
        "seeds": 3,
        "base": {"model": "mlp", "train_fraction": 0.5, "batch_size": 64},
        "alternative": alternatives,
        "claim": list(claims or [claim("small", "stuck"), OPEN]),
    }
    return StudyConfig.parse({**content, **changes})


OPEN = claim("small", "dropped", margin=1e-6)
"""A claim that so few images can't settle, unless dropout costs a lot."""


class Watching(Observer):
    """Notes the looks, and stops the study when so many runs have begun."""

    def __init__(self, stop_after=None):
        self.looks, self.added, self.begun, self.stop_after = [], [], 0, stop_after

    def looked(self, look):
        self.looks.append(look)

    def runs_added(self, runs):
        self.added.append([run.id for run in runs if not run.finished])

    def run_started(self, run):
        self.begun += 1
        if self.begun == self.stop_after:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """Return the folder of a study that was stopped between two looks and continued."""
    folder = tmp_path_factory.mktemp("looks") / "study"
    study, first, second = Study(config()), Watching(stop_after=11), Watching()
    with pytest.raises(KeyboardInterrupt):
        study.run(out=folder, observer=first, until_settled=True, runs=13)
    between = read_looks(folder)
    study.run(out=folder, observer=second, until_settled=True)
    return folder, first, between, second


def test_a_study_that_was_stopped_goes_on_with_the_runs_that_were_planned(stopped):
    folder, first, between, second = stopped
    # Nine runs at the first look, two of the four that are left before the second.
    assert [look.number for look in first.looks] == [1]
    assert len(first.added) == 1
    assert len(first.added[0]) == 2
    assert between["limit"] == {"runs": 13}
    assert between["looks"][1].get("finished") is None
    after = read_looks(folder)
    assert after["looks"][0] == between["looks"][0]
    assert after["looks"][1]["asked"] == between["looks"][1]["asked"]
    assert [look.number for look in second.looks] == [2, 3]
    assert second.looks[-1].runs == 13
    assert second.looks[-1].further == 0


def test_runs_go_to_the_open_claim_alone(stopped):
    course = course_of(gather(stopped[0]))
    settled, open_ = course.verdicts
    assert (settled.outcome, settled.settled_at) == ("supported", 1)
    assert (open_.outcome, open_.settled_at) == ("unsettled", None)
    seeds = {each.name: len(each.finished) for each in course.looks[-1].facts.trained}
    assert seeds["stuck"] == 3
    assert seeds["small"] + seeds["dropped"] == 10


def test_the_display_is_told_what_is_open_and_what_closes_it(stopped):
    _, first, _, second = stopped
    assert first.looks[0].settled == 1
    assert first.looks[0].further == 2
    assert second.looks[-1].open == ("small beats dropped",)
    (line,) = second.looks[-1].lines
    assert "“small beats dropped”: Not settled." in line
    assert "test images would be needed" in line


@pytest.mark.usefixtures("undrawn")
def test_the_report_tells_of_the_looks_in_both_languages(stopped):
    folder = stopped[0]
    for language, words in (("en", "three looks"), ("es", "tres revisiones")):
        page = write_report(folder, language).read_text(encoding="utf-8")
        assert words in page


def test_more_runs_later_have_a_look_of_their_own(stopped, tmp_path):
    folder = shutil.copytree(stopped[0], tmp_path / "study")
    before = Findings(gather(folder)).evidence.verdicts
    watching = Watching()
    Study(config()).run(out=folder, observer=watching, until_settled=True, runs=15)
    assert [look.number for look in watching.looks] == [4]
    after = Findings(gather(folder)).evidence.verdicts
    assert after[0].level == before[0].level
    assert after[1].look == 4
    assert after[1].parts[0].error == pytest.approx(0.05 * 1 / 2 * 0.05)


def test_a_study_without_the_option_or_with_other_claims_is_another_one(stopped):
    folder = stopped[0]
    with pytest.raises(OutputError, match="until-settled"):
        Study(config()).run(out=folder)
    with pytest.raises(ConfigError, match="changed since"):
        Study(config(OPEN)).run(out=folder, until_settled=True)


def test_verify_finds_a_look_at_runs_that_are_not_there(stopped, tmp_path):
    folder = shutil.copytree(stopped[0], tmp_path / "study")
    assert not [each for each in file_findings(folder)[2] if each.level == "error"]
    path = folder / "looks.json"
    content = read_json(path)
    content["looks"][-1]["finished"]["small"].append(77)
    write_json(path, content)
    (error,) = [each for each in file_findings(folder)[2] if each.level == "error"]
    assert "77" in str(error.values["reason"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"until_settled": True, "quick": True}, "--quick"),
        ({"until_settled": True, "runs": 5}, "9 runs"),
        ({"until_settled": True, "runs": 10, "seconds": 60.0}, "one of them"),
        ({"runs": 10}, "until-settled"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments, words, tmp_path):
    with pytest.raises(ConfigError, match=words):
        Study(config()).run(out=tmp_path / "study", **arguments)
    assert not (tmp_path / "study").exists()


def test_a_study_without_claims_has_nothing_to_settle(tmp_path):
    study = Study(config().model_copy(update={"claims": ()}))
    with pytest.raises(ConfigError, match="claim"):
        study.run(out=tmp_path, until_settled=True)


def test_one_seed_is_made_three():
    assert first_seeds(config(seeds=1)) == (1, 2, 3)
    assert first_seeds(config(seeds=[4, 9])) == (4, 9)


def test_further_seeds_take_the_training_that_they_continue_along():
    study = StudyConfig.parse(
        {"seeds": 2, "alternative": [{"name": "a"}, {"name": "b", "start_from": "a"}]}
    )
    assert next_seeds(study, {"a": [1, 2], "b": [1, 2]}, {"b": 2})["a"] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("limit", "number", "further"),
    [
        ({"runs": 13}, 1, {"a": 2, "b": 0}),
        ({"runs": 10}, 1, {"a": 1, "b": 0}),
        ({"runs": 9}, 1, {}),
        ({"runs": 13}, 2, {"a": 3, "b": 1}),
        ({"runs": 5}, 3, {}),
        # Half of 50 s are two runs of 10 s; half of 12 s is none, so that all of it is taken.
        ({"seconds": 110.0}, 1, {"a": 2, "b": 0}),
        ({"seconds": 72.0}, 1, {"a": 1, "b": 0}),
        ({"seconds": 50.0}, 1, {}),
    ],
)
def test_how_many_runs_come_before_the_next_look(limit, number, further):
    sides = {"a": Side(3, 2.0, 10.0), "b": Side(3, 1.1, 10.0)}
    known = AfterLook(number, 9, 60.0, 2, 1, (), sides)
    assert further_runs(known, limit, runs=9, number=number) == further


def test_where_nothing_is_open_no_run_is_added():
    known = AfterLook(1, 9, 60.0, 2, 2, (), {})
    assert further_runs(known, {"runs": 100}, runs=9, number=1) == {}


def test_workers_train_what_comes_after_a_look_too(tmp_path):
    """They are those of before, with the images that they have already."""
    two = [{"name": "small"}, {"name": "dropped", "learning_rate": 0.002}]
    study = Study(config(OPEN, alternative=two, base={**TINY, "epochs": 1}))
    watching = Watching()
    result = study.run(
        out=tmp_path / "out", observer=watching, workers=1, until_settled=True, runs=8
    )
    assert len(watching.looks) > 1
    assert len(result.finished) == watching.looks[-1].runs > 6
    assert not result.failed
    assert not list((tmp_path / "out").glob(".tmp-*"))
