"""All that the code needs to know of the machine: processor, accelerator, precision, versions."""

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

from platformdirs import user_cache_path

__all__ = [
    "BACKENDS",
    "BACKEND_NAMES",
    "cache_folder",
    "chosen_backend",
    "default_backend",
    "gpu_names",
    "has_bfloat16",
    "has_cuda_for_jax",
    "install_command",
    "interpreter",
    "is_installed",
    "machine",
    "nvidia_device",
    "nvidia_gpu",
    "own_cores",
    "package_of",
    "quiet_stderr",
    "resolve_precision",
    "thread_limits",
    "versions",
]

BACKENDS = ("tensorflow", "torch", "jax")
"""The backends of Keras; the fastest on a processor comes first (docs/decisions/0001)."""

BACKEND_NAMES = {"tensorflow": "TensorFlow", "torch": "PyTorch", "jax": "JAX"}
"""What people call them."""

_CORES = "COTEJO_CORES"
"""The variable that tells a process how many cores are for it."""

_WSL_PROGRAMS = "/usr/lib/wsl/lib"
"""Where WSL2 has Windows's `nvidia-smi`, which not every shell looks for there."""

_JAX_PLUGINS = ("jax_cuda12_plugin", "jax_cuda13_plugin")
_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
# The capability of Ampere. A T4 (7.5) or a V100 (7.0) is slower in bfloat16 than in float32.
_BFLOAT16_CAPABILITY = 8.0


def cache_folder() -> Path:
    """Return Cotejo's own cache folder, where downloads are kept; it may not exist.

    For a user without a home, as in some containers, it is in the current folder.
    """
    homeless = Path(".cache", "cotejo")
    try:
        folder = user_cache_path("cotejo")
    except RuntimeError:
        return homeless
    # Older versions of platformdirs leave the "~", which would become a folder of that name.
    return homeless if folder.parts[0] == "~" else folder


def default_backend() -> str:
    """Return the best backend for this machine among those that are installed.

    It is JAX if JAX can use a GPU. Otherwise it is TensorFlow, the fastest on a processor, or
    else PyTorch or JAX, whichever is installed. If none is installed, the result is TensorFlow,
    the one to install.

    XLA's convolutions on a CPU are 3 to 8 times slower than oneDNN's (docs/decisions/0001). So
    JAX without its CUDA plugin is the last choice, even where there is a GPU.
    """
    if has_cuda_for_jax():
        return "jax"
    return next((name for name in BACKENDS if is_installed(name)), "tensorflow")


def chosen_backend() -> str:
    """Return the backend that Keras uses or will use.

    If Keras is imported already, as in a notebook, it is the backend of that Keras. Otherwise it
    is ``KERAS_BACKEND`` if that is set, and the default if not.
    """
    return _loaded_backend() or os.environ.get("KERAS_BACKEND") or default_backend()


def _loaded_backend() -> str | None:
    keras: Any = sys.modules.get("keras")
    try:
        return str(keras.config.backend())
    except AttributeError:  # not imported, or still being imported
        return None


def is_installed(module: str) -> bool:
    """Return whether ``module`` could be imported, without importing it.

    A folder without code does not count: uninstalling a package may leave one behind.
    """
    spec = find_spec(module)
    return spec is not None and spec.origin is not None


def package_of(backend: str) -> str:
    """Return the name of the package to install for a backend, as in the extra of the same name.

    Example:
        >>> package_of("torch")
        'torch'
    """
    if backend == "tensorflow" and (sys.platform, _platform.machine()) == ("linux", "x86_64"):
        return "tensorflow-cpu"
    return backend


def has_cuda_for_jax() -> bool:
    """Return whether there is a GPU, and JAX with what it needs to compute on it."""
    # The plugin is checked first: that only reads the disk, while asking for the GPU starts a
    # process.
    has_plugin = is_installed("jax") and any(is_installed(plugin) for plugin in _JAX_PLUGINS)
    return has_plugin and nvidia_gpu() is not None


def nvidia_gpu() -> tuple[str, float] | None:
    """Return the name and the compute capability of this machine's NVIDIA GPU; None without one.

    If there are several, it is the one with the lowest capability, since a study may run on it.
    """
    return min(_gpus(), key=lambda gpu: gpu[1], default=None)


def gpu_names() -> list[str]:
    """Return the names of this machine's NVIDIA GPUs, in the order of their numbers."""
    return [name for name, _ in _gpus()]


