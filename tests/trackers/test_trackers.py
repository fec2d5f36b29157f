"""What every tracker keeps to, and that each one's own reader finds what was told."""

from __future__ import annotations

import csv
import json
import re
import struct
import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest
from told import row, train

from cotejo.errors import ConfigError
from cotejo.trackers import make_tracker, tracker_names
from cotejo.trackers.drawing import draw_confusion, pictures_of

PACKAGES = {"tensorboard": "tensorboard", "mlflow": "mlflow", "wandb": "wandb"}


@pytest.fixture
def make(monkeypatch, tmp_path):
    """Return a tracker of a name, offline, in the folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.delenv("WANDB_DIR", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
    places = {
        "csv": f"csv:{tmp_path}/lines.csv",
        "jsonl": f"jsonl:{tmp_path}/lines.jsonl",
        "mlflow": f"mlflow:sqlite:///{tmp_path}/mlflow.db",
        "tensorboard": "tensorboard",
        "wandb": "wandb:ours",
    }

    def chosen(name):
        if name in PACKAGES:
            pytest.importorskip(PACKAGES[name], reason=f"the extra {name} is not installed")
        if name == "mlflow":
            pytest.importorskip("sqlalchemy", reason="the extra mlflow is not installed")
            pytest.importorskip("alembic", reason="the extra mlflow is not installed")
            # Theirs to mend: of Pydantic's and SQLAlchemy's deprecations.
            warnings.simplefilter("ignore")
        return make_tracker(places[name])

    assert sorted(places) == tracker_names()
    return chosen


@pytest.mark.parametrize("name", tracker_names())
def test_a_run_that_failed_and_one_that_is_done_again_and_one_that_was_killed(
    name, make, told, result
):
    study, run = told
    other = replace(run, id="b" * 16, name="mlp/seed-2", seed=2)
    tracker = make(name)
    tracker.study_started(study)
    tracker.run_killed(run)  # nothing is known of it, and that is no error
    # Two at once, as several workers train them: one fails, one is left.
    tracker.run_started(run)
    tracker.run_started(other)
    tracker.epoch_ended(other, row(1, 3.0))
    tracker.epoch_ended(run, row(1, float("nan")))
    tracker.run_failed(run, "the loss is not finite")
    tracker.study_ended("failed", ())
    assert READERS[name](study, run)["status"] == "failed"

    # Another process: the one that was left is known to have been killed, the other is done again.
    tracker = make(name)
    tracker.study_started(study)
    tracker.run_killed(other)
    train(tracker, run, loss=0.5)
    tracker.run_finished(run, result)
    tracker.study_ended("finished", [result.files[0]])
    found = READERS[name](study, run)
    assert found["status"] == "finished"
    assert found["train_loss"] == [0.5, 0.5], "the first attempt is still there"
    assert found["test_accuracy"] == pytest.approx(result.metrics["test"]["accuracy"])
    assert found["settings"] in (None, {"learning_rate": 0.001, "model": "mlp"})
    if name != "wandb":  # there the server sees it, by the heartbeat that is missing
        assert READERS[name](study, other)["status"] == "killed"
    assert found["pictures"] in (None, {"confusion", "mistakes"})


def read_csv_lines(study, run):
    with (study.folder.parent / "lines.csv").open(encoding="utf-8", newline="") as file:
        rows = [each for each in csv.DictReader(file) if each["run_id"] == run.id]
    return {
        "status": rows[-1]["status"],
        "train_loss": [
            float(each["train_loss"]) for each in rows if each["event"] == "epoch_ended"
        ],
        "test_accuracy": float(rows[-1]["test_accuracy"] or 0),
        "settings": None,
        "pictures": None,
    }


def read_json_lines(study, run):
    text = (study.folder.parent / "lines.jsonl").read_text(encoding="utf-8")
    rows = [each for each in map(json.loads, text.splitlines()) if each.get("run_id") == run.id]
    settings = next((each["settings"] for each in rows if each["event"] == "run_started"), {})
    return {
        "status": rows[-1]["status"],
        "train_loss": [each["train_loss"] for each in rows if each["event"] == "epoch_ended"],
        "test_accuracy": rows[-1].get("metrics", {}).get("test_accuracy"),
        "settings": {name: settings.get(name) for name in ("learning_rate", "model")},
        "pictures": None,
    }


def read_tensorboard(study, run):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    events = EventAccumulator(str(study.folder / "tensorboard" / run.name)).Reload()
    tags = events.Tags()
    status = events.Tensors("status")[-1].tensor_proto.string_val[0].decode()
    known = {
        tag: HParamsPluginData.FromString(content)
        for tag, content in events.PluginTagToContent("hparams").items()
    }
    begun = known["_hparams_/session_start_info"].session_start_info
    ended = known.get("_hparams_/session_end_info")
    assert ended is not None
    assert (ended.session_end_info.status == 1) == (status == "finished")
    scalars = set(tags["scalars"])
    return {
        "status": status.partition(":")[0],
        "train_loss": [each.value for each in events.Scalars("train/loss")],
        "test_accuracy": events.Scalars("final/test_accuracy")[0].value
        if "final/test_accuracy" in scalars
        else None,
        "settings": {
            "learning_rate": begun.hparams["learning_rate"].number_value,
            "model": begun.hparams["model"].string_value,
        },
        "pictures": set(tags["images"]),
    }


def read_mlflow(study, run):
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{study.folder.parent}/mlflow.db")
    experiment = client.get_experiment_by_name("cotejo").experiment_id
    (parent,) = client.search_runs([experiment], f"tags.`cotejo.id` = '{study.id}'")
    (own,) = client.search_runs([experiment], f"tags.`cotejo.id` = '{run.id}'")
    assert own.data.tags["mlflow.parentRunId"] == parent.info.run_id
    status = own.info.status.lower()
    artifacts = {each.path for each in client.list_artifacts(own.info.run_id)}
    if status == "finished":
        assert {"metrics.json", "history.csv", "model"} <= artifacts
        assert parent.info.status == "FINISHED"
        assert [each.path for each in client.list_artifacts(parent.info.run_id)] == ["history.csv"]
    values = own.data.params
    return {
        "status": status,
        "train_loss": [
            each.value for each in client.get_metric_history(own.info.run_id, "train/loss")
        ],
        "test_accuracy": own.data.metrics.get("final/test_accuracy"),
        "settings": {
            "learning_rate": float(values["learning_rate"]),
            "model": values["model"],
        },
        "pictures": {path.removesuffix(".png") for path in artifacts if path.endswith(".png")},
    }


def records(path):
    """The records of an offline file: LevelDB's log format, after a header of seven bytes."""
    from wandb.proto.wandb_internal_pb2 import Record

    data, place, part = path.read_bytes(), 7, b""
    while place + 7 <= len(data):
        left = 32768 - place % 32768
        if left < 7:
            place += left
            continue
        _, length, kind = struct.unpack("<IHB", data[place : place + 7])
        part += data[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in (1, 4):  # whole, or the last part
            yield Record.FromString(part)
            part = b""


def read_wandb(study, run):
    (path,) = study.folder.glob(f"wandb/offline-run-*-{run.id}/run-{run.id}.wandb")
    losses, summary, config, exit_code, pictures = [], {}, {}, None, set()
    for record in records(path):
        kind = record.WhichOneof("record_type")
        if kind == "run":
            assert record.run.project == "ours"
            config |= {each.key: json.loads(each.value_json) for each in record.run.config.update}
        elif kind == "history":
            items = {
                each.key or ".".join(each.nested_key): json.loads(each.value_json)
                for each in record.history.item
            }
            losses += [items["train/loss"]] if "train/loss" in items else []
            groups = {name.partition(".")[0] for name in items}
            pictures |= {"confusion", "mistakes"} & groups
        elif kind == "summary":
            summary |= {
                each.key or ".".join(each.nested_key): json.loads(each.value_json)
                for each in record.summary.update
            }
        elif kind == "exit":
            exit_code = record.exit.exit_code
    assert (exit_code == 0) == (summary["status"] == "finished")
    return {
        "status": summary["status"],
        "train_loss": losses,
        "test_accuracy": summary.get("final/test_accuracy"),
        "settings": {name: config[name] for name in ("learning_rate", "model")},
        "pictures": pictures,
    }


READERS = {
    "csv": read_csv_lines,
    "jsonl": read_json_lines,
    "mlflow": read_mlflow,
    "tensorboard": read_tensorboard,
    "wandb": read_wandb,
}


def test_mlflows_model_has_its_signature(make, told, result):
    study, run = told
    tracker = make("mlflow")
    from mlflow.models import Model

    tracker.study_started(study)
    train(tracker, run)
    tracker.run_finished(run, result)
    (path,) = study.folder.parent.rglob("MLmodel")
    described = Model.load(str(path.parent))
    assert described.signature.inputs.to_dict()[0]["tensor-spec"]["shape"] == (-1, 32, 32, 3)
    assert described.signature.outputs.to_dict()[0]["tensor-spec"]["shape"] == (-1, 10)
    assert set(described.flavors) == {"keras", "python_function"}
    kept = next(each for each in result.files if each.name == "model.keras")
    assert (path.parent / "data" / "model.keras").read_bytes() == kept.read_bytes()


def test_lines_on_standard_output_and_other_lines_in_a_file_stay(capsys, tmp_path, told):
    study, run = told
    tracker = make_tracker("jsonl")
    assert tracker.writes_stdout
    tracker.study_started(study)
    train(tracker, run, epochs=1, loss=float("inf"))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["event"] for each in lines] == ["study_started", "run_started", "epoch_ended"]
    assert lines[-1]["train_loss"] is None
    path = tmp_path / "mine.jsonl"
    path.write_text('{"somebody": "else"}\n', encoding="utf-8")
    tracker = make_tracker(f"jsonl:{path}")
    for _ in range(2):
        train(tracker, run, epochs=1)
    kept = path.read_text(encoding="utf-8").splitlines()
    assert kept[0] == '{"somebody": "else"}'
    assert len(kept) == 3


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("tensorbord", r'no tracker "tensorbord".*tensorboard'),
        ("jsonl:/nowhere/a.jsonl", "can't be the file of a tracker"),
    ],
)
def test_what_can_not_be_a_tracker_is_refused(spec, said):
    with pytest.raises(ConfigError, match=said):
        make_tracker(spec)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_missing_package_is_named_with_the_command(name, monkeypatch):
    monkeypatch.setattr("cotejo.trackers.registry.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=re.escape(f"pip install '.[{name}]'")):
        make_tracker(name)


def test_mlflow_refuses_a_folder(make):
    make("mlflow")
    with pytest.raises(ConfigError, match="no longer writes to folders"):
        make_tracker("mlflow:./mlruns")


def test_tensorboard_is_written_without_tensorflow(make):
    make("tensorboard")
    code = """
import sys
from pathlib import Path
from cotejo.trackers import TrackedRun, TrackedStudy, make_tracker
tracker = make_tracker("tensorboard:there")
tracker.study_started(TrackedStudy("1", "s", "S", Path("."), "digits", (8, 8, 1), ("a", "b")))
run = TrackedRun("2", "a/seed-1", "a", 1, "k", None, {"model": "mlp"}, 1)
tracker.run_started(run)
tracker.epoch_ended(run, {"epoch": 1, "train_loss": 1.0})
tracker.run_failed(run, "no")
print({"tensorflow", "keras", "jax", "matplotlib"} & set(sys.modules))
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


def test_the_pictures_are_of_the_run(result):
    names = [f"class {place}" for place in range(10)]
    pictures = pictures_of(result, names)
    assert set(pictures) == {"confusion", "mistakes"}
    white = draw_confusion(np.zeros((10, 10), int).tolist(), names)
    assert np.asarray(pictures["confusion"]).sum() < np.asarray(white).sum()
    many = draw_confusion(np.eye(200, dtype=int).tolist(), [""] * 200)
    assert max(many.size) < 2000
