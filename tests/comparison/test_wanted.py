"""What this is for: a student's notebook, a researcher's loop, and networks trained elsewhere."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import cotejo
from cotejo.backend import keras
from cotejo.store import read_json
from cotejo.study.progress import Observer

STUDENT = [
    """import cotejo
import keras
from keras import layers""",
    """FILTROS = 4

def mi_red(input_shape, num_classes):
    return keras.Sequential([
        layers.Conv2D(FILTROS, 3, strides=4, activation="relu"),
        layers.Flatten(),
        layers.Dense(num_classes, activation="softmax"),
    ])

def focal(etiquetas, probabilidades):
    acierto = keras.ops.sum(etiquetas * probabilidades, axis=-1)
    return -((1 - acierto) ** 2) * keras.ops.log(acierto + 1e-7)

class Aviso(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        self.exactitud = logs["val_accuracy"]""",
    """comparacion = cotejo.compare(
    {"mi red": mi_red, "con focal": {"model": mi_red, "loss": focal, "callbacks": [Aviso]}},
    data="digits", epochs=1, seeds=2, batch_size=256, language="es",
)""",
    "comparacion",
    'comparacion.plot.confusion("mi re")',
    'comparacion.report("entrega.ipynb").name',
]


def test_a_student_hands_in_a_notebook_in_spanish(tmp_path):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in STUDENT]
    place = {"metadata": {"path": str(tmp_path)}}
    client = nbclient.NotebookClient(notebook, timeout=300, resources=place, allow_errors=True)
    client.execute()
    outputs = [[dict(output) for output in cell.outputs] for cell in notebook.cells]
    page = outputs[3][0]["data"]["text/html"]
    assert "exactitud en prueba" in page
    assert "con focal" in page
    (error,) = outputs[4]
    assert error["traceback"] == [f"error: {error['evalue']}"]
    assert "la tienen: mi red, con focal" in error["evalue"]
    assert outputs[5][0]["data"]["text/plain"] == "'entrega.ipynb'"
    handed_in = read_json(tmp_path / "entrega.ipynb")
    text = json.dumps(handed_in, ensure_ascii=False)
    assert "# Comparación: mi red · con focal" in text
    assert "Resumen" in text
    assert "FILTROS = 4" in text
    # What she wrote can be read, and run, beside the runs.
    (kept,) = tmp_path.glob("runs/*/focal.py")
    assert "def focal(etiquetas, probabilidades):" in kept.read_text()


def linear(image_shape, num_classes):
    return keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(num_classes)])


def arrays(seed):
    random = np.random.default_rng(seed)
    labels = np.arange(90) % 3
    images = random.random((90, 6, 6, 1)) / 2 + labels[:, None, None, None] / 6
    return (images[:60].astype("float32"), labels[:60]), (images[60:], labels[60:])


def test_a_researcher_compares_over_ten_seeds_in_a_loop(tmp_path):
    found = {}
    for rate in (0.001, 0.01):
        comparison = cotejo.compare(
            {"linear": linear, "hidden": "mlp"}, data=arrays(0), seeds=10, epochs=1, batch_size=32,
            learning_rate=rate, out=tmp_path / str(rate), observer=Observer(), language="en",
        )  # fmt: skip
        found[rate] = comparison
        assert len(comparison.runs) == 20
        pairs = comparison.comparisons
        assert len(pairs) == 1
        assert pairs["first_seeds"][0] == 10
        assert pairs["low"][0] <= pairs["difference"][0] <= pairs["high"][0]
    assert found[0.001].folder != found[0.01].folder
    assert found[0.01]["linear"].accuracy.high <= 1


def test_predictions_of_scikit_learn_take_part(tmp_path):
    data = arrays(1)
    dataset = cotejo.load_dataset(
        {name: ((255 * x).clip(0, 255).astype("uint8"), y)
         for name, (x, y) in zip(("train", "test"), data, strict=True)}
    )  # fmt: skip
    comparison = cotejo.compare({"linear": linear}, data=dataset, seeds=1, epochs=1, batch_size=16,
                                out=tmp_path / "c", observer=Observer(), language="en")  # fmt: skip
    flat = lambda split: split.images.reshape(len(split), -1) / 255  # noqa: E731
    model = LogisticRegression().fit(flat(dataset.train), dataset.train.labels)
    study = cotejo.Study.load(comparison.folder / "study.toml")
    added = study.add(
        "logistic", 1, model.predict_proba(flat(dataset.test)),
        model.predict_proba(flat(dataset.valid)), folder=comparison.folder, dataset=dataset,
    )  # fmt: skip
    again = cotejo.Comparison(comparison.folder, language="en")
    assert [each.name for each in again] == ["linear", "logistic"]
    assert again["logistic"].accuracy.estimate == pytest.approx(added.accuracy)
    assert again.report(tmp_path / "report.html").is_file()
