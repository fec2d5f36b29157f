"""What `cotejo review` finds: each weakness in a notebook that has it, and not beside it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from writtennotebooks import code, first_original, second_original, sound, text, write

from cotejo.messages import use_language
from cotejo.review import review

SETUP = """
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint
from tensorflow.keras.preprocessing.image import ImageDataGenerator
(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()

def net(filters=8, dropout=False):
    model = keras.Sequential()
    model.add(layers.Conv2D(filters, 3, activation='relu', input_shape=(32, 32, 3)))
    if dropout:
        model.add(layers.Dropout(0.5))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation='softmax'))
    model.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])
    return model
"""


@pytest.fixture
def reviewed(tmp_path):
    def of(*cells):
        return review(write(tmp_path / "notebook.ipynb", *cells))

    return of


@pytest.fixture
def kinds(reviewed):
    def of(*sources):
        cells = [each if isinstance(each, dict) else code(each) for each in (SETUP, *sources)]
        return [finding.kind for finding in reviewed(*cells).findings]

    return of


@pytest.mark.parametrize("name", sound())
def test_a_sound_notebook_has_no_finding(reviewed, name):
    found = reviewed(*sound()[name]).findings
    assert not found, [(finding.kind, finding.places, finding.items) for finding in found]


def test_the_sound_notebooks_are_followed_and_varied(reviewed):
    languages = {reviewed(*cells).language for cells in sound().values()}
    assert {"en", "es"} <= languages
    trained = [name for name, cells in sound().items() if reviewed(*cells).trainings]
    assert len(trained) >= 12
    assert all(reviewed(*sound()[name]).alternatives.read for name in trained if "tra" not in name)


def test_the_first_original(reviewed):
    findings = reviewed(*first_original()).findings
    assert [finding.kind for finding in findings] == [
        "failed_import",
        "never_ran",
        "no_import",
        "claims_no_run",
    ]
    failed, never_ran, no_import, claims = findings
    assert (failed.places[0].cell, failed.places[0].first) == (2, 5)
    assert never_ran.values["cells"] == "3, 5, 7, 9"
    assert no_import.values == {"name": "ImageDataGenerator"}
    assert len(claims.items) == 3


def test_the_second_original(reviewed):
    findings = reviewed(*second_original()).findings
    assert [(finding.kind, finding.places[0].cell) for finding in findings] == [
        ("unused_layer", 4),
        ("test_validates", 7),
        ("test_stops", 9),
        ("fit_again", 9),
        ("compiled_anew", 12),
        ("claims_unsupported", 13),
        ("one_seed", 13),
    ]
    assert findings[-1].values["count"] == 10
    use_language("es")
    assert {item.reason.partition(": ")[2] for item in findings[-2].items} == {
        "aumento de datos",
        "tamaño de los filtros",
        "inicialización He",
        "SGD",
        "tamaño de lote",
        "dropout",
        "normalización por lotes",
    }


def test_a_finding_quotes_its_lines(reviewed):
    result = reviewed(*second_original())
    (fit_again,) = [each for each in result.findings if each.kind == "fit_again"]
    (place,) = fit_again.places
    assert (place.first, place.last) == (2, 3)
    assert result.cell(place).count == 5
    assert result.quoted(place)[0].startswith("history2 = model.fit(datagen")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_sentence_can_be_said(reviewed, language):
    use_language(language)
    for original in (first_original(), second_original()):
        result = reviewed(*original)
        for finding in result.findings:
            assert all((finding.title, finding.text, finding.advice))
            assert "{" not in finding.text
        assert result.worth


FIT = "m = net()\nm.fit(x_train, y_train, {})\n"
LOOK = "m.evaluate(x_test, y_test)"
AUGMENTING = "gen = ImageDataGenerator(horizontal_flip=True, rescale=1/255)\n"
TWO = """
a = net()
a.fit(x_train, y_train, validation_split=0.1)
b = net(16)
b.fit(x_train, y_train, validation_split=0.1)
acc_a = a.evaluate(x_test, y_test)[1]
acc_b = b.evaluate(x_test, y_test)[1]
"""

WEAK = {
    "test_validates": [
        [FIT.format("validation_data=(x_test, y_test)")],
        [FIT.format("validation_data=(x_test[:1000], y_test[:1000])"), LOOK],
        ["x_val = x_test / 255\n" + FIT.format("validation_data=(x_val, y_test)")],
        [
            "def prepare(x):\n    return x.astype('float32') / 255\n"
            "xt = prepare(x_test)\n" + FIT.format("validation_data=(xt, y_test)")
        ],
    ],
    "test_stops": [
        [FIT.format("validation_data=(x_test, y_test), callbacks=[EarlyStopping(patience=2)]")],
        [
            "stop = EarlyStopping(monitor='val_accuracy')\n"
            + FIT.format("validation_data=(x_test, y_test), callbacks=stop")
        ],
        [
            FIT.format(
                "validation_data=(x_test, y_test), "
                "callbacks=[ModelCheckpoint('a.keras', save_best_only=True)]"
            )
        ],
    ],
    "best_of_test": [
        [TWO, "best = max(acc_a, acc_b)"],
        [TWO, "if acc_b > acc_a:\n    print('b is better')"],
        [TWO, "scores = {'a': acc_a, 'b': acc_b}\nprint(max(scores, key=scores.get))"],
        [TWO, "print(['a', 'b'][np.argmax([acc_a, acc_b])])"],
        [
            """
            best_accuracy = 0
            for filters in [8, 16, 32]:
                m = net(filters)
                m.fit(x_train, y_train)
                accuracy = m.evaluate(x_test, y_test)[1]
                if accuracy > best_accuracy:
                    best_accuracy = accuracy
            """
        ],
    ],
    "chosen_by_test": [
        [TWO, text("Elegimos la segunda red porque tiene mayor exactitud en prueba.")],
        [TWO, text("We selected model B because of its accuracy on the test set.")],
    ],
    "splits_said": [
        [
            TWO + "cnn, mlp = net(), net(16)\n",
            text("La CNN alcanza 0.95 en entrenamiento, frente a 0.70 en prueba de la MLP."),
        ],
        [TWO, text("The small network has 95% on training, vs 70% on test of the other model.")],
    ],
    "splits": [
        [
            TWO.replace("a.evaluate(x_test, y_test)", "a.evaluate(x_train, y_train)"),
            "print(acc_a - acc_b)",
        ],
        [
            TWO.replace("a.evaluate(x_test, y_test)", "a.evaluate(x_train, y_train)"),
            "import matplotlib.pyplot as plt\nplt.bar(['a', 'b'], [acc_a, acc_b])",
        ],
    ],
    "unused_layer": [
        ["extra = layers.Dense(10, kernel_initializer='he_normal')"],
        ["layers.Dropout(0.5)"],
        [
            """
            i = keras.Input((32, 32, 3))
            x = layers.Flatten()(i)
            d = layers.Dropout(0.5)(x)
            o = layers.Dense(10)(x)
            m = keras.Model(i, o)
            """
        ],
    ],
    "fit_again": [
        [FIT.format("epochs=5"), "m.fit(x_train, y_train, epochs=10)"],
        [
            FIT.format("epochs=5"),
            "m.compile('sgd', 'sparse_categorical_crossentropy')\nm.fit(x_train, y_train)",
        ],
    ],
    "fit_in_loop": [
        ["m = net()\nfor size in [32, 64, 128]:\n    m.fit(x_train, y_train, batch_size=size)"],
        [
            """
            from sklearn.model_selection import KFold
            m = net()
            for train, valid in KFold(5).split(x_train):
                m.fit(x_train[train], y_train[train])
            """
        ],
    ],
    "never_trained": [["m = net()\nm.summary()"], ["m = net()\nm.evaluate(x_test, y_test)"]],
    "compiled_anew": [[FIT.format("epochs=5"), "m.compile('sgd', 'mse')"]],
    "augmented_validation": [
        [AUGMENTING + FIT.format("validation_data=gen.flow(x_train[:9], y_train[:9])")],
        [
            """
            gen = ImageDataGenerator(rotation_range=20, validation_split=0.2)
            train = gen.flow_from_directory('photos', subset='training')
            valid = gen.flow_from_directory('photos', subset='validation')
            m = net()
            m.fit(train, validation_data=valid)
            """
        ],
        [FIT.format("epochs=2"), AUGMENTING + "m.evaluate(gen.flow(x_test, y_test))"],
        [
            """
            import tensorflow as tf
            change = keras.Sequential([layers.RandomFlip('horizontal'), layers.RandomZoom(0.1)])
            x_val, y_val = x_train[:5000], y_train[:5000]
            valid = tf.data.Dataset.from_tensor_slices((x_val, y_val)).batch(32)
            valid = valid.map(lambda x, y: (change(x, training=True), y))
            m = net()
            m.fit(x_train, y_train, validation_data=valid)
            """
        ],
    ],
    "no_import": [["plt.imshow(x_train[0])"], ["x = to_categorical(y_train)"]],
    "late_import": [["plt.imshow(x_train[0])", "import matplotlib.pyplot as plt"]],
    "failed": [[code("1 / 0", error=("ZeroDivisionError", "division by zero"))]],
    "claims_unsupported": [
        [FIT.format("epochs=5"), text("## Conclusiones\nEl dropout mejora la exactitud.")],
        [FIT.format("epochs=5"), text("Adam converges faster than SGD.")],
        [TWO, text("## Results\nA batch size of 64 is better than one of 32.")],
    ],
    "one_seed": [
        [TWO, text("## Conclusiones\nLa segunda red es mejor que la primera.")],
        [TWO, text("With 16 filters the network is better than with 8.")],
    ],
}


@pytest.mark.parametrize(
    ("kind", "sources"),
    [(kind, sources) for kind, several in WEAK.items() for sources in several],
)
def test_a_weakness_is_found(kinds, kind, sources):
    assert kind in kinds(*sources)


FINE = [
    [FIT.format("validation_split=0.1, callbacks=[EarlyStopping()]"), LOOK],
    [FIT.format("validation_data=(x_train[:500], y_train[:500])"), LOOK],
    # A recompiled network with a lower rate is meant to go on.
    [
        FIT.format("epochs=5"),
        "m.compile(keras.optimizers.Adam(1e-5), 'mse')\nm.fit(x_train, y_train, epochs=2)",
    ],
    [FIT.format("epochs=5"), "# seguimos entrenando\nm.fit(x_train, y_train, epochs=2)"],
    ["m = net()\nfor epoch in range(5):\n    m.fit(x_train, y_train, epochs=1)"],
    ["for size in [32, 64]:\n    m = net()\n    m.fit(x_train, y_train, batch_size=size)"],
    # Something unknown may train it, or use it.
    ["m = net()\nfrom helpers import train\ntrain(m)"],
    ["d = layers.Dense(10)\nprint(d.name)"],
    ["def f(x):\n    return d(x)\n", "d = layers.Dense(10)"],
    ["from pylab import *\nfrom keras.utils import *\nx = to_categorical(y_train)"],
    ["try:\n    plt.show()\nexcept NameError:\n    pass"],
    # The gap of one network, and choices by validation.
    [FIT.format("validation_split=0.1"), LOOK, "m.evaluate(x_train, y_train)"],
    [TWO.replace("x_test, y_test", "x_train[:9], y_train[:9]"), "print(max(acc_a, acc_b))"],
    [FIT.format("epochs=2"), "print(max([m.evaluate(x_test, y_test)[1], 0.5]))"],
    [TWO, text("## Conclusiones\nLa segunda red parece mejor, pero con una semilla no se sabe.")],
    [TWO, text("Dropout reduces overfitting. Next, we will see whether it helps here.")],
    [TWO, text("No elegimos por la exactitud en prueba, sino por la de validación.")],
    [TWO, text("| red | exactitud |\n| --- | --- |\n| la mejor que la otra | 0.7 |")],
    # Which way a function ends, where that can be told and where it can't.
    [
        """
        def make(kind):
            if kind == 'small':
                return net(4)
            elif kind == 'large':
                return net(64)
            return net()
        m = make('small')
        m.fit(x_train, y_train, validation_split=0.1)
        """
    ],
    [
        """
        def make():
            if np.random.rand() > 0.5:
                return net(4)
            return net(64)
        m = make()
        m.fit(x_train, y_train, validation_split=0.1, epochs=3)
        """
    ],
    ["d = layers.Dense(10)\nUSE = False\nif USE:\n    print(d)"],
    # What functions do to the notebook's own names, and names that they import.
    [
        "def anew():\n    global m\n    m = net()\n",
        "anew()\nm.fit(x_train, y_train)\nanew()\nm.fit(x_train, y_train)",
    ],
    [
        "def draw():\n    import matplotlib.pyplot as plt\n    def inner():\n"
        "        plt.show()\n    inner()\n    return inner\n",
        "later = draw()\nlater()",
    ],
    ["exec(open('names.py').read())\nplt.show()"],
    # One training described, and one network loaded.
    [FIT.format("epochs=5"), text("La red mejora de un 60 % a un 70 % en 10 épocas.")],
    [FIT.format("epochs=5"), text("Se carga el mejor modelo que guardó el checkpoint.")],
    [FIT.format("epochs=5"), text("To improve on 70%, reduce the learning rate further.")],
    # Seeds in a function, and by a loop over a list.
    [
        """
        def once(seed):
            keras.utils.set_random_seed(seed)
            m = net()
            m.fit(x_train, y_train, validation_split=0.1)
            return m.evaluate(x_test, y_test)[1]
        scores = [once(s) for s in [1, 2, 3]]
        print(np.mean(scores), np.std(scores))
        """,
        text("## Conclusiones\nLa red es mejor que el azar en las tres ejecuciones."),
    ],
    [AUGMENTING + FIT.format("epochs=2"), "m.fit(gen.flow(x_train, y_train), initial_epoch=2)"],
]


@pytest.mark.parametrize("sources", FINE)
def test_what_is_fine_is_not_found(kinds, sources):
    assert kinds(*sources) == []


def test_a_cell_that_is_no_python_is_named_and_the_others_are_read(reviewed):
    result = reviewed(
        code(SETUP),
        code("print 'Python 2'"),
        code("%%bash\nls -l"),
        code("!pip install keras\nm = net()\nm.fit?\nm.summary()\n%time m.fit(x_train, y_train)"),
        code(FIT.format("validation_data=(x_test, y_test)")),
    )
    assert result.unread == {2: 1}
    assert [finding.kind for finding in result.findings] == ["test_validates"]


def test_findings_come_in_the_order_of_the_cells(reviewed):
    places = [each.places[0] for each in reviewed(*second_original()).findings]
    assert all(first <= second for first, second in pairwise(places))


def test_several_places_of_one_weakness_are_one_finding(reviewed):
    again = FIT.format("validation_data=(x_test, y_test)")
    result = reviewed(code(SETUP), code(again), code(again.replace("m", "k", 1)))
    (finding,) = [each for each in result.findings if each.kind == "test_validates"]
    assert len(finding.places) == 2
