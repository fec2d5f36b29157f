"""The connection to a Ray cluster."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from cotejo.errors import BackendError
from cotejo.platform import install_command

__all__ = ["connected", "load_ray"]


def load_ray() -> Any:
    """Return Ray, which tells nobody that it is used.

    Raises:
        BackendError: it is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # What will be Ray's default; unset, Ray warns that it hides GPUs from tasks that ask for none.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        return import_module("ray")
    except ImportError as error:
        raise BackendError("machines.no_ray", command=install_command("ray")) from error


@contextmanager
def connected(ray: Any, address: str | None) -> Iterator[None]:
    """Connect to a cluster for a block, unless this process has done so already.

    Raises:
        BackendError: it can't be reached.
    """
    if ray.is_initialized():
        yield
        return
    # Ray takes SIGTERM for itself, which here ends the study as Ctrl-C does.
    handler = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(
            address=address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            include_dashboard=None if address else False,
        )
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        reason = str(error).strip().partition("\n")[0]
        shown = address or "ray"
        raise BackendError("machines.ray_unreachable", address=shown, reason=reason) from error
    with suppress(ValueError):  # not in the main thread, where Ray did not take it either
        signal.signal(signal.SIGTERM, handler)
    try:
        yield
    finally:
        ray.shutdown()
