"""A study dealt out to machines that know nothing of each other, and brought together again."""

from __future__ import annotations

import shutil
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.cli.app import run as cotejo
from cotejo.config import StudyConfig
from cotejo.errors import ConfigError, OutputError
from cotejo.store import RunFile, StudyFile, StudyFolder, read_readings
from cotejo.study import Study
from cotejo.study.journal import Journal
from cotejo.study.merging import merge
from cotejo.study.shards import Shard, dealt, shard_named
from cotejo.verify import verify
from tiny import TINY

STUDY = {
    "data": "digits",
    "seeds": 2,
    "base": {**TINY, "epochs": 1, "precision": "float32"},
    "alternative": [
        {"name": "plain"},
        {"name": "part", "train_fraction": 0.5},
        {"name": "longer", "start_from": "plain", "learning_rate": 1e-4},
    ],
}


@given(st.data())
def test_shards_are_the_study_and_fair(data):
    count = data.draw(st.integers(1, 8))
    names = [f"a{place}" for place in range(count)]
    parents = {
        name: data.draw(st.sampled_from([None, *names[:place]])) for place, name in enumerate(names)
    }
    seeds = range(1, 1 + data.draw(st.integers(1, 12)))
    runs = [(name, seed) for seed in seeds for name in names]
    of = data.draw(st.integers(1, 9))
    shards = [dealt(Shard(number, of), runs, parents) for number in range(1, 1 + of)]
    assert sorted(run for shard in shards for run in shard) == sorted(runs)
    for shard in shards:
        for name, seed in shard:
            assert parents[name] is None or (parents[name], seed) in shard
    for name in names:
        counts = [sum(run[0] == name for run in shard) for shard in shards]
        assert max(counts) - min(counts) <= 1
    if set(parents.values()) == {None}:
        assert max(map(len, shards)) - min(map(len, shards)) <= 1


@pytest.mark.parametrize("text", ["", "3", "0/8", "9/8", "3/0", "a/b", "1/2/3", "-1/2", "1.5/2"])
def test_what_is_no_shard_is_refused_in_one_line(text):
    with pytest.raises(ConfigError, match="such as 3/8") as raised:
        shard_named(text)
    assert "\n" not in str(raised.value)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "study"
    Study(StudyConfig.parse(STUDY)).run(out=folder)
    return folder


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    base = tmp_path_factory.mktemp("shards")
    folders = [base / f"shard-{number}" for number in (1, 2)]
    for number, folder in enumerate(folders, start=1):
        result = Study(StudyConfig.parse(STUDY)).run(out=folder, shard=(number, 2))
        assert len(result.finished) == 3
        assert not result.failed
    return folders


def test_a_shard_says_that_it_is_one_and_gets_no_report(shards, capsys):
    study = StudyFolder(shards[0])
    assert study.study["shard"] == {"number": 1, "of": 2}
    assert cotejo(["watch", "--once", str(shards[0])]) == 0
    said = capsys.readouterr().out
    assert "Of 3 runs, 3 finished, 0 failed." in said
    assert "cotejo merge" in said
    assert not (shards[0] / "summary.csv").exists()
    assert not (shards[0] / StudyFile.ERROR_ANALYSIS).exists()
    # That it has no report is not held against it.
    keys = {found.key for found in verify(shards[0]) if found.level != "ok"}
    assert keys <= {"verify.missing_runs", "verify.data_not_at_hand"}
    with pytest.raises(OutputError, match="holds a shard"):
        Study(StudyConfig.parse(STUDY)).report(shards[0])
    for shard in ((2, 2), (1, 3)):
        with pytest.raises(OutputError, match="holds shard 1/2"):
            Study(StudyConfig.parse(STUDY)).run(out=shards[0], shard=shard)


def test_a_whole_study_is_not_made_a_shard(whole):
    with pytest.raises(OutputError, match="holds a whole study"):
        Study(StudyConfig.parse(STUDY)).run(out=whole, shard=(1, 2))


