"""The real CIFAR-10, where COTEJO_DATA says it is."""

import os
from pathlib import Path

import numpy as np
import pytest

import cotejo.data
from cotejo.data.published.files import digest_of_bytes
from cotejo.data.sources.cifar10 import CIFAR10

FOLDER = os.environ.get("COTEJO_DATA")  # read before the tests clear it

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="COTEJO_DATA isn't set: there is no real CIFAR-10 to read"
)


@pytest.fixture(scope="module")
def cifar10():
    return cotejo.data.load(Path(FOLDER).resolve())


@pytest.fixture(autouse=True)
def here(nowhere, monkeypatch):
    monkeypatch.chdir(nowhere)


def test_splits_as_the_notebooks_do(cifar10):
    assert cifar10.train.images.shape == (40_000, 32, 32, 3)
    assert (len(cifar10.valid), len(cifar10.test)) == (10_000, 10_000)
    assert cifar10.train.labels[:5].tolist() == [6, 9, 9, 4, 1]
    assert cifar10.test.labels[:5].tolist() == [3, 8, 8, 0, 6]
    assert cifar10.train.images[0, 0, 0].tolist() == [59, 62, 63]
    assert np.bincount(cifar10.test.labels).tolist() == [1000] * 10


def test_channel_statistics(cifar10):
    channels = cotejo.data.describe(cifar10)["channels"]
    assert channels["mean"] == pytest.approx([0.4915, 0.4821, 0.4462], abs=1e-4)
    assert channels["std"] == pytest.approx([0.2472, 0.2437, 0.2617], abs=1e-4)


def test_binary_digests_are_those_of_the_python_batches_rewritten(cifar10):
    splits = (cifar10.train, cifar10.valid, cifar10.test)
    images = np.concatenate([split.images for split in splits])
    labels = np.concatenate([split.labels for split in splits]).astype(np.uint8)
    for number, batch in enumerate(CIFAR10.forms[1].batches):
        at = slice(10_000 * number, 10_000 * (number + 1))
        planes = images[at].transpose(0, 3, 1, 2).reshape(10_000, -1)
        content = np.concatenate([labels[at, None], planes], axis=1).tobytes()
        assert digest_of_bytes(content, like=batch.digest) == batch.digest
