"""What is read from a study's files, and what is refused."""

import json
import shutil

import numpy as np
import pytest
from fabricate import Made, fabricate_study, rewrite

from cotejo.errors import OutputError
from cotejo.facts import best_alternative, gather
from cotejo.report import summary, write_report
from cotejo.report.report_json import report_json
from cotejo.report.topics import TOPICS
from cotejo.store import read_json, read_npz, write_json, write_npz

pytestmark = pytest.mark.usefixtures("undrawn")


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
        ("data.npz", "PK"),
        ("test-reads.csv", "time,alternative\n1,2\n"),
    ],
)
def test_a_damaged_file_of_the_study_is_named_and_nothing_is_written(tmp_path, name, content):
    fabricate_study(tmp_path, [Made("a"), Made("b", (0.6,))])
    (tmp_path / name).write_text(content)
    with pytest.raises(OutputError) as caught:
        write_report(tmp_path)
    assert name in str(caught.value)
    assert not (tmp_path / "report.html").exists()
    assert not (tmp_path / "summary.csv").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metrics.json", '{"test": {}}'),
        ("history.csv", "epoch,train_loss\n"),
        ("predictions.npz", "not an archive"),
        ("mistakes.npz", ""),
        ("model.keras", "another"),
        ("run.json", "{"),
        ("run.json", None),
        ("metrics.json", None),
    ],
)
def test_a_damaged_run_costs_that_run_alone_and_is_named(tmp_path, name, content):
    fabricate_study(tmp_path, [Made("a"), Made("b", (0.6,))])
    path = tmp_path / "a" / "seed-1" / name
    path.unlink() if content is None else path.write_text(content)
    facts = gather(tmp_path)
    assert [one.name for one in facts.trained] == ["b"]
    assert facts.missing == 1
    if (name, content) != ("run.json", None):  # as of a run that was cut short
        (left_out,) = facts.left_out
        assert (left_out.alternative, left_out.seed) == ("a", 1)
        assert name in str(left_out.reason)


def test_a_study_with_nothing_but_damaged_runs_names_the_first(tmp_path):
    fabricate_study(tmp_path, [Made("a")])
    (tmp_path / "a" / "seed-1" / "metrics.json").unlink()
    with pytest.raises(OutputError, match=r"metrics.json is missing"):
        gather(tmp_path)


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("study.json", "alternatives", [{}]),
        ("study.json", "alternatives", {"a": {}}),
        ("study.json", "alternatives", [{"name": "../a"}]),
        ("study.json", "alternatives", [{"name": "a"}, {"name": "a"}]),
        ("study.json", "alternatives", [{"name": "a", "settings": {"epochs": "ten"}}]),
        ("study.json", "alternatives", [{"name": "a", "settings": {"whitening": [{}]}}]),
        ("study.json", "alternatives", [{"name": "a", "settings": {"kernel_size": 10**30}}]),
        ("study.json", "alternatives", [{"name": "a", "settings": {"augment": [{"zoom": 5}]}}]),
        ("study.json", "seeds", ["1"]),
        ("study.json", "seeds", [1, 1]),
        ("study.json", "seeds", [-1]),
        ("study.json", "title", 3),
        ("study.json", "keys", ["a"]),
        ("data.json", "class_names", {}),
        ("data.json", "class_names", {"en": ["one", "two"]}),
        ("data.json", "counts", {"train": [1], "valid": [1], "test": [1]}),
        ("data.json", "image_shape", [32, 32]),
        ("data.json", "channels", {"mean": [0.5], "std": [0.5]}),
    ],
)
def test_json_of_the_study_that_is_not_cotejo_s_is_named(tmp_path, name, key, value):
    fabricate_study(tmp_path, [Made("a"), Made("b", failed=(1,))])
    rewrite(tmp_path / name, **{key: value})
    with pytest.raises(OutputError, match="damaged") as caught:
        summary(tmp_path)
    assert caught.value.values["path"] == tmp_path / name
    assert key in str(caught.value) or "alternatives" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("run.json", "status", "started"),
        ("run.json", "reason", "no memory"),
        ("run.json", "alternative", 3),
        ("run.json", "seed", 2),
        ("run.json", "model", {"parameters": 1, "layers": [{}]}),
        ("run.json", "epochs", "ten"),
        ("run.json", "epochs", 9),
        ("run.json", "best_epoch", 11),
        ("run.json", "timings", {}),
        ("run.json", "timings", {"train_seconds": -1.0, "images_per_second": 1.0}),
        ("run.json", "started", "yesterday"),
        ("run.json", "dataset", {"fingerprint": "another"}),
        ("metrics.json", "valid", {"accuracy": 70.0, "loss": 1.0, "images": 100}),
        ("metrics.json", "valid", {"accuracy": 0.5, "loss": 1.0, "images": 1000}),
        ("metrics.json", "valid", {"accuracy": 0.7, "loss": -1.0, "images": 1000}),
        ("metrics.json", "test", {"accuracy": 0.7, "loss": 1.0, "images": 100}),
    ],
)
def test_json_of_a_run_that_is_not_cotejo_s_costs_that_run_alone(tmp_path, name, key, value):
    fabricate_study(tmp_path, [Made("a"), Made("b")])
    rewrite(tmp_path / "a" / "seed-1" / name, **{key: value})
    (left_out,) = gather(tmp_path).left_out
    assert "damaged" in str(left_out.reason)
    assert left_out.alternative == "a"


