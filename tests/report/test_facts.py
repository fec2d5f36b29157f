"""What is read from a study's files, and what is refused."""

import json
import shutil

import numpy as np
import pytest
from fabricate import Made, fabricate_study

from cotejo.errors import OutputError
from cotejo.facts import best_alternative, gather
from cotejo.report import summary, write_report


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
        ("a/seed-1/metrics.json", '{"test": {}}'),
        ("a/seed-1/history.csv", "epoch,train_loss\n"),
        ("a/seed-1/history.csv", "epoch,train_loss\n1,much\n"),
        ("a/seed-1/history.csv", "epoch,train_loss\n1\n"),
        ("a/seed-1/history.csv", "epoch,train_loss\n1,2.0\n"),
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


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("study.json", "alternatives", [{}]),
        ("study.json", "alternatives", {"a": {}}),
        ("study.json", "seeds", ["1"]),
        ("study.json", "title", 3),
        ("study.json", "keys", ["a"]),
        ("data.json", "class_names", {}),
        ("data.json", "class_names", {"en": ["one", "two"]}),
        ("data.json", "counts", {"train": [1], "valid": [1], "test": [1]}),
        ("data.json", "image_shape", [32, 32]),
        ("a/seed-1/run.json", "status", "started"),
        ("a/seed-1/run.json", "reason", "no memory"),
        ("a/seed-1/run.json", "alternative", None),
        ("a/seed-1/run.json", "model", {"parameters": 1, "layers": [{}]}),
        ("a/seed-1/run.json", "epochs", "ten"),
        ("a/seed-1/run.json", "timings", {}),
        ("a/seed-1/run.json", "started", "yesterday"),
        ("a/seed-1/metrics.json", "valid", {"accuracy": 70, "loss": 1.0, "images": 100}),
        ("a/seed-1/metrics.json", "test", {"accuracy": 0.7, "loss": 1.0, "images": 100}),
        ("b/seed-1/run.json", "reason", "no memory"),
    ],
)
def test_valid_json_that_is_not_cotejo_s_is_named(tmp_path, name, key, value):
    fabricate_study(tmp_path, [Made("a"), Made("b", failed=(1,))])
    content = json.loads((tmp_path / name).read_text())
    (tmp_path / name).write_text(json.dumps(content | {key: value}))
    with pytest.raises(OutputError, match="damaged") as caught:
        summary(tmp_path)
    assert caught.value.values["path"] == tmp_path / name


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("data.npz", "example_images"),
        ("a/seed-1/predictions.npz", "test_probabilities"),
        ("a/seed-1/mistakes.npz", "images"),
    ],
)
def test_arrays_that_are_not_there_are_named(tmp_path, name, array):
    fabricate_study(tmp_path, [Made("a")])
    with np.load(tmp_path / name) as arrays:
        kept = {other: arrays[other] for other in arrays.files if other != array}
    np.savez(tmp_path / name, **kept)
    with pytest.raises(OutputError, match="damaged") as caught:
        write_report(tmp_path)
    assert caught.value.values["path"] == tmp_path / name


def test_runs_of_other_settings_count_as_missing(study):
    findings = study(
        Made("a", (0.9, 0.9), replaced=(1, 2)),
        Made("b", (0.6, 0.7), replaced=(2,)),
        seeds=(1, 2),
    )
    assert [one.name for one in findings.facts.trained] == ["b"]
    assert findings.best.values("test", "accuracy") == pytest.approx([0.6])
    assert findings.facts.missing == 3
    assert findings.to_json()["missing_runs"] == 3


def test_a_finished_run_without_all_its_files_counts_as_missing(study):
    findings = study(Made("a"), Made("b", (0.6,)))
    folder = findings.facts.folder.path
    (folder / "a" / "seed-1" / "predictions.npz").unlink()
    facts = gather(folder)
    assert [one.name for one in facts.trained] == ["b"]
    assert (facts.missing, len(facts.failed)) == (1, 0)


def test_a_study_of_before_there_were_keys_is_read(study):
    path = study(Made("a")).facts.folder.path / "study.json"
    content = json.loads(path.read_text())
    del content["keys"]
    path.write_text(json.dumps(content))
    assert gather(path.parent).missing == 0


def test_a_renamed_alternative_keeps_its_runs(study):
    folder = study(Made("a", (0.6,)), Made("b", changes={"start_from": "a"})).facts.folder.path
    (folder / "a").rename(folder / "first")
    text = (folder / "study.json").read_text()
    (folder / "study.json").write_text(text.replace('"a"', '"first"'))
    phases = gather(folder).phases(gather(folder).alternatives[1])
    assert [phase.alternative.name for phase in phases] == ["first", "b"]


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
    assert findings.leads[0].difference.estimate == pytest.approx(means[1] - means[0])


def test_phases_follow_the_start_and_survive_a_circle(study):
    findings = study(
        Made("a", (0.6,), changes={"start_from": "b"}),
        Made("b", (0.7,), changes={"start_from": "a"}),
    )
    phases = findings.facts.phases(findings.best)
    assert [phase.alternative.name for phase in phases] == ["a", "b"]
    assert [phase.epochs_before for phase in phases] == [0, 10]


def test_a_start_that_is_gone_leaves_the_run_alone(study, tmp_path):
    fabricate_study(tmp_path / "gone", [Made("a", (0.6,)), Made("b", changes={"start_from": "a"})])
    shutil.rmtree(tmp_path / "gone" / "a")
    facts = gather(tmp_path / "gone")
    assert len(facts.phases(best_alternative(facts))) == 1
