"""The connection to a Ray cluster."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from cotejo.errors import BackendError
from cotejo.platform import install_command

__all__ = ["cancel", "connected", "load_ray", "split"]


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
    try:
        with _unheard_by_ray(starts=not (address or os.environ.get("RAY_ADDRESS"))):
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
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _unheard_by_ray(*, starts: bool) -> Iterator[None]:
    """Keep signals from Ray, which is started in a block, so that the study alone hears them.

    Ray takes SIGTERM for itself. And a terminal that closes sends SIGHUP to all that was started
    from it: the processes of a cluster, which would end before the tasks have written checkpoints.

    Args:
        starts: whether it may start a cluster, and not only connect to one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Ray does not take SIGTERM there, and handlers can't be changed
        return
    # Only those that the study has a handler for: any other ends this process anyway.
    names = ("SIGHUP", "SIGQUIT") if starts else ()
    numbers = [number for name in names if (number := getattr(signal, name, None)) is not None]
    handlers = {each: signal.getsignal(each) for each in (*numbers, signal.SIGTERM)}
    heard = {number: handler for number, handler in handlers.items() if handler is not None}
    for number in numbers:
        if callable(heard.get(number)):
            signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in heard.items():
            if signal.getsignal(number) is not handler:  # else one below Python's would be lost
                signal.signal(number, handler)


def split(ray: Any, tasks: Iterable[Any], timeout: float) -> tuple[list[Any], list[Any]]:
    """Return the tasks that have ended and those that go on, after waiting for all to end."""
    asked = list(tasks)
    if not asked:
        return [], []
    ended, going = ray.wait(asked, num_returns=len(asked), timeout=timeout)
    return ended, going


def cancel(ray: Any, tasks: Iterable[Any], *, force: bool) -> None:
    """Ask the tasks that go on to stop, or with ``force`` end their processes."""
    going: list[Any] = []
    with suppress(Exception):  # whoever wants them stopped goes on, whatever becomes of them
        going = split(ray, tasks, 0)[1]
    # Only those: a node may end that is asked to end a process which ends itself.
    for each in going:
        with suppress(Exception):
            ray.cancel(each, force=force)
