"""Optimizers, schedules, losses and callbacks of the user's own."""

import numpy as np
import pytest

from cotejo import Study, StudyConfig
from cotejo.backend import keras
from cotejo.config import Settings
from cotejo.config.sources import Source, Sources
from cotejo.errors import ConfigError
from cotejo.models.own.losses import own_loss
from cotejo.train import train
from cotejo.train.losses import build_loss
from cotejo.train.optimizers import build_optimizer

PARTS = '''
import keras
from keras import ops

def lion(learning_rate=0.5):
    return keras.optimizers.Lion(learning_rate)

ready = keras.optimizers.SGD(0.3)

def no_optimizer():
    return "adam"

def halves(learning_rate, steps):
    return lambda step: learning_rate * 0.5 ** step

def cosine(learning_rate, steps):
    return keras.optimizers.schedules.CosineDecay(learning_rate, steps)

def sparse(labels, logits):
    return keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)

def one_hot(labels, chances):
    return -ops.sum(labels * ops.log(chances), axis=-1)

class AsClass(keras.losses.Loss):
    def call(self, labels, logits):
        return keras.losses.categorical_crossentropy(labels, logits, from_logits=True)

def wrong(labels, logits):
    raise TypeError("never")

class Stop(keras.callbacks.Callback):
    seen = []
    def on_train_begin(self, logs=None):
        Stop.seen.clear()
    def on_epoch_end(self, epoch, logs=None):
        Stop.seen.append((self.model.name, sorted(logs)))
        self.model.optimizer.learning_rate.assign(0.5)
        self.model.stop_training = epoch == 1

def no_callback():
    return 3

def forgotten():
    Stop()

def no_schedule(learning_rate, steps):
    return "cosine"

def one_per_class(labels, chances):
    return ops.square(chances)

def nothing_back(labels, logits):
    ops.mean(logits)

def with_numpy(labels, logits):
    return ops.convert_to_numpy(logits).mean(axis=1)
'''  # fmt: skip

SOURCES = Sources([Source("parts.py", PARTS.encode())])


def settings(**given):
    return Settings(**given).resolved().model_copy(update={"sources": SOURCES})


def test_an_optimizer_gets_what_the_study_gives():
    own = settings(optimizer="parts.py:lion", learning_rate=0.25)
    optimizer = build_optimizer(own, 10)
    assert type(optimizer).__name__ == "Lion"
    assert float(optimizer.learning_rate) == 0.25
    assert float(build_optimizer(settings(optimizer="parts.py:lion"), 10).learning_rate) == 0.5
    ready = build_optimizer(settings(optimizer="parts.py:ready", momentum=0.5), 10)
    assert (type(ready).__name__, ready.momentum) == ("SGD", 0.5)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"optimizer": "parts.py:lion", "momentum": 0.9}, "does not take `momentum`"),
        ({"optimizer": "parts.py:no_optimizer"}, "must give a keras.optimizers.Optimizer"),
        ({"optimizer": "parts.py:lion", "schedule": "cosine"}, "needs a `learning_rate`"),
        ({"optimizer": "parts.py:lion", "schedule": "parts.py:halves"}, "needs a `learning_rate`"),
        ({"optimizer": "parts.py:nothing"}, "parts.py"),
    ],
)
def test_an_optimizer_that_does_not_fit_is_one_line(given, line):
    with pytest.raises(ConfigError, match=line) as caught:
        build_optimizer(settings(**given), 10)
    assert "\n" not in str(caught.value)


def test_a_schedule_is_a_function_of_the_step_or_one_of_keras():
    rate = build_optimizer(settings(learning_rate=0.8, schedule="parts.py:halves"), 10)
    assert float(rate._learning_rate(3)) == pytest.approx(0.1)
    cosine = build_optimizer(settings(learning_rate=0.8, schedule="parts.py:cosine"), 10)
    assert float(cosine._learning_rate(10)) == pytest.approx(0)


@pytest.fixture
def network():
    pixels = keras.Input((32, 32, 3))
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(pixels))
    return keras.Model(pixels, keras.layers.Dense(10)(x), name="mine")