@pytest.mark.parametrize(
    ("name", "array", "change"),
    [
        ("predictions.npz", "test_probabilities", None),
        ("predictions.npz", "test_probabilities", lambda found: found * np.float32(np.nan)),
        ("predictions.npz", "test_probabilities", lambda found: found * 2),
        ("predictions.npz", "test_probabilities", lambda found: found[:-1]),
        ("predictions.npz", "test_probabilities", lambda found: found[::-1]),
        ("predictions.npz", "test_labels", lambda found: found.astype("f4")),
        ("predictions.npz", "test_labels", lambda found: found.astype(str)),
        ("predictions.npz", "test_labels", lambda found: found + 9),
        ("predictions.npz", "test_labels", lambda found: np.roll(found, 1)),
        ("predictions.npz", "valid_labels", None),
        ("mistakes.npz", "images", None),
        ("mistakes.npz", "images", lambda found: found[1:]),
        ("mistakes.npz", "indices", lambda found: found + 10**6),
    ],
)
@pytest.mark.parametrize("is_old", [False, True])
def test_arrays_that_are_not_the_runs_cost_that_run_alone(tmp_path, name, array, change, is_old):
    fabricate_study(tmp_path, [Made("a"), Made("b")])
    run = tmp_path / "a" / "seed-1"
    arrays = read_npz(run / name)
    if change is None:
        del arrays[array]
    else:
        arrays[array] = change(arrays[array])
    write_npz(run / name, **arrays)
    if is_old:  # of before files were listed: what can be seen from their content is
        rewrite(run / "run.json", files=None)
    (left_out,) = gather(tmp_path).left_out
    named = "metrics.json" if change is not None and "metrics" in str(left_out.reason) else name
    assert named in str(left_out.reason)


def test_layers_of_older_runs_are_known_by_keras_s_name(tmp_path):
    folder = fabricate_study(tmp_path / "study", [Made("a", changes={"model": "cnn7"})])
    path = folder / "a" / "seed-1" / "run.json"
    model = read_json(path)["model"]
    for layer in model["layers"]:
        layer["type"] = layer["type"].replace("Conv2D", "Convolution")
    rewrite(path, model=model)
    (one,) = gather(folder).alternatives
    assert one.has_layers("Conv2D")
    assert not one.has_layers("Convolution")


def test_runs_of_other_settings_count_as_missing(study):
    findings = study(
        Made("a", (0.9, 0.9), replaced=(1, 2)),
        Made("b", (0.6, 0.7), replaced=(2,)),
        seeds=(1, 2),
    )
    assert [one.name for one in findings.facts.trained] == ["b"]
    assert findings.best.values("test", "accuracy") == pytest.approx([0.6])
    assert findings.facts.missing == 3
    assert report_json(TOPICS, findings)["missing_runs"] == 3


def test_a_study_of_before_there_were_keys_is_read(study):
    path = study(Made("a")).facts.folder.path / "study.json"
    rewrite(path, keys=None)
    assert gather(path.parent).missing == 0


def test_a_renamed_alternative_keeps_its_runs(study):
    folder = study(Made("a", (0.6,)), Made("b", changes={"start_from": "a"})).facts.folder.path
    (folder / "a").rename(folder / "first")
    text = json.dumps(read_json(folder / "study.json"))
    write_json(folder / "study.json", json.loads(text.replace('"a"', '"first"')))
    phases = gather(folder).phases(gather(folder).alternatives[1])
    assert [phase.alternative.name for phase in phases] == ["first", "b"]


def test_a_newer_format_is_refused(tmp_path):
    fabricate_study(tmp_path, [Made("a")])
    rewrite(tmp_path / "study.json", format=99)
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


@pytest.mark.parametrize("augmentation", [["flip", {"swirl": 3}], "swirled"], ids=str)
def test_an_augmentation_of_a_newer_version_is_reported(tmp_path, augmentation):
    fabricate_study(tmp_path, [Made("a"), Made("b", (0.6,))])
    alternatives = read_json(tmp_path / "study.json")["alternatives"]
    alternatives[0]["settings"]["augment"] = augmentation
    rewrite(tmp_path / "study.json", alternatives=alternatives)
    assert "swirl" in write_report(tmp_path, language="es").read_text(encoding="utf-8")
