"""Studies over HTTP: what is read of their folders, and nothing beside them."""

from __future__ import annotations

import io
import shutil
from functools import partial

import pytest
from PIL import Image

from cotejo import Study
from cotejo.cli.serve_command import sorted_out
from cotejo.config import StudyConfig
from cotejo.data.audit import Reviewed, read_audit, read_review, write_review
from cotejo.errors import ConfigError, OutputError
from cotejo.report import write_report
from cotejo.serve.models import load_model
from cotejo.serve.studies import Studies
from cotejo.store import StudyFile, clear_progress, now, write_progress
from cotejo.study.progress import Observer


@pytest.fixture
def runs(small_study, tmp_path):
    folder = tmp_path / "runs"
    shutil.copytree(small_study, folder / "small")
    return folder


def test_the_studies_of_a_folder_are_listed(serving, runs):
    shutil.copytree(runs / "small", runs / "deeper" / "small")
    (runs / "broken").mkdir()
    (runs / "broken" / StudyFile.RECORD).write_text("{")
    client = serving(studies=[runs])
    listed = {each["study"]: each for each in client.get("/v1/studies").json()["studies"]}
    assert set(listed) == {"broken", "small", "small-2"}
    assert "study.json" in listed["broken"]["error"]
    small = listed["small"]
    assert (small["finished"], small["asked"], small["training"]) == (4, 4, False)
    assert small["has_report"] is True
    assert 0 < small["best"]["test_accuracy"] <= 1


def test_a_study_s_tables_and_curves(serving, runs):
    client = serving(studies=[runs])
    details = client.get("/v1/studies/small").json()
    assert [row["name"] for row in details["table"]] == ["plain", "on"]
    assert details["table"][1]["changes"]["augment"] == "notebook"
    (pair,) = details["comparisons"]
    assert (pair["first"], pair["second"]) == ("plain", "on")
    assert pair["low"] <= pair["difference"] <= pair["high"]
    curves = client.get("/v1/studies/small/curves").json()["curves"]
    assert len(curves) == 4
    assert {"epoch", "valid_accuracy", "train_loss"} <= set(curves[0]["history"][0])
    assert client.get("/v1/studies/small/progress").json() == {"progress": None}


def test_mistakes_are_those_of_the_run(serving, runs):
    client = serving(studies=[runs])
    kept = client.get("/v1/studies/small/mistakes/plain/1").json()["mistakes"]
    assert kept
    assert all(each["label"] != each["predicted"] for each in kept)
    image = client.get(f"/v1/studies/small/mistakes/plain/1/{kept[-1]['position']}/image")
    assert image.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(image.content)).size == (128, 128)
    for path in ("mistakes/plain/9", "mistakes/other/1", "mistakes/plain/1/99999/image"):
        assert client.get(f"/v1/studies/small/{path}").status_code == 404


def test_labels_are_confirmed_and_dismissed(serving, runs):
    client, folder = serving(studies=[runs]), runs / "small"
    base = "/v1/studies/small/suspects"
    first, second, *_ = client.get(base).json()["suspects"]
    assert first["probability"] <= second["probability"]
    place = f"{base}/{first['split']}/{first['index']}"
    assert client.get(f"{place}/image").headers["content-type"] == "image/png"
    assert client.put(f"{place}?verdict=confirmed").json() == {"verdict": "confirmed"}
    assert client.get(base).json()["suspects"][0]["verdict"] == "confirmed"
    fingerprint = read_audit(folder).about["dataset"]["fingerprint"]
    (said,) = read_review(folder, fingerprint).values()
    assert (said.split, said.index, said.label) == tuple(
        first[n] for n in ("split", "index", "label")
    )
    assert read_review(folder, "of other data") == {}
    assert client.delete(place).json() == {"verdict": None}
    assert client.get(base).json()["suspects"][0]["verdict"] is None
    for path, status in (
        (f"{place}?verdict=perhaps", 422),
        (place, 422),
        (f"{base}/test/99999?verdict=confirmed", 404),
        (f"{base}/other/1?verdict=confirmed", 422),
        (f"{base}/test/-1?verdict=confirmed", 422),
    ):
        assert client.put(path).status_code == status


def test_the_report_tells_of_what_was_reviewed(serving, runs, undrawn):
    client, folder = serving(studies=[runs]), runs / "small"
    base = "/v1/studies/small/suspects"
    for row, verdict in zip(
        client.get(base).json()["suspects"], ("confirmed", "dismissed"), strict=False
    ):
        client.put(f"{base}/{row['split']}/{row['index']}?verdict={verdict}")
    page = " ".join(write_report(folder).read_text().split())
    assert "A person looked at 2 of these images: 1 of the labels were confirmed" in page


