"""The report as a notebook: every cell runs where the study is, and gives what is stored."""

import ast
import json
import re
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from fabricate import Made, fabricate_study

import cotejo
from cotejo.cli.app import run
from cotejo.errors import ConfigError
from cotejo.models import build_model
from cotejo.models.program import program
from cotejo.report import write_report, write_reports
from cotejo.report.formats.cells import shown_data
from cotejo.store import RESULT_FILES, described_files, read_json, write_json
from figures import figures_drawn


def with_program(folder, name="tuned"):
    """Give the runs of an alternative the program that a training writes."""
    text = program(build_model("cnn3", (32, 32, 3), 10))
    for place in (folder / name).iterdir():
        (place / "network.py").write_text(text)
        listed = described_files(place, [*RESULT_FILES, "network.py", "log.txt"])
        write_json(place / "run.json", read_json(place / "run.json") | {"files": listed})
    return folder


@pytest.fixture(scope="module")
def studied(full, tmp_path_factory):
    return with_program(shutil.copytree(full, tmp_path_factory.mktemp("notebook") / "study"))


@pytest.fixture(scope="module", params=["en", "es"])
def notebook(studied, request):
    out = studied.parent / f"{request.param}.ipynb"
    write_report(studied, request.param, out=out)
    return read_json(out)


def source(cell):
    return "".join(cell["source"])


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def prose(notebook):
    return "\n\n".join(
        source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )


def executed(notebook, folder, monkeypatch, scope=None):
    """Run all cells in order, and yield each with the value of its last expression."""
    monkeypatch.chdir(folder)
    scope = {} if scope is None else scope
    for cell in code_cells(notebook):
        tree = ast.parse(source(cell))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell["id"], "exec"), scope)  # noqa: S102
        value = None
        if last is not None:
            value = eval(compile(ast.Expression(last.value), cell["id"], "eval"), scope)  # noqa: S307
        yield cell, value


def test_it_is_a_notebook_as_jupyter_reads_them(notebook):
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w-]{1,64}", name) for name in ids)
    nbformat = pytest.importorskip("nbformat")
    nbformat.validate(notebook)


def test_every_cell_runs_and_gives_what_is_stored(notebook, studied, monkeypatch):
    compared = 0
    with figures_drawn():
        for cell, value in executed(notebook, studied.parent, monkeypatch):
            stored = [output["data"] for output in cell["outputs"]]
            assert stored == ([] if value is None else [shown_data(value)]), cell["id"]
            compared += len(stored)
    assert compared > 9


def test_a_kernel_of_jupyter_s_says_the_same(notebook, studied):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    again = nbformat.reads(json.dumps(notebook), 4)
    place = {"metadata": {"path": str(studied.parent)}}
    nbclient.NotebookClient(again, timeout=300, resources=place).execute()

    def stored(cell):
        joined = [
            {kind: "".join(content).strip() for kind, content in output["data"].items()}
            for output in cell["outputs"]
        ]
        return cell["id"], joined

    assert [stored(cell) for cell in code_cells(again)] == [
        stored(cell) for cell in code_cells(notebook)
    ]


def test_it_has_what_is_handed_in(notebook):
    text, spanish = prose(notebook), notebook["metadata"]["cotejo"]["language"] == "es"
    headings = re.findall(r"^#+ .*", text, re.MULTILINE)
    numbered = [heading for heading in headings if re.match(r"## \d+ ", heading)]
    assert len(numbered) >= 10
    wanted = (
        ("Los datos", "alternativas", "entrenamiento completo", "época a época", "en Keras")
        if spanish
        else ("data", "alternatives", "whole training", "epoch by epoch", "in Keras")
    )
    for words in wanted:
        assert any(words in heading for heading in headings), words
    cells = {cell["id"]: cell for cell in code_cells(notebook)}
    assert "def build(image_shape=(32, 32, 3), num_classes=10):" in source(cells["network"])
    assert ("Devuelve la red" in source(cells["network"])) == spanish
    assert cells["parameters"]["outputs"][0]["data"]["text/plain"] == ["122570"]
    # All epochs of the training that the best continues, and its own.
    assert any(
        "".join(output["data"].get("text/html", "")).count("<tr") == 15
        for cell in code_cells(notebook)
        for output in cell["outputs"]
    )


