"""Whether there is memory enough for a backend: without it TensorFlow ends the process unheard.

Asked before it is imported. The least that it takes was found by trying, with TensorFlow on two
cores: one epoch on the digits takes 790 MB, and ends well from 2.4 GiB of address space on; under
2.3 GiB it crashed now and then, and under 1.5 GiB already while it was imported.
"""

from __future__ import annotations

import os
from pathlib import Path

from cotejo.errors import BackendError

__all__ = ["available_memory", "check_memory"]

_NEEDED = 900 * 2**20
_ADDRESSES_NEEDED = 5 * 2**29
_ADDRESSES_A_CORE = 128 * 2**20
"""Each thread's stack, and what `malloc` sets aside for it."""


def check_memory() -> None:
    """Refuse to load a backend where it would run out of memory.

    Raises:
        BackendError: there is too little, or the process is allowed too little (``ulimit -v``).
    """
    allowed = _address_space()
    needed = _ADDRESSES_NEEDED + _ADDRESSES_A_CORE * (os.cpu_count() or 1)
    if allowed is not None and allowed < needed:
        raise BackendError("too_little_allowed", needed=_mb(needed), allowed=_mb(allowed))
    free = available_memory()
    if free is not None and free < _NEEDED:
        raise BackendError("too_little_memory", needed=_mb(_NEEDED), free=_mb(free))


def available_memory(
    proc: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")
) -> int | None:
    """Return the bytes that a process may still take, by the machine and by its control groups.

    Swap counts. None where it can't be told, as on other systems than Linux.

    Args:
        proc: where the kernel tells of the machine.
        groups: where it tells of control groups, which containers are.
    """
    known = [*_of_machine(proc / "meminfo"), *_of_groups(proc / "self" / "cgroup", groups)]
    return min(known, default=None)


def _of_machine(path: Path) -> list[int]:
    try:
        lines = (line.split() for line in path.read_text().splitlines())
        sizes = {words[0]: int(words[1]) * 1024 for words in lines if len(words) > 1}
        return [sizes["MemAvailable:"] + sizes.get("SwapFree:", 0)]
    except (OSError, ValueError, KeyError):
        return []


def _of_groups(membership: Path, groups: Path) -> list[int]:
    """Return what is left to each control group around the process, of version 1 or 2."""
    try:
        entries = [line.split(":", 2) for line in membership.read_text().splitlines()]
    except OSError:
        return []
    left = []
    for _, controllers, path in (entry for entry in entries if len(entry) == 3):
        inner = Path(path.lstrip("/"))
        if ".." in inner.parts:  # a group outside of those that the process sees
            inner = Path()
        # A group has no more than each of those that it is in; a container sees its own as root.
        places = (inner, *inner.parents)
        if not controllers:
            for place in places:
                left += _left(groups / place, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            for place in places:
                left += _left(
                    groups / "memory" / place,
                    "memory.limit_in_bytes",
                    "memory.usage_in_bytes",
                    "total_inactive_file",
                )
    return left


def _left(place: Path, limit: str, used: str, reclaimable: str) -> list[int]:
    try:
        most, taken = (int((place / name).read_text()) for name in (limit, used))
        lines = (line.split() for line in (place / "memory.stat").read_text().splitlines())
        cached = sum(int(words[1]) for words in lines if words and words[0] == reclaimable)
    except (OSError, ValueError, IndexError):  # no such group, or "max": no limit
        return []
    return [max(0, most - taken + cached)]


def _address_space() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def _mb(size: int) -> int:
    return size // 10**6