def test_a_damaged_review_is_named(runs):
    folder = runs / "small"
    fingerprint = read_audit(folder).about["dataset"]["fingerprint"]
    write_review(folder, [])
    assert read_review(folder, fingerprint) == {}
    path = folder / StudyFile.REVIEW
    for row in (
        "test,-1,2,3,confirmed,t,f",
        "test,1,2,3,perhaps,t,f",
        "nowhere,1,2,3,confirmed,t,f",
    ):
        path.write_text(f"{path.read_text().splitlines()[0]}\n{row}\n")
        with pytest.raises(OutputError, match="row 1"):
            read_review(folder, fingerprint)


def test_the_report_is_sent_with_its_tables_and_no_script_runs_in_it(serving, runs):
    client = serving(studies=[runs])
    report = client.get("/studies/small/files/report.html")
    assert report.status_code == 200
    policy = report.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert client.get("/studies/small/files/summary.csv").status_code == 200
    assert client.get("/studies/small/files/report.json").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "study.json", "data.npz", "..%2f..%2fx.csv", "%2e%2e", ".lock", "plain", "no.csv",
        "%2fetc%2fx.csv", "..%5cx.csv",
    ],
)  # fmt: skip
def test_nothing_else_of_a_folder_is_sent(serving, runs, name):
    (runs / "x.csv").write_text("secret")
    client = serving(studies=[runs / "small"])
    answer = client.get(f"/studies/small/files/{name}")
    assert answer.status_code in (404, 307)
    assert "secret" not in answer.text


def test_a_link_to_elsewhere_is_not_followed(serving, runs, tmp_path):
    (tmp_path / "secret.csv").write_text("secret")
    try:
        (runs / "small" / "summary2.csv").symlink_to(tmp_path / "secret.csv")
    except OSError:
        pytest.skip("links can't be made here")
    client = serving(studies=[runs])
    assert client.get("/studies/small/files/summary2.csv").status_code == 404


@pytest.mark.parametrize("name", ["other", "..", "%2e%2e", "small%2f..", "small%00"])
def test_there_is_no_other_study(serving, runs, name):
    client = serving(studies=[runs])
    assert client.get(f"/v1/studies/{name}/curves").status_code == 404


