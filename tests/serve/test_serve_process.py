"""The server as a process: a busy port, an end that finishes what is in flight, slow clients."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cotejo.cli.app import run as command_line
from cotejo.serve.server import listening
from serve.conftest import png

_WAIT = 120

SERVER = """
import sys, time
sys.path.insert(0, {tests!r})
from cotejo.__main__ import listen
listen()
from serve.conftest import Shades
from cotejo.serve.app import create_app
from cotejo.serve.limits import Limits
from cotejo.serve.models import Models
from cotejo.serve.server import listening, run
from cotejo.serve.service import Service

class Slow(Shades):
    def probabilities(self, images):
        if images.max() == 99:
            print("asked", flush=True)
            time.sleep(1.5)
        return super().probabilities(images)

with listening("127.0.0.1", 0) as opened:
    service = Service(Models([Slow()]), limits=Limits(idle_seconds=1.0))
    print(opened.getsockname()[1], flush=True)
    run(create_app(service), opened, lambda: print("started", flush=True))
print("ended", flush=True)
"""


@pytest.fixture
def process():
    tests = str(Path(__file__).parent.parent)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER.format(tests=tests)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        port = int(running.stdout.readline())
        assert running.stdout.readline() == "started\n"
        running.port = port
        yield running
        running.kill()


def body_of(shade, size=(8, 8)):
    content = png(shade, size)
    head = b'--b\r\ncontent-disposition: form-data; name="pictures"; filename="a.png"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n"


def ask(port, shade, answers=None):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, _WAIT)) as client:
        headers = {"content-type": "multipart/form-data; boundary=b"}
        client.request("POST", "/v1/predict", body_of(shade), headers)
        answer = client.getresponse()
        content = json.loads(answer.read())
    if answers is not None:
        answers.append((answer.status, content))
    return answer.status, content


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_sigterm_finishes_what_is_in_flight(process):
    answers = []
    asking = threading.Thread(target=ask, args=(process.port, 99, answers))
    asking.start()
    assert process.stdout.readline() == "asked\n"
    process.send_signal(signal.SIGTERM)
    asking.join(_WAIT)
    assert answers[0][0] == 200
    assert process.wait(_WAIT) == 0
    assert process.stdout.read() == "ended\n"
    assert process.stderr.read() == ""
    with pytest.raises(OSError):
        ask(process.port, 1)


def test_a_slow_client_holds_nobody_up_and_is_given_up(process):
    with socket.create_connection(("127.0.0.1", process.port), _WAIT) as slow:
        head = "POST /v1/predict HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n"
        slow.sendall(head.encode() + b"content-type: multipart/form-data; boundary=b\r\n\r\n--b")
        for shade in range(20):
            assert ask(process.port, shade)[0] == 200
        answer = b"".join(iter(lambda: slow.recv(4096), b"")).decode()
    assert answer.startswith("HTTP/1.1 408 ")
    assert '"code":"too_slow"' in answer


def test_a_client_that_leaves_costs_nothing(process):
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", process.port), _WAIT) as leaving:
            head = "POST /v1/predict HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n"
            leaving.sendall(head.encode() + b"content-type: image/png\r\n\r\nabc")
    assert ask(process.port, 1)[0] == 200


def test_bytes_that_are_no_request(process):
    for content in (
        b"\x16\x03\x01\x00",
        b"GET / HTTP/9\r\n\r\n",
        b"\r\n" * 50,
        b"GET /\0 HTTP/1.1\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", process.port), 5) as client:
            client.sendall(content)
            client.shutdown(socket.SHUT_WR)
            with contextlib.suppress(OSError):
                client.recv(4096)
    assert ask(process.port, 1)[0] == 200


def test_a_busy_port_is_said_in_one_line(capsys):
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert command_line(["serve", "--port", str(port), "--lang", "es"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert re.search(rf"otro programa ocupa el puerto {port} .* --port {port + 1}", said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "203.0.113.9"], "203.0.113.9 is no name or address of this machine"),
        (["--host", "no.such.host.invalid"], "is no name or address of this machine"),
        (["--port", "70000"], "--port must be from 0 to 65535; received 70000"),
        (["--token", "short"], "at least 8 characters"),
        (["--root-path", "cotejo"], "must begin with a slash"),
        (["nowhere"], "there is no model at nowhere"),
        (["shiped"], 'Did you mean "shipped"?'),
    ],
)
def test_what_can_t_be_served_is_said_in_one_line(arguments, said, capsys):
    port = [] if "--port" in arguments else ["--port", "0"]
    assert command_line(["serve", *arguments, *port]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert said in told
