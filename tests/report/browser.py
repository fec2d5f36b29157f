"""A page opened in Chromium, without a window."""

import os
import shutil
import subprocess
import tempfile

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def open_page(path, *arguments):
    """Open a page; skip the test where Chromium is not installed."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: the page was not opened in a browser")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
    command += ["--no-first-run", "--disable-background-networking", "--disable-sync"]
    command += ["--disable-component-update", "--disable-dev-shm-usage"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        command += [f"--user-data-dir={home}/profile", "--enable-logging=stderr"]
        return subprocess.run(
            [*command, *arguments, path.as_uri()],
            capture_output=True,
            text=True,
            timeout=180,
            env=os.environ | {"HOME": home},
        )
