"""Runs a file of tests in another process, on JAX."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def check_on_jax(name):
    """Check that the tests of a file of this folder pass on JAX; skip without it."""
    if find_spec("jax") is None:
        pytest.skip("jax is not installed")
    source = str(HERE.parents[1] / "src")
    paths = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(HERE / name)],
        capture_output=True,
        text=True,
        timeout=1800,
        env={**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": paths},
    )
    assert done.returncode == 0, done.stdout + done.stderr
