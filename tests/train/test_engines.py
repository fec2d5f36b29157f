"""On JAX, the engine that scans does what `fit` does, and several seeds what each does alone."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_the_engines_agree_on_jax():
    if find_spec("jax") is None:
        pytest.skip("jax is not installed")
    source = str(HERE.parents[1] / "src")
    paths = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(HERE / "engines_on_jax.py")],
        capture_output=True,
        text=True,
        timeout=1800,
        env={**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": paths},
    )
    assert done.returncode == 0, done.stdout + done.stderr
