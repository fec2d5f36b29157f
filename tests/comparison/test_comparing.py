"""`cotejo.compare`, and what it returns."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

import cotejo
from cotejo.backend import keras
from cotejo.comparison.arrays import as_splits, understood
from cotejo.comparison.observing import LineObserver, NotebookObserver, make_observer
from cotejo.errors import ConfigError, CotejoError
from cotejo.study.progress import Observer


def build_mine(image_shape, num_classes, width=4):
    """A network of a student's."""
    return keras.Sequential(
        [
            keras.layers.Conv2D(width, 3, strides=2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )


MODELS = {
    "mine": build_mine,
    "wide": {"model": build_mine, "width": 8},
    "listed": {"layers": ["conv 4 3 2 relu", "flatten"]},
}


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return cotejo.compare(
        MODELS, data="digits", epochs=1, seeds=2, out=tmp_path_factory.mktemp("compared") / "c",
        observer=Observer(), language="es",
    )  # fmt: skip


def test_a_table_has_the_alternatives_with_their_intervals(comparison):
    table = comparison.table
    assert list(table["alternative"]) == list(MODELS)
    inside = (table["test_accuracy_low"] < table["test_accuracy"]) & (
        table["test_accuracy"] < table["test_accuracy_high"]
    )
    assert inside.all()
    assert table["parameters"][1] > table["parameters"][0]


def test_every_table_is_a_frame(comparison):
    assert {"summary", "comparisons", "per-class", "mistakes", "runs"} <= set(comparison.frames)
    for name in comparison.frames:
        assert len(comparison.frame(name).columns) > 1
    assert len(comparison.comparisons) == 3
    assert len(comparison.history) == 6
    assert len(comparison["mine"].history) == 2
    with pytest.raises(ConfigError, match="no existe la tabla «nothing»; existen: summary"):
        comparison.frame("nothing")


def test_figures_are_those_of_the_report(comparison):
    for name in ("accuracies", "differences", "curves", "training", "confusion", "classes"):
        assert isinstance(getattr(comparison.plot, name)(), Figure)
    figure = Figure(figsize=(9, 4))
    left, right = figure.subplots(1, 2)
    assert comparison.plot.confusion("mine", ax=left) is figure
    comparison.plot.accuracies(ax=right)
    assert len(figure.subfigs) == 2
    with pytest.raises(ConfigError, match="mnie"):
        comparison.plot.confusion("mnie")


def test_the_best_has_a_model_in_use(comparison, digits):
    best = comparison.best
    chances = best.model.predict_on_batch(digits.test.images[:5])
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(best.predict(digits.test.images[:5]), chances)
    assert best.accuracy.low < best.accuracy.estimate < best.accuracy.high
    assert repr(best).startswith(f"<{best.name}: test ")
    assert [each.name for each in comparison] == list(MODELS)


def test_it_shows_itself_in_its_language(comparison):
    text, page = repr(comparison), comparison._repr_html_()
    assert "exactitud en prueba" in text
    assert "la mejor en validación es" in text
    assert "<style" not in page
    assert 'lang="es"' in page
    # No <svg>: of one, JupyterLab leaves the words alone in a notebook that it does not trust.
    assert "<svg" not in page
    assert page.count('<img style="background:#fff') == 1
    assert comparison.report().name == "report.html"


def test_calling_it_again_trains_nothing(comparison):
    class Watching(Observer):
        runs = 0

        def run_started(self, run):
            Watching.runs += 1

    again = cotejo.compare(
        MODELS, data="digits", epochs=1, seeds=2, out=comparison.folder, observer=Watching()
    )
    assert Watching.runs == 0
    assert len(again.result.finished) == 6
    assert "6 finished, 0 failed" in repr(again.result)


def test_a_changed_function_is_trained_again(comparison):
    names = []

    class Watching(Observer):
        def run_started(self, run):
            names.append(run.alternative)

    def build_mine(image_shape, num_classes, width=4):
        return keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(num_classes)])

    cotejo.compare(
        {**MODELS, "mine": build_mine}, data="digits", epochs=1, seeds=1, out=comparison.folder,
        observer=Watching(),
    )  # fmt: skip
    assert names == ["mine"]


def test_a_model_counts_by_its_layers(tmp_path):
    model = build_mine((32, 32, 3), 10)
    model.build((None, 32, 32, 3))
    model.compile("sgd", "sparse_categorical_crossentropy")
    compared = cotejo.compare(
        {"given": model, "other": lambda image_shape, num_classes: build_mine(None, num_classes)},
        data="digits", epochs=1, seeds=1, out=tmp_path / "c", observer=Observer(),
    )  # fmt: skip
    assert compared["given"].settings["optimizer"] == "sgd"
    assert compared["other"].settings["optimizer"] == "adam"


