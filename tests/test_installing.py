"""What is installed, where: no backend unasked, and one lock for every machine promised."""

from __future__ import annotations

import tomllib
from importlib import metadata
from itertools import product
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
BACKENDS = {"tensorflow", "tensorflow-cpu", "tf-nightly", "jax", "jaxlib", "torch"}

PYTHONS = ("3.11.0", "3.11.2", "3.11.14", "3.12.0", "3.13.0", "3.13.9")
SYSTEMS = (
    ("linux", "Linux", "x86_64"),
    ("linux", "Linux", "aarch64"),
    ("darwin", "Darwin", "arm64"),
    ("win32", "Windows", "AMD64"),
)


def machine(python, system):
    sys_platform, platform_system, platform_machine = system
    return {
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_version": python,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": sys_platform,
        "os_name": "nt" if sys_platform == "win32" else "posix",
        "platform_system": platform_system,
        "platform_machine": platform_machine,
        "platform_release": "",
        "platform_version": "",
    }


MACHINES = [machine(*pair) for pair in product(PYTHONS, SYSTEMS)]


def applies(requirement, environment, extra=""):
    return requirement.marker is None or requirement.marker.evaluate(
        {**environment, "extra": extra}
    )


def pins(environment):
    found = {}
    for pin in LOCK:
        if applies(pin, environment):
            name = canonicalize_name(pin.name)
            assert name not in found, f"{name} is pinned twice for one machine"
            (only,) = pin.specifier
            assert only.operator == "=="
            found[name] = Version(only.version)
    return found


def test_installing_cotejo_brings_no_backend():
    needed = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    assert not needed & BACKENDS


@pytest.mark.parametrize("environment", MACHINES)
def test_each_extra_brings_its_backend_to_every_machine(environment):
    for extra, module in (("tensorflow", "tensorflow"), ("jax", "jax"), ("torch", "torch")):
        requirements = map(Requirement, PROJECT["optional-dependencies"][extra])
        brought = [each.name for each in requirements if applies(each, environment)]
        assert [name.removesuffix("-cpu") for name in brought] == [module]


def extra_lines(*extras):
    """Return the requirements of extras, with those of the extras that they name."""
    for extra in extras:
        for line in PROJECT["optional-dependencies"][extra]:
            requirement = Requirement(line)
            if requirement.name == PROJECT["name"]:
                yield from extra_lines(*requirement.extras)
            else:
                yield line


@pytest.mark.parametrize("environment", MACHINES)
def test_the_lock_has_one_version_of_each_package_in_the_ranges_promised(environment):
    locked = pins(environment)
    extras = ("tensorflow", "jax", "jax-cuda", "dev")
    for requirement in map(Requirement, [*PROJECT["dependencies"], *extra_lines(*extras)]):
        if applies(requirement, environment):
            version = locked[canonicalize_name(requirement.name)]
            assert version in requirement.specifier, requirement


def test_the_lock_has_all_that_is_needed_here():
    """Follow what is installed; for the other machines `make check-lock` asks the index."""
    here = default_environment()
    locked, seen = pins(here), set()
    listed = [*PROJECT["dependencies"], *extra_lines("dev", "tensorflow")]
    waiting = [Requirement(line) for line in listed]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if not applies(requirement, here) or (name, *requirement.extras) in seen:
            continue
        seen.add((name, *requirement.extras))
        assert name in locked, f"{name} is not in constraints.txt"
        try:
            installed = Version(metadata.version(name))
        except metadata.PackageNotFoundError:  # where another backend is installed
            continue
        if installed != locked[name]:  # the lowest versions may need other packages
            continue
        lines = metadata.requires(name) or []
        for needed in map(Requirement, lines):
            if any(applies(needed, here, extra) for extra in ("", *requirement.extras)):
                needed.marker = None
                waiting.append(needed)


def test_the_lock_names_no_place_to_get_packages_from():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--" not in text


def test_each_python_promised_is_checked():
    promised = SpecifierSet(PROJECT["requires-python"])
    assert all(Version(python) in promised for python in PYTHONS)
    assert Version("3.14.0") not in promised
    minors = {python.rpartition(".")[0] for python in PYTHONS}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(f"{minor}.0" in makefile for minor in minors)


COLAB = {
    "babel": "2.18.0", "beautifulsoup4": "4.13.5", "h5py": "3.16.0", "jinja2": "3.1.6",
    "keras": "3.13.2", "matplotlib": "3.10.0", "numpy": "2.1.3", "pillow": "11.3.0",
    "platformdirs": "4.11.3", "pydantic": "2.13.4", "rich": "13.9.4", "scikit-learn": "1.6.1",
    "scipy": "1.16.3", "typer": "0.27.1", "tensorflow": "2.20.0", "jax": "0.7.2",
}  # fmt: skip
"""What Google's Colab has installed: github.com/googlecolab/backend-info, pip-freeze.txt, as of
2026-08-19."""


def test_nothing_that_colab_has_is_replaced():
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["tensorflow"]]
    wanted += PROJECT["optional-dependencies"]["jax"]
    found = {}
    for text in wanted:
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        if name in COLAB:
            found[name] = Version(COLAB[name]) in requirement.specifier
    assert found.keys() == COLAB.keys()
    assert all(found.values()), found
