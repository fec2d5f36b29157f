"""What a notebook's user meets: errors of one line, interrupts, several comparisons, own arrays."""

import numpy as np
import pytest

import cotejo
from cotejo.backend import keras
from cotejo.config import StudyConfig
from cotejo.errors import ConfigError
from cotejo.study.from_python import given_names
from cotejo.study.progress import Observer
from cotejo.verify import verify


def small(image_shape, num_classes):
    flat = keras.layers.Flatten()
    return keras.Sequential([flat, keras.layers.Dense(num_classes, activation="softmax")])


class Trained(Observer):
    def __init__(self):
        self.names = []

    def run_started(self, run):
        self.names.append((run.alternative, run.seed))


def squares(scale=1.0, shift=0.0, dtype="float32"):
    """Grey images, light on the left or on the right, as ``((x, y), (x, y))``."""
    random = np.random.default_rng(0)
    labels = np.arange(160) % 2
    pixels = random.integers(0, 120, (160, 8, 8))
    pixels[labels == 0, :, :4] += 130
    pixels[labels == 1, :, 4:] += 130
    images = (pixels / 255 * scale + shift).astype(dtype)
    return (images[:120], labels[:120]), (images[120:], labels[120:])


def compared(alternatives, data=None, observer=None, **options):
    wanted = {"epochs": 1, "seeds": 1, "batch_size": 32, "language": "en", **options}
    data = squares() if data is None else data
    return cotejo.compare(alternatives, data=data, observer=observer or Observer(), **wanted)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return compared({"mine": small, "mlp": "mlp"}, out=tmp_path_factory.mktemp("a") / "c",
                    language="es")  # fmt: skip


def shown(error):
    """Return what IPython shows of an error."""
    (line,) = error._render_traceback_()
    return line


def test_an_error_is_its_sentence_in_the_language_asked_for(comparison, tmp_path):
    with pytest.raises(ConfigError) as caught:
        compared({"a": "cnn33"}, language="es", out=tmp_path / "c")
    assert shown(caught.value).startswith("error: no existe el modelo «cnn33»")
    with pytest.raises(ConfigError) as caught:
        comparison["mni"]
    assert "la tienen: mine, mlp" in shown(caught.value)
    with pytest.raises(ConfigError, match='there is no language "fr"'):
        compared({"a": "mlp"}, language="fr", out=tmp_path / "c")


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c["mni"],
        lambda c: c.plot.curves("mni"),
        lambda c: c.plot.training("mni"),
        lambda c: c.plot.confusion("mni"),
        lambda c: c.plot.accuracies("mni"),
        lambda c: c.plot.differences("mni"),
        lambda c: c.plot.classes("mni"),
    ],
)
def test_a_name_that_is_none_is_answered_with_those_there_are(comparison, ask):
    with pytest.raises(ConfigError, match="mine, mlp") as caught:
        ask(comparison)
    assert "\n" not in str(caught.value)


def test_curves_of_some_alone(comparison):
    legend = comparison.plot.curves("mlp").legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["mlp"]


def test_an_error_of_a_function_names_the_line(tmp_path):
    def wrong(image_shape, num_classes):
        return keras.layers.Dens(num_classes)

    with pytest.raises(ConfigError, match=r"wrong \(`return keras.layers.Dens\(num_classes\)`\)"):
        compared({"wrong": wrong}, out=tmp_path / "c")


def test_an_interrupt_says_what_is_kept_and_goes_on(tmp_path):
    class Stopping(Trained):
        def run_started(self, run):
            if self.names:
                raise KeyboardInterrupt
            super().run_started(run)

    pair = {"mine": small, "mlp": "mlp"}
    with pytest.raises(KeyboardInterrupt) as caught:
        compared(pair, observer=Stopping(), out=tmp_path / "c", language="es")
    assert shown(caught.value).startswith("Interrumpido: de 2 ejecuciones, 1 ")
    watching = Trained()
    compared(pair, observer=watching, out=tmp_path / "c")
    assert watching.names == [("mlp", 1)]


def test_names_may_hold_spaces_and_accents(tmp_path):
    wanted = {"mi red": small, "más": "mlp"}
    claims = [{"text": "es mejor", "better": "mi red", "than": "más"}]
    comparison = compared(wanted, claims=claims, out=tmp_path / "c", language="es")
    assert "más" in repr(comparison)
    assert comparison["mi red"].label == "mi red"
    assert comparison["mi-red"].name == "mi-red"
    with pytest.raises(ConfigError, match="la tienen: mi red, más"):
        comparison["mired"]
    assert set(comparison.table["alternative"]) == set(wanted)
    assert not comparison.table["test_accuracy_low"].isna().any()
    assert set(comparison.history["alternative"]) == set(wanted)
    assert set(comparison["más"].history["alternative"]) == {"más"}
    assert set(comparison.comparisons[["first", "second"]].iloc[0]) == set(wanted)
    (claim,) = comparison.frame("claims").to_dict("records")
    assert (claim["better"], claim["than"]) == ("mi red", "más")
    assert repr(comparison["mi red"]).startswith("<mi red: test ")