def test_arrays_as_keras_gives_them(tmp_path, capsys):
    random = np.random.default_rng(0)
    labels = np.arange(120) % 3
    images = (random.random((120, 8, 8)) * 0.5 + labels[:, None, None] / 6).astype("float32")
    data = ((images[:90], labels[:90, None]), (images[90:], np.eye(3)[labels[90:]]))
    compared = cotejo.compare(
        {"flat": lambda image_shape, num_classes: keras.Sequential(
            [keras.layers.Flatten(), keras.layers.Dense(num_classes)])},
        data=data, epochs=1, batch_size=16, seeds=1, out=tmp_path / "c", language="en",
    )  # fmt: skip
    shown = capsys.readouterr().out
    assert shown.count("The pixels go from 0 to 1") == 1
    assert shown.count("one-hot") == 1
    assert "1 run to train, of 1" in shown
    assert "flat · seed 1: validation" in shown
    assert compared.table["test_accuracy"].notna().all()


def test_what_is_understood_of_arrays():
    said = []
    images, labels = understood(np.full((2, 4, 4, 3), -1.0), [[1], [0]], said.append)
    assert (images.dtype, images.max(), labels.tolist()) == (np.uint8, 0, [1, 0])
    assert len(said) == 1
    whole, _ = understood(np.full((2, 4, 4, 3), 200.0), np.array([0.0, 1.0]), said.append)
    assert (whole.dtype, whole[0, 0, 0, 0]) == (np.uint8, 200)
    # What nobody can know is left to be refused.
    strange, _ = understood(np.full((2, 4, 4, 3), 0.5) * 300, [0, 1], said.append)
    assert strange.max() == 150
    odd, _ = understood(np.full((2, 4, 4, 3), 3.25), [0, 1], said.append)
    assert odd.dtype == float
    assert as_splits("digits", said.append) == "digits"


@pytest.mark.parametrize(
    ("alternatives", "line"),
    [
        ("cnn3", "must be a mapping"),
        ({"a": 3}, 'the model of "a" must be a function'),
        ({"a": "cnn33"}, 'unknown model "cnn33"'),
        ({"a": {"model": build_mine, "depth": 3}}, "depth"),
        ({}, "alternative"),
    ],
)
def test_what_can_t_be_compared_is_one_line(alternatives, line, tmp_path):
    with pytest.raises(CotejoError, match=line) as caught:
        cotejo.compare(alternatives, data="digits", out=tmp_path / "c", observer=Observer())
    assert "\n" not in str(caught.value)


def test_where_all_fail_the_reason_is_said(tmp_path):
    def fails(image_shape, num_classes):
        pixels = keras.Input(image_shape)
        x = keras.layers.Flatten()(keras.layers.Rescaling(1e30)(pixels))
        return keras.Model(pixels, keras.layers.Dense(num_classes)(x * 1e30))

    with pytest.raises(CotejoError, match="loss"):
        cotejo.compare({"fails": fails}, data="digits", epochs=1, seeds=1, out=tmp_path / "c",
                       observer=Observer())  # fmt: skip


@pytest.fixture
def notebook(monkeypatch):
    """Stand-ins for the two functions of IPython that are used, which keep what they are given."""
    pages = []

    def display(page, display_id=None):
        pages.append(page)
        return SimpleNamespace(update=pages.append)

    whole, of_display = ModuleType("IPython"), ModuleType("IPython.display")
    whole.get_ipython = lambda: SimpleNamespace(kernel=True)
    of_display.HTML, of_display.display = str, display
    monkeypatch.setitem(sys.modules, "IPython", whole)
    monkeypatch.setitem(sys.modules, "IPython.display", of_display)
    return pages


def test_a_notebook_has_one_display_that_changes(notebook, tmp_path):
    assert isinstance(make_observer(), NotebookObserver)
    cotejo.compare(
        ["mlp", "cnn2"], data="digits", epochs=3, seeds=1, out=tmp_path / "c", language="en"
    )
    assert "2/2" in notebook[-1]
    assert any("data:image/svg+xml;base64," in page for page in notebook)
    assert all(len(page) < 20_000 for page in notebook)
    assert "validation" in notebook[-1]


def test_elsewhere_lines_are_plain():
    assert type(make_observer()) is LineObserver
