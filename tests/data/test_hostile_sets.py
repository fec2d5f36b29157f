"""Files of the published sets that mean harm, or are another thing than their name says."""

import gzip
import io
import pickle
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from tiny_cifar import pickled_array, pickled_labels, string
from tiny_sets import TEST, TRAIN, idx_of, make, mat_of

from cotejo.data.published import read_published
from cotejo.data.published.decoding import decoded
from cotejo.data.sources.cifar100 import CIFAR100
from cotejo.data.sources.cifar100_coarse import CIFAR100_COARSE
from cotejo.data.sources.mnist import MNIST
from cotejo.data.sources.svhn import SVHN
from cotejo.errors import DataError


@pytest.fixture(scope="module")
def tiny_sets():
    return {real.name: make(real) for real in (CIFAR100, CIFAR100_COARSE, MNIST, SVHN)}


def refused(tiny, number, content, batch=0):
    form = tiny.published.forms[number]
    with pytest.raises(DataError) as caught:
        decoded(tiny.published, form, form.batches[batch], content, "its name")
    assert caught.value.key == "data_damaged_batch"
    return str(caught.value)


@pytest.mark.parametrize("name", ["cifar100", "cifar100-coarse"])
def test_a_hostile_pickle_is_not_run_even_with_the_right_checksum(name, bomb, tiny_sets, tmp_path):
    content, proof = bomb
    tiny = tiny_sets[name]
    tiny.unpack(0, tmp_path)
    (tmp_path / "test").write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_published(tiny.with_file(0, "test", content), tmp_path)
    assert caught.value.key == "data_damaged_batch"
    assert not proof.exists()


PIXELS = pickled_array(np.zeros((TRAIN, 3072), np.uint8))
ZEROS = pickled_labels(np.zeros(TRAIN, np.uint8))


def hundred(labels, key=b"fine_labels", pixels=PIXELS):
    return b"\x80\x02}(" + string(key) + labels + string(b"data") + pixels + b"u."


@pytest.mark.parametrize(
    "content",
    {
        "the labels of CIFAR-10": hundred(ZEROS, b"labels"),
        "a label too many": hundred(pickled_labels(np.zeros(TRAIN + 1, np.uint8))),
        "a label too large": hundred(pickled_labels(np.full(TRAIN, 100, np.uint8))),
        "labels of another kind": hundred(PIXELS),
        "images of another size": hundred(
            ZEROS, pixels=pickled_array(np.zeros((TRAIN, 300), np.uint8))
        ),
        "rows of a binary file": bytes(TRAIN * 3_074),
    }.items(),
    ids=lambda item: item[0],
)
def test_refuses_a_pickle_that_is_another(content, tiny_sets):
    assert "labels 0 to 99" in refused(tiny_sets["cifar100"], 0, content[1])


def test_a_coarse_label_is_below_twenty(tiny_sets):
    content = hundred(pickled_labels(np.full(TRAIN, 20, np.uint8)), b"coarse_labels")
    assert "labels 0 to 19" in refused(tiny_sets["cifar100-coarse"], 0, content)


def rows(fine, coarse):
    row = np.zeros((TRAIN, 3_074), np.uint8)
    row[:, 0], row[:, 1] = coarse, fine
    return row.tobytes()


@pytest.mark.parametrize("name", ["cifar100", "cifar100-coarse"])
def test_refuses_rows_that_are_others(name, tiny_sets):
    tiny = tiny_sets[name]
    refused(tiny, 1, rows(100, 20))
    refused(tiny, 1, rows(0, 0)[:-1])
    refused(tiny, 1, bytes(TRAIN * 3_073))  # as CIFAR-10 has them
    # The other label is of no importance here.
    form = tiny.published.forms[1]
    content = rows(*((99, 20) if name == "cifar100" else (100, 19)))
    _, labels = decoded(tiny.published, form, form.batches[0], content, "its name")
    assert set(labels) == {99 if name == "cifar100" else 19}


GREY = np.zeros((TRAIN, 28, 28), np.uint8)


@pytest.mark.parametrize(
    "content",
    {
        "nothing": b"",
        "half a head": idx_of(GREY)[:7],
        "labels": idx_of(np.zeros(TRAIN)),
        "an image too few": idx_of(GREY[1:]),
        "an image too many": idx_of(np.zeros((TRAIN + 1, 28, 28))),
        "a byte too few": idx_of(GREY)[:-1],
        "a byte too many": idx_of(GREY) + b"\0",
        "images of another size": idx_of(np.zeros((TRAIN, 32, 32))),
        "numbers of another type": b"\0\0\x0d\x03" + idx_of(GREY)[4:],
        "numbers in the other order": b"\x03\x08\0\0" + idx_of(GREY)[4:],
        "a size that no memory has": b"\0\0\x08\x03" + b"\0\0\0\x32" + b"\xff" * 8,
        "a page": b"<html>not found</html>",
    }.items(),
    ids=lambda item: item[0],
)
def test_refuses_an_idx_file_that_is_another(content, tiny_sets):
    refused(tiny_sets["mnist"], 1, content[1])
    refused(tiny_sets["mnist"], 0, gzip.compress(content[1]))