def test_figures_that_a_method_draws_are_drawn_by_it(notebook):
    calls = [source(cell) for cell in code_cells(notebook)]
    for method in ("accuracies", "confusion", "training"):
        assert f"comparison.plot.{method}()" in calls
    assert any(call.startswith("comparison.show(table=") for call in calls)


def test_nothing_of_the_machine_is_in_it(notebook, studied):
    text = json.dumps(notebook)
    assert str(studied.parent) not in text
    assert source(code_cells(notebook)[0]).startswith(
        'import cotejo\n\ncomparison = cotejo.Comparison("study", language='
    )


def test_outputs_keep_to_themselves_and_read_in_the_dark(notebook):
    for cell in code_cells(notebook):
        for output in cell["outputs"]:
            page = "".join(output["data"].get("text/html", ""))
            assert not re.search(r"<style|<script|\bclass=|\bid=|<link", page)
            for style in re.findall(r'style="([^"]*)"', page):
                # A ground of its own comes with a colour of its own for what is written on it.
                light = re.search(r"background:#", style)
                assert not light or "color:#000" in style or "display:inline-block" in style


def test_text_has_no_links_that_lead_nowhere(notebook):
    text = prose(notebook)
    assert "COTEJO-" not in text
    assert "](#" not in text
    assert "<" not in re.sub(r"\\<|`[^`]*`", "", text)


@pytest.mark.usefixtures("undrawn")
def test_the_appendix_comes_when_asked_for(studied, tmp_path):
    brief = read_json(write_report(studied, out=tmp_path / "brief.ipynb"))
    full = read_json(write_report(studied, out=tmp_path / "full.ipynb", detail="full"))
    assert len(code_cells(full)) > len(code_cells(brief)) + 10
    names = [cell["id"] for cell in code_cells(full)]
    # The same thing has the same number in both.
    assert {cell["id"] for cell in code_cells(brief)} <= set(names)
    assert re.search(r"^## A ", prose(full), re.MULTILINE)
    assert not re.search(r"^## A ", prose(brief), re.MULTILINE)


@pytest.mark.usefixtures("undrawn")
def test_written_again_it_is_the_same_and_a_stranger_s_stays(studied, tmp_path, capsys):
    place = write_report(studied, "es", out=tmp_path / "entrega.ipynb")
    before = place.read_bytes()
    assert write_report(studied, "es", out=place).read_bytes() == before
    place.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4}))
    assert run(["report", str(studied), "--out", str(place), "--lang", "es"]) == 2
    assert "no lo ha escrito Cotejo" in capsys.readouterr().err or place.stat().st_size < 100
    assert read_json(place)["cells"] == []


@pytest.mark.usefixtures("undrawn")
def test_in_the_study_s_folder_it_names_that_folder(studied, tmp_path):
    folder = shutil.copytree(studied, tmp_path / "study")
    paths = write_reports(folder, "en", ["html", "ipynb"])
    assert [path.name for path in paths] == ["report.html", "report.ipynb"]
    assert 'cotejo.Comparison(".", ' in source(code_cells(read_json(paths[1]))[0])


@pytest.mark.usefixtures("undrawn")
def test_without_a_program_it_says_so(tmp_path):
    fabricate_study(tmp_path, [Made("a"), Made("b", (0.6,))])
    notebook = read_json(write_report(tmp_path, format="ipynb"))
    assert "No program of this network was kept" in prose(notebook)
    assert "network" not in {cell["id"] for cell in code_cells(notebook)}


