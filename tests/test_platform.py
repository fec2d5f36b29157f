"""The machine's facts, and what importing loads."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cotejo import platform


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_importing_cotejo_loads_no_backend():
    heavy = {"keras", "tensorflow", "jax", "torch", "numpy", "pydantic", "matplotlib", "rich"}
    assert not loaded_by("import cotejo") & heavy


def test_reading_a_study_and_reporting_load_no_backend():
    code = "import cotejo; cotejo.Study; cotejo.StudyConfig; cotejo.write_report; cotejo.load"
    assert not loaded_by(code) & {"keras", "tensorflow", "jax", "torch"}


def test_the_public_names_are_complete_and_sorted():
    import cotejo

    assert cotejo.__all__ == sorted(cotejo.__all__)
    assert set(cotejo._HOMES) == set(cotejo.__all__)
    for name in cotejo.__all__:
        assert getattr(cotejo, name) is not None
    with pytest.raises(AttributeError, match="no attribute"):
        _ = cotejo.nothing


def test_precision_is_decided_by_the_processor(monkeypatch):
    monkeypatch.setattr(platform, "_has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(platform, "_processor_lines", lambda: {"flags": "avx2 avx512_bf16"})
    assert platform.resolve_precision("auto") == "bfloat16"
    monkeypatch.setattr(platform, "_processor_lines", lambda: {"flags": "avx2 avx512f"})
    assert platform.resolve_precision("auto") == "float32"
    assert platform.resolve_precision("bfloat16") == "bfloat16"


def test_the_machine_is_described():
    facts = platform.machine()
    assert facts["cores"] >= 1
    assert facts["processor"]
    assert {"python", "cotejo", "keras", "numpy"} <= set(platform.versions())


def test_native_noise_is_kept_from_the_user_unless_it_fails(capfd, monkeypatch):
    monkeypatch.delenv("COTEJO_DEBUG", raising=False)
    with platform.quiet_stderr():
        os.write(2, b"noise")
    assert capfd.readouterr().err == ""

    def noisy_failure():
        with platform.quiet_stderr():
            os.write(2, b"the reason")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        noisy_failure()
    assert "the reason" in capfd.readouterr().err


def test_the_backend_starts_without_a_word():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from cotejo.backend import ops; ops.ones((2, 2)) @ ops.ones((2, 2))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")
