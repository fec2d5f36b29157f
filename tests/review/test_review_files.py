"""Files that `cotejo review` is given: damaged, hostile, old, and random ones never crash it."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from writtennotebooks import code, second_original, sound, text, write

from cotejo.cli.app import run
from cotejo.errors import OutputError
from cotejo.review import review
from cotejo.review.notebook import MOST_CELLS, parse_notebook
from cotejo.review.study_file import nets_text, study_text


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("COTEJO_LANG", "en")


NESTED = '{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}"
LONG = json.dumps({"cells": [{"cell_type": "code", "source": ""}] * (MOST_CELLS + 1)})

DAMAGED = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "a list": b"[]",
    "a number": b"3",
    "a text": b'"cells"',
    "no notebook": b'{"name": "x", "version": 1}',
    "cells that are none": b'{"cells": {"a": 1}}',
    "cut off": b'{"nbformat": 4, "cells": [{"cell_type": "co',
    "nested": NESTED.encode(),
    "long": LONG.encode(),
    "another language": b'{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}',
    "half a character": b'{"cells": [], "a": "\xff"}',
    "a huge number": b'{"cells": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_notebook_is_one_line(tmp_path, capsys, content):
    path = tmp_path / "damaged.ipynb"
    path.write_bytes(content)
    with pytest.raises(OutputError):
        review(path)
    assert run(["review", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("error: ")
    assert shown.err.count("\n") == 1


def test_what_is_not_there_is_one_line(tmp_path, capsys):
    for path in (tmp_path / "none.ipynb", tmp_path, "a\0b", "x" * 5000):
        assert run(["review", str(path)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert run(["review"]) == 2


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    path = write(tmp_path / "large.ipynb", text("x" * 1000))
    monkeypatch.setattr("cotejo.review.notebook.LARGEST_NOTEBOOK", 500)
    with pytest.raises(OutputError, match="MB"):
        review(path)


ODD = {
    "no source": [{"cell_type": "code"}],
    "a number as source": [{"cell_type": "code", "source": 3}],
    "a list with numbers": [{"cell_type": "code", "source": ["x = 1\n", 2, None]}],
    "cells that are no tables": [3, None, "x", []],
    "odd outputs": [{"cell_type": "code", "source": "x", "outputs": {"a": 1}}],
    "odd errors": [{"cell_type": "code", "source": "", "outputs": [{"output_type": "error"}, 3]}],
    "odd counts": [{"cell_type": "code", "source": "x", "execution_count": "1"}],
    "a huge count": [{"cell_type": "code", "source": "x", "execution_count": 10**40}],
    "a NUL": [{"cell_type": "code", "source": "x = '\0'"}],
    "deep code": [{"cell_type": "code", "source": "(" * 3000 + ")" * 3000}],
    "a long sum": [{"cell_type": "code", "source": "x = 1" + " + 1" * 20_000}],
    "a long chain": [{"cell_type": "code", "source": "x = a" + ".b" * 5000 + "()" * 3000}],
    "deep lists": [{"cell_type": "code", "source": "[" * 150 + "]" * 150}],
    "endless": [{"cell_type": "code", "source": "def f(n):\n    return f(n) + f(n)\nf(1)"}],
    "nested loops": [
        {
            "cell_type": "code",
            "source": "\n".join(
                f"{' ' * depth}for i{depth} in [1, 2, 3, 4, 5, 6, 7]:" for depth in range(15)
            )
            + "\n"
            + " " * 15
            + "x = 1",
        }
    ],
    "a large power": [{"cell_type": "code", "source": "x = 9 ** 9 ** 9 ** 9"}],
    "a large text": [{"cell_type": "code", "source": "x = 'a' * 10 ** 12\ny = x + x"}],
    "a list in itself": [{"cell_type": "code", "source": "a = []\na.append(a)\nmax(a)\nf(a)"}],
    "a network in itself": [
        {
            "cell_type": "code",
            "source": "import keras\nm = keras.Sequential()\nm.add(m)\nm.compile()\nm.fit(1)",
        }
    ],
    "a network in itself, with an end": [
        {
            "cell_type": "code",
            "source": "import keras\nm = keras.Sequential()\n"
            + "m.add(m)\n" * 40
            + "m.add(keras.layers.Dense(10))\nm.compile()\nm.fit(x)",
        }
    ],
    "many definitions": [
        {
            "cell_type": "code",
            "source": "for a in [1, 2, 3, 4, 5, 6, 7]:\n for b in [1, 2, 3, 4, 5, 6, 7]:\n  "
            "for c in [1, 2, 3, 4, 5, 6, 7]:\n   def f():\n" + "    x = a + b + c\n" * 5000,
        }
    ],
    "many trainings": [
        {
            "cell_type": "code",
            "source": "import keras\nm = keras.Sequential()\nm.add(keras.layers.Dense(10))\n"
            "for a in [1, 2, 3, 4, 5, 6, 7]:\n for b in [1, 2, 3, 4, 5, 6, 7]:\n  "
            "for c in [1, 2, 3, 4, 5, 6, 7]:\n   for d in [1, 2, 3, 4, 5]:\n"
            "    m.add(keras.layers.Dense(10))\n    m.compile()\n    m.fit(x, epochs=a)",
        }
    ],
    "only magics": [{"cell_type": "code", "source": "%%html\n<b>"}],
    "half a character": [{"cell_type": "markdown", "source": "a \ud800 b"}],
}


@pytest.mark.parametrize("cells", ODD.values(), ids=ODD)
def test_an_odd_notebook_is_read(tmp_path, cells, capsys):
    path = tmp_path / "odd.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "cells": cells}))
    assert run(["review", str(path)]) in (0, 1)
    assert run(["review", str(path), "--json"]) in (0, 1)
    assert run(["review", str(path), "--out", str(tmp_path / "study")]) in (0, 1)
    assert "Traceback" not in capsys.readouterr().err


def test_the_old_format_is_read(tmp_path):
    cells = [
        {"cell_type": "heading", "level": 1, "source": "Resultados"},
        {
            "cell_type": "code",
            "input": ["plt.plot(x)"],
            "prompt_number": 3,
            "outputs": [{"output_type": "pyerr", "ename": "NameError", "evalue": "plt"}],
        },
    ]
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}, 3]}))
    result = review(path)
    assert [finding.kind for finding in result.findings] == ["failed", "no_import"]
    assert result.notebook.cells[0].source == "# Resultados"
    assert result.notebook.cells[1].count == 3


def test_nothing_of_a_notebook_is_run(tmp_path):
    trap = tmp_path / "trap"
    source = f"open({str(trap)!r}, 'w').write('x')\n!touch {trap}\nimport this_is_not_there"
    review(write(tmp_path / "trap.ipynb", code(source)))
    assert not trap.exists()


def test_control_characters_do_not_reach_the_screen(tmp_path, capsys):
    cells = [code("plt.show()  # \x1b[2J"), text("\x1b]0;x\x07")]
    run(["review", str(write(tmp_path / "a.ipynb", *cells))])
    assert "\x1b" not in capsys.readouterr().out


LINES = st.sampled_from(
    [
        line
        for cells in (second_original(), *sound().values())
        for cell in cells
        if cell["cell_type"] == "code"
        for line in cell["source"]
    ]
)
NASTY = st.sampled_from(
    [
        "m = keras.Sequential()\n",
        "m.add(m)\n",
        "m.add(layers.Dense(10))\n",
        "a = [1]\n",
        "a.append(a)\n",
        "a[0] = a\n",
        "a += [a]\n",
        "a = [a, a]\n",
        "m.add(layers.Dense(a, kernel_size=a))\n",
        "m.compile(a)\n",
        "m.fit(a, epochs=10**30, callbacks=a, validation_data=a)\n",
        "m.fit(x_train, y_train, epochs=a)\n",
        "for i in a: m.fit(x_train)\n",
        "max(a)\n",
        "def f(x): return f\n",
        "f = f(f)\n",
        "from tensorflow import keras\nfrom tensorflow.keras import layers\n",
        "gen = keras.utils.image_dataset_from_directory('\\ud800')\nm.fit(gen)\n",
    ]
)
CODE = st.one_of(
    st.lists(NASTY, max_size=15).map("".join),
    st.lists(NASTY | LINES.map(lambda line: line.strip() + "\n"), max_size=12).map("".join),
    st.lists(LINES, max_size=12).map("".join),
    st.lists(LINES.map(str.strip), max_size=12).map("\n".join),
    st.text(max_size=80),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
CELLS = st.one_of(
    st.fixed_dictionaries({"cell_type": st.just("code"), "source": CODE}),
    st.fixed_dictionaries({"cell_type": st.just("markdown"), "source": st.text(max_size=200)}),
    st.fixed_dictionaries(
        {
            "cell_type": st.sampled_from(["code", "markdown", "raw"]),
            "source": VALUES,
            "outputs": VALUES,
            "execution_count": VALUES,
        }
    ),
    VALUES,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=st.lists(CELLS, max_size=8))
def test_random_cells_never_crash(tmp_path, cells):
    path = tmp_path / "random.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "cells": cells}))
    result = review(path)
    json.dumps(result.to_json())
    for finding in result.findings:
        assert all(1 <= place.cell <= len(cells) for place in finding.places)
    study_text("a", result.alternatives, result.conclusions).encode()
    nets_text(result.alternatives).encode()


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_random_files_are_notebooks_or_refused(content):
    from pathlib import Path

    try:
        parse_notebook(content, Path("a.ipynb"))
    except OutputError as error:
        assert str(error)
