"""Chromium without a window, driven over a pipe: pages opened, files chosen, keys pressed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_WAIT = 30

JOIN = """
import os, sys
told, telling = [os.dup(os.dup(os.dup(int(number)))) for number in sys.argv[1:3]]
os.dup2(told, 3)
os.dup2(telling, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""
"""Gives the pipes the numbers that Chromium knows; copies, so that neither is written over."""


class Page:
    """One page of a running Chromium; `say` sends a command of the DevTools protocol."""

    def __init__(self, reading, writing):
        self._reading, self._writing = reading, writing
        self._number, self._session, self._buffer = 0, None, b""
        self.problems = []
        target = self.say("Target.createTarget", url="about:blank")["targetId"]
        attached = self.say("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "DOM", "Log", "Network"):
            self.say(f"{domain}.enable")

    def say(self, method, **parameters):
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            command["sessionId"] = self._session
        os.write(self._writing, json.dumps(command).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, told["error"]
                return told["result"]
            self._note(told)

    def _next(self):
        while b"\0" not in self._buffer:
            chunk = os.read(self._reading, 1 << 16)
            assert chunk, "Chromium ended"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _note(self, told):
        parameters = told.get("params", {})
        if told.get("method") == "Runtime.exceptionThrown":
            self.problems.append(parameters["exceptionDetails"])
        if told.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.problems.append(parameters["entry"]["text"])

    def open(self, url):
        self.say("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def evaluate(self, expression):
        said = self.say(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def until(self, expression):
        """Wait until an expression holds, and return its value."""
        deadline = time.monotonic() + _WAIT
        while time.monotonic() < deadline:
            if value := self.evaluate(expression):
                return value
            time.sleep(0.05)
        raise AssertionError(f"{expression} never held: {self.evaluate('document.body.innerText')}")

    def choose(self, selector, *paths):
        """Choose files as a person does in the dialogue of an input."""
        root = self.say("DOM.getDocument")["root"]["nodeId"]
        node = self.say("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.say("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in paths])

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            text = {"text": key} if len(key) == 1 and kind == "keyDown" else {}
            self.say("Input.dispatchKeyEvent", type=kind, key=key, **text)

    def narrow(self, width):
        self.say(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=True,
        )

    def speak(self, language):
        agent = self.evaluate("navigator.userAgent")
        self.say("Network.setUserAgentOverride", userAgent=agent, acceptLanguage=language)


@contextlib.contextmanager
def driven_page():
    """Open a page in Chromium; skip the test where there is none."""
    if CHROMIUM is None or os.name != "posix":
        pytest.skip("Chromium is not installed: the page was not opened in a browser")
    told, writing = os.pipe()
    reading, telling = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
        command += ["--no-first-run", "--disable-background-networking", "--disable-sync"]
        command += ["--disable-component-update", "--disable-dev-shm-usage"]
        command += [f"--user-data-dir={home}/profile", "--remote-debugging-pipe", "about:blank"]
        # It reads commands from descriptor 3 and answers at 4.
        with subprocess.Popen(
            [sys.executable, "-c", JOIN, str(told), str(telling), *command],
            pass_fds=(told, telling),
            stderr=subprocess.DEVNULL,
            env=os.environ | {"HOME": home},
        ) as process:
            os.close(told)
            os.close(telling)
            try:
                yield Page(reading, writing)
            finally:
                os.close(writing)
                process.terminate()
                process.wait(_WAIT)
                os.close(reading)
