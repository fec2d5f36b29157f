"""The one place that knows the machine: processor, accelerator, precision, versions."""

from __future__ import annotations

import os
import platform as _platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = [
    "default_backend",
    "has_bfloat16",
    "machine",
    "quiet_stderr",
    "resolve_precision",
    "versions",
]

_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}


def default_backend() -> str:
    """Return the backend for this machine: JAX where it can use an accelerator, else TensorFlow.

    XLA's convolutions on a CPU are 3 to 8 times slower than oneDNN's (docs/decisions/0001).
    """
    return "jax" if find_spec("jax") is not None and _has_nvidia_gpu() else "tensorflow"


@cache
def _has_nvidia_gpu() -> bool:
    return shutil.which("nvidia-smi") is not None and Path("/dev/nvidiactl").exists()


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
    """Whether this machine computes in bfloat16 in hardware (AVX512_BF16, AMX, or a GPU)."""
    if os.environ.get("KERAS_BACKEND", default_backend()) == "jax" and _has_nvidia_gpu():
        return True
    lines = _processor_lines()
    flags = lines.get("flags", lines.get("Features", "")).split()
    return not _BFLOAT16_FLAGS.isdisjoint(flags)


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
    accelerator = None
    if "jax" in sys.modules:
        device = sys.modules["jax"].devices()[0]
        accelerator = device.device_kind if device.platform != "cpu" else None
    return {
        "processor": _processor_name(),
        "cores": _cores(),
        "memory_gib": _memory_gib(),
        "accelerator": accelerator,
        "system": f"{_platform.system()} {_platform.release()}",
    }


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
        except BaseException:
            heard.seek(0)
            os.write(kept, heard.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
