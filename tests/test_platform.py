"""The machine's facts, and what importing loads."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from cotejo import platform
from surroundings import run_without


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
    assert set(cotejo._MODULES) == set(cotejo.__all__)
    for name in cotejo.__all__:
        assert getattr(cotejo, name) is not None
    with pytest.raises(AttributeError, match="no attribute"):
        _ = cotejo.nothing


def test_precision_is_decided_by_the_processor(monkeypatch):
    monkeypatch.setattr(platform, "_computes_on_gpu", lambda: False)
    monkeypatch.setattr(platform, "_processor_lines", lambda: {"flags": "avx2 avx512_bf16"})
    assert platform.resolve_precision("auto") == "bfloat16"
    monkeypatch.setattr(platform, "_processor_lines", lambda: {"flags": "avx2 avx512f"})
    assert platform.resolve_precision("auto") == "float32"
    assert platform.resolve_precision("bfloat16") == "bfloat16"


@pytest.mark.parametrize(
    ("capability", "precision"),
    [(7.0, "float32"), (7.5, "float32"), (8.0, "bfloat16"), (9.0, "bfloat16")],
)
def test_precision_is_decided_by_the_gpu_that_computes(capability, precision, monkeypatch):
    monkeypatch.setattr(platform, "_computes_on_gpu", lambda: True)
    monkeypatch.setattr(platform, "nvidia_gpu", lambda: ("NVIDIA", capability))
    monkeypatch.setattr(platform, "_processor_lines", lambda: {"flags": "avx512_bf16"})
    assert platform.resolve_precision("auto") == precision


@pytest.mark.parametrize(
    ("script", "gpu"),
    [
        ("echo 'Tesla T4, 7.5'", ("Tesla T4", 7.5)),
        ("echo 'NVIDIA A100, 8.0'; echo 'Tesla V100-SXM2, 7.0'", ("Tesla V100-SXM2", 7.0)),
        ("echo 'No devices were found'", None),
        ("echo 'Field \"compute_cap\" is not a valid field to query.'; exit 2", None),
        ("exit 9", None),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="the program is a shell script")
def test_the_driver_is_asked_for_the_gpu(script, gpu, ask_driver):
    assert ask_driver(script) == gpu


@pytest.mark.skipif(os.name != "posix", reason="the program is a shell script")
def test_a_gpu_that_the_user_hides_is_none(ask_driver, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert ask_driver("echo 'Tesla T4, 7.5'") is None


@pytest.mark.skipif(os.name != "posix", reason="the program is a shell script")
def test_in_wsl_the_driver_s_program_is_in_windows_s_folder(ask_driver, monkeypatch, tmp_path):
    monkeypatch.setattr(platform, "_WSL_PROGRAMS", str(tmp_path))
    monkeypatch.setenv("PATH", "/bin/nowhere")
    assert ask_driver("echo 'NVIDIA RTX 4070, 8.9'") == ("NVIDIA RTX 4070", 8.9)


def test_a_gpu_s_memory_is_not_taken_whole():
    import cotejo.backend  # noqa: F401

    assert os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"


@pytest.fixture
def ask_driver(tmp_path, monkeypatch):
    """Ask a driver's program that runs ``script`` for the GPU."""

    def ask(script):
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        platform._gpus.cache_clear()
        return platform.nvidia_gpu()

    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(platform, "_WSL_PROGRAMS", str(tmp_path / "none"))
    yield ask
    platform._gpus.cache_clear()


@pytest.mark.parametrize(
    ("packages", "gpu", "backend"),
    [
        (["tensorflow", "jax"], True, "tensorflow"),
        (["tensorflow", "jax", "jax_cuda12_plugin"], True, "jax"),
        (["tensorflow", "jax", "jax_cuda13_plugin"], True, "jax"),
        (["tensorflow", "jax", "jax_cuda12_plugin"], False, "tensorflow"),
        (["tensorflow", "torch"], True, "tensorflow"),
        (["jax"], True, "jax"),
        (["jax"], False, "jax"),
        (["torch"], False, "torch"),
        (["jax", "torch"], False, "torch"),
        # With none, the one to install.
        ([], True, "tensorflow"),
    ],
)
def test_the_backend_is_the_best_of_those_installed(packages, gpu, backend, monkeypatch):
    monkeypatch.setattr(platform, "is_installed", packages.__contains__)
    monkeypatch.setattr(platform, "nvidia_gpu", lambda: ("NVIDIA A100", 8.0) if gpu else None)
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    assert platform.chosen_backend() == backend
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert platform.chosen_backend() == "torch"


def fake_keras(backend):
    return SimpleNamespace(config=SimpleNamespace(backend=lambda: backend))


