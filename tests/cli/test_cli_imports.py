"""What starting the command line loads: nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "keras",
    "tensorflow",
    "jax",
    "torch",
    "numpy",
    "sklearn",
    "matplotlib",
    "rich",
)

LOADED = """
import sys
print("loaded:", [name for name in {names} if name in sys.modules])
"""

HELP = """
import sys
from cotejo.cli.app import run
assert run(sys.argv[1:]) == 0
"""


@pytest.mark.parametrize(
    ("code", "arguments", "more"),
    [
        ("import cotejo", [], ("pydantic", "typer")),
        (HELP, ["--help"], ("pydantic",)),
        # Typer itself reads the values of options through pydantic.
        (HELP, ["study", "--help", "--lang", "es"], ()),
    ],
)
def test_nothing_heavy_is_loaded(code: str, arguments: list[str], more: tuple[str, ...]) -> None:
    loaded = LOADED.format(names=HEAVY + more)
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{loaded}", *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_the_module_runs_as_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cotejo", "nothing"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith('error: there is no command "nothing".')
    assert done.stdout == ""
