"""Real trainings from the command line: two at once, and one that is stopped."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")


def start(out: Path, epochs: int) -> subprocess.Popen[str]:
    words = ["train", "--model", "mlp", "--data", "digits", "--epochs", str(epochs), "--out", out]
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "cotejo", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "COTEJO_LANG": "en"},
        encoding="utf-8",
    )


def test_of_the_same_study_started_at_once_one_trains(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    # Half-written, of a process that is no more, and of one that is at work.
    (out / ".tmp-4194304999-0123abcd").touch()
    (out / f".tmp-{os.getpid()}-0123abcd").touch()
    both = [start(out, epochs=3) for _ in range(2)]
    said = [process.communicate(timeout=300) for process in both]
    codes = sorted(process.returncode for process in both)
    # Who comes so late that all is done finds nothing to train.
    late = sum("Everything is trained already" in output for output, _ in said)
    assert codes == ([0, 0] if late else [0, 2])
    errors = [error for _, error in said if error]
    assert len(errors) == 1 - late
    assert all(" is in use: " in error and error.count("\n") == 1 for error in errors)
    with (out / "test-reads.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 1
    assert (out / "mlp" / "seed-1" / "run.json").is_file()
    assert [path.name for path in out.glob(".tmp-*")] == [f".tmp-{os.getpid()}-0123abcd"]


def test_sigterm_ends_with_the_run_that_starts_over_and_the_line_that_goes_on(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    process = start(out, epochs=1000)
    assert process.stdout is not None
    for line in process.stdout:
        if line.lstrip().startswith("2/1000"):
            break
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (143, "")
    lines = output.splitlines()
    assert lines[-3].startswith("mlp · seed 1 was stopped in epoch ")
    assert lines[-1].endswith(f"train --model mlp --data digits --epochs 1000 --out {out}")
    log = (out / "mlp" / "seed-1" / "log.txt").read_text()
    assert "epoch=2" in log
    assert not (out / "mlp" / "seed-1" / "run.json").exists()
