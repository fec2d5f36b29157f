"""Where a name or a path leads."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cotejo.data
from cotejo.data.published import load_published
from cotejo.data.sources.cifar10 import where
from cotejo.errors import DataError, DownloadError
from cotejo.platform import cache_folder

NAME = "cifar-10-python.tar.gz"


@pytest.fixture
def load_tiny(tiny, monkeypatch):
    """Load ``cifar10`` as if the tiny one were the published one, without any address."""

    def load_tiny(data_dir=None, addresses=(), progress=None):
        published = replace(tiny.like(), addresses=addresses)
        return load_published(published, data_dir, progress)

    return load_tiny


def test_order_of_places(load_tiny, tiny, tmp_path, nowhere, monkeypatch):
    monkeypatch.setenv("COTEJO_DATA", str(tmp_path / "environment"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    folders = [
        tmp_path / "data_dir",
        tmp_path / "environment",
        nowhere / "cache" / "cotejo",
        tmp_path / "keras" / "datasets" / "cifar-10-batches-py-target" / "cifar-10-batches-py",
        nowhere / "data" / "cifar-10-batches-py",
        tmp_path / "torch",
    ]
    for folder in folders:
        tiny.unpack("python", folder)
    keys = [key for key, _, _ in where(folders[0])]
    assert keys == ["data_dir", "environment", "cache", "keras", "torchvision", "torchvision"]
    for number, folder in enumerate(folders):
        source = load_tiny(folders[0] if number == 0 else None).source
        assert Path(source).resolve() == folder.resolve()
        if number == 1:
            monkeypatch.delenv("COTEJO_DATA")
        for batch in folder.iterdir():
            batch.unlink()
    with pytest.raises(DownloadError):
        load_tiny()


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("how", ["--data-dir", "COTEJO_DATA"])
def test_a_place_that_the_user_named_must_hold_it(
    how, there, load_tiny, tiny, tmp_path, nowhere, monkeypatch
):
    tiny.unpack("python", nowhere / "cache" / "cotejo")
    named = tmp_path if there else tmp_path / "mistyped"
    if how == "COTEJO_DATA":
        monkeypatch.setenv("COTEJO_DATA", str(named))
    with pytest.raises(DataError, match=f"{how} says that CIFAR-10 is in {named}"):
        load_tiny(named if how == "--data-dir" else None)


def test_a_named_place_that_is_damaged_names_the_file(load_tiny, tiny, tmp_path):
    tiny.unpack("python", tmp_path)
    (tmp_path / "test_batch").unlink()
    with pytest.raises(DataError, match="missing: test_batch"):
        load_tiny(tmp_path)


def test_a_half_filled_cache_of_another_is_passed_by(load_tiny, tiny, nowhere, serve):
    tiny.unpack("python", nowhere / "data")
    (nowhere / "data" / "data_batch_2").unlink()
    dataset = load_tiny(addresses=(serve("whole").url,))
    assert dataset.source == str(nowhere / "cache" / "cotejo" / "cifar-10-python.tar.gz")


def test_a_download_is_kept(load_tiny, tiny, serve):
    server = serve("whole")
    first = load_tiny(addresses=(server.url,))
    again = load_tiny(addresses=(server.url,))
    assert first.fingerprint == again.fingerprint
    assert len(server.ranges) == 1
    assert np.array_equal(first.train.images, tiny.images[: len(first.train)])


def test_a_damaged_cache_is_downloaded_again(load_tiny, tiny, nowhere, serve):
    archive = nowhere / "cache" / "cotejo" / "cifar-10-python.tar.gz"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(bytes(len(tiny.archives["python"])))
    load_tiny(addresses=(serve("whole").url,))
    assert archive.read_bytes() == tiny.archives["python"]


def test_the_users_mirror_comes_first(load_tiny, serve, monkeypatch):
    mirror, other = serve("whole"), serve("whole")
    monkeypatch.setenv("COTEJO_CIFAR10_URL", mirror.url)
    load_tiny(addresses=(other.url,))
    assert (len(mirror.ranges), len(other.ranges)) == (1, 0)


def test_a_download_that_fails_ends_with_the_ways_out(load_tiny, nowhere, serve):
    missing = serve("404").url
    with pytest.raises(DownloadError) as caught:
        load_tiny(addresses=(missing,))
    folder = nowhere / "cache" / "cotejo"
    for language in ("en", "es"):
        *reasons, way_out = caught.value.in_language(language).splitlines()
        assert missing in reasons[-1]
        for part in (NAME, str(folder), "COTEJO_CIFAR10_URL", "--data-dir", "--data digits"):
            assert part in way_out


@pytest.mark.parametrize("name", ["cifar", "CIFAR10", "digit", "letters"])
def test_an_unknown_name(name):
    with pytest.raises(DataError) as caught:
        cotejo.data.load(name)
    assert caught.value.key == "data_unknown_name"
    names = "cifar10, cifar100, cifar100-coarse, digits, fashion-mnist, mnist, svhn"
    assert names in str(caught.value)
    assert ("Did you mean" in str(caught.value)) == (name != "letters")


@pytest.mark.parametrize("path", ["./cifar", "photos/all", "cifar.tar.gz", Path("cifar")])
def test_a_missing_path(path):
    with pytest.raises(DataError) as caught:
        cotejo.data.load(path)
    assert caught.value.key == "data_missing_path"


def test_a_path_is_a_folder_or_an_archive(tmp_path):
    with pytest.raises(DataError, match="holds no pictures, and no published data set"):
        cotejo.data.load(tmp_path)
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(DataError) as caught:
        cotejo.data.load(tmp_path / "notes.txt")
    assert caught.value.key == "data_wrong_archive"


@pytest.fixture
def homeless(monkeypatch):
    """A user without HOME and without an entry in the list of users."""
    import pwd

    def unknown(_):
        raise KeyError

    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr(pwd, "getpwnam", unknown)


def test_a_user_without_a_home_has_fewer_places(homeless):
    assert [key for key, _, _ in where()] == ["cache", "torchvision"]
    assert cache_folder() == Path(".cache/cotejo")


@pytest.mark.parametrize("how", ["--data-dir", "COTEJO_DATA"])
def test_a_home_that_nobody_has_is_no_place(how, load_tiny, monkeypatch, homeless):
    named = "~nobody-of-this-name/cifar"
    if how == "COTEJO_DATA":
        monkeypatch.setenv("COTEJO_DATA", named)
    with pytest.raises(DataError, match=f"{how} says that CIFAR-10 is in {named}"):
        load_tiny(Path(named) if how == "--data-dir" else None)


@pytest.mark.parametrize("path", ["~/cifar", "~nobody-of-this-name/cifar"])
def test_a_path_in_a_home_that_nobody_has(path, homeless):
    with pytest.raises(DataError) as caught:
        cotejo.data.load(path)
    assert caught.value.key == "data_missing_path"


def test_where_tells_by_names_and_sizes(nowhere):
    archive = nowhere / "data" / "cifar-10-python.tar.gz"
    archive.parent.mkdir()
    with archive.open("wb") as file:
        file.truncate(170_498_071)
    assert [found for _, _, found in where()] == [False, False, True, False]
