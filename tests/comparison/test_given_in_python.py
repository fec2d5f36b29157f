"""A loss, an optimizer, a schedule and callbacks given to `cotejo.compare` in Python."""

import ast
import functools
import linecache

import numpy as np
import pytest

import cotejo
from cotejo.backend import keras
from cotejo.errors import ConfigError
from cotejo.models.own.writing import text_of
from cotejo.store import read_json
from cotejo.study.progress import Observer
from cotejo.verify import verify

GAMMA = 2.0
SEEN = []


def weighing(chance):
    return (1 - chance) ** GAMMA


def focal(labels, chances):
    """A loss of a student's."""
    chance = keras.ops.sum(labels * chances, axis=-1)
    return -weighing(chance) * keras.ops.log(chance + 1e-7)  # as published


def warm(learning_rate, steps):
    return lambda step: learning_rate * keras.ops.minimum(1.0, 10 * step / steps)


class Gathering(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        SEEN.append((epoch, sorted(logs)))


def softly(image_shape, num_classes):
    flat = keras.layers.Flatten()
    return keras.Sequential([flat, keras.layers.Dense(num_classes, activation="softmax")])


def made(text, name):
    """Run the text of a file, and return what it calls ``name``."""
    scope = {"__name__": "kept"}
    exec(compile(text, "kept", "exec"), scope)  # noqa: S102
    return scope[name]


class Trained(Observer):
    """Keeps which runs were trained."""

    def __init__(self):
        self.names = []

    def run_started(self, run):
        self.names.append(run.alternative)


def compared(folder, alternatives, **settings):
    watching = Trained()
    options = {"data": "digits", "epochs": 1, "seeds": 1, "batch_size": 256, "out": folder}
    comparison = cotejo.compare(
        alternatives, observer=watching, language="en", **{**options, **settings}
    )
    return comparison, watching.names


PARTS = {
    "focal": {"loss": focal, "model": softly},
    "warm": {"schedule": warm, "optimizer": keras.optimizers.Lion(1e-3), "learning_rate": 1e-3},
    "others": {
        "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "optimizer": lambda learning_rate=1e-3: keras.optimizers.Lion(learning_rate),
        "schedule": keras.optimizers.schedules.CosineDecay(1e-3, 10),
    },
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("given") / "study"
    SEEN.clear()
    comparison, names = compared(
        folder, PARTS, model="mlp", callbacks=[Gathering, keras.callbacks.EarlyStopping(patience=2)]
    )
    return comparison, names, list(SEEN)


def test_parts_of_the_training_are_trained_with(trained):
    comparison, names, seen = trained
    assert names == list(PARTS)
    assert len(seen) == 3
    assert {"val_accuracy", "val_loss"} <= set(seen[0][1])
    assert comparison["focal"].settings["loss"] == "focal.py:focal"
    assert comparison["warm"].settings["schedule"] == "warm.py:warm"
    assert comparison["others"].settings["optimizer"].startswith("optimizer_")


def test_their_text_is_kept_and_makes_them_again(trained):
    comparison, _, _ = trained
    listed = read_json(comparison.folder / "study.json")["files"]
    for place in (comparison.folder, comparison.folder / "focal" / "seed-1"):
        text = (place / "focal.py").read_text()
        assert "GAMMA = 2.0" in text
        assert "# as published" in text
    again = made(text, "focal")
    labels, chances = np.eye(3, dtype="float32"), np.full((3, 3), 1 / 3, "float32")
    np.testing.assert_allclose(again(labels, chances), focal(labels, chances))
    assert {"focal.py", "Gathering.py", "warm.py"} <= set(listed)


def test_the_same_again_trains_nothing_and_a_change_trains_anew(trained, tmp_path, monkeypatch):
    comparison, _, _ = trained
    with_callbacks = {"callbacks": [Gathering, keras.callbacks.EarlyStopping(patience=2)]}
    _, names = compared(comparison.folder, PARTS, model="mlp", **with_callbacks)
    assert names == []
    few = {"focal": PARTS["focal"]}
    compared(tmp_path / "few", few)
    monkeypatch.setitem(globals(), "GAMMA", 3.0)
    _, names = compared(tmp_path / "few", few)
    assert names == ["focal"]


def test_the_command_line_goes_on_with_it_and_checks_it(tmp_path, digits):
    parts = {
        "loss": keras.losses.CategoricalCrossentropy(),
        "optimizer": keras.optimizers.Lion(1e-3),
    }
    comparison, _ = compared(tmp_path / "study", {"a": {"model": softly, **parts}})
    watching = Trained()
    study = cotejo.Study.load(comparison.folder / "study.toml")
    study.run(out=comparison.folder, observer=watching)
    assert watching.names == []
    keys = [each.key for each in verify(comparison.folder, digits, rerun=1, run_code=True)]
    assert "verify.rerun_equal" in keys


def test_a_name_that_is_taken_gets_another(tmp_path):
    def other():
        def focal(labels, chances):
            return keras.ops.mean(chances - labels, axis=-1)

        return focal

    from cotejo.comparison.given import Given

    given = Given()
    first = given.named({"loss": focal}, "a")["loss"]
    second = given.named({"loss": other()}, "b")["loss"]
    assert first == given.named({"loss": focal}, "c")["loss"] == "focal.py:focal"
    assert second.startswith("focal_")
    assert given.named({"model": focal}, "d")["model"] == "focal.py:focal"
    assert len(given.files) == 2


def test_what_a_thing_rests_on_is_in_its_text():
    level = 3

    def inner(x):
        return [x * level, np.less(x, 2), functools.reduce(max, [x])]

    text = text_of(inner, "inner")
    assert made(text, "inner")(1) == [3, True, 1]
    assert "level = 3" in text
    constant = text_of(functools.partial(inner, x=2), "part")
    assert made(constant, "part")() == [6, False, 2]
    weights = np.array([1.0, 2.0])
    assert "numpy.array([1.0, 2.0]" in text_of(lambda x: x * weights, "weighted")
    # What a callback gathers says nothing of what it does.
    SEEN.append(1)
    assert "SEEN = []" in text_of(Gathering, "Gathering")
    kept = made(text_of(keras.callbacks.EarlyStopping(patience=7), "stop"), "stop")
    assert kept.patience == 7


def with_units(units):
    defaults, stack = {"units": units}, [units]

    def net():
        defaults.setdefault("units", 32)
        stack.append(1)
        return defaults["units"], stack.pop(0)

    return net


def test_what_is_changed_and_read_is_in_the_text():
    few, many = (text_of(with_units(units), "net") for units in (8, 512))
    assert few != many
    assert made(few, "net")() == (8, 8)
    assert made(many, "net")() == (512, 512)


def test_what_is_only_filled_is_written_empty():
    gathered, seen = {"a": 1}, {2}

    def fills(epoch):
        gathered[epoch] = 1
        seen.add(epoch)

    text = text_of(fills, "fills")
    assert "gathered = {}" in text
    assert "seen = set()" in text
    assert made(text, "fills")(3) is None
    places = [0, 0]

    def counts(epoch):
        places[epoch] = 1

    assert made(text_of(counts, "counts"), "counts")(1) is None


def test_what_one_part_fills_and_another_reads_is_written_as_it_is():
    shared = [5]

    def fills():
        shared.append(1)

    def reads():
        fills()
        return shared[0]

    assert made(text_of(reads, "reads"), "reads")() == 5


def test_two_lists_of_one_name_are_refused():
    def filling():
        names = [1]
        return lambda: names.append(2)

    def reading():
        names = [3]
        return lambda: names[0]

    first, second = filling(), reading()

    def uses():
        return first(), second()

    with pytest.raises(ConfigError, match="two things called `names`"):
        text_of(uses, "uses")


def test_two_lambdas_in_a_line_are_told_apart():
    first, second = (lambda x: x + 1), (lambda x: x + 2)
    assert made(text_of(first, "f"), "f")(1) == 2
    assert made(text_of(second, "f"), "f")(1) == 3


def test_a_class_of_a_notebook_is_found(monkeypatch):
    text = "class Mine(Base):\n  limit = LIMIT\n  def __init__(self):\n    super().__init__()\n"
    scope = {"__name__": "__main__", "Base": keras.callbacks.Callback, "LIMIT": 5}
    name = "<cell 1>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), scope)  # noqa: S102
    written = text_of(scope["Mine"], "Mine")
    assert "Base = keras.callbacks.Callback" in written
    assert made(written, "Mine").limit == 5
    ast.parse(written)
    del linecache.cache[name]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros(20_000), "`thing` uses `strange`, a ndarray"),
        (keras.layers.Dense(3), "a Dense"),
        (open, None),
        (eval("lambda: 1"), "whose text Python does not know"),  # noqa: S307
    ],
)
def test_what_can_t_be_written_is_one_line(value, words):
    strange = value

    def uses():
        return strange

    if words is None:
        assert "strange = " in text_of(uses, "thing")
        return
    with pytest.raises(ConfigError, match=words) as caught:
        text_of(uses, "thing")
    assert "\n" not in str(caught.value)
