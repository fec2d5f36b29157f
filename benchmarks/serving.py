"""How many pictures a second `cotejo serve` answers, how long each takes, and what it holds.

    COTEJO_DATA=… python benchmarks/serving.py [MODEL] [--seconds 20] [--requests 50000]

MODEL is what `cotejo serve` takes: ``shipped`` by default, a run's folder or an ``.onnx`` file.
The clients are those of ``wrk`` (https://github.com/wg/wrk; a Debian package), in one thread on
the same machine: each sends one PNG of 32 × 32 pixels after the other, as a form: test images of
CIFAR-10, or without ``COTEJO_DATA`` noise, of which the model that ships is always unsure, so that
it takes six views of each. It prints

- the requests a second, the median and the 99th percentile of their times, and the milliseconds
  of processor time that the server takes for one;
- the same while another client sends its picture a byte a second, which must hold nobody up;
- the memory of the server after every tenth of ``--requests``.

The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import numpy as np
from PIL import Image

PICTURES = 256

SCRIPT = """
local bodies, next = {{}}, 0
for number = 0, {count} - 1 do
  local file = io.open("{folder}/" .. number .. ".png", "rb")
  bodies[number] = "--XX\\r\\nContent-Disposition: form-data; name=\\"pictures\\"; " ..
    "filename=\\"" .. number .. ".png\\"\\r\\n\\r\\n" .. file:read("*a") .. "\\r\\n--XX--\\r\\n"
  file:close()
end
wrk.method = "POST"
wrk.headers["Content-Type"] = "multipart/form-data; boundary=XX"
request = function()
  next = (next + 1) % {count}
  return wrk.format(nil, nil, nil, bodies[next])
end
"""


def free_port() -> int:
    """Return a port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_pictures(folder: Path) -> None:
    """Write test images of CIFAR-10, or pictures that compress about as well."""
    if os.environ.get("COTEJO_DATA"):
        from cotejo.data import load

        for number, image in enumerate(load("cifar10").test.images[:PICTURES]):
            Image.fromarray(image).save(folder / f"{number}.png")
        return
    random = np.random.default_rng(0)
    for number in range(PICTURES):
        coarse = Image.fromarray(random.integers(0, 256, (8, 8, 3), np.uint8))
        smooth = np.asarray(coarse.resize((32, 32), Image.Resampling.BICUBIC), np.int16)
        noisy = np.clip(smooth + random.integers(-6, 7, smooth.shape), 0, 255)
        Image.fromarray(noisy.astype(np.uint8)).save(folder / f"{number}.png")


def wait_until_ready(port: int, server: subprocess.Popen) -> None:
    """Wait until every model is loaded and warm."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the server ended")


def memory(process: int) -> float:
    """Return the resident memory of a process in MiB (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has taken (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(script: Path, port: int, clients: int, seconds: int, process: int) -> dict:
    """Ask for some seconds and return what was measured."""
    before = processor_seconds(process)
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
    command += ["-s", str(script), f"http://127.0.0.1:{port}/v1/predict"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    requests = int(re.search(r"(\d+) requests in", said)[1])
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    late = re.search(r"timeout (\d+)", said)
    return {
        "requests": requests,
        "requests_per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        "p50_ms": milliseconds(re.search(r"\s50%\s+(\S+)", said)[1]),
        "p99_ms": milliseconds(re.search(r"\s99%\s+(\S+)", said)[1]),
        "refused": int(refused[1]) if refused else 0,
        "timeouts": int(late[1]) if late else 0,
        "processor_ms": 1000 * (processor_seconds(process) - before) / max(requests, 1),
    }


def milliseconds(text: str) -> float:
    """Return a time of wrk's, such as ``1.20s``."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def drip(port: int, ended: threading.Event) -> None:
    """Send a picture a byte a second, until told to end."""
    with socket.create_connection(("127.0.0.1", port)) as slow:
        head = "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
        slow.sendall(f"{head}Content-Type: image/png\r\n\r\n".encode())
        while not ended.wait(1):
            slow.sendall(b"x")


def show(name: str, measured: dict) -> None:
    """Print one measurement."""
    print(
        f"{name}: {measured['requests_per_second']:.0f} requests/s, "
        f"p50 {measured['p50_ms']:.0f} ms, p99 {measured['p99_ms']:.0f} ms, "
        f"{measured['processor_ms']:.2f} ms of the processor each, "
        f"{measured['refused']} refused, {measured['timeouts']} timed out"
    )


def measure(arguments: argparse.Namespace, folder: Path) -> dict:
    """Start a server and measure it."""
    write_pictures(folder)
    script = folder / "post.lua"
    script.write_text(SCRIPT.format(count=PICTURES, folder=folder), encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "cotejo", "serve", arguments.model, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            wait_until_ready(port, server)
            asked = (arguments.clients, arguments.seconds, server.pid)
            load(script, port, arguments.clients, 3, server.pid)
            found = {"model": arguments.model, "clients": arguments.clients}
            found["alone"] = load(script, port, *asked)
            show("alone", found["alone"])
            ended = threading.Event()
            slow = threading.Thread(target=drip, args=(port, ended))
            slow.start()
            found["beside_a_slow_client"] = load(script, port, *asked)
            ended.set()
            slow.join()
            show("beside a slow client", found["beside_a_slow_client"])
            found["memory_mib"] = memories(arguments, script, port, server.pid, found)
        finally:
            server.terminate()
    return found


def memories(
    arguments: argparse.Namespace, script: Path, port: int, process: int, found: dict
) -> dict:
    """Ask until enough requests were answered, and return the memory after each tenth of them."""
    done = found["alone"]["requests"] + found["beside_a_slow_client"]["requests"]
    kept = {done: round(memory(process))}
    step = arguments.requests / 10
    pace = max(found["alone"]["requests_per_second"], 1)
    while done < arguments.requests:
        seconds = max(1, round(min(step, arguments.requests - done) / pace))
        done += load(script, port, arguments.clients, seconds, process)["requests"]
        kept[done] = round(memory(process))
        print(f"after {done} requests: {kept[done]} MiB")
    return kept


def main() -> None:
    """Read the arguments, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", default="shipped")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--requests", type=int, default=50_000)
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed (apt install wrk)")
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(arguments, Path(folder))))


if __name__ == "__main__":
    main()
