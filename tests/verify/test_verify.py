"""`cotejo verify`: what was changed, mixed up or left out is found; what holds is said to."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cotejo.cli.app import run
from cotejo.data.dataset import Split
from cotejo.facts.conditions import differing_conditions
from cotejo.report import write_report
from cotejo.store import (
    RESULT_FILES,
    described_files,
    read_json,
    read_npz,
    write_json,
    write_npz,
)
from cotejo.verify import verify
from cotejo.verify.numbers import first_difference

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture
def copy(undrawn_study, tmp_path) -> Path:
    return Path(shutil.copytree(undrawn_study, tmp_path / "study"))


def found(folder, dataset=None, **options):
    return {finding.key: finding for finding in verify(folder, dataset, **options)}


def errors(folder, dataset=None):
    """Return what does not hold, the report left aside: it takes seconds to write anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cotejo.verify.report_findings", lambda study: ())
        findings = found(folder, dataset)
    return {key for key, finding in findings.items() if finding.level == "error"}


def relist(run_folder):
    """Write a run's record as a forger would, so that its files seem to belong to it."""
    record = run_folder / "run.json"
    listed = described_files(run_folder, [*RESULT_FILES, "log.txt"])
    write_json(record, read_json(record) | {"files": listed})


def test_what_a_study_left_holds(small_study, drawn, digits):
    findings = found(small_study, digits)
    assert {finding.level for finding in findings.values()} == {"ok"}
    assert list(findings) == [
        "verify.study_files",
        "verify.run_files",
        "verify.metrics_follow",
        "verify.report_follows",
        "verify.data_fits",
        "verify.readings_once",
        "verify.conditions",
    ]


def test_an_option_that_its_model_does_not_take_is_found(copy):
    study = read_json(copy / "study.json")
    study["alternatives"][0]["settings"] |= {"model": "cnn3", "dropout": "many"}
    write_json(copy / "study.json", study)
    assert errors(copy) == {"verify.broken"}
    study["alternatives"][0]["settings"] |= {"model": "mine"}
    write_json(copy / "study.json", study)
    assert "verify.broken" not in errors(copy)


def test_nothing_is_written_into_the_folder(copy):
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    found(copy)
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before


def test_metrics_that_were_polished_are_found_though_their_seals_fit(copy):
    path = copy / "plain" / "seed-1" / "metrics.json"
    metrics = read_json(path)
    metrics["test"]["macro_f1"] += 0.05
    write_json(path, metrics)
    relist(path.parent)
    findings = found(copy)
    assert "test.macro_f1" in findings["verify.metrics_differ_error"].text
    assert "verify.report_differs_error" in findings


def test_another_runs_predictions_are_found(copy):
    run_folder = copy / "plain" / "seed-1"
    shutil.copy(copy / "plain" / "seed-2" / "predictions.npz", run_folder)
    assert "verify.broken" in errors(copy)
    relist(run_folder)
    assert "verify.broken" in errors(copy)


@pytest.mark.parametrize("content", ["[]", "{}", "{"])
def test_a_report_in_numbers_that_says_nothing_is_found(copy, content):
    (copy / "report.json").write_text(content)
    assert found(copy)["verify.report_differs_error"].values["path"] == "report.json"


def test_a_study_without_a_whole_run_does_not_hold(copy):
    for run_folder in copy.glob("*/seed-*"):
        shutil.rmtree(run_folder)
    assert errors(copy) == {"verify.missing_runs"}


def test_readings_that_were_put_aside_are_no_error(copy):
    (copy / "test-reads.csv").rename(copy / "test-reads-damaged-1.csv")
    (copy / "test-reads.csv").write_text("time,alternative,seed,key\n")
    assert errors(copy) == set()


