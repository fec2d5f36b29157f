"""Several models, and explanations: what they are called, and that they hold up nobody."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from cotejo.errors import ConfigError
from cotejo.serve.models import Models
from serve.conftest import Shades, Telling


def test_models_of_one_name_are_told_apart_by_their_studies():
    models = Models([Shades("cnn"), Shades("cnn"), Shades("mlp")], ["mine", "yours", "mine"])
    assert [served.name for served in models] == ["mine: cnn", "yours: cnn", "mlp"]
    alike = Models([Shades("cnn"), Shades("cnn")])
    assert [served.name for served in alike] == ["cnn", "cnn-2"]


def test_a_model_is_called_in_the_reader_s_language():
    runs = [Shades("base, seed 8") for _ in range(3)]
    for run in runs:
        run.labels = {"en": "base, seed 8", "es": "base, semilla 8"}
    served = list(Models(runs, ["mine", "", ""]))
    assert [each.name for each in served] == [
        "mine: base, seed 8",
        "base, seed 8",
        "base, seed 8-2",
    ]
    assert [each.title("es") for each in served] == [
        "mine: base, semilla 8", "base, semilla 8", "base, semilla 8-2"
    ]  # fmt: skip
    assert [each.title("en") for each in served] == [each.name for each in served]
    (plain,) = Models([Shades("cnn")])
    assert plain.title("es") == "cnn"


def test_an_explanation_that_takes_long_holds_up_no_answer(serving, picture):
    explaining, may_end = threading.Event(), threading.Event()

    class Thorough(Telling):
        def explain(self, images, classes=None, method="grad-cam"):
            explaining.set()
            assert may_end.wait(30)
            return super().explain(images, classes, method)

    client = serving(Thorough())
    files = {"pictures": ("a.png", picture(0))}
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(client.post, "/v1/explain", files=files)
        assert explaining.wait(30)
        try:
            assert client.post("/v1/predict", files=files).status_code == 200
        finally:
            may_end.set()
        assert asked.result().status_code == 200


def test_a_network_without_convolutions_is_explained_by_its_gradients(serving, picture):
    class Dense(Telling):
        def explain(self, images, classes=None, method="grad-cam"):
            if method == "grad-cam":
                raise ConfigError("no_feature_map", name="dense")
            return super().explain(images, classes, method)

    answer = serving(Dense()).post("/v1/explain", files={"pictures": ("a.png", picture(0))})
    assert answer.json()["method"] == "integrated-gradients"
