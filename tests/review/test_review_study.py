"""The study that `cotejo review` writes: it parses, and its networks are what the notebook has."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest
from writtennotebooks import code, first_original, second_original, sound, text, write

from cotejo.cli.app import run
from cotejo.config import StudyConfig
from cotejo.review import review
from cotejo.review.names import LAYERS


@pytest.fixture
def written(tmp_path):
    def of(*cells):
        result = review(write(tmp_path / "mi cuaderno.ipynb", *cells))
        result.write_study(tmp_path / "study")
        return tmp_path / "study"

    return of


def parsed(folder, known="cnn3"):
    """Return the study as it is read, with a model that ships in place of each of its own."""
    content = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    models = [table["model"] for table in content.get("alternative", [])]
    assert all(re.fullmatch(r"nets\.py:\w+|keras:\w+", model) for model in models)
    for number, table in enumerate(content["alternative"]):
        if table["model"].startswith("keras:"):
            continue
        # Networks of one study differ; only their settings are looked at here.
        table.update(model=known, width=8 * (1 + [*dict.fromkeys(models)].index(models[number])))
    return StudyConfig.parse(content)


ALL = {"first": first_original(), "second": second_original(), **sound()}


@pytest.mark.parametrize("name", ALL)
def test_the_study_is_read_back(written, name):
    folder = written(*ALL[name])
    if not review(folder.parent / "mi cuaderno.ipynb").alternatives.read:
        assert "[[alternative]]" not in (folder / "study.toml").read_text()
        return
    study = parsed(folder)
    assert study.name == "mi-cuaderno"
    assert len(study.seeds) == 3


@pytest.mark.parametrize("name", ALL)
def test_the_networks_are_layers_of_keras_and_nothing_else(written, name):
    folder = written(*ALL[name])
    path = folder / "nets.py"
    if not path.exists():
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            last = called.rpartition(".")[2]
            assert called in ("keras.Input", "keras.Sequential", "keras.Model") or last in LAYERS
    assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def test_the_settings_are_the_notebooks(written):
    study = parsed(written(*second_original()))
    first, second = study.alternatives
    assert study.data == "cifar10"
    assert (first.settings.optimizer, first.settings.epochs) == ("adam", 10)
    assert first.settings.batch_size == 64
    assert first.settings.augment == "notebook"
    assert (second.settings.epochs, second.settings.early_stopping) == (20, 3)


def test_the_networks_can_be_built(written):
    folder = written(*second_original(), *sound()["functional_en"], *sound()["sklearn_split_es"])
    names: dict = {}
    exec((folder / "nets.py").read_text(encoding="utf-8"), names)  # noqa: S102
    for name in ("model", "red", "model_2"):
        network = names[name]((28, 28, 1), 7)
        assert network.input_shape == (None, 28, 28, 1)
        assert network.output_shape == (None, 7)
    assert names["model"]((32, 32, 3), 10).count_params() == 122_570


OPTIMIZERS = """
from tensorflow import keras
(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
UNITS = 32

def build():
    return keras.Sequential([
        keras.layers.Flatten(input_shape=(28, 28)),
        keras.layers.Dense(UNITS, activation='relu',
                           kernel_regularizer=keras.regularizers.l2(1e-4)),
        keras.layers.Dense(10, activation='softmax'),
    ])

for optimizer in ['adam', keras.optimizers.SGD(0.1, momentum=0.9)]:
    m = build()
    m.compile(optimizer, 'sparse_categorical_crossentropy', metrics=['accuracy'])
    m.fit(x_train, y_train, epochs=3, batch_size=128, validation_split=0.1)
"""


def test_a_loop_over_settings_gives_alternatives_and_a_claim(written):
    folder = written(code(OPTIMIZERS), text("## Resultados\nAdam alcanza más y supera a SGD."))
    study = parsed(folder)
    assert [each.settings.optimizer for each in study.alternatives] == ["adam", "sgd"]
    assert [each.settings.learning_rate for each in study.alternatives] == [0.001, 0.1]
    assert study.data == "fashion-mnist"
    (claim,) = study.claims
    assert (claim.better, claim.others) == ("m", ("m-2",))
    nets = (folder / "nets.py").read_text(encoding="utf-8")
    assert nets.count("def ") == 1
    assert "keras.layers.Dense(32, activation='relu'" in nets
    assert "keras.regularizers.l2(0.0001)" in nets


def test_going_on_is_a_start_from(written):
    study = parsed(written(*sound()["going_on_es"]))
    assert [each.settings.start_from for each in study.alternatives] == [None, "red"]


BACKBONE = """
import keras
(x, y), _ = keras.datasets.cifar10.load_data()
base = keras.applications.MobileNetV2(include_top=False, weights='imagenet',
                                      input_shape=(96, 96, 3))
base.trainable = False
red = keras.Sequential([keras.layers.RandomFlip('horizontal'), base,
                        keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(64),
                        keras.layers.Dropout(0.3), keras.layers.Dense(10, activation='softmax')])
red.compile('adam', 'sparse_categorical_crossentropy')
red.fit(x, y, epochs=3, batch_size=64)
base.trainable = True
red.compile(keras.optimizers.Adam(1e-5), 'sparse_categorical_crossentropy')
red.fit(x, y, epochs=3, batch_size=64)
"""


def test_a_network_on_an_application_is_a_model_of_a_study(written):
    folder = written(code(BACKBONE))
    (alternative,) = parsed(folder).alternatives
    assert alternative.settings.model == "keras:MobileNetV2"
    assert alternative.settings.options["dropout"] == 0.3
    assert (alternative.settings.epochs, alternative.settings.batch_size) == (3, 64)
    content = (folder / "study.toml").read_text(encoding="utf-8")
    assert "MobileNetV2 is frozen in the study" in content
    assert "from its other layers: Dense, RandomFlip." in content
    assert "it trains a network of keras.applications once more" in content


def test_a_sigmoid_for_each_class_is_read(written):
    source = BACKBONE.partition("base =")[0] + (
        "red = keras.Sequential([keras.layers.Flatten(), "
        "keras.layers.Dense(10, activation='sigmoid')])\n"
        "red.compile('adam', 'categorical_crossentropy')\nred.fit(x, y, epochs=3, batch_size=64)\n"
    )
    folder = written(code(source))
    assert len(parsed(folder).alternatives) == 1
    assert "num_classes, activation='sigmoid'" in (folder / "nets.py").read_text(encoding="utf-8")


LEFT_OUT = """
import keras
(x, y), _ = keras.datasets.cifar10.load_data()
a = keras.Sequential([keras.layers.Lambda(lambda v: __import__('os').system('true')),
                      keras.layers.Flatten(), keras.layers.Dense(10)])
b = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1, activation='sigmoid')])
c = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(unknown()),
                      keras.layers.Dense(10)])
