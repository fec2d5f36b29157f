"""CIFAR-10 in each form in which it is found, and what is refused."""

import os

import numpy as np
import pytest
from tiny_cifar import ROWS, with_batch

from cotejo.data.published import read_published
from cotejo.data.published.decoding import decoded
from cotejo.errors import DataError

LAYOUTS = {
    "the batches": ("python", ""),
    "above the batches": ("python", "cifar-10-batches-py"),
    "keras": ("python", "cifar-10-batches-py-target/cifar-10-batches-py"),
    "keras's home": ("python", "datasets/cifar-10-batches-py-target/cifar-10-batches-py"),
    "binary": ("binary", ""),
    "above binary": ("binary", "cifar-10-batches-bin"),
}
ARCHIVES = {
    "official": ("python", "cifar-10-python.tar.gz"),
    "official binary": ("binary", "cifar-10-binary.tar.gz"),
    "keras 1": ("python", "cifar-10-batches-py.tar.gz"),
    "keras 2": ("python", "cifar-10-batches-py-target.tar.gz"),
    "keras 3": ("python", "datasets/cifar-10-batches-py-target_archive"),
}


def check(dataset, tiny):
    splits = (dataset.train, dataset.valid, dataset.test)
    assert [len(split) for split in splits] == [4 * ROWS, ROWS, ROWS]
    assert np.array_equal(np.concatenate([split.images for split in splits]), tiny.images)
    assert np.array_equal(np.concatenate([split.labels for split in splits]), tiny.labels)
    for split in splits:
        assert split.images.dtype == np.uint8
        assert split.images.flags.c_contiguous
        assert split.labels.dtype == np.int32
    assert dataset.name == "cifar10"
    assert dataset.split == {"method": "notebook"}
    assert dataset.class_names["es"][0] == "avión"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_reads_batches(layout, tiny, tmp_path):
    encoding, inside = LAYOUTS[layout]
    tiny.unpack(encoding, tmp_path / inside)
    check(read_published(tiny.like(), tmp_path), tiny)


@pytest.mark.parametrize("layout", ARCHIVES)
def test_reads_archives(layout, tiny, tmp_path):
    encoding, name = ARCHIVES[layout]
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(tiny.archives[encoding])
    check(read_published(tiny.like(), tmp_path), tiny)
    check(read_published(tiny.like(), path), tiny)


def test_reads_the_archive_where_the_batches_are_damaged(tiny, tmp_path):
    tiny.unpack("python", tmp_path / "cifar-10-batches-py")
    (tmp_path / "cifar-10-batches-py" / "data_batch_3").unlink()
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(tiny.archives["python"])
    dataset = read_published(tiny.like(), tmp_path)
    check(dataset, tiny)
    assert dataset.source.endswith(".tar.gz")


def refused(path, published, key):
    with pytest.raises(DataError) as caught:
        read_published(published, path)
    assert caught.value.key == key
    for language in ("en", "es"):
        assert str(path) in caught.value.in_language(language)
    return str(caught.value)


def test_refuses_a_missing_path(tiny, tmp_path):
    refused(tmp_path / "nowhere", tiny.like(), "data_missing_path")


def test_refuses_an_empty_folder(tiny, tmp_path):
    assert "no images" in refused(tmp_path, tiny.like(), "data_no_images")


def test_names_the_missing_batches(tiny, tmp_path):
    tiny.unpack("python", tmp_path)
    (tmp_path / "data_batch_4").unlink()
    assert "missing: data_batch_4" in refused(tmp_path, tiny.like(), "data_incomplete")


@pytest.mark.parametrize(
    ("encoding", "name"), [("python", "test_batch"), ("binary", "test_batch.bin")]
)
def test_refuses_a_truncated_batch(encoding, name, tiny, tmp_path):
    content = tiny.files[encoding][name]
    tiny.unpack(encoding, tmp_path)
    (tmp_path / name).write_bytes(content[:-1000])
    message = refused(tmp_path, tiny.like(), "data_wrong_size")
    assert f"{name} has {len(content) - 1000:,} bytes; expected {len(content):,}" in message


@pytest.mark.parametrize(
    ("encoding", "name"), [("python", "test_batch"), ("binary", "test_batch.bin")]
)
def test_refuses_a_changed_batch(encoding, name, tiny, tmp_path):
    tiny.unpack(encoding, tmp_path)
    content = bytearray(tiny.files[encoding][name])
    content[500] ^= 1
    (tmp_path / name).write_bytes(content)
    assert name in refused(tmp_path, tiny.like(), "data_wrong_checksum")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_says_what_cannot_be_read(tiny, tmp_path):
    tiny.unpack("python", tmp_path)
    (tmp_path / "data_batch_1").chmod(0)
    assert "data_batch_1" in refused(tmp_path, tiny.like(), "data_unreadable")


def test_refuses_what_is_not_a_batch_even_with_its_checksum(tiny, tmp_path):
    form = with_batch(tiny.binary, "test_batch.bin", bytes(3073 * ROWS - 1))
    tiny.unpack("binary", tmp_path)
    (tmp_path / "test_batch.bin").write_bytes(bytes(3073 * ROWS - 1))
    refused(tmp_path, tiny.like(form), "data_damaged_batch")


def test_refuses_labels_out_of_range(tiny):
    rows = np.frombuffer(tiny.files["binary"]["test_batch.bin"], np.uint8).reshape(ROWS, -1).copy()
    rows[3, 0] = 10
    with pytest.raises(DataError, match="labels 0 to 9"):
        batch = tiny.binary.batches[-1]
        decoded(tiny.like(), tiny.binary, batch, rows.tobytes(), "test_batch.bin")