@cache
def _gpus() -> tuple[tuple[str, float], ...]:
    """Return the name and the compute capability of each GPU that the driver lists."""
    program = shutil.which("nvidia-smi") or shutil.which("nvidia-smi", path=_WSL_PROGRAMS)
    if program is None or _hidden():
        return ()
    query = [program, "--query-gpu=name,compute_cap", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
        lines = (line.rpartition(",") for line in done.stdout.splitlines())
        return tuple((name.strip(), float(capability)) for name, _, capability in lines)
    except (OSError, subprocess.SubprocessError, ValueError):  # an old driver, or no driver
        return ()


def nvidia_device() -> Path | None:
    """Return the file of an NVIDIA GPU, which is there if a driver is; None without one."""
    device = Path("/dev/nvidia0")
    return device if device.exists() and not _hidden() else None


def _hidden() -> bool:
    """Return whether the user hides the GPUs of this machine."""
    return os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")


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
    """Return whether Keras's device has bfloat16: a GPU from Ampere on, AVX512_BF16, or AMX."""
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
    return backend == "jax" and has_cuda_for_jax()


def _accelerator() -> str | None:
    """Return the name of the accelerator that the backend uses.

    None if it computes on the processor, or is not loaded.
    """
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
    if backend == "torch" and module.backends.mps.is_available():
        return "Apple GPU"  # which Keras takes by itself
    return None


def resolve_precision(precision: str) -> str:
    """Return ``"float32"`` or ``"bfloat16"``; ``"auto"`` is bfloat16 if the hardware has it.

    Example:
        >>> resolve_precision("float32")
        'float32'
    """
    if precision == "auto":
        return "bfloat16" if has_bfloat16() else "float32"
    return precision


def machine() -> dict[str, Any]:
    """Return a report's facts about the machine: processor, memory, accelerator, system."""
    return {
        "processor": _processor_name(),
        "cores": _cores(),
        "memory_gib": _memory_gib(),
        "accelerator": _accelerator(),
        "onednn": _uses_onednn(),
        "system": f"{_platform.system()} {_platform.release()}",
    }


def _uses_onednn() -> bool | None:
    """Return whether TensorFlow uses oneDNN, which rounds differently; None on other backends."""
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
    told = os.environ.get(_CORES, "")
    if told.isdecimal():  # a worker is told how many, where it can't be bound to them
        return int(told)
    return len(own_cores())


def own_cores() -> list[int]:
    """Return the numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def thread_limits(cores: int) -> dict[str, str]:
    """Return the environment variables that limit a process to so many threads.

    Libraries read them as they start; they are for a process that can't be bound to cores.
    """
    names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "NPROC", _CORES)
    return dict.fromkeys(names, str(cores))


def _memory_gib() -> float | None:
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return round(pages * size / 2**30, 1)


def interpreter() -> str:
    """Return the running Python as typed in a shell here; plain ``pip`` may be another Python's."""
    python, here = Path(sys.executable or "python"), Path.cwd()
    shown = python.relative_to(here) if python.is_relative_to(here) else python
    return shlex.quote(str(shown))


def install_command(extra: str) -> str:
    """Return what adds an extra to this Python, typed in the folder that Cotejo was cloned to.

    A name alone would be looked for in the package registry, where it may be somebody else's.

    Example:
        >>> install_command("serve").endswith(" -m pip install '.[serve]'")
        True
    """
    return f"{interpreter()} -m pip install '.[{extra}]'"


def versions() -> dict[str, str]:
    """Return the versions that a run depends on: Python, Cotejo, Keras, the backend, NumPy."""
    installed = {"python": _platform.python_version()}
    for name in ("cotejo", "keras", "tensorflow", "tensorflow-cpu", "jax", "torch", "numpy"):
        try:
            installed[name.removesuffix("-cpu")] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return installed


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Hide what native code writes to standard error, unless the block fails.

    TensorFlow and XLA log from C++ before any of their settings are read, so the file descriptor
    itself is redirected. With ``COTEJO_DEBUG`` set, nothing is hidden.
    """
    if os.environ.get("COTEJO_DEBUG"):
        yield
        return
    sys.stderr.flush()
    original = os.dup(2)
    with tempfile.TemporaryFile() as hidden:
        os.dup2(hidden.fileno(), 2)
        try:
            yield
        except Exception:  # not after Ctrl-C, which needs no explanation
            hidden.seek(0)
            with suppress(OSError):  # standard error may be full
                os.write(original, hidden.read())
            raise
        finally:
            os.dup2(original, 2)
            os.close(original)
