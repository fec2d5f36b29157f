"""Memory that a process may take: the machine's, and its control group's."""

from __future__ import annotations

import pytest

from cotejo import memory
from cotejo.errors import BackendError
from cotejo.memory import available_memory, check_memory

MEGABYTE = 2**20


@pytest.fixture
def machine(tmp_path):
    """A machine with 4 GiB free and 1 GiB of swap, in no group."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "groups").mkdir()
    (tmp_path / "proc" / "meminfo").write_text(
        "MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\nSwapFree: 1048576 kB\nHugePages_Total: 0\n"
    )
    return tmp_path


def free(machine):
    return available_memory(machine / "proc", machine / "groups")


def group(machine, entry, place, **files):
    (machine / "proc" / "self" / "cgroup").write_text(entry)
    folder = machine / "groups" / place
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".", 1)).write_text(content)


def test_swap_counts(machine):
    assert free(machine) == 5 * 2**30


def test_a_container_s_limit_counts_its_cache_as_free(machine):
    group(
        machine, "0::/\n", ".",
        memory_max=f"{600 * MEGABYTE}", memory_current=f"{300 * MEGABYTE}",
        memory_stat=f"anon 1\ninactive_file {50 * MEGABYTE}\n",
    )  # fmt: skip
    assert free(machine) == 350 * MEGABYTE


def test_a_group_without_a_limit_leaves_the_machine_s(machine):
    group(
        machine, "0::/user.slice\n", "user.slice",
        memory_max="max\n", memory_current="1", memory_stat="",
    )  # fmt: skip
    assert free(machine) == 5 * 2**30


def test_groups_of_the_first_version(machine):
    group(
        machine, "9:cpu:/a\n4:memory:/a\n", "memory/a",
        memory_limit_in_bytes=f"{200 * MEGABYTE}", memory_usage_in_bytes=f"{150 * MEGABYTE}",
        memory_stat="total_inactive_file 0\n",
    )  # fmt: skip
    assert free(machine) == 50 * MEGABYTE


LIMITED = {
    "memory/": {
        "memory_limit_in_bytes": f"{200 * MEGABYTE}",
        "memory_usage_in_bytes": f"{150 * MEGABYTE}",
    },
    "": {"memory_max": f"{200 * MEGABYTE}", "memory_current": f"{150 * MEGABYTE}"},
}


@pytest.mark.parametrize(("controllers", "root"), [("", ""), ("memory", "memory/")])
@pytest.mark.parametrize("limited", ["a/b/c", "a/b", "a", "."])
def test_the_limit_of_every_group_around_the_process_s_holds(machine, controllers, root, limited):
    entry = f"0:{controllers}:/a/b/c\n"
    group(machine, entry, f"{root}a/b/c")
    group(machine, entry, root + limited, memory_stat="anon 1\n", **LIMITED[root])
    assert free(machine) == 50 * MEGABYTE


def test_a_group_outside_of_those_seen_is_not_looked_for(machine):
    group(machine, "0::/../../a\n", "../../a", memory_stat="", **LIMITED[""])
    assert free(machine) == 5 * 2**30


def test_a_system_that_does_not_tell_is_no_obstacle(tmp_path):
    assert available_memory(tmp_path, tmp_path) is None


def test_too_little_is_one_line(monkeypatch):
    monkeypatch.setattr(memory, "_address_space", lambda: None)
    monkeypatch.setattr(memory, "available_memory", lambda: 300 * MEGABYTE)
    with pytest.raises(BackendError, match="there are 314 MB of memory free"):
        check_memory()
    monkeypatch.setattr(memory, "available_memory", lambda: None)
    check_memory()
    monkeypatch.setattr(memory, "_address_space", lambda: 2 * 2**30)
    with pytest.raises(BackendError, match="this process is allowed 2147 MB"):
        check_memory()
