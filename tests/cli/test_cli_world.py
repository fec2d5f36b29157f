"""What the world does to a command: closed and full streams, odd terminals, locales, signals.

Only light commands are run: none loads a backend.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
import textwrap
import time
import warnings
from pathlib import Path

import pytest
from rich.text import Text

from cotejo.__main__ import _tame_warnings
from cotejo.cli.console import make_console, print_lines
from cotejo.cli.streams import Outlet
from cotejo.cli.table_layout import make_table

pytestmark = pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")

LOST = "error: standard output can't be written to ("


def shell(redirection: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    words = " ".join(arguments)
    script = f'exec "{sys.executable}" -m cotejo {words} {redirection}'
    environment = {**os.environ, "COTEJO_LANG": "en", "NO_COLOR": "1", **variables}
    return subprocess.run(
        ["sh", "-c", script],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [
        (">&-", 1, f"{LOST}Bad file descriptor)"),
        (">/dev/full", 1, f"{LOST}No space left on device)"),
        ("2>&-", 0, ""),
        ("2>/dev/full", 0, ""),
        (">&- 2>&-", 1, ""),
        (">/dev/full 2>/dev/full", 1, ""),
        ("<&-", 0, ""),
        ("<&- >&- 2>&-", 1, ""),
    ],
)
def test_a_stream_that_is_closed_or_full(redirection: str, code: int, said: str) -> None:
    done = shell(redirection, "recipes")
    assert done.returncode == code
    assert done.stderr.count("\n") == (1 if said else 0)
    assert done.stderr.startswith(said)


@pytest.mark.parametrize("command", ["--version", "--help"])
def test_every_kind_of_command_says_that_its_output_is_lost(command: str) -> None:
    done = shell(">/dev/full", command)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_a_mistake_keeps_its_exit_code_where_nothing_can_be_said() -> None:
    assert shell(">&- 2>&-", "report", "nowhere").returncode == 2
    assert shell("2>/dev/full", "report", "nowhere").returncode == 2


class Broken(io.StringIO):
    """A stream that can't be written to, of a terminal that is closed then or of something else."""

    def __init__(self, number: int, terminal: bool) -> None:
        super().__init__()
        self.number = number
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> int:
        self.terminal = False
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize(
    ("number", "terminal", "lost"),
    [
        (errno.EPIPE, False, False),
        (errno.EIO, True, False),
        (errno.EIO, False, True),
        (errno.ENOSPC, False, True),
    ],
)
def test_a_failure_to_write_is_a_loss_unless_the_reader_has_left(
    number: int, terminal: bool, lost: bool
) -> None:
    outlet = Outlet(Broken(number, terminal))
    outlet.write("text")
    assert outlet.is_lost is lost


def test_a_reader_that_has_had_enough_is_no_error_to_the_last_flush() -> None:
    done = shell("| true", "data", "digits")
    assert done.stderr == ""


def test_no_columns_count_as_unknown() -> None:
    shown = shell("", "recipes", COLUMNS="0", LINES="0").stdout
    assert shown == shell("", "recipes", COLUMNS="100").stdout


@pytest.mark.parametrize("columns", ["1", "20", "999999999999", "-5", "²", "wide"])
def test_names_and_figures_are_whole_on_every_width(columns: str) -> None:
    shown = shell("", "recipes", COLUMNS=columns).stdout
    for whole in ("accurate", "93.95% ± 0.14", "11 min 33 s", "AVX512-BF16"):
        assert whole in shown.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("columns", [1, 20, 40, 60, 200])
def test_a_table_cuts_nothing_that_may_not_be_folded(
    columns: int, capsys: pytest.CaptureFixture[str]
) -> None:
    table = make_table("left:alternative", "word:model", *["right:parameters"] * 5)
    table.add_row("a" * 30, "wide-resnet", *["123,456,789"] * 5)
    make_console(width=columns).print(table)
    shown = capsys.readouterr().out
    assert shown.count("123,456,789") == 5
    assert "wide-resnet" in shown
    assert shown.count("a") - shown.count("ra") > 25


BARE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_names_are_shown_as_they_are_in_every_locale(locale: str) -> None:
    done = shell("", "report", "ñandú", "--lang", "es", **{**BARE, "LC_ALL": locale})
    assert done.returncode == 2
    assert done.stderr.startswith("error: ñandú no contiene ningún estudio")