@pytest.mark.usefixtures("undrawn")
def test_the_user_s_own_code_is_shown_as_it_is(tmp_path):
    fabricate_study(tmp_path, [Made("a"), Made("b", (0.6,))])
    place = tmp_path / "a" / "seed-1"
    tiny = "def tiny(image_shape, num_classes):\n    return UNITS  # few\n"
    text = f"{tiny}\ndef other(): ...\nUNITS = 8\n"
    (place / "nets.py").write_text(text)
    listed = described_files(place, [*RESULT_FILES, "nets.py", "log.txt"])
    record = read_json(place / "run.json")
    settings = record["settings"] | {"model": "nets.py:tiny"}
    code = {"code": {"file": "nets.py", "sha256": "0"}, "files": listed, "settings": settings}
    write_json(place / "run.json", record | code)
    study = read_json(tmp_path / "study.json")
    study["alternatives"][0]["settings"]["model"] = "nets.py:tiny"
    write_json(tmp_path / "study.json", study)
    notebook = read_json(write_report(tmp_path, "es", format="ipynb"))
    cells = {cell["id"]: cell for cell in code_cells(notebook)}
    assert "def tiny(image_shape, num_classes):" in source(cells["network"])
    assert source(cells["network"]).startswith("import keras\n")
    assert "# few" in source(cells["network"])
    assert "UNITS = 8" in source(cells["network"])
    assert "other" not in source(cells["network"])
    assert "`nets.py`" in prose(notebook)


def test_show_names_what_there_is(full):
    comparison = cotejo.Comparison(full, language="en")
    with pytest.raises(ConfigError, match=r"no table 99; its tables are: 1, 2"):
        comparison.show(table=99)
    with pytest.raises(ConfigError, match=r"no figure 99; its figures are: 1, 2"):
        comparison.show(figure=99)
    with pytest.raises(ValueError, match="the number of a table"):
        comparison.show()
    assert "Alternative" in repr(comparison.show(table=2))