def test_without_models_the_page_is_that_of_the_studies(runs):
    from starlette.testclient import TestClient

    from cotejo.serve.app import create_app
    from cotejo.serve.models import Models
    from cotejo.serve.service import Service

    service = Service(Models([]), Studies([runs]))
    with TestClient(create_app(service), base_url="http://localhost") as client:
        assert client.get("/", follow_redirects=False).headers["location"] == "/studies"
        answer = client.post("/v1/predict", files={"pictures": b"x"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_models")
        assert client.get("/studies/small").status_code == 200


ONE = {
    "data": "digits",
    "base": {"model": "cnn3", "epochs": 2},
    "alternative": [{"name": "plain"}, {"name": "slow", "learning_rate": 0.0001}],
}


def test_a_study_can_be_watched_while_it_trains(serving, tmp_path, monkeypatch):
    monkeypatch.setattr("cotejo.study.journal._SECONDS", 0.0)
    monkeypatch.setattr("cotejo.study.journal._TIMES", 0)
    folder, seen = tmp_path / "runs" / "watched", []
    client = serving(studies=[tmp_path / "runs"])

    class Watching(Observer):
        def epoch_ended(self, run, row):
            progress = client.get("/v1/studies/watched/progress").json()["progress"]
            seen.append(progress)

        def run_started(self, run):
            self.epoch_ended(run, {})

    Study(StudyConfig.parse(ONE)).run(out=folder, observer=Watching())
    states = [[run["state"] for run in progress["runs"]] for progress in seen]
    assert states[0] == ["running", "waiting"]
    assert states[-1] == ["finished", "running"]
    (first,) = seen[0]["running"]
    assert first["alternative"] == "plain"
    assert first["history"] == []
    assert seen[-1]["runs"][0]["epochs"] == 2
    assert not (folder / StudyFile.PROGRESS).exists()
    assert client.get("/v1/studies/watched/progress").json() == {"progress": None}


def test_a_search_is_counted_in_the_list_of_studies(serving, runs):
    folder = runs / "small"
    client = serving(studies=[runs])
    ended = [
        {"number": 1, "status": "finished", "valid_accuracy": 0.5},
        {"number": 2, "status": "stopped", "valid_accuracy": 0.25},
    ]
    trial = {"number": 3, "place": "1", "epoch": 1, "epochs": 9, "valid_accuracy": None}
    search = {"search": "a", "trials": 9, "best": 1, "ended": ended, "running": [trial]}
    progress = {
        "start": "0" * 32,
        "started": now(),
        "updated": now(),
        "doing": "searching",
        "elsewhere": True,
        "seconds_left": None,
        "runs": [],
        "running": [],
        "searches": [search],
        "looks": [],
    }
    write_progress(folder, progress)
    try:
        (study,) = client.get("/v1/studies").json()["studies"]
        assert study["training"]
        assert study["searches"] == [
            {
                "search": "a",
                "trials": 9,
                "ended": 2,
                "stopped": 1,
                "failed": 0,
                "running": 1,
                "best": 0.5,
            }
        ]
        shown = client.get("/v1/studies/small/progress").json()["progress"]
        assert shown["searches"] == [search]
    finally:
        clear_progress(folder)
    assert client.get("/v1/studies").json()["studies"][0]["searches"] == []


def test_models_and_studies_are_told_apart(runs, tmp_path):
    small = str(runs / "small")
    run = str(runs / "small" / "plain" / "seed-1")
    assert sorted_out([]) == (["shipped"], [])
    assert sorted_out([str(runs)]) == ([], [runs])
    assert sorted_out([small]) == ([small], [runs / "small"])
    assert sorted_out([run, "x.onnx"]) == ([run, "x.onnx"], [])
    empty = tmp_path / "empty"
    empty.mkdir()
    assert sorted_out([str(empty)]) == ([], [empty])
    (empty / "a.txt").write_text("a")
    with pytest.raises(ConfigError, match="neither a trained model nor a study"):
        sorted_out([str(empty)])


def test_images_are_sent_without_reading_the_study_each_time(serving, runs, monkeypatch):
    client = serving(studies=[runs])
    mistake = "/v1/studies/small/mistakes/plain/1/0/image"
    first = client.get("/v1/studies/small/suspects").json()["suspects"][0]
    suspect = f"/v1/studies/small/suspects/{first['split']}/{first['index']}/image"
    for address in (mistake, suspect):
        assert "max-age" in client.get(address).headers["cache-control"]

    def refuse(*arguments):
        raise AssertionError("it is read again")

    for name in ("_studies_in", "gather_records"):
        monkeypatch.setattr(f"cotejo.serve.studies.{name}", refuse)
    monkeypatch.setattr("cotejo.serve.reviewing.read_audit", refuse)
    for address in (mistake, suspect):
        assert client.get(address).status_code == 200


def test_what_changed_is_read_again(serving, runs):
    client, folder = serving(studies=[runs]), runs / "small"
    mistakes = "/v1/studies/small/mistakes/plain/1"
    assert client.get(mistakes).status_code == 200
    record = folder / "plain" / "seed-1" / "run.json"
    record.rename(record.with_name("aside"))
    assert client.get(mistakes).status_code == 404
    assert client.get("/v1/studies/small/suspects").json()["suspects"]
    (folder / StudyFile.AUDIT).unlink()
    assert client.get("/v1/studies/small/suspects").json() == {"suspects": []}
    shutil.move(folder, runs / "other")
    assert client.get("/v1/studies/small").status_code == 404
    assert client.get("/v1/studies/other").status_code == 200


def test_what_was_said_of_other_data_stays(serving, runs):
    client, folder = serving(studies=[runs]), runs / "small"
    other = Reviewed("test", 7, 1, 2, "dismissed", "2024-01-01T00:00:00+00:00", "of other data")
    write_review(folder, [other])
    first = client.get("/v1/studies/small/suspects").json()["suspects"][0]
    place = f"/v1/studies/small/suspects/{first['split']}/{first['index']}"
    fingerprint = read_audit(folder).about["dataset"]["fingerprint"]
    for method, query, count in (("PUT", "?verdict=confirmed", 1), ("DELETE", "", 0)):
        assert client.request(method, place + query).status_code == 200
        assert len(read_review(folder, fingerprint)) == count
        assert list(read_review(folder, "of other data").values()) == [other]


def test_the_one_model_of_a_final_study_is_served(serving, tmp_path, picture):
    config = StudyConfig.parse(
        {"data": "digits", "alternative": [{"name": "one", "model": "cnn3", "epochs": 1}]}
    )
    folder = tmp_path / "final"
    Study(config).run(out=folder, final=True)
    models, studies = sorted_out([str(folder)])
    assert (models, studies) == ([str(folder)], [folder])
    again = partial(load_model, str(folder))
    client = serving(again(), studies=studies, again=[again])
    files = {"pictures": picture()}
    assert client.post("/v1/predict", files=files).status_code == 200
    said = client.post("/v1/explain?nearest=2", files=files).json()
    while said["nearest_awaited"]:
        said = client.post("/v1/explain?nearest=2", files=files).json()
    assert len(said["nearest"]) == 2
    (listed,) = client.get("/v1/studies").json()["studies"]
    assert (listed["study"], listed["finished"]) == ("final", 1)
    for path in ("/v1/studies/final", "/v1/studies/final/curves", "/studies/final"):
        assert client.get(path).status_code == 200