@pytest.mark.parametrize(
    ("name", "changes"), [("sparse", ()), ("one_hot", ("softmax",)), ("AsClass", ())]
)
def test_a_loss_gets_labels_and_predictions_as_its_author_wrote_it(name, changes):
    loss = own_loss(settings(loss=f"parts.py:{name}"), 10, changes)
    random = np.random.default_rng(0)
    labels, logits = random.integers(0, 10, 6), random.normal(size=(6, 10)).astype("float32")
    expected = build_loss(10, 0.0, mixed=False)(labels, logits)
    np.testing.assert_allclose(float(keras.ops.mean(loss(labels, logits))), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("one_per_class", r"a loss for each image, or one for all.* a tensor of shape \(13, 10\)"),
        ("nothing_back", "it gives nothing"),
        ("with_numpy", "it gives a .*ndarray.*keras.ops"),
    ],
)
@pytest.mark.parametrize("changes", [(), ("one_output",)])
def test_what_is_no_loss_is_one_line(name, line, changes):
    classes = 2 if changes else 10
    if changes and name == "one_per_class":
        pytest.skip("one output is one number for each image")
    with pytest.raises(ConfigError, match=line) as caught:
        own_loss(settings(loss=f"parts.py:{name}"), classes, changes)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"loss": "parts.py:nothing_back"}, "must give a tensor"),
        ({"callbacks": ["parts.py:no_callback"]}, "must give a keras.callbacks.Callback; it gives"),
        ({"callbacks": ["parts.py:forgotten"]}, "it gives nothing. Name the class"),
        ({"optimizer": "parts.py:no_optimizer"}, "must give a keras.optimizers.Optimizer"),
        ({"schedule": "parts.py:no_schedule"}, "must give a LearningRateSchedule"),
    ],
)
def test_a_wrong_part_is_refused_before_anything_is_trained(given, line, tmp_path, digits):
    (tmp_path / "parts.py").write_text(PARTS)
    if "schedule" in given:
        given = {**given, "learning_rate": 0.1}
    tables = [{"name": "first"}, {"name": "wrong", **given}]
    config = StudyConfig.parse(
        {"base": {"model": "mlp", "epochs": 1}, "alternative": tables}, folder=tmp_path
    )
    with pytest.raises(ConfigError, match=line):
        Study(config).run(out=tmp_path / "run", dataset=digits)
    assert not (tmp_path / "run").exists()


def test_a_loss_that_takes_neither_kind_of_labels_is_one_line():
    with pytest.raises(ConfigError, match=r"parts\.py:\d+ ended in an error, TypeError: never"):
        own_loss(settings(loss="parts.py:wrong"), 10, ())


def test_callbacks_see_their_network_and_end_the_training(network, digits):
    own = settings(callbacks="parts.py:Stop", epochs=5)
    training = train(network, digits, own, seed=1)
    assert len(training.history) == 2
    # What a callback does to the optimizer is done to the one that trains.
    assert training.history[1]["learning_rate"] == pytest.approx(0.5)
    import sys

    seen = sys.modules["cotejo_own_parts"].Stop.seen
    assert [name for name, _ in seen] == ["mine", "mine"]
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(seen[0][1])
    with pytest.raises(ConfigError, match=r"must give a keras\.callbacks\.Callback"):
        train(network, digits, settings(callbacks="parts.py:no_callback"), seed=1)


def test_a_loss_of_ones_own_goes_without_what_is_of_cross_entropy(tmp_path):
    (tmp_path / "parts.py").write_text(PARTS)
    for given in ({"label_smoothing": 0.1}, {"class_weight": "balanced"}, {"augment": "mixup"}):
        (setting,) = given
        table = {"loss": "parts.py:sparse", **given, "batch_size": 8}
        with pytest.raises(ConfigError, match=f"`{setting}` of alternative"):
            StudyConfig.parse({"alternative": [{"name": "a", **table}]}, folder=tmp_path)


def test_a_changed_loss_is_a_new_run_and_a_changed_comment_is_none(tmp_path, digits):
    from cotejo.models import resolve
    from cotejo.study.keys import run_keys

    def key(text):
        (tmp_path / "parts.py").write_text(text)
        table = {"name": "a", "model": "cnn3", "loss": "parts.py:sparse"}
        config = resolve(StudyConfig.parse({"alternative": [table]}, folder=tmp_path))
        return run_keys(config, digits, "tensorflow")["a", 1]

    first = key(PARTS)
    assert key(PARTS + "\n# a comment\ndef another(): ...\n") == first
    assert key(PARTS.replace("from_logits=True)", "from_logits=False)", 1)) != first


def test_a_study_that_names_a_callback_lists_it_as_a_text(tmp_path):
    (tmp_path / "parts.py").write_text(PARTS)
    table = {"name": "a", "callbacks": ["parts.py:Stop", "parts.py:Stop"]}
    study = Study(StudyConfig.parse({"alternative": [table]}, folder=tmp_path))
    assert study.config.alternatives[0].settings.callbacks == "parts.py:Stop, parts.py:Stop"