def test_merged_shards_are_the_study(whole, shards, tmp_path, capsys, monkeypatch, undrawn):
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "argv", ["cotejo"])
    words = ["merge", *map(str, shards), "--out", str(out)]
    with Journal(shards[0]):  # as if the first shard were still at work
        assert cotejo([*words[:2], *words[-2:]]) == 1
    said = capsys.readouterr().out
    assert f"Runs are still being trained in {shards[0]};" in " ".join(said.split())
    assert "3 runs are missing" in said
    assert "No folder was given of these shards: 2/2." in said
    assert "cotejo study" not in said  # it would train what is being trained
    assert cotejo([*words[:2], *words[-2:]]) == 1
    said = capsys.readouterr().out
    assert f"cotejo study {out / 'study.toml'} --out {out}" in said
    assert not (out / "report.html").exists()
    assert cotejo(words) == 0
    assert "Copied: 3 runs. There before: 3." in capsys.readouterr().out
    assert (out / "report.html").is_file()
    assert (out / StudyFile.ERROR_ANALYSIS).is_file()
    ours, theirs = StudyFolder(out), StudyFolder(whole)
    assert "shard" not in ours.study
    assert ours.study["keys"] == theirs.study["keys"]
    assert ours.data == theirs.data
    assert len(read_readings(out)) == 6
    for name, seeds in theirs.study["keys"].items():
        for seed in seeds:
            mine, other = ours.run(name, int(seed)), theirs.run(name, int(seed))
            assert mine.is_finished
            assert mine.metrics == other.metrics
            np.testing.assert_equal(mine.predictions, other.predictions)
    # Again: nothing is copied, nothing changes.
    before = {path: path.stat().st_mtime_ns for path in out.rglob("run.json")}
    assert cotejo(words) == 0
    assert "Copied: 0 runs. There before: 6." in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in out.rglob("run.json")} == before
    # And the study goes on from there, with nothing to train.
    assert len(Study(StudyConfig.parse(STUDY)).run(out=out).finished) == 6
    assert len(read_readings(out)) == 6


def test_a_damaged_run_is_left_and_said_and_the_others_are_taken(shards, tmp_path):
    hurt = shutil.copytree(shards[0], tmp_path / "hurt")
    path = StudyFolder(hurt).run("plain", 1).path / RunFile.PREDICTIONS
    path.write_bytes(path.read_bytes()[:-1])
    merged = merge([hurt, shards[1]], tmp_path / "out")
    assert [each.run for each in merged.left] == merged.missing == [("plain", 1)]
    assert len(merged.taken) == 5
    # The whole one elsewhere takes its place.
    merged = merge([hurt, shards[0]], tmp_path / "out")
    assert merged.taken == [("plain", 1)]
    assert not merged.missing
    assert not merged.left


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dataset": True}, "learned from other images (own-digits and digits)"),
        ({"alternative": STUDY["alternative"][:2]}, "the same alternatives (longer)"),
        ({"base": {**STUDY["base"], "epochs": 2}}, "differ in epochs of plain"),
        ({"seeds": [1, 3]}, "other seeds"),
    ],
)
def test_another_study_is_refused_and_nothing_is_written(
    shards, own_data, tmp_path, changes, words
):
    changes = dict(changes)
    dataset = own_data if changes.pop("dataset", False) else None
    other = tmp_path / "other"
    # The last of many shards has no runs, which is no error.
    Study(StudyConfig.parse({**STUDY, **changes})).run(out=other, shard=(9, 9), dataset=dataset)
    with pytest.raises(OutputError) as raised:
        merge([shards[0], other], tmp_path / "out")
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "out").exists()


def test_another_backend_is_said_to_be_the_reason(shards, tmp_path, monkeypatch):
    monkeypatch.setattr("cotejo.study.keys.TRAINING_CODE", 99)
    other = tmp_path / "other"
    Study(StudyConfig.parse(STUDY)).run(out=other, shard=(9, 9))
    with pytest.raises(OutputError, match="another backend"):
        merge([shards[0], other], tmp_path / "out")