def test_another_comparison_has_another_folder_and_the_same_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = compared({"mine": small, "mlp": "mlp"}, seeds=2)
    watching = Trained()
    second = compared(
        {"mine": small, "mlp": "mlp", "wide": {"model": "mlp", "dropout": 0.1}},
        observer=watching, seeds=2,
    )  # fmt: skip
    assert watching.names == [("wide", 1), ("wide", 2)]
    assert first.folder != second.folder
    assert first.best.model.count_params() > 0  # it is still there
    findings = list(verify(second.folder))
    assert not [each for each in findings if each.level == "error"]
    assert {each.key for each in findings} >= {"verify.readings_once"}
    watching = Trained()
    assert compared({"mlp": "mlp", "mine": small}, observer=watching).folder == first.folder
    assert watching.names == []
    named = compared({"mlp": "mlp"}, name="mine", observer=watching)
    assert named.folder.name.startswith("mine-")
    assert watching.names == [("mlp", 1)]


@pytest.mark.parametrize(
    ("scale", "shift", "dtype"), [(1.0, 0.0, "float32"), (2.0, -1.0, "float64"), (255, 0, "uint8")]
)
def test_the_model_takes_what_the_arrays_were_like(tmp_path, scale, shift, dtype):
    data = squares(scale, shift, dtype)
    comparison = compared(
        {"mine": small}, data=data, epochs=6, learning_rate=0.01, out=tmp_path / "c"
    )
    images, labels = data[1]
    chances = comparison.best.model.predict(images, verbose=0)
    right = float((chances.argmax(axis=1) == labels).mean())
    assert right == pytest.approx(comparison.best.accuracy.estimate)
    assert right > 0.9
    np.testing.assert_allclose(comparison.best.predict(images), chances, atol=1e-6)
    saved = tmp_path / "mine.keras"
    comparison.best.model.save(saved)
    again = keras.models.load_model(saved).predict(images, verbose=0)
    np.testing.assert_allclose(again, chances, atol=1e-6)


def test_networks_of_a_notebook_alone_are_said_to_be(tmp_path):
    model = small((8, 8, 1), 2)
    model.build((None, 8, 8, 1))
    folder = compared({"given": model}, out=tmp_path / "c").folder
    config = StudyConfig.load(folder / "study.toml")
    assert given_names(config, folder) == ["given"]
    with pytest.raises(ConfigError, match="run the notebook's cell again"):
        cotejo.Study.load(folder / "study.toml")
    found = [each.key for each in verify(folder, dataset_of(folder), rerun=1)]
    assert "verify.rerun_given" in found
    assert "verify.broken" not in found


def dataset_of(folder):
    return cotejo.load_dataset({"train": bytes_of(0), "test": bytes_of(1)})


def bytes_of(split):
    images, labels = squares(255, 0, "uint8")[split]
    return images, labels


class PutsBack(keras.callbacks.Callback):
    """Ends with the weights of the first epoch, times ``factor``."""

    factor = 1.0

    def on_epoch_end(self, epoch, logs):
        if epoch == 0:
            self.weights = self.model.get_weights()

    def on_train_end(self, logs):
        self.model.set_weights([self.factor * each for each in self.weights])


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("factor", "epoch", "known"), [(1.0, 1, True), (0.5, 3, False)])
def test_the_epoch_of_the_weights_is_found_out(factor, epoch, known, monkeypatch, tmp_path):
    monkeypatch.setattr(PutsBack, "factor", factor)
    seen = {}

    class Watching(Observer):
        def run_finished(self, run, metrics):
            seen["folder"] = run.folder

    comparison = compared({"mine": small}, data=squares(), epochs=3, callbacks=[PutsBack],
                          observer=Watching(), out=tmp_path / "c")  # fmt: skip
    record = cotejo.store.read_json(seen["folder"] / "run.json")
    assert record["best_epoch"] == epoch
    assert ("callback_weights" in record["model"].get("changes", ())) == (not known)
    page = comparison.report(language="es").read_text()
    assert ("no son de ninguna época" in page) == (not known)
