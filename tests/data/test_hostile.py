"""Pickles and archives that mean harm: refused, and nothing of them is run or written."""

import gzip
import pickle
import tarfile

import numpy as np
import pytest
from tiny_cifar import (
    ROWS,
    pickled_array,
    pickled_batch,
    pickled_labels,
    regular,
    tar_gz,
    with_archive,
    with_batch,
)

from cotejo.data.published import read_published
from cotejo.data.published.decoding import decoded
from cotejo.errors import DataError

LABELS = pickled_labels(np.zeros(ROWS, np.uint8))
PIXELS = pickled_array(np.zeros((ROWS, 3072), np.uint8))


def test_the_bomb_is_a_bomb(bomb):
    content, proof = bomb
    pickle.loads(content)
    assert proof.exists()


def test_a_hostile_pickle_is_refused_by_its_checksum(bomb, tiny, tmp_path):
    content, proof = bomb
    tiny.unpack("python", tmp_path)
    (tmp_path / "test_batch").write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_published(tiny.like(), tmp_path)
    assert caught.value.key == "data_wrong_size"
    assert not proof.exists()


def test_a_hostile_pickle_is_not_run_even_with_the_right_checksum(bomb, tiny, tmp_path):
    content, proof = bomb
    tiny.unpack("python", tmp_path)
    (tmp_path / "test_batch").write_bytes(content)
    with pytest.raises(
        DataError, match="test_batch isn't what CIFAR-10 has under this name"
    ) as caught:
        read_published(tiny.like(with_batch(tiny.python, "test_batch", content)), tmp_path)
    assert caught.value.key == "data_damaged_batch"
    assert not proof.exists()


@pytest.mark.parametrize(
    "content",
    {
        "nothing": b"",
        "not a pickle": b"<html>not found</html>",
        "cut short": pickled_batch(PIXELS, LABELS)[:-100],
        "no dictionary": b"\x80\x02K\x05.",
        "no data": b"\x80\x02}.",
        "data of another kind": pickled_batch(LABELS, LABELS),
        "labels of another kind": pickled_batch(PIXELS, PIXELS),
        "labels that are strings": pickled_batch(PIXELS, b"](U\x01aU\x01be"),
        "a label too many": pickled_batch(PIXELS, b"](" + b"K\x00" * (ROWS + 1) + b"e"),
        "a label too large": pickled_batch(PIXELS, b"](" + b"K\x0a" * ROWS + b"e"),
        "a label beyond 64 bits": pickled_batch(PIXELS, b"](" + b"\x8a\x09" + b"\x7f" * 9 + b"e"),
        "objects": pickled_batch(pickled_array(np.zeros((ROWS, 3072), np.uint8), b"O8"), LABELS),
        "another shape": pickled_batch(pickled_array(np.zeros((ROWS, 12), np.uint8)), LABELS),
        "getattr": b"c__builtin__\ngetattr\n.",
        "eval": b"c__builtin__\neval\n(U\x031+1tR.",
        "a name inside numpy": b"cnumpy\nload\n(U\x01xtR.",
        "an array of any size": b"cnumpy\nndarray\n(J\xff\xff\xff\x7ftR.",
        "reconstruct of any size": (
            b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nJ\xff\xff\xff\x7f\x85U\x01b\x87R."
        ),
        "a persistent name": b"Pfile\n.",
    }.items(),
    ids=lambda item: item[0],
)
def test_refuses(content, tiny):
    with pytest.raises(DataError) as caught:
        decoded(tiny.like(), tiny.python, tiny.python.batches[0], content[1], "data_batch_1")
    assert caught.value.key == "data_damaged_batch"


def members(tiny):
    return [
        regular(f"cifar-10-batches-py/{name}", content)
        for name, content in tiny.files["python"].items()
    ]


def link(kind, name, target):
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = target
    return member, b""


def archive_refused(content, tiny, tmp_path, key):
    path = tmp_path / "cifar-10-python.tar.gz"
    path.write_bytes(content)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DataError) as caught:
        read_published(tiny.like(with_archive(tiny.python, content)), tmp_path)
    assert caught.value.key == key
    assert str(path) in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before
    return str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        regular("../evil", b"x"),
        regular("/tmp/evil", b"x"),  # noqa: S108
        regular("cifar-10-batches-py/../../evil", b"x"),
        regular("cifar-10-batches-py\\..\\evil", b"x"),
        link(tarfile.SYMTYPE, "cifar-10-batches-py/data_batch_1", "/etc/passwd"),
        link(tarfile.LNKTYPE, "cifar-10-batches-py/data_batch_1", "/etc/passwd"),
        link(tarfile.FIFOTYPE, "cifar-10-batches-py/pipe", ""),
        link(tarfile.CHRTYPE, "cifar-10-batches-py/device", ""),
    ],
    ids=lambda bad: bad[0].name,
)
def test_refuses_an_unsafe_member(bad, tiny, tmp_path):
    content = tar_gz([bad, *members(tiny)])
    message = archive_refused(content, tiny, tmp_path, "data_unsafe_archive")
    assert bad[0].name in message


def test_refuses_endless_members(tiny, tmp_path):
    content = tar_gz([*(regular(f"file{n}", b"") for n in range(200)), *members(tiny)])
    archive_refused(content, tiny, tmp_path, "data_unsafe_archive")


def test_refuses_a_huge_member_before_reading_it(tiny, tmp_path):
    # The header alone promises 100 GB; the archive is a few hundred bytes.
    header = tarfile.TarInfo("cifar-10-batches-py/data_batch_1")
    header.size = 100 * 10**9
    content = gzip.compress(header.tobuf() + bytes(1024))
    message = archive_refused(content, tiny, tmp_path, "data_wrong_size")
    assert "100,000,000,000 bytes" in message


def test_refuses_an_archive_without_a_batch(tiny, tmp_path):
    content = tar_gz(members(tiny)[1:])
    assert "data_batch_1" in archive_refused(content, tiny, tmp_path, "data_incomplete")


def test_refuses_an_archive_cut_short(tiny, tmp_path):
    content = tiny.archives["python"][:-5000]
    archive_refused(content, tiny, tmp_path, "data_damaged_archive")


def test_refuses_what_is_no_archive(tiny, tmp_path):
    archive_refused(b"<html>not found</html>", tiny, tmp_path, "data_damaged_archive")


def test_an_archive_is_not_opened_without_its_checksum(tiny, tmp_path):
    path = tmp_path / "cifar-10-python.tar.gz"
    path.write_bytes(bytes(len(tiny.archives["python"])))
    with pytest.raises(DataError) as caught:
        read_published(tiny.like(), path)
    assert caught.value.key == "data_wrong_checksum"


def test_an_archive_of_another_size_is_not_opened(tiny, tmp_path):
    path = tmp_path / "mine.tar.gz"
    path.write_bytes(tiny.archives["python"][:-1])
    with pytest.raises(DataError, match=r"expected cifar-10-python.tar.gz") as caught:
        read_published(tiny.like(), path)
    assert caught.value.key == "data_wrong_archive"
