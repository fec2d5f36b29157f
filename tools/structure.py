"""Write ``docs/structure.md``: what each file of the source is for, and which folder imports which.

``make structure`` runs it. Nothing on that page is kept by hand: the tree comes from the
docstrings, the pictures and the counts come from the imports.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "structure.md"
PACKAGE = "cotejo"

Edges = set[tuple[str, str]]
"""Pairs of names: the first imports the second."""


def main() -> None:
    """Write the page; with ``--source``, print that of another checkout instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, help="the src folder of another checkout")
    source = parser.parse_args().source
    if source is None:
        PAGE.write_text(page(ROOT / "src"), encoding="utf-8")
    else:
        print(page(source.resolve()))


def page(source: Path) -> str:
    """Return the page as Markdown.

    Args:
        source: the folder that holds the package, ``src`` of a checkout.
    """
    package = source / PACKAGE
    imports = imports_between_files(source)
    folders = imports_between_folders(package, imports)
    return "\n".join(
        [
            "# The structure of the code",
            "",
            "`make structure` writes this page from the docstrings and the imports, and a test",
            "checks that it is up to date. Do not edit it by hand.",
            "",
            "## Which folder imports which",
            "",
            *_counts(package, imports, folders),
            "",
            "An arrow means *imports*. Where a chain of arrows leads from one box to another, a",
            "direct import between the two is not drawn, so that the picture can be read. Boxes",
            "are folders, rounded boxes are single files.",
            "",
            *diagram(package, children("", folders)),
            "",
            *_inner_diagrams(package, folders),
            "## What each file is for",
            "",
            "```",
            f"{PACKAGE}/",
            *_aligned(tree(package)),
            "```",
            "",
        ]
    )


def imports_between_files(source: Path) -> Edges:
    """Return the direct imports between the package's modules, deferred ones included.

    The package's own ``__init__``, which everything may be imported from, is left out.
    """
    sys.path.insert(0, str(source))
    try:
        graph = grimp.build_graph(PACKAGE, cache_dir=None)
    finally:
        sys.path.remove(str(source))
    return {
        (module, imported)
        for module in graph.modules - {PACKAGE}
        for imported in graph.find_modules_directly_imported_by(module) - {PACKAGE}
    }


def folder_of(package: Path, module: str) -> str:
    """Return the folder that a module lies in; a file at the top counts as its own folder.

    Example:
        >>> folder_of(Path("src/cotejo"), "cotejo.errors")
        'errors'
    """
    names = module.split(".")[1:]
    is_folder = package.joinpath(*names).is_dir()
    return ".".join(names if is_folder else names[:-1]) or names[0]


def reduced(edges: Edges) -> Edges:
    """Return the edges without those that follow from a chain of others.

    Edges inside a cycle all stay, so that a cycle can be seen.

    Example:
        >>> sorted(reduced({("a", "b"), ("b", "c"), ("a", "c")}))
        [('a', 'b'), ('b', 'c')]
    """
    reach = _reachable(edges)

    def in_one_cycle(first: str, second: str) -> bool:
        return second in reach[first] and first in reach[second]

    return {
        (start, end)
        for start, end in edges
        if in_one_cycle(start, end)
        or not any(
            end in reach[middle]
            and not in_one_cycle(middle, end)
            and not in_one_cycle(start, middle)
            for middle in reach[start] - {start, end}
        )
    }


def against_layers(edges: Edges, layers: list[str]) -> Edges:
    """Return the imports that go from a lower layer up to a higher one.

    Args:
        edges: imports between modules.
        layers: names of modules, the highest first, as in import-linter's contract.
    """
    rank = {layer: number for number, layer in enumerate(layers)}

    def rank_of(module: str) -> int | None:
        return rank.get(".".join(module.split(".")[:2]))

    ranks = ((edge, rank_of(edge[0]), rank_of(edge[1])) for edge in edges)
    return {
        edge for edge, low, high in ranks if low is not None and high is not None and low > high
    }


def diagram(package: Path, edges: Edges, direction: str = "TD") -> list[str]:
    """Return the lines of a Mermaid flowchart of imports between folders.

    Args:
        package: the package's folder.
        edges: imports between folders.
        direction: ``TD`` from the top down, ``LR`` from left to right.
    """
    lines = ["```mermaid", f"flowchart {direction}"]
    for name in sorted({name for edge in edges for name in edge}):
        last = name.split(".")[-1]
        is_folder = package.joinpath(*name.split(".")).is_dir()
        lines.append(f'  {_node(name)}["{last}/"]' if is_folder else f'  {_node(name)}(["{last}"])')
    for start, end in sorted(reduced(edges)):
        lines.append(f"  {_node(start)} --> {_node(end)}")
    return [*lines, "```"]


