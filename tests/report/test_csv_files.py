"""The files beside the report hold its numbers."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from fabricate import Made

from cotejo.report import summary, write_report, write_result_tables
from cotejo.report.csv_files import write_csv_files
from cotejo.report.topics import TOPICS
from cotejo.report.topics.results.files import SUMMARY_COLUMNS
from cotejo.report.topics.results.runs import run_rows
from cotejo.store import StudyFolder, read_csv

pytestmark = pytest.mark.usefixtures("undrawn")

THREE = (1, 2, 3)


def test_summary_has_a_row_an_alternative(reported):
    rows = read_csv(reported / "summary.csv")
    assert tuple(rows[0]) == SUMMARY_COLUMNS
    assert [row["alternative"] for row in rows] == ["mlp", "plain", "augmented", "tuned", "broken"]
    found = {row["alternative"]: row for row in rows}
    assert float(found["mlp"]["test_accuracy"]) == pytest.approx(0.51)
    assert float(found["mlp"]["test_accuracy_std"]) == pytest.approx(0.01)
    assert (found["plain"]["seeds"], found["plain"]["failed_seeds"]) == ("2", "1")
    assert found["broken"]["test_accuracy"] == found["broken"]["parameters"] == ""
    assert found["broken"]["failed_seeds"] == "3"
    assert float(found["tuned"]["train_seconds"]) == pytest.approx(24.0)


def test_runs_have_a_row_each_with_what_differs_and_every_figure(reported):
    rows = read_csv(reported / "runs.csv")
    assert [(row["alternative"], row["seed"]) for row in rows] == [
        (name, seed)
        for name in ("mlp", "plain", "augmented", "tuned", "broken")
        for seed in ("1", "2", "3")
    ]
    of = {(row["alternative"], row["seed"]): row for row in rows}
    tuned = of["tuned", "2"]
    run = StudyFolder(reported).run("tuned", 2)
    assert tuned["setting_start_from"] == "augmented"
    assert tuned["setting_epochs"] == tuned["epochs"] == "4"
    assert "setting_batch_size" not in tuned  # the same in all
    assert float(tuned["test_accuracy"]) == pytest.approx(0.80)
    assert float(tuned["train_loss"]) == 0.5
    for column, value in {
        "valid_loss": run.metrics["valid"]["loss"],
        "macro_f1": run.metrics["test"]["macro_f1"],
        "top2_accuracy": run.metrics["test"]["top2_accuracy"],
        "calibration_error": run.metrics["test"]["calibration"]["ece"],
        "train_seconds": run.record["timings"]["train_seconds"],
        "best_epoch": run.record["best_epoch"],
        "parameters": run.record["model"]["parameters"],
    }.items():
        assert float(tuned[column]) == pytest.approx(value, abs=1e-6)
    assert [row["status"] for row in rows].count("failed") == 4
    failed = of["broken", "1"]
    assert failed["setting_learning_rate"] == "100.0"
    assert failed["test_accuracy"] == ""
    assert "época 3" in failed["reason"]


def test_runs_that_did_not_end_or_are_damaged_have_a_row_too(study):
    findings = study(Made("a", (0.6, 0.6, 0.6), missing=(2,)), Made("b", (0.7,) * 3), seeds=THREE)
    (findings.facts.folder.path / "b" / "seed-3" / "predictions.npz").unlink()
    write_report(findings.facts.folder.path)
    rows = read_csv(findings.facts.folder.path / "runs.csv")
    assert [row["status"] for row in rows] == [
        "finished", "missing", "finished", "finished", "finished", "damaged",
    ]  # fmt: skip
    # A learning rate of 1e-7 must not be rounded to 0.
    findings = study(Made("a", changes={"learning_rate": 1e-7}), Made("b"))
    assert run_rows(findings, "en")[0]["setting_learning_rate"] == "1e-07"


def test_the_tables_of_results_are_written_from_what_ended_so_far(study):
    made = Made("a", (0.6, 0.62, 0.6), failed=(2,), missing=(3,)), Made("b", missing=THREE)
    folder = study(*made, seeds=THREE).facts.folder.path
    write_report(folder)
    names = ("summary.csv", "runs.csv")
    before = {name: (folder / name).read_bytes() for name in names}
    for path in folder.glob("*.csv"):
        if path.name != "test-reads.csv":
            path.unlink()
    write_result_tables(folder)
    assert {name: (folder / name).read_bytes() for name in names} == before
    assert not (folder / "per-class.csv").exists()
    # Before any run has finished there is nothing to report, and the tables say who failed.
    shutil.rmtree(folder / "a" / "seed-1")
    write_result_tables(folder)
    statuses = [row["status"] for row in read_csv(folder / "runs.csv")]
    assert statuses == ["missing", "failed", "missing", *["missing"] * 3]


def test_summary_is_what_the_command_line_gets(reported):
    rows = summary(reported)
    assert rows[0]["test_accuracy"] == pytest.approx(0.51)
    assert rows[4]["test_accuracy"] is None


def test_one_seed_has_no_deviation(study):
    findings = study(Made("a"))
    assert summary(findings.facts.folder.path)[0]["test_accuracy_std"] is None


def test_per_class_is_the_mean_over_seeds(reported):
    rows = [row for row in read_csv(reported / "per-class.csv") if row["alternative"] == "tuned"]
    runs = [run for _, run in StudyFolder(reported).runs("tuned")]
    expected = np.mean([[c["f1"] for c in run.metrics["test"]["per_class"]] for run in runs], 0)
    assert [float(row["f1"]) for row in rows] == pytest.approx(expected.tolist(), abs=1e-6)
    assert rows[0]["class"] == "avión"


def test_confusion_and_pairs_agree_with_the_metrics(reported):
    confusion = StudyFolder(reported).run("tuned", 3).metrics["test"]["confusion"]
    rows = read_csv(reported / "confusion.csv")
    assert [[int(row[str(label)]) for label in range(10)] for row in rows] == confusion
    pairs = read_csv(reported / "confused-pairs.csv")
    counts = [int(pair["count"]) for pair in pairs]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == np.sum(confusion) - np.trace(confusion)
    first = pairs[0]
    true, predicted = int(first["true_label"]), int(first["predicted_label"])
    assert confusion[true][predicted] == counts[0]
    assert float(first["share"]) == pytest.approx(counts[0] / sum(confusion[true]), abs=1e-6)


def test_mistakes_are_mistakes_the_surest_first(reported):
    predictions = StudyFolder(reported).run("tuned", 3).predictions
    rows = read_csv(reported / "mistakes.csv")
    chances = [float(row["probability"]) for row in rows]
    assert chances == sorted(chances, reverse=True)
    for row in rows:
        index = int(row["index"])
        assert predictions["test_labels"][index] == int(row["true_label"])
        assert predictions["test_probabilities"][index].argmax() == int(row["predicted_label"])
        assert row["true_label"] != row["predicted_label"]


def test_report_json_has_what_the_sentences_say(reported):
    found = json.loads((reported / "report.json").read_text())
    assert found["best"]["alternative"] == "tuned"
    assert found["best"]["representative_seed"] == 3
    assert found["best"]["whole_training_epochs"] == 14
    assert found["ranking"][0] == "tuned"
    lead = found["lead_of_best"]["augmented"]
    assert lead["estimate"] == pytest.approx(0.07)
    assert lead["low"] < 0.07 < lead["high"]
    assert found["overfitting"]["plain"]["gap"] == pytest.approx(0.195)
    assert found["failed_runs"] == 4


def test_report_json_has_the_figures_of_the_representative_run(reported):
    found = json.loads((reported / "report.json").read_text())
    interval = found["best"]["representative_test_accuracy"]
    run = StudyFolder(reported).run("tuned", 3)
    assert interval["estimate"] == run.metrics["test"]["accuracy"]
    assert interval["low"] < interval["estimate"] < interval["high"]


def test_report_json_has_the_macro_averages(reported):
    found = json.loads((reported / "report.json").read_text())["macro_averages"]
    rows = [row for row in read_csv(reported / "per-class.csv") if row["alternative"] == "plain"]
    for name in ("precision", "recall", "f1"):
        mean = np.mean([float(row[name]) for row in rows])
        assert found["plain"][name] == pytest.approx(mean, abs=1e-6)
    summary_row = read_csv(reported / "summary.csv")[1]
    assert found["plain"]["f1"] == pytest.approx(float(summary_row["macro_f1"]), abs=1e-6)


def test_writing_again_gives_the_same_bytes(reported, drawn, tmp_path):
    names = ("summary.csv", "report.json", "report.html", "mistakes.csv")
    before = {name: (reported / name).read_bytes() for name in names}
    again = Path(shutil.copytree(reported, tmp_path / reported.name))
    write_report(again, "es")
    assert {name: (again / name).read_bytes() for name in names} == before
    assert not list(again.glob(".tmp*"))


def test_numbers_have_no_digits_that_only_floats_leave(study):
    findings = study(Made("a"))
    (run,) = findings.facts.finished
    run.record["timings"]["images_per_second"] = 1445.8000000000002
    write_csv_files(TOPICS, findings, "en", findings.facts.folder.path)
    (row,) = read_csv(findings.facts.folder.path / "summary.csv")
    assert row["images_per_second"] == "1445.8"
    assert len(row["macro_f1"]) <= len("0.123456")


def test_the_files_have_what_the_page_shows(reported):
    found = json.loads((reported / "report.json").read_text())["calibration"]
    rows = read_csv(reported / "reliability.csv")
    assert len(rows) == 30
    filled = [row for row in rows[:15] if int(row["images"])]
    images = sum(int(row["images"]) for row in filled)
    error = sum(
        int(row["images"]) * abs(float(row["accuracy"]) - float(row["confidence"]))
        for row in filled
    ) / images  # fmt: skip
    assert error == pytest.approx(found["ece"], abs=1e-5)
    averages = read_csv(reported / "averages.csv")
    assert [row["average"] for row in averages[:4]] == [
        "macro_precision", "macro_recall", "macro_f1", "macro_auc"
    ]  # fmt: skip
    per_class = read_csv(reported / "per-class.csv")
    assert float(per_class[0]["auc_low"]) < float(per_class[0]["auc"])
    page = (reported / "report.html").read_text()
    for name in ("averages.csv", "calibration.csv", "cost.csv", "reliability.csv", "runs.csv"):
        assert f"<code>{name}</code>" in page
    assert "El AUC es el de cada clase frente al resto" in page
