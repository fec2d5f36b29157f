"""Cotejo in a process of its own, where something that is usually there is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable

__all__ = ["run_cotejo", "run_without"]

# Python looks for modules as ever, and finds none of those hidden.
_WITHOUT = """
import sys
from importlib.machinery import PathFinder

hidden = set(sys.argv[1].split(","))

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            return None
        return super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
from cotejo.cli.app import run

sys.exit(run(sys.argv[2:]))
"""


def run_without(
    modules: Iterable[str], *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line where the top-level ``modules`` are not installed."""
    command = [sys.executable, "-c", _WITHOUT, ",".join(modules), *arguments]
    return _run(command, environment)


def run_cotejo(*arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Run the command line with other variables; those that are None are not set."""
    return _run([sys.executable, "-m", "cotejo", *arguments], environment)


def _run(
    command: list[str], environment: dict[str, str | None]
) -> subprocess.CompletedProcess[str]:
    everything = {**os.environ, "COTEJO_LANG": "en", **environment}
    return subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={name: value for name, value in everything.items() if value is not None},
        timeout=300,
    )