def test_the_backend_of_a_keras_that_is_imported_is_the_one_that_computes(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setitem(sys.modules, "keras", fake_keras("torch"))
    assert platform.chosen_backend() == "torch"
    monkeypatch.delenv("KERAS_BACKEND")
    assert platform.chosen_backend() == "torch"


@pytest.mark.parametrize("half", [None, SimpleNamespace(), SimpleNamespace(config=object())])
def test_a_keras_that_is_half_imported_says_nothing(half, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setitem(sys.modules, "keras", half)
    assert platform.chosen_backend() == "jax"


def test_a_notebook_that_imported_keras_first_is_told_what_computes():
    """On a machine where the choice would be another, as one with a GPU and JAX with CUDA."""
    code = """
import keras
from cotejo import platform
platform.default_backend = lambda: "jax"
import os
os.environ.pop("KERAS_BACKEND", None)
from cotejo import backend
print(keras.config.backend(), platform.chosen_backend(), os.environ["KERAS_BACKEND"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "KERAS_BACKEND": keras_backend()},
    )  # fmt: skip
    assert done.stdout.split() == [keras_backend()] * 3


def keras_backend():
    """Return a backend that is installed here."""
    return next(name for name in platform.BACKENDS if platform.is_installed(name))


def test_what_uninstalling_left_behind_is_not_installed(tmp_path, monkeypatch):
    (tmp_path / "remains" / "python").mkdir(parents=True)
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert platform.is_installed("whole")
    assert not platform.is_installed("remains")
    assert not platform.is_installed("nowhere_to_be_found")


def fake_jax(kind):
    device = SimpleNamespace(platform=kind, device_kind="NVIDIA A100")
    return SimpleNamespace(devices=lambda: [device])


def fake_tensorflow(*gpus):
    details = SimpleNamespace(get_device_details=lambda gpu: {"device_name": gpu})
    config = SimpleNamespace(list_physical_devices=lambda kind: list(gpus), experimental=details)
    return SimpleNamespace(config=config)


def fake_torch(there, apple=False):
    cuda = SimpleNamespace(is_available=lambda: there, get_device_name=lambda number: "NVIDIA A100")
    mps = SimpleNamespace(is_available=lambda: apple)
    return SimpleNamespace(cuda=cuda, backends=SimpleNamespace(mps=mps))


@pytest.mark.parametrize(
    ("backend", "module", "accelerator"),
    [
        ("jax", fake_jax("gpu"), "NVIDIA A100"),
        ("jax", fake_jax("cpu"), None),
        ("tensorflow", fake_tensorflow("NVIDIA A100"), "NVIDIA A100"),
        ("tensorflow", fake_tensorflow(), None),
        ("torch", fake_torch(True), "NVIDIA A100"),
        ("torch", fake_torch(False), None),
        ("torch", fake_torch(False, apple=True), "Apple GPU"),
    ],
)
def test_the_backend_is_asked_for_its_accelerator(backend, module, accelerator, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", fake_keras(backend))
    monkeypatch.setitem(sys.modules, backend, module)
    assert platform.machine()["accelerator"] == accelerator
    assert platform._computes_on_gpu() is (accelerator is not None)


@pytest.mark.parametrize(
    ("chosen", "missing", "words"),
    [
        ("torhc", [], ('KERAS_BACKEND names "torhc", which is no', 'Did you mean "torch"?')),
        ("torch", ["torch"], ("the backend torch is not installed", " -m pip install torch`)")),
        ("", platform.BACKENDS, ("none of TensorFlow, JAX and PyTorch", "pip install tensorflow")),
        ("jax", platform.BACKENDS, ("none of TensorFlow, JAX and PyTorch", "pip install jax")),
    ],
)
def test_a_backend_that_is_not_there_is_the_users_to_mend(chosen, missing, words):
    done = run_without(missing, "train", "--data", "digits", KERAS_BACKEND=chosen)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert all(part in done.stderr for part in words)


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--help"], 0), (["recipes"], 0), (["data", "digits"], 0)]
)
def test_what_needs_no_network_needs_no_keras(arguments, code):
    done = run_without(["keras", *platform.BACKENDS], *arguments)
    assert (done.returncode, done.stderr) == (code, "")


def test_the_doctor_says_what_to_install():
    done = run_without(platform.BACKENDS, "doctor")
    assert done.returncode == 1
    assert "pip install tensorflow" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


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


def test_the_doctor_says_which_backend_would_be_faster(monkeypatch):
    from cotejo.backend import keras
    from cotejo.verify import machine as doctor

    assert doctor._backend().level == "ok"
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    finding = doctor._backend()
    assert finding.level == "warning"
    assert "pip install tensorflow" in finding.text