@pytest.mark.parametrize("name", ["report.html", "summary.csv", "report.json"])
def test_a_report_that_was_edited_is_found(copy, name):
    path = copy / name
    text = path.read_text()
    old, new = {
        "report.html": ("0%", "9%"),
        "summary.csv": (",cnn3,122570,2,", ",cnn3,122570,3,"),
        "report.json": ('"test_reads": 4', '"test_reads": 5'),
    }[name]
    head, body = text.split("<body", 1) if name == "report.html" else ("", text)
    path.write_text(
        "<body".join([head, body.replace(old, new)]) if head else body.replace(old, new)
    )
    assert path.read_text() != text
    findings = found(copy)
    assert findings["verify.report_differs_error"].values["path"] == name


def test_a_study_without_a_report_is_said_to_have_none(copy):
    (copy / "report.json").unlink()
    assert found(copy)["verify.no_report"].level == "warning"
    write_report(copy, "es")
    assert found(copy)["verify.report_follows"].level == "ok"


def test_other_data_and_other_labels_are_found(copy, digits):
    images = digits.test.images.copy()
    images[0] = 0
    other = replace(digits, test=Split(images, digits.test.labels))
    assert errors(copy, other) == {"verify.other_data"}
    path = copy / "plain" / "seed-1" / "predictions.npz"
    arrays = read_npz(path)
    first, second = (
        np.flatnonzero(arrays["test_labels"] == 3)[0],
        np.argmax(arrays["test_labels"] == 5),
    )
    for name in ("test_labels", "test_probabilities"):
        arrays[name][[first, second]] = arrays[name][[second, first]]
    write_npz(path, **arrays)
    relist(path.parent)
    # The counts and the metrics are the same: the data alone can tell.
    assert "verify.other_labels" in errors(copy, digits)


def test_readings_that_were_cut_off_are_found(copy):
    path = copy / "test-reads.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    assert "verify.reading_missing" in errors(copy)


def test_runs_made_elsewhere_are_said(copy):
    record = copy / "plain" / "seed-1" / "run.json"
    content = read_json(record)
    content["machine"]["cores"] = 64
    write_json(record, content)
    findings = found(copy)
    assert findings["verify.conditions_differ"].level == "warning"
    assert "the number of cores" in findings["verify.conditions_differ"].text
    write_report(copy)
    assert "the number of cores" in (copy / "report.html").read_text()


def test_a_run_trained_again_is_compared(copy, digits):
    assert found(copy, digits, rerun=1)["verify.rerun_equal"].level == "ok"


def test_the_command_says_it_in_every_language(copy, capsys):
    assert run(["verify", str(copy)]) == 0
    assert "Everything that could be looked at holds." in capsys.readouterr().out
    (copy / "plain" / "seed-1" / "metrics.json").unlink()
    assert run(["verify", str(copy), "--lang", "es"]) == 1
    shown = capsys.readouterr().out
    assert "metrics.json" in shown
    assert "comprobaci" in shown
    assert run(["report", str(copy)]) == 1
    shown = capsys.readouterr().out
    assert "left out: plain · seed 1" in shown


def test_an_accelerator_makes_other_conditions():
    records = [{"machine": {"processor": "a", "accelerator": name}} for name in (None, "H100")]
    assert differing_conditions(records) == ["accelerator"]
    assert differing_conditions([records[1], {}]) == []


def test_no_study_and_no_data_are_said(tmp_path, copy, capsys):
    assert run(["verify", str(tmp_path)]) == 2
    assert run(["verify", str(copy), "--rerun", "-1"]) == 2
    study = read_json(copy / "study.json")
    write_json(copy / "study.json", study | {"data": "photos"})
    assert run(["verify", str(copy), "--rerun", "1"]) == 2
    assert "--data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ({"a": 1.0}, {"a": 1.0 + 1e-9}, None),
        ({"a": [1, {"b": 2.0}]}, {"a": [1, {"b": 3.0}]}, "a.1.b"),
        ({"a": [1]}, {"a": [1, 2]}, "a"),
        ({"a": 1}, {}, "a"),
        (None, {"a": 1}, "–"),
    ],
)
def test_the_first_difference_is_named(old, new, place):
    assert first_difference(old, new) == place