d = keras.Sequential([keras.layers.Flatten(), keras.layers.Activation('relu')])
for m in [a, b, c, d]:
    m.compile('adam', 'mse')
    m.fit(x, y)
"""


def test_what_cannot_be_read_is_left_out_with_a_word(written, capsys):
    folder = written(code(LEFT_OUT))
    assert [path.name for path in folder.iterdir()] == ["study.toml"]
    content = (folder / "study.toml").read_text(encoding="utf-8")
    for name in "abcd":
        assert f"`{name}`" in content
    assert "[[alternative]]" not in content
    tomllib.loads(content)
    notebook = folder.parent / "mi cuaderno.ipynb"
    assert run(["review", str(notebook), "--out", str(folder / "again"), "--lang", "en"]) == 0
    assert "left out" in capsys.readouterr().out


def test_nothing_is_overwritten(written, capsys):
    folder = written(*second_original())
    before = {path: path.read_bytes() for path in folder.iterdir()}
    notebook = str(folder.parent / "mi cuaderno.ipynb")
    assert run(["review", notebook, "--out", str(folder), "--lang", "en"]) == 2
    assert "is not overwritten" in capsys.readouterr().err
    (folder / "study.toml").unlink()
    assert run(["review", notebook, "--out", str(folder)]) == 2
    assert not (folder / "study.toml").exists()
    assert before[folder / "nets.py"] == (folder / "nets.py").read_bytes()


def test_text_cannot_leave_its_comment(written):
    tricky = '## Conclusiones\nLa red es mejor que otra.\r[base]\u2028epochs = 9"""'
    folder = written(*second_original(), text(tricky))
    assert "base" not in tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
