"""A served model that answers at once, and clients that ask it."""

from __future__ import annotations

import io
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="the extra `serve` is not installed")
pytest.importorskip("httpx2", reason="httpx2, with which the API is asked, is not installed")

from PIL import Image
from starlette.testclient import TestClient

from cotejo.errors import DataError
from cotejo.inference import Prediction
from cotejo.serve.app import create_app
from cotejo.serve.limits import Limits
from cotejo.serve.models import Models
from cotejo.serve.service import Service
from cotejo.serve.studies import Studies


class Shades:
    """A model of three classes, by how bright an image is; it keeps the sizes of its batches."""

    image_shape = (8, 8, 3)
    fit = "crop"
    class_names = MappingProxyType(
        {"en": ("dark", "grey", "bright"), "es": ("oscura", "gris", "clara")}
    )

    def __init__(self, name="shades"):
        self.name = name
        self.batches = []

    def probabilities(self, images):
        self.batches.append(len(images))
        means = images.mean(axis=(1, 2, 3), dtype=np.float64)[:, None]
        nearness = np.exp(-np.abs(means - np.array([0, 128, 255])) / 20)
        return (nearness / nearness.sum(axis=1, keepdims=True)).astype(np.float32)


class Telling(Shades):
    """The same with all that a model may say beside."""

    def predict(self, images):
        return [
            Prediction(tuple(map(int, np.argsort(-row))), tuple(map(float, np.sort(row)[::-1])))
            for row in self.probabilities(images)
        ]

    def explain(self, images, classes=None, method="grad-cam"):
        return np.linspace(-1, 1, 64, dtype=np.float32).reshape(1, 8, 8).repeat(len(images), 0)

    def nearest(self, images, count=5):
        if images.max() == 1:
            raise DataError("images_of_model", shape=[], expected=[])
        return SimpleNamespace(
            images=np.zeros((len(images), count, 8, 8, 3), np.uint8),
            labels=np.ones((len(images), count), np.int32),
            likeness=np.full((len(images), count), 0.5, np.float32),
        )


def png(shade=0, size=(8, 8)):
    """The bytes of a PNG of one shade."""
    file = io.BytesIO()
    Image.new("RGB", size, (shade,) * 3).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def picture():
    return png


@pytest.fixture
def serving():
    """Serve: ``serving(models…, limits=…)`` returns a client in English; all end with the test."""
    opened = []

    def make(*models, studies=(), collect=None, limits=None, headers=None, again=(), **options):
        service = Service(
            Models(models or (Telling(),), again=again),
            Studies(studies),
            collect,
            limits or Limits(),
        )
        client = TestClient(
            create_app(service, **options),
            base_url="http://localhost:8000",
            headers={"accept-language": "en"} | (headers or {}),
        )
        opened.append(client)
        client.__enter__()
        return client

    yield make
    for client in opened:
        client.__exit__(None, None, None)
