"""Cotejo where much is missing: fonts, programs, a home, shared memory, a locale with ñ."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from surroundings import run_cotejo

# No program is found, and nothing can be written at home, whoever runs this.
BARE = {
    "PATH": "/nowhere",
    "HOME": "/dev/null/home",
    "XDG_CACHE_HOME": None,
    "XDG_CONFIG_HOME": None,
    "MPLCONFIGDIR": None,
    "KERAS_HOME": None,
    "DISPLAY": None,
    "LANG": None,
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": None,
}


@pytest.mark.skipif(os.name != "posix", reason="the variables are POSIX's")
def test_it_trains_and_reports_without_a_word_of_what_is_missing(tmp_path):
    surroundings = {**BARE, "LC_ALL": "C", "COTEJO_LANG": "es"}
    small = ["--data", "digits", "--model", "mlp", "--epochs", "1", "--precision", "float32"]
    out = tmp_path / "estudio"
    trained = run_cotejo("train", *small, "--out", str(out), **surroundings)
    assert (trained.returncode, trained.stderr) == (0, "")
    homeless = {**surroundings, "LC_ALL": "POSIX", "HOME": None}
    again = run_cotejo("report", str(out), "--format", "md", **homeless)
    assert (again.returncode, again.stderr) == (0, "")
    assert "época" in (out / "report.md").read_text(encoding="utf-8")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="shared memory is elsewhere")
def test_it_needs_no_shared_memory():
    """Hide /dev/shm from one process, with a file system of its own that can't be written to."""
    hide = 'mount -t tmpfs -o ro,size=4k none /dev/shm && exec "$@"'
    hidden = ["unshare", "--mount", "sh", "-c", hide, "sh"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*hidden, "true"], capture_output=True).returncode
    ):
        pytest.skip("this process may not hide /dev/shm")
    done = subprocess.run(
        [*hidden, sys.executable, "-m", "cotejo", "data", "digits"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--collect-only"]
    collected = subprocess.run(
        [*hidden, *tests, "tests/evaluate/test_confident_learning.py"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert collected.returncode == 0, collected.stdout
