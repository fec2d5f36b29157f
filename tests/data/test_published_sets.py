"""The sets that are published as files: what each says of itself, and each of its forms, read."""

import re
from dataclasses import replace

import numpy as np
import pytest
from tiny_sets import FORMS, SETS, TEST, TRAIN, VALID, make

import cotejo.data
from cotejo.data.published import load_published, read_published, where
from cotejo.data.sources.cifar10 import CIFAR10
from cotejo.data.sources.cifar100 import CIFAR100
from cotejo.errors import DataError, DownloadError
from cotejo.messages import LANGUAGES

NAMES = [real.name for real in SETS]
ALL = (CIFAR10, *SETS)


@pytest.fixture(scope="module")
def tiny_sets():
    return {real.name: make(real) for real in SETS}


@pytest.fixture(params=NAMES)
def tiny_set(request, tiny_sets):
    return tiny_sets[request.param]


@pytest.fixture(params=FORMS, ids=lambda form: f"{form[0].name}-{form[1]}")
def form(request, tiny_sets):
    """A tiny set, and the number of one of its forms."""
    real, number = request.param
    return tiny_sets[real.name], number


def check(dataset, tiny):
    splits = (dataset.train, dataset.valid, dataset.test)
    assert [len(split) for split in splits] == [TRAIN - VALID, VALID, TEST]
    assert np.array_equal(np.concatenate([split.images for split in splits]), tiny.images)
    assert np.array_equal(np.concatenate([split.labels for split in splits]), tiny.labels)
    for split in splits:
        assert split.images.dtype == np.uint8
        assert split.images.flags.c_contiguous
        assert split.labels.dtype == np.int32
    assert dataset.name == tiny.published.name
    assert dataset.image_shape == tiny.published.image_shape
    assert dataset.split == {"method": "last"}
    assert dataset.num_classes == tiny.published.classes


def refused(published, path, key):
    with pytest.raises(DataError) as caught:
        read_published(published, path)
    assert caught.value.key == key
    for language in LANGUAGES:
        assert str(path) in caught.value.in_language(language)
    return str(caught.value)


@pytest.mark.parametrize("real", ALL, ids=lambda real: real.name)
def test_a_set_says_what_its_files_hold(real):
    for form in real.forms:
        for kind in ("images", "labels"):
            # IDX files hold one of the two; the others hold both.
            batches = [b for b in form.batches if "-idx" not in b.name or kind in b.name]
            numbers = [n for b in batches for n in range(b.start, b.start + b.rows)]
            assert numbers == list(range(real.images))
        files = [*form.batches, *([form.archive] if form.archive else [])]
        for file in files:
            assert re.fullmatch(r"md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}", file.digest)
        assert len({file.digest for file in files}) == len(files)
    # What is downloaded is compared with its size, too.
    assert all(file.size for file in real.forms[0].downloaded)


@pytest.mark.parametrize("real", ALL, ids=lambda real: real.name)
def test_its_classes_have_different_names_in_every_language(real):
    names = real.class_names
    assert sorted(names) == sorted(LANGUAGES)
    for language in LANGUAGES:
        assert len(set(names[language])) == len(names[language]) == real.classes


def test_the_sizes_of_the_splits():
    sizes = {
        real.name: (real.images - real.valid - real.test, real.valid, real.test) for real in ALL
    }
    assert sizes == {
        "cifar10": (40_000, 10_000, 10_000),
        "cifar100": (40_000, 10_000, 10_000),
        "cifar100-coarse": (40_000, 10_000, 10_000),
        "fashion-mnist": (50_000, 10_000, 10_000),
        "mnist": (50_000, 10_000, 10_000),
        "svhn": (63_257, 10_000, 26_032),
    }


