"""The one place that knows the machine: processor, accelerator, precision, versions."""

from __future__ import annotations

import os
import platform as _platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = [
    "BACKENDS",
    "chosen_backend",
    "default_backend",
    "has_bfloat16",
    "interpreter",
    "is_installed",
    "machine",
    "nvidia_gpu",
    "package_of",
    "quiet_stderr",
    "resolve_precision",
    "versions",
]

BACKENDS = ("tensorflow", "torch", "jax")
"""What Keras computes on, the fastest on a processor first (docs/decisions/0001)."""

_JAX_PLUGINS = ("jax_cuda12_plugin", "jax_cuda13_plugin")
_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
# Ampere's; a T4 (7.5) or a V100 (7.0) takes longer for bfloat16 than for float32.
_BFLOAT16_CAPABILITY = 8.0


def default_backend() -> str:
    """Return the backend for this machine, of those that are installed.

    JAX where it can use a GPU; else TensorFlow, which is the fastest on a processor; else
    whichever of PyTorch and JAX is there. With none installed it is TensorFlow, as the one to
    install.

    XLA's convolutions on a CPU are 3 to 8 times slower than oneDNN's (docs/decisions/0001), so
    JAX without its CUDA plugin is the last choice, GPU or none.
    """
    # The plugin first: it is a look at the disk, and the GPU takes a process to ask.
    if _jax_has_cuda() and nvidia_gpu() is not None:
        return "jax"
    return next((name for name in BACKENDS if is_installed(name)), "tensorflow")


def chosen_backend() -> str:
    """Return the backend that Keras uses or will use.

    It is that of the Keras that is imported, as in a notebook, whatever else would be chosen; else
    ``KERAS_BACKEND``, else the default.
    """
    return _loaded_backend() or os.environ.get("KERAS_BACKEND") or default_backend()


def _loaded_backend() -> str | None:
    keras: Any = sys.modules.get("keras")
    try:
        return str(keras.config.backend())
    except AttributeError:  # not imported, or only half so far
        return None


def is_installed(module: str) -> bool:
    """Whether ``module`` can be imported, without importing it.

    A folder without code does not count: uninstalling a package may leave one.
    """
    spec = find_spec(module)
    return spec is not None and spec.origin is not None


def package_of(backend: str) -> str:
    """Return what to install for a backend, as pip names it: that of the extra of its name.

    Example:
        >>> package_of("torch")
        'torch'
    """
    if backend == "tensorflow" and (sys.platform, _platform.machine()) == ("linux", "x86_64"):
        return "tensorflow-cpu"
    return backend


def _jax_has_cuda() -> bool:
    return is_installed("jax") and any(is_installed(plugin) for plugin in _JAX_PLUGINS)


@cache
def nvidia_gpu() -> tuple[str, float] | None:
    """Return the name and the compute capability of this machine's NVIDIA GPU; None without one.

    Of several, it is the one of the lowest capability, which a study may land on.
    """
    program = shutil.which("nvidia-smi")
    if program is None or os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return None
    query = [program, "--query-gpu=name,compute_cap", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
        lines = (line.rpartition(",") for line in done.stdout.splitlines())
        gpus = [(name.strip(), float(capability)) for name, _, capability in lines]
    except (OSError, subprocess.SubprocessError, ValueError):  # a driver too old, or none at all
        return None
    return min(gpus, key=lambda gpu: gpu[1], default=None)


@cache
def _processor_lines() -> dict[str, str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:  # not Linux
        return {}
    first = text.split("\n\n", 1)[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def has_bfloat16() -> bool:
    """Whether what Keras computes on has bfloat16: a GPU from Ampere on, AVX512_BF16, or AMX."""
    gpu = nvidia_gpu() if _computes_on_gpu() else None
    if gpu is not None:
        return gpu[1] >= _BFLOAT16_CAPABILITY
    lines = _processor_lines()
    flags = lines.get("flags", lines.get("Features", "")).split()
    return not _BFLOAT16_FLAGS.isdisjoint(flags)


def _computes_on_gpu() -> bool:
    backend = chosen_backend()
    if backend in sys.modules:
        return _accelerator() is not None
    return backend == "jax" and _jax_has_cuda()


def _accelerator() -> str | None:
    """Return what the backend computes on beside the processor; None where it isn't loaded."""
    backend = chosen_backend()
    module: Any = sys.modules.get(backend)
    if module is None:
        return None
    if backend == "jax":
        device = module.devices()[0]
        return None if device.platform == "cpu" else str(device.device_kind)
    if backend == "tensorflow":
        gpus = module.config.list_physical_devices("GPU")
        details = module.config.experimental.get_device_details(gpus[0]) if gpus else {}
        return str(details.get("device_name", "GPU")) if gpus else None
    if backend == "torch" and module.cuda.is_available():
        return str(module.cuda.get_device_name(0))
    return None


def resolve_precision(precision: str) -> str:
    """Return ``"float32"`` or ``"bfloat16"``; ``"auto"`` is bfloat16 where there is hardware.

    Example:
        >>> resolve_precision("float32")
        'float32'
    """
    if precision == "auto":
        return "bfloat16" if has_bfloat16() else "float32"
    return precision


def machine() -> dict[str, Any]:
    """Return what a report says of the machine: processor, cores, memory, accelerator, system."""
    return {
        "processor": _processor_name(),
        "cores": _cores(),
        "memory_gib": _memory_gib(),
        "accelerator": _accelerator(),
        "onednn": _uses_onednn(),
        "system": f"{_platform.system()} {_platform.release()}",
    }


def _uses_onednn() -> bool | None:
    """Whether TensorFlow computes with oneDNN, which rounds otherwise; None on other backends."""
    if chosen_backend() != "tensorflow":
        return None
    return os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1") != "0"


def _processor_name() -> str:
    lines = _processor_lines()
    name = lines.get("model name") or _platform.processor() or _platform.machine()
    flags = lines.get("flags", "").split()
    widest = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if flag in flags]
    return f"{name} ({widest[-1].upper().replace('_', '-')})" if widest else name


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_gib() -> float | None:
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return round(pages * size / 2**30, 1)


def interpreter() -> str:
    """Return the Python that runs, as one would type it from here; ``pip`` may be another's."""
    running, here = Path(sys.executable or "python"), Path.cwd()
    near = running.relative_to(here) if running.is_relative_to(here) else running
    return shlex.quote(str(near))


def versions() -> dict[str, str]:
    """Return the versions that a run depends on: Python, Cotejo, Keras, the backend, NumPy."""
    found = {"python": _platform.python_version()}
    for name in ("cotejo", "keras", "tensorflow", "tensorflow-cpu", "jax", "torch", "numpy"):
        try:
            found[name.removesuffix("-cpu")] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Keep what native code writes to standard error from the user, unless the block fails.

    TensorFlow and XLA log from C++ before any of their switches is read, so the file descriptor
    itself is turned away; with ``COTEJO_DEBUG`` set it is left alone.
    """
    if os.environ.get("COTEJO_DEBUG"):
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as heard:
        os.dup2(heard.fileno(), 2)
        try:
            yield
        except Exception:  # not Ctrl-C, of which there is nothing to explain
            heard.seek(0)
            with suppress(OSError):  # standard error may be full
                os.write(kept, heard.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
