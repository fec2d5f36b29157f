"""What is read from a study's files, and what is refused."""

import json
import shutil

import pytest
from fabricate import Made, fabricate_study

from cotejo.errors import OutputError
from cotejo.report import best_alternative, summary, write_report
from cotejo.report.facts import gather


def test_a_folder_that_is_no_study_says_what_to_do(tmp_path):
    with pytest.raises(OutputError, match=r"there is no study.json in it") as caught:
        write_report(tmp_path)
    assert caught.value.exit_code == 2
    assert "no contiene ningún estudio" in caught.value.in_language("es")


@pytest.mark.parametrize("alternatives", [[], [Made("a", missing=(1,))]])
def test_a_study_without_runs_says_to_run_it(tmp_path, alternatives):
    fabricate_study(tmp_path, alternatives)
    with pytest.raises(OutputError, match="Run it first"):
        summary(tmp_path)


def test_a_study_whose_runs_all_failed_says_where_to_look(tmp_path):
    fabricate_study(tmp_path, [Made("a", failed=(1,))])
    with pytest.raises(OutputError, match=r"log\.txt says why"):
        write_report(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("study.json", '{"format": 1}'),
        ("data.json", "{"),
        ("a/seed-1/run.json", "[]"),
        ("a/seed-1/metrics.json", '{"test": {}}'),
        ("a/seed-1/history.csv", "epoch,train_loss\n"),
        ("a/seed-1/history.csv", "epoch,train_loss\n1,much\n"),
        ("a/seed-1/history.csv", "epoch,train_loss\n1\n"),
        ("a/seed-1/history.csv", "epoch,train_loss\n1,2.0\n"),
        ("a/seed-1/run.json", '{"status": "finished", "alternative": "a", "seed": 1}'),
        ("a/seed-1/predictions.npz", "not an archive"),
        ("a/seed-1/mistakes.npz", ""),
        ("data.npz", "PK"),
    ],
)
def test_a_damaged_file_is_named_and_nothing_is_written(tmp_path, name, content):
    fabricate_study(tmp_path, [Made("a"), Made("b", (0.6,))])
    (tmp_path / name).write_text(content)
    with pytest.raises(OutputError) as caught:
        write_report(tmp_path)
    assert name.rpartition("/")[2] in str(caught.value)
    assert not (tmp_path / "report.html").exists()
    assert not (tmp_path / "summary.csv").exists()


def test_a_newer_format_is_refused(tmp_path):
    fabricate_study(tmp_path, [Made("a")])
    study = json.loads((tmp_path / "study.json").read_text())
    (tmp_path / "study.json").write_text(json.dumps(study | {"format": 99}))
    with pytest.raises(OutputError, match="format 99"):
        summary(tmp_path)


def test_the_best_is_chosen_on_validation(study):
    findings = study(
        Made("a", (0.9, 0.9), valid=(0.6, 0.7)),
        Made("b", (0.5, 0.5), valid=(0.7, 0.72)),
        seeds=(1, 2),
    )
    assert best_alternative(findings.facts).name == "b"
    assert findings.second.name == "a"


def test_of_equals_the_first_is_the_best(study):
    assert study(Made("a"), Made("b")).best.name == "a"


def test_the_representative_is_the_seed_of_median_validation_accuracy(study):
    findings = study(Made("a", (0.6, 0.6, 0.6), valid=(0.7, 0.5, 0.6)), seeds=(4, 5, 6))
    assert findings.best.representative.record["seed"] == 6
    two = study(Made("a", (0.6, 0.6), valid=(0.7, 0.5)), seeds=(4, 5))
    assert two.best.representative.record["seed"] == 5


def test_the_lead_is_the_difference_of_the_means(study):
    findings = study(Made("a", (0.6, 0.7)), Made("b", (0.7, 0.8)), seeds=(1, 2))
    means = [one.mean("test", "accuracy") for one in findings.facts.alternatives]
    assert findings.lead["a"].estimate == pytest.approx(means[1] - means[0])


def test_phases_follow_the_start_and_survive_a_circle(study):
    findings = study(
        Made("a", (0.6,), changes={"start_from": "b"}),
        Made("b", (0.7,), changes={"start_from": "a"}),
    )
    phases = findings.facts.phases(findings.best.representative)
    assert [phase.alternative.name for phase in phases] == ["a", "b"]
    assert [phase.epochs_before for phase in phases] == [0, 10]


def test_a_start_that_is_gone_leaves_the_run_alone(study, tmp_path):
    fabricate_study(tmp_path / "gone", [Made("a", (0.6,)), Made("b", changes={"start_from": "a"})])
    shutil.rmtree(tmp_path / "gone" / "a")
    facts = gather(tmp_path / "gone")
    assert len(facts.phases(best_alternative(facts).representative)) == 1