def test_the_coarse_classes_are_of_the_same_files(tiny_sets):
    fine, coarse = CIFAR100.class_names, tiny_sets["cifar100-coarse"].published.class_names
    assert fine["es"][-1] == "gusano"
    assert coarse["en"][:2] == ("aquatic mammals", "fish")
    # Of one file, the two labels are read that its rows have.
    form = tiny_sets["cifar100"].published
    rows = tiny_sets["cifar100"].files[1]["train.bin"]
    decode = tiny_sets["cifar100-coarse"].published.forms[1].decode
    _, labels = decode(rows, form.forms[1].batches[0])
    assert np.array_equal(labels, tiny_sets["cifar100"].labels[:TRAIN] // 5)


def test_reads_the_files_of_a_form(form, tmp_path):
    tiny, number = form
    tiny.unpack(number, tmp_path)
    check(read_published(tiny.published, tmp_path), tiny)


def test_reads_the_archive_of_a_form(form, tmp_path):
    tiny, number = form
    if number not in tiny.archives:
        pytest.skip("it is not published as an archive")
    path = tmp_path / tiny.published.forms[number].archive.name
    path.write_bytes(tiny.archives[number])
    check(read_published(tiny.published, tmp_path), tiny)
    check(read_published(tiny.published, path), tiny)


def test_one_file_that_is_all_of_a_set_has_any_name(tiny_sets, tmp_path):
    tiny = tiny_sets["mnist"]
    path = tmp_path / "digits"
    path.write_bytes(tiny.files[2]["mnist.npz"])
    check(read_published(tiny.published, path), tiny)
    path.write_bytes(tiny.files[2]["mnist.npz"][:-1])
    assert "expected mnist.npz" in refused(tiny.published, path, "data_wrong_archive")


KEPT = [
    ("cifar100", 0, "keras", "datasets/cifar-100-python-target/cifar-100-python"),
    ("cifar100", 0, "keras", "datasets/cifar-100-python"),
    ("cifar100-coarse", 0, "data", "cifar-100-python"),
    ("cifar100", 1, "data", "cifar-100-binary"),
    ("mnist", 2, "keras", "datasets"),
    ("mnist", 0, "data", "MNIST/raw"),
    ("mnist", 1, "data", "MNIST/raw"),
    ("fashion-mnist", 0, "keras", "datasets/fashion-mnist"),
    ("fashion-mnist", 0, "data", "FashionMNIST/raw"),
    ("fashion-mnist", 1, "data", "FashionMNIST/raw"),
    ("svhn", 0, "data", ""),
    ("svhn", 0, "data", "svhn"),
]
"""A set, a form of it, whose place it is, and the folder there in which it is kept."""


@pytest.mark.parametrize(("name", "number", "place", "inside"), KEPT)
def test_is_found_where_keras_and_torchvision_keep_it(
    name, number, place, inside, tiny_sets, nowhere, tmp_path, monkeypatch
):
    tiny = tiny_sets[name]
    if place == "keras":
        monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    folder = tmp_path if place == "keras" else nowhere / "data"
    tiny.unpack(number, folder / inside)
    check(load_published(tiny.published), tiny)
    assert any(is_there for _, _, is_there in where(tiny.published))


def test_keras_keeps_the_archive_of_cifar100_under_its_own_name(tiny_sets, tmp_path, monkeypatch):
    tiny = tiny_sets["cifar100"]
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    path = tmp_path / "datasets" / "cifar-100-python-target_archive"
    path.parent.mkdir()
    path.write_bytes(tiny.archives[0])
    check(load_published(tiny.published), tiny)


@pytest.mark.parametrize("how", ["data_dir", "COTEJO_DATA"])
def test_a_named_place_must_hold_it(how, tiny_set, tmp_path, nowhere, monkeypatch):
    tiny_set.unpack(0, nowhere / "data")
    if how == "COTEJO_DATA":
        monkeypatch.setenv("COTEJO_DATA", str(tmp_path))
    data_dir = tmp_path if how == "data_dir" else None
    with pytest.raises(DataError, match=f"says that {tiny_set.published.title} is in {tmp_path}"):
        load_published(tiny_set.published, data_dir)
    tiny_set.unpack(0, tmp_path / tiny_set.published.forms[0].folder)
    check(load_published(tiny_set.published, data_dir), tiny_set)


def test_a_path_is_read_by_the_set_that_it_holds(tiny_sets, tmp_path, monkeypatch):
    """The name of the files of two sets is the same; the error is about what was found."""
    tiny = tiny_sets["mnist"]
    tiny.unpack(0, tmp_path)
    with pytest.raises(DataError) as caught:
        cotejo.data.load(tmp_path)
    assert caught.value.key == "data_wrong_size"
    assert "train-images-idx3-ubyte.gz" in str(caught.value)


def test_files_of_another_set_under_the_same_names_are_refused(tiny_sets, tmp_path):
    tiny_sets["fashion-mnist"].unpack(1, tmp_path)
    refused(tiny_sets["mnist"].published, tmp_path, "data_wrong_checksum")


def test_names_what_is_missing(form, tmp_path):
    tiny, number = form
    tiny.unpack(number, tmp_path)
    name = list(tiny.files[number])[-1]
    (tmp_path / name).unlink()
    if len(tiny.files[number]) == 1:
        assert name in refused(tiny.published, tmp_path, "data_no_images")
    else:
        line = refused(tiny.published, tmp_path, "data_incomplete")
        assert f"part of {tiny.published.title}; missing: {name}" in line


def test_refuses_a_truncated_file(form, tmp_path):
    tiny, number = form
    for name, content in tiny.files[number].items():
        tiny.unpack(number, tmp_path)
        (tmp_path / name).write_bytes(content[:-7])
        sizes = {batch.name: batch.size for batch in tiny.published.forms[number].batches}
        key = "data_wrong_checksum" if sizes[name] is None else "data_wrong_size"
        assert name in refused(tiny.published, tmp_path, key)


def test_refuses_a_changed_file(form, tmp_path):
    tiny, number = form
    for name, content in tiny.files[number].items():
        tiny.unpack(number, tmp_path)
        changed = bytearray(content)
        changed[len(content) // 2] ^= 1
        (tmp_path / name).write_bytes(changed)
        assert name in refused(tiny.published, tmp_path, "data_wrong_checksum")


def test_refuses_swapped_files_even_with_their_checksums(form, tmp_path):
    tiny, number = form
    names = list(tiny.files[number])
    if len(names) == 1:
        pytest.skip("it is one file")
    tiny.unpack(number, tmp_path)
    content = tiny.files[number][names[-1]]
    (tmp_path / names[0]).write_bytes(content)
    published = tiny.with_file(number, names[0], content)
    line = refused(published, tmp_path, "data_damaged_batch")
    assert f"{names[0]} isn't what {published.title} has under this name" in line


def test_images_without_labels_are_refused(tiny_sets, tmp_path):
    tiny = tiny_sets["svhn"]
    tiny.unpack(0, tmp_path)
    (form,) = tiny.published.forms
    mute = replace(form, decode=lambda content, batch: (form.decode(content, batch)[0], None))
    refused(replace(tiny.published, forms=(mute,)), tmp_path, "data_damaged_batch")


@pytest.mark.parametrize("cut", [0, 1, 10, 100, 1_000])
def test_refuses_what_is_cut_short_even_with_its_checksum(cut, form, tmp_path):
    tiny, number = form
    name, content = next(iter(tiny.files[number].items()))
    tiny.unpack(number, tmp_path)
    (tmp_path / name).write_bytes(content[:cut])
    refused(tiny.with_file(number, name, content[:cut]), tmp_path, "data_damaged_batch")


def test_any_damage_is_an_error_of_one_line(form, tmp_path):
    """Files in which a few bytes were changed, with their checksums: read, or refused."""
    tiny, number = form
    random = np.random.default_rng(number)
    for name, content in tiny.files[number].items():
        tiny.unpack(number, tmp_path)
        for _ in range(15):
            changed = np.frombuffer(content, np.uint8).copy()
            # Most of a file are pixels, any of which is right; its head is what matters.
            at = random.integers(0, min(len(changed), 400), 3)
            changed[at] = random.integers(0, 256, 3)
            (tmp_path / name).write_bytes(changed.tobytes())
            published = tiny.with_file(number, name, changed.tobytes())
            try:
                read_published(published, tmp_path)
            except DataError as error:
                assert error.key == "data_damaged_batch"
                assert "\n" not in str(error)
        (tmp_path / name).write_bytes(content)


def test_a_download_brings_every_file_and_is_kept(tiny_set, nowhere, serve):
    server = serve("whole")
    server.files = everything(tiny_set)
    published = with_address(tiny_set, server)
    dataset = load_published(published)
    check(dataset, tiny_set)
    files = published.forms[0].downloaded
    folder = nowhere / "cache" / "cotejo" / published.cache
    assert {file.name for file in files} <= {path.name for path in folder.iterdir()}
    check(load_published(published), tiny_set)
    assert len(server.ranges) == len(files)


def test_an_address_may_lack_files_that_another_has(tiny_sets, serve):
    tiny = tiny_sets["mnist"]
    first, second = serve("whole"), serve("whole")
    first.files = dict(list(tiny.files[0].items())[:2])
    second.files = tiny.files[0]
    check(load_published(with_address(tiny, first, second)), tiny)
    assert (len(first.ranges), len(second.ranges)) == (4, 2)


def test_what_was_damaged_in_the_cache_is_downloaded_again(tiny_sets, nowhere, serve):
    tiny = tiny_sets["mnist"]
    server = serve("whole")
    server.files = tiny.files[0]
    folder = tiny.unpack(0, nowhere / "cache" / "cotejo" / "mnist")
    name = "t10k-labels-idx1-ubyte.gz"
    (folder / name).write_bytes(bytes(len(tiny.files[0][name])))
    check(load_published(with_address(tiny, server)), tiny)
    assert len(server.ranges) == 1


def test_the_users_mirror_comes_first(tiny_set, serve, monkeypatch):
    mirror, other = serve("whole"), serve("whole")
    mirror.files = other.files = everything(tiny_set)
    monkeypatch.setenv(tiny_set.published.mirror, mirror.url.rpartition("/")[0] + "/")
    check(load_published(with_address(tiny_set, other)), tiny_set)
    assert not other.ranges


def test_a_download_that_fails_names_the_files_and_their_folder(tiny_set, nowhere, serve):
    server = serve("404")
    with pytest.raises(DownloadError) as caught:
        load_published(with_address(tiny_set, server))
    for language in LANGUAGES:
        *_, way_out = caught.value.in_language(language).splitlines()
        for file in tiny_set.published.forms[0].downloaded:
            assert file.name in way_out
        assert str(nowhere / "cache" / "cotejo" / tiny_set.published.cache) in way_out
        assert tiny_set.published.mirror in way_out


def everything(tiny):
    """The files of a tiny set that are downloaded, by name."""
    form = tiny.published.forms[0]
    return {form.archive.name: tiny.archives[0]} if form.archive else tiny.files[0]


def with_address(tiny, *servers):
    folders = tuple(server.url.rpartition("/")[0] + "/" for server in servers)
    return replace(tiny.published, addresses=folders)
