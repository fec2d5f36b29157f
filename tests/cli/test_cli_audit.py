"""`cotejo data --audit`, on the digits."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cotejo.cli import auditing
from cotejo.cli.app import run
from cotejo.data.audit import Issue
from cotejo.store import locked


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")


def test_audit_shows_and_writes_what_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["data", "digits", "--audit", "--out", str(tmp_path / "found")]) == 0
    text = shown(capsys)
    assert "Near-duplicates" in text
    assert "test images" in text
    assert "may be there by chance" in text
    assert "test images, 5 of " in text
    assert "Suspected labels" not in text
    assert str(tmp_path / "found" / "audit.csv") in text
    files = sorted(path.name for path in (tmp_path / "found").iterdir())
    assert files == [".lock", "audit.csv", "audit.html", "audit.json", "audit.npz"]
    with (tmp_path / "found" / "audit.csv").open() as file:
        kinds = {row["kind"] for row in csv.DictReader(file)}
    assert "outlier" in kinds


def test_the_default_folder_names_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["data", "digits", "--audit", "--lang", "es"]) == 0
    text = shown(capsys)
    assert "Casi idénticas" in text
    assert "runs/audit-digits/audit.csv" in text
    page = (tmp_path / "runs" / "audit-digits" / "audit.html").read_text(encoding="utf-8")
    assert '<html lang="es">' in page


def test_labels_are_judged_by_cross_validation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cotejo.study import crossvalidation

    asked = []

    def judged(dataset, settings, on_epoch):
        asked.append(settings.model)
        on_epoch(1, 1)
        return [Issue(3, "train", "label", 0.99, predicted=7)]

    monkeypatch.setattr(crossvalidation, "judged_labels", judged)
    monkeypatch.setattr(crossvalidation, "expected_seconds", lambda dataset, settings: 600.0)
    assert run(["data", "digits", "--labels", "--out", str(tmp_path)]) == 0
    text = shown(capsys)
    assert asked == ["cnn7"]
    assert "Training 3 networks to judge the labels: about 10 min" in text
    assert "training 3 is labelled" in text
    assert "says 7" in text
    rows = (tmp_path / "audit.csv").read_text().splitlines()
    assert "3,train,label,0.99,,,7" in rows


def test_a_folder_that_cannot_be_written_costs_no_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(auditing, "cached_audit", refuse)
    (tmp_path / "file").write_text("")
    assert run(["data", "digits", "--audit", "--out", str(tmp_path / "file")]) == 2
    assert "can't write" in capsys.readouterr().err


FOREIGN = {
    "audit.csv": b"date,amount\n2026-01-01,3\n",
    "audit.npz": b"PK\x03\x04 something else",
    "audit.json": b'{"format": 1, "by": "somebody"}',
    "audit.html": b"<!DOCTYPE html><title>The audit of our accounts</title>",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_that_is_no_audit_is_left_as_it_is(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(FOREIGN[name])
    assert run(["data", "digits", "--audit", "--out", str(tmp_path)]) == 2
    assert f"{path} is there and is no audit of Cotejo's" in capsys.readouterr().err
    assert path.read_bytes() == FOREIGN[name]
    assert [found.name for found in tmp_path.iterdir()] == [name]


def test_an_audit_takes_the_place_of_an_earlier_one_whole_or_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit = ["data", "digits", "--audit", "--out", str(tmp_path)]
    assert run(audit) == 0
    assert run(audit) == 0
    (tmp_path / "audit.json").unlink()  # as a process leaves it that was killed before
    assert run(audit) == 0
    assert (tmp_path / "audit.json").is_file()


def test_a_study_s_audit_is_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.json").write_text("{}")
    assert run(["data", "digits", "--audit", "--out", str(tmp_path)]) == 2
    assert "is a study's folder" in capsys.readouterr().err


def test_two_audits_do_not_write_to_one_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with locked(tmp_path):
        assert run(["data", "digits", "--audit", "--out", str(tmp_path)]) == 2
    assert "is in use" in capsys.readouterr().err
