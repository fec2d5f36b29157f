"""Downloads from loopback: whole, slow, cut short, wrong, refused."""

import json
import subprocess
import sys
import time

import pytest
from loopback import closed_address

from cotejo.data.download import download
from cotejo.data.transfer import Patience, check_address
from cotejo.errors import DataError, DownloadError

BRISK = Patience(timeout=0.5, attempts=3, pause=0.01, slow=0.0, judged_after=0.05)
JUDGING = Patience(timeout=0.5, attempts=3, pause=0.01, slow=1e9, judged_after=0.05)
DRIPPING = Patience(timeout=5.0, attempts=2, pause=0.01, slow=0.0, least=5000.0, given_up_after=0.2)
NAME = "cifar-10-python.tar.gz"


@pytest.fixture
def get(tiny, tmp_path):
    def get(*servers, patience=BRISK, progress=None):
        urls = [server if isinstance(server, str) else server.url for server in servers]
        return download(tiny.python.archive, urls, tmp_path / "cache", progress, patience)

    return get


@pytest.fixture
def holds(tiny, tmp_path):
    """Check that the cache holds the archive, whole, and nothing unfinished."""

    def holds():
        folder = tmp_path / "cache"
        assert (folder / NAME).read_bytes() == tiny.archives["python"]
        assert not (folder / f"{NAME}.part").exists()

    return holds


def half(tiny, tmp_path, content=None):
    archive = content or tiny.archives["python"]
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / f"{NAME}.part").write_bytes(archive[: len(archive) // 2])
    return len(archive) // 2


def test_whole(serve, get, holds, tiny):
    calls = []
    server = serve("whole")
    get(server, progress=lambda *call: calls.append(call))
    holds()
    size = len(tiny.archives["python"])
    assert calls[-1] == (server.url, size, size)
    assert [done for _, done, _ in calls] == sorted(done for _, done, _ in calls)


def test_resumes_what_broke_off(serve, get, holds, tiny):
    server = serve("break", "whole")
    get(server)
    holds()
    assert server.ranges == [None, f"bytes={len(tiny.archives['python']) // 2}-"]


def test_resumes_what_fell_silent(serve, get, holds):
    server = serve("stall", "whole")
    get(server)
    holds()
    assert len(server.ranges) == 2


def test_resumes_a_download_of_another_day(serve, get, holds, tiny, tmp_path):
    start = half(tiny, tmp_path)
    server = serve("whole")
    get(server)
    holds()
    assert server.ranges == [f"bytes={start}-"]


def test_resumes_what_the_user_stopped(serve, get, holds, tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(serve("slow"), progress=stop)
    assert not (tmp_path / "cache" / NAME).exists()
    server = serve("whole")
    get(server)
    holds()
    assert server.ranges[0].startswith("bytes=")


def test_starts_again_where_range_is_ignored(serve, get, holds):
    server = serve("break", "whole, always")
    get(server)
    holds()


def test_gives_up_where_range_is_ignored_and_all_breaks_off(serve, get):
    server = serve("break, always")
    with pytest.raises(DownloadError, match="it broke off after"):
        get(server)
    assert len(server.ranges) == 3


def test_progress_that_breaks_off_often_is_still_progress(serve, get, holds):
    server = serve(*["break"] * 5, "whole")
    get(server)
    holds()
    assert len(server.ranges) == 6


def test_does_not_trust_an_unfinished_file(serve, get, holds, tiny, tmp_path):
    half(tiny, tmp_path, bytes(len(tiny.archives["python"])))
    server = serve("whole")
    get(server)
    holds()
    assert server.ranges[-1] is None


@pytest.mark.parametrize("extra", [0, 10])
def test_does_not_trust_an_unfinished_file_that_seems_finished(
    extra, serve, get, holds, tiny, tmp_path
):
    (tmp_path / "cache").mkdir()
    part = tmp_path / "cache" / f"{NAME}.part"
    part.write_bytes(bytes(len(tiny.archives["python"]) + extra))
    get(serve("whole"))
    holds()


def test_goes_on_with_the_next_source(serve, get, holds):
    first, second = serve("404"), serve("whole")
    get(first, second)
    holds()
    assert (len(first.ranges), len(second.ranges)) == (1, 1)


def test_the_next_source_gives_the_rest(serve, get, holds):
    first, second = serve("break", "404"), serve("whole")
    get(first, second)
    holds()
    assert second.ranges[0].startswith("bytes=")


def test_a_busy_source_is_asked_again(serve, get, holds):
    get(serve("503", "503", "whole"))
    holds()


@pytest.mark.parametrize("outage", ["to a closed port", "silent", "hang up"])
def test_a_moments_outage_does_not_cost_what_is_there(outage, serve, get, holds, tiny):
    server = serve("break", outage, "whole")
    get(server)
    holds()
    start = f"bytes={len(tiny.archives['python']) // 2}-"
    assert server.ranges == [None, start, start]


def test_an_outage_that_lasts_is_given_up(serve, get):
    server = serve("break", "hang up")
    with pytest.raises(DownloadError, match="it can't be reached"):
        get(server)
    assert len(server.ranges) == 3


def test_a_source_that_is_not_there_is_asked_once(serve, get, holds):
    first, second = serve("hang up"), serve("whole")
    get(first, second)
    holds()
    assert len(first.ranges) == 1


def test_a_slow_source_is_left_for_another(serve, get, holds):
    slow, second = serve("slow"), serve("whole")
    get(slow, second, patience=JUDGING)
    holds()
    assert len(slow.ranges) == 1


def test_a_slow_source_is_better_than_none(serve, get, holds):
    slow, gone = serve("slow"), serve("404")
    get(slow, gone, patience=JUDGING)
    holds()
    assert slow.ranges[1].startswith("bytes=")


def test_the_only_source_may_be_slow(serve, get, holds):
    server = serve("slow")
    get(server, patience=JUDGING)
    holds()
    assert len(server.ranges) == 1


@pytest.mark.parametrize("manner", ["trickle", "trickling headers"])
def test_the_only_source_is_not_waited_for_where_it_drips(manner, serve, get):
    server = serve(manner)
    with pytest.raises(DownloadError, match=r"it is too slow \([0-9.e+-]+ kB/s\)"):
        get(server, patience=DRIPPING)
    assert len(server.ranges) == DRIPPING.attempts


def test_what_dripped_is_taken_up_by_another_source(serve, get, holds):
    get(serve("trickle"), serve("whole"), patience=DRIPPING)
    holds()


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("404", "it answered 404"),
        ("503", "it answered 503"),
        ("wrong", "has the checksum md5:"),
        ("page", "it has 26 bytes; expected"),
        ("empty", "it broke off after 0 of"),
        ("endless", "bytes; expected"),
        ("refused", "it can't be reached"),
    ],
)
def test_failure_names_source_and_reason(manner, reason, serve, get, tmp_path):
    url = closed_address() if manner == "refused" else serve(manner).url
    missing = serve("404").url
    with pytest.raises(DownloadError) as caught:
        get(url, missing)
    for part in (url, reason, missing):
        assert part in str(caught.value)
    assert not (tmp_path / "cache" / NAME).exists()
    if manner in ("wrong", "endless"):
        assert not (tmp_path / "cache" / f"{NAME}.part").exists()


def test_another_range_than_asked_for_is_refused(serve, get, holds):
    odd, second = serve("break", "other range"), serve("whole")
    get(odd, second)
    holds()


def test_a_page_does_not_cost_what_is_there_already(serve, get, tiny, tmp_path):
    start = half(tiny, tmp_path)
    with pytest.raises(DownloadError):
        get(serve("404"))
    assert (tmp_path / "cache" / f"{NAME}.part").stat().st_size == start


def test_wrong_content_then_a_good_source(serve, get, holds):
    get(serve("wrong"), serve("whole"))
    holds()


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://host/x", "cifar.tar.gz", "http://", ""]
)
def test_refuses_other_addresses(url, get):
    with pytest.raises(DataError) as caught:
        get(url)
    assert caught.value.key == "data_wrong_address"
    check_address("http://localhost/x")


