"""How much of a comparison's progress is saved into a notebook, for a study of 30 runs.

    python benchmarks/notebook_size.py [--alternatives 10] [--seeds 3]

A notebook is run in a kernel, whose first cell compares small networks on the digits and shows only
how far it is, and whose second cell shows the comparison. Prints the size of the notebook's file
after each of the two. It needs nbclient and ipykernel, which `make` installs.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

COMPARE = """
import cotejo

alternatives = {{
    f"rate-{{number}}": {{"model": "mlp", "learning_rate": number / 1000}}
    for number in range(1, {alternatives} + 1)
}}
comparison = cotejo.compare(
    alternatives, data="digits", epochs=2, seeds={seeds}, out={out!r}, language="en"
)
"""


def saved_bytes(cells: list[str], folder: Path) -> int:
    """Run a notebook of these cells, and return the size of its file."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=1800, kernel_name="python3").execute(cwd=folder)
    path = folder / "notebook.ipynb"
    nbformat.write(notebook, path)
    return path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--alternatives", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compare = COMPARE.format(
            alternatives=given.alternatives, seeds=given.seeds, out=str(folder / "runs")
        )
        progress = saved_bytes([compare], folder)
        # The runs are there now: nothing is trained again.
        shown = saved_bytes([compare, "comparison"], folder)
    runs = given.alternatives * given.seeds
    print(f"{runs} runs: {progress:,} bytes with the progress, {shown:,} with the comparison too")


if __name__ == "__main__":
    main()