def test_refuses_idx_labels_that_are_others(tiny_sets):
    tiny = tiny_sets["mnist"]
    names = [batch.name for batch in tiny.published.forms[1].batches]
    at = names.index("train-labels-idx1-ubyte")
    for labels in (np.full(TRAIN, 10), np.zeros(TRAIN - 1), GREY):
        refused(tiny, 1, idx_of(labels), at)


def test_unpacks_no_more_than_a_file_can_have(tiny_sets):
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=1, mtime=0) as file:
        file.write(idx_of(GREY))
        for _ in range(64):
            file.write(bytes(1 << 20))
    tiny = tiny_sets["mnist"]
    assert measured(lambda: refused(tiny, 0, bomb.getvalue())) < 4 << 20


def measured(work):
    """Return the most bytes that some work had in Python's memory at once."""
    import tracemalloc

    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_refuses_a_compressed_file_whose_own_checksum_is_wrong(tiny_sets):
    refused(tiny_sets["mnist"], 0, gzip.compress(idx_of(GREY))[:-8] + bytes(8))


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def npy(array, **how):
    file = io.BytesIO()
    np.save(file, array, **how)
    return file.getvalue()


def keras(**others):
    members = {
        "x_train": npy(GREY),
        "y_train": npy(np.zeros(TRAIN, np.uint8)),
        "x_test": npy(np.zeros((TEST, 28, 28), np.uint8)),
        "y_test": npy(np.zeros(TEST, np.uint8)),
    }
    return zipped(**{name: content for name, content in (members | others).items() if content})


def test_keras_file_as_it_should_be(tiny_sets):
    tiny = tiny_sets["mnist"]
    form = tiny.published.forms[2]
    images, labels = decoded(tiny.published, form, form.batches[0], keras(), "its name")
    assert (images.shape, labels.shape) == ((TRAIN + TEST, 28, 28, 1), (TRAIN + TEST,))


@pytest.mark.parametrize(
    "content",
    {
        "an array is missing": keras(y_test=b""),
        "a label too few": keras(y_train=npy(np.zeros(TRAIN - 1, np.uint8))),
        "a label too large": keras(y_train=npy(np.full(TRAIN, 10, np.uint8))),
        "labels that are fractions": keras(
            y_train=npy(np.zeros(TRAIN)), y_test=npy(np.zeros(TEST))
        ),
        "images of another type": keras(x_train=npy(GREY.astype(np.float16)[:, :14])),
        "images of another size": keras(x_train=npy(GREY[:, :20, :20])),
        "images in one row": keras(x_train=npy(GREY.ravel())),
        "a single number": keras(x_train=npy(np.uint8(3))),
        "no array": keras(x_train=b"<html>not found</html>"),
        "a head without an end": keras(x_train=npy(GREY)[:40]),
        "a shape that no memory has": keras(
            x_train=npy(GREY).replace(b"(50, 28, 28)", b"(9999999999,)")
        ),
        "a bomb": keras(x_train=bytes(1 << 26)),
        "no archive": b"<html>not found</html>",
    }.items(),
    ids=lambda item: item[0],
)
def test_refuses_an_npz_that_is_another(content, tiny_sets):
    tiny = tiny_sets["mnist"]
    assert measured(lambda: refused(tiny, 2, content[1])) < 4 << 20


def test_an_npz_of_python_objects_is_not_run(bomb, tiny_sets):
    content, proof = bomb
    head = npy(np.array([None] * 3), allow_pickle=True)
    # The head says that objects follow; a loader that unpickles runs what comes then.
    hostile = head[: head.index(b"\n") + 1] + content
    with suppress(Exception):
        np.load(io.BytesIO(hostile), allow_pickle=True)
    assert proof.exists()
    proof.unlink()
    refused(tiny_sets["mnist"], 2, keras(x_train=hostile))
    refused(tiny_sets["mnist"], 2, keras(x_train=pickle.dumps(GREY)))
    assert not proof.exists()


COLOUR = np.zeros((32, 32, 3, TRAIN), np.uint8)
ONES = np.ones((TRAIN, 1), np.uint8)


@pytest.mark.parametrize(
    "content",
    {
        "nothing": b"",
        "an array is missing": mat_of(X=COLOUR),
        "an array too many": mat_of(X=COLOUR, y=ONES, z=ONES),
        "a label too few": mat_of(X=COLOUR, y=ONES[1:]),
        "labels in a row": mat_of(X=COLOUR, y=ONES.T),
        "the label 0": mat_of(X=COLOUR, y=ONES - 1),
        "the label 11": mat_of(X=COLOUR, y=ONES * 11),
        "grey images": mat_of(X=COLOUR[:, :, 0], y=ONES),
        "too many images": mat_of(X=np.zeros((32, 32, 3, 2_000), np.uint8), y=ONES),
        "images first": mat_of(X=COLOUR.transpose(3, 0, 1, 2), y=ONES),
        "another version": b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + bytes(500),
        "a page": b"<html>not found</html>" * 40,
    }.items(),
    ids=lambda item: item[0],
)
def test_refuses_a_mat_file_that_is_another(content, tiny_sets):
    refused(tiny_sets["svhn"], 0, content[1])


def test_ten_is_the_digit_zero(tiny_sets):
    tiny = tiny_sets["svhn"]
    form = tiny.published.forms[0]
    content = mat_of(X=COLOUR, y=np.arange(TRAIN)[:, None] % 10 + 1)
    _, labels = decoded(tiny.published, form, form.batches[0], content, "its name")
    assert labels[:10].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