def test_does_not_follow_a_redirection_to_a_file(serve, get):
    with pytest.raises(DownloadError, match=r"it answered 302 .*file:///etc/passwd"):
        get(serve("to a file"))


def test_an_unwritable_cache(serve, get, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(DownloadError) as caught:
        get(serve("whole"))
    assert caught.value.key == "data_cannot_cache"


def test_what_another_process_downloaded_is_taken(serve, get, holds):
    server = serve("whole")
    get(server)
    get(server)
    holds()
    assert len(server.ranges) == 1


def test_waits_for_another_process(serve, get, holds, tmp_path):
    pytest.importorskip("fcntl")
    (tmp_path / "cache").mkdir()
    code = (
        "import fcntl, sys, time\n"
        "file = open(sys.argv[1], 'ab')\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\n"
        "print('locked', flush=True)\n"
        "time.sleep(0.3)\n"
    )
    lock = str(tmp_path / "cache" / f"{NAME}.lock")
    with subprocess.Popen([sys.executable, "-c", code, lock], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        began = time.monotonic()
        get(serve("whole"))
        assert time.monotonic() - began > 0.2
    holds()


def test_importing_the_data_stage_loads_no_network_no_backend():
    code = "import cotejo.data, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = set(json.loads(done.stdout))
    assert not loaded & {"keras", "tensorflow", "jax", "sklearn", "scipy", "urllib.request", "ssl"}
