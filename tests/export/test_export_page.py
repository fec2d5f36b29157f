"""The examples of the page on exports, run as they stand there."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cotejo.inference import Classifier

pytest.importorskip("tf2onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")

PAGES = {"en": Path("docs/export.md"), "es": Path("docs/export.es.md")}
WEB = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", page.read_text(encoding="utf-8"), re.S)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The model that ships, exported into a folder with a picture, and what it says of that."""
    folder = tmp_path_factory.mktemp("exported")
    model = Classifier.load()
    model.export(folder, to="onnx")
    rows, columns = np.mgrid[:70, :111]
    waves = [128 + 100 * np.sin(rows / 9 + hue) * np.cos(columns / 13 - hue) for hue in range(3)]
    Image.fromarray(np.stack(waves, axis=2).astype(np.uint8)).save(folder / "cat.png")
    (answer,) = model.predict_files([folder / "cat.png"])
    return folder, model, answer


@pytest.mark.parametrize("language", PAGES)
def test_the_program_without_keras(shipped, language):
    folder, model, answer = shipped
    (code,) = blocks(PAGES[language], "python")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    watched = (
        f"{code}\nimport sys; assert not {{'keras', 'tensorflow', 'cotejo'}} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", watched], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = [line.rsplit(" ", 1) for line in done.stdout.splitlines()]
    names = [model.class_names[language][place] for place in answer.classes[:3]]
    assert [name for name, _ in lines] == names
    for (_, said), expected in zip(lines, answer.probabilities, strict=False):
        assert float(said) == pytest.approx(expected, abs=2e-4)


class Server(http.server.ThreadingHTTPServer):
    answers: list[str]


class Handler(http.server.SimpleHTTPRequestHandler):
    def guess_type(self, path):
        return "text/javascript" if str(path).endswith(".mjs") else super().guess_type(path)

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.answers.append(self.rfile.read(length).decode())
        self.send_response(204)
        self.end_headers()
        self.server.answered.set()

    def log_message(self, *arguments):
        pass


def test_the_page_in_a_browser(shipped, tmp_path):
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    modules = Path(os.environ.get("COTEJO_NODE_MODULES", "node_modules"))
    package = modules / "onnxruntime-web" / "dist"
    if browser is None or not package.is_dir():
        pytest.skip("there is no Chromium, or no node_modules/onnxruntime-web")
    folder, model, answer = shipped
    for name in ("model.onnx", "model.json", "cat.png"):
        shutil.copy(folder / name, tmp_path)
    for name in WEB:
        shutil.copy(package / name, tmp_path)
    (page,) = blocks(PAGES["en"], "html")
    told = (
        "<script>window.addEventListener('unhandledrejection', event => "
        "fetch('/', {method: 'POST', body: 'error ' + event.reason}));"
        "new MutationObserver(() => fetch('/', {method: 'POST', body: "
        "document.querySelector('#answer').textContent})).observe("
        "document.querySelector('#answer'), {childList: true});</script>"
    )
    (tmp_path / "page.html").write_text(page.replace("<script type", told + "<script type", 1))

    def handler(*arguments):
        return Handler(*arguments, directory=str(tmp_path))

    with Server(("127.0.0.1", 0), handler) as server:
        server.answers, server.answered = [], threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/page.html?picture=cat.png"
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            profile,
            "--remote-debugging-port=0",
        ]
        running = subprocess.Popen(
            [browser, *flags, address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            assert server.answered.wait(120), "the page has not answered"
        finally:
            running.terminate()
            running.wait(20)
            server.shutdown()
    lines = [line.split(" ", 1) for line in server.answers[0].splitlines()]
    said = {name: float(share) for share, name in lines if share != "error"}
    expected = {
        model.class_names["en"][place]: share
        for place, share in zip(answer.classes, answer.probabilities, strict=True)
    }
    assert said == pytest.approx(expected, abs=1e-4), server.answers[0]


def test_the_pages_say_the_same():
    english, spanish = (page.read_text(encoding="utf-8") for page in PAGES.values())
    count = [len(re.findall(r"^## ", text, re.M)) for text in (english, spanish)]
    assert count[0] == count[1]
    for form in ("onnx", "litert", "saved-model", "torch", "keras"):
        assert f"| `{form}` |" in english
        assert f"| `{form}` |" in spanish