def tree(package: Path) -> Iterator[tuple[str, str]]:
    """Yield each line of the tree: a name, indented, and what it is for."""
    return _tree(package, "  ")


def _tree(folder: Path, indent: str) -> Iterator[tuple[str, str]]:
    files = sorted(folder.glob("*.py"), key=lambda path: (not path.stem.startswith("__"), path))
    for path in files:
        if path.name != "__init__.py" or indent == "  ":
            yield f"{indent}{path.name}", first_sentence(path)
    for path in sorted(path for path in folder.iterdir() if path.is_dir()):
        init = path / "__init__.py"
        kinds = sorted({file.suffix for file in path.rglob("*") if file.is_file()} - {".pyc"})
        if not kinds:  # what Python leaves behind, beside the modules or of a folder that is gone
            continue
        purpose = first_sentence(init) if init.exists() else f"Files: {', '.join(kinds)}"
        yield f"{indent}{path.name}/", purpose
        yield from _tree(path, indent + "  ")


def first_sentence(path: Path) -> str:
    """Return the first line of a file's docstring, without its full stop."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0].removesuffix(".")


def _aligned(lines: Iterator[tuple[str, str]]) -> list[str]:
    return [f"{name:<30} {purpose}" for name, purpose in lines]


def _node(name: str) -> str:
    # Mermaid reads some names, such as "end" or "class", as its own words.
    return "n_" + name.replace(".", "_")


def _reachable(edges: Edges) -> dict[str, set[str]]:
    """Return, for each name, every name that a chain of edges leads to from it."""
    following: dict[str, set[str]] = {name: set() for edge in edges for name in edge}
    for start, end in edges:
        following[start].add(end)
    reach: dict[str, set[str]] = {}
    for name in following:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            for end in following[waiting.pop()] - seen:
                seen.add(end)
                waiting.append(end)
        reach[name] = seen
    return reach


def children(parent: str, folders: Edges) -> Edges:
    """Return the imports between a folder's own files, taken as one, and each folder inside it.

    Args:
        parent: the folder's name below the package, such as ``data``; empty for the package itself.
        folders: imports between folders, as `imports_between_folders` gives them.

    Example:
        >>> children("data", {("data.audit", "data"), ("study", "data.audit")})
        {('data.audit', 'data')}
    """
    depth = len(parent.split(".")) + 1 if parent else 1
    inside = {
        edge
        for edge in folders
        if not parent or all(f"{name}.".startswith(f"{parent}.") for name in edge)
    }
    cut = {tuple(".".join(name.split(".")[:depth]) for name in edge) for edge in inside}
    return {(start, end) for start, end in cut if start != end}


def _inner_diagrams(package: Path, folders: Edges) -> Iterator[str]:
    """Yield the lines of a picture for each folder whose folders import each other."""
    for folder in sorted(path.parent for path in package.rglob("*/__init__.py")):
        names = folder.relative_to(package).parts
        edges = children(".".join(names), folders)
        if names and edges:
            yield from (f"### Inside `{'/'.join(names)}/`", "", *diagram(package, edges, "LR"), "")


def imports_between_folders(package: Path, imports: Edges) -> Edges:
    """Return the pairs of different folders of which the first imports from the second.

    Args:
        package: the package's folder.
        imports: imports between modules.
    """
    edges = {(folder_of(package, start), folder_of(package, end)) for start, end in imports}
    return {(start, end) for start, end in edges if start != end}


def _counts(package: Path, imports: Edges, folders: Edges) -> list[str]:
    """Return the lines with how many files, folders and imports there are."""
    top = children("", folders)
    mutual = {edge for edge in folders if edge[::-1] in folders and edge[0] < edge[1]}
    files = [path for path in package.rglob("*.py") if path.name != "__init__.py"]
    names = {name for edge in top for name in edge}
    mean = len(folders) / len({name for edge in folders for name in edge})
    return [
        "| what | how many |",
        "| --- | ---: |",
        f"| Python files, without `__init__.py` | {len(files)} |",
        f"| folders with Python files | {len(list(package.rglob('__init__.py')))} |",
        f"| at the top: folders and single files | {len(names)} |",
        f"| at the top: pairs of which one imports the other | {len(top)} |",
        f"| at the top: arrows in the picture below | {len(reduced(top))} |",
        f"| all folders: pairs of which one imports the other | {len(folders)} |",
        f"| all folders: how many others each imports, on average | {mean:.1f} |",
        f"| all folders: pairs that import each other | {len(mutual)} |",
        f"| imports against the layers of `pyproject.toml` | "
        f"{len(against_layers(imports, _layers(package)))} |",
    ]


def _layers(package: Path) -> list[str]:
    project = tomllib.loads((package.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    return [
        layer
        for contract in contracts
        if contract["type"] == "layers" and contract.get("containers") is None
        for layer in contract["layers"]
    ]


if __name__ == "__main__":
    main()