def test_an_encoding_that_lacks_a_character_ends_nothing() -> None:
    done = shell("", "recipes", **BARE, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "93.95% ? 0.14" in done.stdout


def test_a_name_of_no_encoding_is_said(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cotejo", "report", b"a\xff\xfe"], capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_warnings_as_errors_end_no_command() -> None:
    done = shell("", "data", "digits", PYTHONWARNINGS="error")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("options", "tamed"),
    [
        (["error"], True),
        (["err"], True),
        (["ignore", "e::UserWarning"], True),
        (["ignore"], False),
        (["ignore::DeprecationWarning", "once"], False),
        (["error_of_mine"], False),
        ([""], False),
        ([], False),
    ],
)
def test_only_warnings_as_errors_are_tamed(
    options: list[str], tamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "warnoptions", options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = list(warnings.filters)
        _tame_warnings()
        assert (warnings.filters != before) is tamed


HOSTILE = "name\x1b[2J\x1b]0;title\x07\x9b31m\u202etxt"


def test_nothing_from_outside_reaches_the_terminal_as_a_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console = make_console(force_terminal=True, no_color=True)
    table = make_table("left:alternative", "word:model")
    table.add_row(HOSTILE, Text(HOSTILE))
    console.print(table)
    console.print(HOSTILE)
    print_lines(console, ("Report", Path(HOSTILE)), ("Runs", HOSTILE))
    shown = capsys.readouterr().out
    for hidden in ("\x1b[2J", "\x1b]", "\x07", "\x9b", "\u202e"):
        assert hidden not in shown
    assert shown.count(r"name\x1b[2J") == 5


def test_an_error_shows_no_command_to_the_terminal() -> None:
    done = shell("", "report", "\"$(printf 'a\\033[31mb')\"")
    assert "\x1b" not in done.stderr
    assert done.stderr.startswith(r"error: a\x1b[31mb holds no study")


def test_a_path_that_begins_with_a_dash_is_no_option(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines(make_console(), ("Report", Path("-dash/report.html")))
    assert "./-dash/report.html" in capsys.readouterr().out


HEARING = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, signal.SIG_DFL)
"""
"""What `nohup` or a shell's `&` has a child ignore is heard again, wherever the tests run."""


def listening(body: str) -> subprocess.Popen[bytes]:
    """Start a process that listens for signals, and wait until it has said that it does."""
    code = HEARING + "from cotejo.stopping import *\n" + textwrap.dedent(body)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_with_its_own_exit_code(number: signal.Signals) -> None:
    process = listening(
        """
        import sys, time
        listen()
        try:
            print("ready", flush=True)
            time.sleep(60)
        except KeyboardInterrupt as stopped:
            assert requested() == stopped.number
            sys.exit(code_of(stopped))
        """
    )
    process.send_signal(number)
    # As `timeout` and a terminal that closes have it: once more, at once.
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    # A second one that finds the process at its very end has its own effect: the same to a shell.
    assert process.returncode in (128 + number, -number)
    assert (output, errors) == (b"", b"")


def test_a_second_signal_ends_at_once_even_in_native_code() -> None:
    # It stands for a step of the backend that takes minutes.
    process = listening(
        """
        import hashlib
        listen()
        print("ready", flush=True)
        hashlib.pbkdf2_hmac("sha256", b"a", b"b", 10**9)
        """
    )
    time.sleep(1.0)  # until it is in native code
    process.send_signal(signal.SIGTERM)
    time.sleep(1.0)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM


def test_a_second_signal_may_be_part_of_the_first_request() -> None:
    process = listening(
        """
        import sys, time
        listen(second_ends=False)
        try:
            print("ready", flush=True)
            time.sleep(60)
        except KeyboardInterrupt as stopped:
            print("stopping", flush=True)
            time.sleep(1.5)
            print("done", flush=True)
            sys.exit(code_of(stopped))
        """
    )
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    assert process.stdout.readline() == b"stopping\n"
    time.sleep(0.8)  # more than what counts as one request elsewhere
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (128 + signal.SIGTERM, b"done\n", b"")


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    process = listening(
        """
        import signal, time
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        listen()
        print("ready", flush=True)
        time.sleep(0.5)
        """
    )
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_ctrl_c_in_the_imports_is_quiet() -> None:
    code = """
        import importlib.abc, sys, time
        class Slow(importlib.abc.MetaPathFinder):
            def find_spec(self, name, path, target=None):
                if name == "cotejo.cli.app":
                    print("ready", flush=True)
                    time.sleep(60)
        sys.meta_path.insert(0, Slow())
        from cotejo.__main__ import main
        main()
    """
    process = listening(code)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (130, b"", b"")
