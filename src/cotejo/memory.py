"""Whether there is enough memory for a backend.

With too little memory, TensorFlow ends the process without a word. So this is checked before it
is imported. The limits were measured with TensorFlow on two cores. One epoch on the digits takes
790 MB. It succeeds with 2.4 GiB of address space or more; with less than 2.3 GiB it crashed now
and then, and with less than 1.5 GiB it crashed during the import.
"""

from __future__ import annotations

import os
from pathlib import Path

from cotejo.errors import BackendError

__all__ = ["NEEDED", "available_memory", "check_memory"]

NEEDED = 900 * 2**20
"""The bytes that a process needs to train a small network."""
_ADDRESSES_NEEDED = 5 * 2**29
_ADDRESSES_PER_CORE = 128 * 2**20
"""The stack of each core's thread, and the address space that `malloc` reserves for it."""


def check_memory() -> None:
    """Refuse to load a backend that would run out of memory.

    Raises:
        BackendError: the machine has too little memory, or the process may use too little of it
            (``ulimit -v``).
    """
    allowed = _address_space()
    needed = _ADDRESSES_NEEDED + _ADDRESSES_PER_CORE * (os.cpu_count() or 1)
    if allowed is not None and allowed < needed:
        raise BackendError("too_little_allowed", needed=_mb(needed), allowed=_mb(allowed))
    free = available_memory()
    if free is not None and free < NEEDED:
        raise BackendError("too_little_memory", needed=_mb(NEEDED), free=_mb(free))


def available_memory(
    proc: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")
) -> int | None:
    """Return the bytes that this process may still use, given the machine and its control groups.

    Swap counts as memory. The result is None where it is unknown, as on systems other than Linux.

    Args:
        proc: the folder where the kernel describes the machine.
        groups: the folder where the kernel describes control groups, such as containers.
    """
    limits = [
        *_left_on_machine(proc / "meminfo"),
        *_left_in_groups(proc / "self" / "cgroup", groups),
    ]
    return min(limits, default=None)


def _left_on_machine(path: Path) -> list[int]:
    try:
        lines = (line.split() for line in path.read_text().splitlines())
        sizes = {words[0]: int(words[1]) * 1024 for words in lines if len(words) > 1}
        return [sizes["MemAvailable:"] + sizes.get("SwapFree:", 0)]
    except (OSError, ValueError, KeyError):
        return []


def _left_in_groups(membership: Path, groups: Path) -> list[int]:
    """Return what is left in each control group of the process, of version 1 or 2."""
    try:
        memberships = [line.split(":", 2) for line in membership.read_text().splitlines()]
    except OSError:
        return []
    left = []
    for _, controllers, path in (fields for fields in memberships if len(fields) == 3):
        inner = Path(path.lstrip("/"))
        if ".." in inner.parts:  # a group outside of what the process can see
            inner = Path()
        # The limits of all parent groups apply too. A container sees its own group as the root.
        folders = (inner, *inner.parents)
        if not controllers:
            for folder in folders:
                left += _left_in_group(
                    groups / folder, "memory.max", "memory.current", "inactive_file"
                )
        elif "memory" in controllers.split(","):
            for folder in folders:
                left += _left_in_group(
                    groups / "memory" / folder,
                    "memory.limit_in_bytes",
                    "memory.usage_in_bytes",
                    "total_inactive_file",
                )
    return left


def _left_in_group(folder: Path, limit: str, used: str, reclaimable: str) -> list[int]:
    """Return what is left in one control group, in bytes; empty if it has no limit.

    Args:
        folder: the folder of the group.
        limit: the file with the limit, in bytes.
        used: the file with the memory in use, in bytes.
        reclaimable: the name in ``memory.stat`` of the cache that can be freed.
    """
    try:
        most, taken = (int((folder / name).read_text()) for name in (limit, used))
        lines = (line.split() for line in (folder / "memory.stat").read_text().splitlines())
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
