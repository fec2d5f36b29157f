"""The page of the structure is up to date, and its parts do what they say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import structure


def test_the_page_is_what_the_command_writes():
    written = structure.PAGE.read_text(encoding="utf-8")
    assert written == structure.page(structure.ROOT / "src"), "run `make structure`"


def test_it_names_every_file_and_no_other():
    source = Path("src/cotejo")
    named = [name.strip() for name, _ in structure.tree(source) if name.endswith(".py")]
    files = [path.name for path in source.rglob("*.py") if path.name != "__init__.py"]
    assert sorted(named) == sorted(["__init__.py", *files])


def test_what_is_left_of_a_folder_that_is_gone_is_not_named(tmp_path):
    for folder in (tmp_path, tmp_path / "gone"):
        (folder / "__pycache__").mkdir(parents=True)
        (folder / "__pycache__" / "old.pyc").touch()
    (tmp_path / "one.py").touch()
    assert [name.strip() for name, _ in structure.tree(tmp_path)] == ["one.py"]


def test_no_two_test_modules_have_one_name():
    """Pytest takes a module by its name alone, and refuses the second of that name."""
    names = [path.name for path in Path("tests").rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)


def test_what_follows_from_a_chain_is_left_out_and_a_cycle_stays():
    chain = {("cli", "study"), ("study", "errors"), ("cli", "errors")}
    assert structure.reduced(chain) == chain - {("cli", "errors")}
    cycle = {("page", "words"), ("words", "page")}
    assert structure.reduced(cycle | {("cli", "page")}) == cycle | {("cli", "page")}


def test_the_contract_on_what_topics_share_lists_all_of_it():
    """What may import topics is the report as a whole, and the topics themselves."""
    with Path("pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (listed,) = (
        contract["source_modules"]
        for contract in contracts
        if contract["name"] == "What topics share knows no topic"
    )
    folder = Path("src/cotejo/report")
    modules = {
        f"cotejo.report.{path.stem}"
        for path in folder.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").is_file()
    }
    whole_report = {
        f"cotejo.report.{name}" for name in ("topics", "html", "audit_page", "notebook")
    }
    assert sorted(modules - whole_report) == listed


def test_an_import_upwards_is_counted():
    layers = ["cotejo.cli", "cotejo.study", "cotejo.errors"]
    down = ("cotejo.cli.app", "cotejo.errors")
    up = ("cotejo.study.run", "cotejo.cli.app")
    assert structure.against_layers({down, up}, layers) == {up}