# The notebook in Keras alone.


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A study of the digits that was trained, for one epoch."""
    folder = tmp_path_factory.mktemp("trained") / "digits"
    cotejo.compare(
        {"small": {"model": "cnn", "convolutions": 1, "augment": "notebook"}, "mlp": "mlp"},
        data="digits",
        seeds=1,
        epochs=1,
        early_stopping=2,
        label_smoothing=0.1,
        class_weight="balanced",
        schedule="one-cycle",
        weight_decay=0.001,
        out=folder,
        observer=cotejo.Observer(),
        language="en",
    )
    return folder


def plotted(monkeypatch):
    """Open no window."""
    import matplotlib.pyplot as plt

    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_training_in_keras_alone_runs(trained, tmp_path, monkeypatch, capsys, language):
    place = write_report(
        trained, language, format="ipynb", out=tmp_path / "alone.ipynb", standalone=True
    )
    notebook = read_json(place)
    assert [path.name for path in tmp_path.iterdir()] == ["alone.ipynb"]
    code = "\n".join(source(cell) for cell in code_cells(notebook))
    assert "cotejo" not in code
    assert all(not cell["outputs"] for cell in code_cells(notebook))
    for part in (
        "OneCycle(0.001, steps)", "label_smoothing=0.1", "patience=2", "class_weight=",
        "weight_decay=0.001",
    ):  # fmt: skip
        assert part in code
    if language == "es":
        return
    plotted(monkeypatch)
    scope = {}
    for _ in executed(notebook, tmp_path, monkeypatch, scope):
        pass
    digits = cotejo.load("digits")
    for split in ("train", "valid", "test"):
        np.testing.assert_array_equal(scope[f"x_{split}"], getattr(digits, split).images)
        np.testing.assert_array_equal(scope[f"y_{split}"], getattr(digits, split).labels)
    shown = capsys.readouterr().out
    assert "Test accuracy: " in shown
    assert "Precision" in shown
    assert scope["matrix"].sum() == 359
    best = cotejo.Comparison(trained).best
    assert scope["network"].count_params() == best.model.count_params()


def of_ones_own(input_shape, n_classes, filters=4):
    """A network with a lambda, which no program says; it ends in a softmax."""
    from keras import Input, Model, layers

    inputs = Input(input_shape)
    x = layers.Lambda(lambda pixels: pixels - 128.0)(inputs)
    x = layers.GlobalMaxPooling2D()(layers.Conv2D(filters, 3, strides=2)(x))
    return Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


def test_a_network_of_ones_own_is_built_by_its_own_code(tmp_path, monkeypatch, capsys):
    cotejo.compare(
        {"own": {"model": of_ones_own, "filters": 3}}, data="digits", seeds=1, epochs=1,
        out=tmp_path / "study", observer=cotejo.Observer(), language="en",
    )  # fmt: skip
    options = {"format": "ipynb", "out": tmp_path / "alone.ipynb", "standalone": True}
    notebook = read_json(write_report(tmp_path / "study", "en", **options))
    code = "\n".join(source(cell) for cell in code_cells(notebook))
    assert "of_ones_own(input_shape=x_train.shape[1:], n_classes=len(names), filters=3)" in code
    assert "from_logits=False" in code
    plotted(monkeypatch)
    for _ in executed(notebook, tmp_path, monkeypatch):
        pass
    assert "Test accuracy: " in capsys.readouterr().out


@pytest.mark.usefixtures("undrawn")
def test_the_whole_training_of_a_best_that_continues_another_runs(
    studied, tmp_path, monkeypatch, capsys
):
    import keras

    random = np.random.default_rng(0)

    def load_data():
        make = lambda n: (  # noqa: E731
            random.integers(0, 256, (n, 32, 32, 3)).astype("uint8"),
            random.integers(0, 10, (n, 1)).astype("uint8"),
        )
        return make(700), make(60)

    monkeypatch.setattr(keras.datasets, "cifar10", SimpleNamespace(load_data=load_data))
    place = write_report(
        studied, "en", format="ipynb", out=tmp_path / "alone.ipynb", standalone=True
    )
    notebook = read_json(place)
    text = prose(notebook)
    assert "the last 500 of the original training set" in text
    assert "### 1. The settings of" in text
    assert "### 2. The settings of" in text
    for cell in code_cells(notebook):
        short = re.sub(r"^epochs, batch_size = \d+", "epochs, batch_size = 1", source(cell))
        cell["source"] = [short]
    plotted(monkeypatch)
    scope = {}
    for _ in executed(notebook, tmp_path, monkeypatch, scope):
        pass
    assert len(scope["x_train"]) == 200
    assert "RandomTranslation" in "".join(source(cell) for cell in code_cells(notebook))
    assert "Test accuracy: " in capsys.readouterr().out


@pytest.mark.usefixtures("undrawn")
def test_what_keras_lacks_is_said_in_the_report_s_language(tmp_path):
    changes = {
        "optimizer": "muon", "augment": ["flip", {"cutout": 8}, {"mixup": 0.2}],
        "average": "ema", "tta": "flip", "small_epochs": 2, "hard_epochs": 1,
    }  # fmt: skip
    made = [Made("a", changes=changes), Made("b", (0.6,))]
    with_program(fabricate_study(tmp_path, made), "a")
    place = write_report(tmp_path, "es", format="ipynb", standalone=True)
    assert place == tmp_path / "report-keras.ipynb"
    text = prose(read_json(place))
    for words in (
        "`muon`",
        "cuadrado tapado",
        "mixup",
        "media móvil",
        "varias vistas",
        "2 primeras",
    ):
        assert words.casefold() in text.casefold(), words


@pytest.mark.usefixtures("undrawn")
def test_what_can_t_stand_alone_is_refused_in_one_line(tmp_path, capsys):
    fabricate_study(tmp_path, [Made("a"), Made("b", (0.6,))])
    for asked, said in (
        (["--standalone"], "only a notebook stands alone"),
        (["--format", "html,ipynb", "--standalone"], "only a notebook stands alone"),
        (["--format", "ipynb", "--standalone"], "nothing says how the network"),
    ):
        assert run(["report", str(tmp_path), *asked, "--lang", "en"]) == 2
        shown = capsys.readouterr().err
        assert said in shown
        assert shown.count("\n") == 1
