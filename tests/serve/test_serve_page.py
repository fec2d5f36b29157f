"""The pages in Chromium: real uploads, in both languages, on a phone, by keyboard."""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
import socket
import threading
import time

import pytest
import uvicorn

from cotejo.data.audit import read_review
from cotejo.serve.app import create_app
from cotejo.serve.models import Models
from cotejo.serve.server import listening
from cotejo.serve.service import Service
from cotejo.serve.studies import Studies
from cotejo.store import read_json
from serve.conftest import Shades, Telling, png
from serve.driven import driven_page

LEFT = "document.getElementById('suspects-count').innerText.startsWith('{} ')"
"""How many labels are still to look at."""


@pytest.fixture(scope="module")
def page():
    with driven_page() as opened:
        yield opened


@pytest.fixture(scope="module")
def suspected(small_study, tmp_path_factory):
    """A study whose audit suspects labels: networks of one epoch are often wrong."""
    folder = tmp_path_factory.mktemp("studies")
    shutil.copytree(small_study, folder / "small")
    return folder


@pytest.fixture(scope="module")
def site(suspected, tmp_path_factory):
    """A running server, with its address and the folder of its corrections."""
    collected = tmp_path_factory.mktemp("collected")
    models = Models([Telling("first"), Shades("second")])
    with running(Service(models, Studies([suspected]), collected), "127.0.0.1") as address:
        yield address, collected


@contextlib.contextmanager
def running(service, host, **options):
    with listening(host, 0) as opened:
        config = uvicorn.Config(create_app(service, **options), log_level="error", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        yield f"http://{host}:{opened.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, content in (("a.png", png(0)), ("b.png", png(250)), ("bad.png", b"no picture")):
        (folder / name).write_bytes(content)
    return folder


def test_pictures_are_answered_by_all_models(page, site, pictures):
    page.problems.clear()
    page.open(site[0])
    page.speak("en")
    page.choose("#files", *(pictures / name for name in ("a.png", "b.png", "bad.png")))
    # That one can't be read is said once.
    page.until("document.querySelectorAll('.answer').length === 5")
    shown = page.evaluate(
        "[...document.querySelectorAll('.card')].map(card => [card.ariaLabel,"
        "[...card.querySelectorAll('.answer')]"
        ".map(own => own.querySelector('.bars li, .bad').innerText)])"
    )
    by_name = {name: [" ".join(text.split()) for text in texts] for name, texts in shown}
    assert all(text.startswith("dark 9") for text in by_name["a.png"])
    assert all(text.startswith("bright 9") for text in by_name["b.png"])
    assert all("bad.png is no picture" in text for text in by_name["bad.png"])
    assert page.until("document.getElementById('status').textContent.includes('1 of 3')")
    # What a browser says of a picture that is none.
    assert [each for each in page.problems if "blob:" not in str(each)] == []


def test_where_it_looks_and_what_it_should_have_said(page, site, pictures):
    page.open(site[0])
    page.choose("#files", pictures / "b.png")
    page.until("document.querySelector('.tools button') !== null")
    page.evaluate("document.querySelector('.tools button').click()")
    page.until("document.querySelectorAll('.explained img').length === 7")
    page.evaluate(
        "const choice = document.querySelector('.tools select'); choice.value = '1';"
        "choice.dispatchEvent(new Event('change'))"
    )
    page.until("document.querySelector('.tools [role=status]').textContent")
    (kept,) = (site[1] / "grey").iterdir()
    assert kept.read_bytes() == png(250)


def test_a_folder_becomes_a_table_and_a_csv(page, site, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(30):
        (folder / f'{number} "x", y.png').write_bytes(png(8 * number))
    page.open(site[0])
    page.evaluate("document.querySelector('#models input[value=second]').click()")
    page.choose("#folder", folder)
    page.until("document.querySelectorAll('#table tbody tr').length === 30")
    page.until("!document.getElementById('actions').hidden")
    text = page.evaluate(
        "new Promise(done => { const make = URL.createObjectURL;"
        "URL.createObjectURL = blob => { blob.text().then(done); return make(blob); };"
        "document.getElementById('csv').click(); })"
    )
    rows = list(csv.DictReader(text.lstrip("\ufeff").splitlines()))
    assert len(rows) == 30
    by_name = {row["picture"]: row for row in rows}
    assert by_name['many/0 "x", y.png']["class"] == "dark"
    assert by_name['many/29 "x", y.png']["model"] == "first"
    assert float(by_name['many/0 "x", y.png']["probability"]) > 0.9


def test_a_cell_is_no_formula_in_the_saved_table(page, site):
    page.open(site[0])
    rows = [["=1+1", "+a", "-b", "@c", "\tx", "d=e", -0.5], ['=A1,"x"', None, 1, True]]
    text = page.evaluate(
        "import(document.querySelector('script[type=module]').src.replace(/[^/]+$/, 'common.js'))"
        f".then(common => common.csv(JSON.parse({json.dumps(json.dumps(rows))})))"
    )
    read = list(csv.reader(text.lstrip("\ufeff").splitlines()))
    assert read[0] == ["'=1+1", "'+a", "'-b", "'@c", "'\tx", "d=e", "-0.5"]
    assert read[1] == ['\'=A1,"x"', "", "1", "true"]


def test_the_token_is_given_from_another_device(page):
    """Over plain HTTP, at an address that is not this machine's own name, as a phone does."""
    address = own_address()
    with running(Service(Models([Shades()])), address, token="a-long-token") as url:  # noqa: S106
        page.open(f"{url}/token")
        page.evaluate("document.getElementById('token').value = 'a-long-token'")
        page.evaluate("document.querySelector('form').submit()")
        page.until("document.getElementById('files') !== null")


def own_address():
    """An address of this machine's in its network; the test is skipped where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        try:
            opened.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            pytest.skip("this machine is in no network")
        address = opened.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine is in no network")
    return address


def test_the_page_speaks_spanish_and_fits_a_phone(page, site, pictures):
    page.speak("es-ES,es")
    page.narrow(390)
    page.open(site[0])
    assert page.evaluate("document.querySelector('h1').innerText") == "¿Qué muestra la imagen?"
    page.choose("#camera", pictures / "a.png")
    page.until("document.querySelectorAll('.answer').length === 2")
    first = page.evaluate("document.querySelector('.bars li').innerText")
    assert first.startswith("oscura")
    assert "\u00a0%" in first
    for path in ("/", "/studies", "/studies/small"):
        page.open(site[0] + path)
        time.sleep(0.5)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.say("Emulation.clearDeviceMetricsOverride")
    page.speak("en")


def test_a_study_is_shown_and_sorted(page, site):
    page.open(f"{site[0]}/studies")
    page.until("document.querySelectorAll('.study').length === 1")
    page.open(f"{site[0]}/studies/small")
    page.until("document.querySelectorAll('#alternatives tbody tr').length === 2")
    names = "[...document.querySelectorAll('#alternatives tbody th')].map(th => th.innerText)"
    assert page.evaluate(names) == ["plain", "on"]
    page.evaluate("document.querySelectorAll('#alternatives thead button')[0].click()")
    assert page.evaluate(names) == ["on", "plain"]
    assert page.evaluate("document.querySelector('[aria-sort]').ariaSort") == "ascending"
    page.evaluate(
        "const filter = document.getElementById('filter'); filter.value = 'notebook';"
        "filter.dispatchEvent(new Event('input'))"
    )
    assert page.evaluate(names) == ["on"]
    assert page.evaluate("document.querySelectorAll('#curves polyline').length") == 4
    assert page.until("document.getElementById('comparison').innerText").startswith(("+", "−"))
    page.until("document.querySelectorAll('#gallery img').length")


@pytest.mark.parametrize(
    ("verdict", "difference", "said"),
    [
        ("unsettled", 0.02, "can't be told"),
        ("supported", 0.02, '"plain" is better, all'),
        ("smaller", 0.001, '"plain" is better, but by less'),
        ("refuted", -0.02, '"on" is better, all'),
        ("equal", 0.0, "no difference between them that matters"),
        ("unsettled", 0.0, "can't be told"),
        # As earlier versions wrote it.
        ("second", -0.02, '"on" is better, all'),
    ],
)
def test_the_verdict_of_a_pair_is_the_report_s(page, site, suspected, verdict, difference, said):
    path = suspected / "small" / "comparisons.csv"
    before = path.read_bytes()
    (row,) = csv.DictReader(path.read_text().splitlines())
    row |= {"difference": difference, "low": difference - 0.002, "high": difference + 0.002}
    row |= {"verdict": verdict, "margin": 0.01}
    try:
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, row)
            writer.writeheader()
            writer.writerow(row)
        page.open(f"{site[0]}/studies/small")
        text = page.until("document.getElementById('comparison').innerText")
    finally:
        path.write_bytes(before)
    assert said in text
    assert "−0.00" not in text
    if not difference:
        assert text.startswith("0.00 points")


def test_mistakes_are_chosen_by_class(page, site):
    page.open(f"{site[0]}/studies/small")
    page.until("document.querySelectorAll('#gallery li').length")
    page.evaluate(
        "const choice = document.getElementById('mistakes-true');"
        "choice.value = '8'; choice.dispatchEvent(new Event('change'))"
    )
    labels = page.evaluate(
        "[...document.querySelectorAll('#gallery b')].map(each => each.innerText)"
    )
    assert set(labels) <= {"8"}
    broken = (
        "[...document.querySelectorAll('#gallery img')].filter(i => i.complete && !i.naturalWidth)"
    )
    assert page.evaluate(f"{broken}.length") == 0


def test_suspected_labels_are_judged_by_keys(page, site, suspected):
    folder = suspected / "small"
    fingerprint = read_json(folder / "audit.json")["dataset"]["fingerprint"]
    page.open(f"{site[0]}/studies/small")
    page.until("!document.getElementById('suspects').hidden")
    count = int(
        page.evaluate(
            "document.querySelector('#suspect .small').innerText.split('/')[1].split(' ')[0]"
        )
    )
    assert count >= 2
    page.evaluate("document.getElementById('suspects').scrollIntoView()")
    page.press("y")
    page.until("document.querySelector('#suspect .small').innerText.startsWith('2/')")
    page.press("n")
    page.until(LEFT.format(count - 2))
    _until_kept(folder, fingerprint, 2)
    said = sorted(each.verdict for each in read_review(folder, fingerprint).values())
    assert said == ["confirmed", "dismissed"]
    page.evaluate("document.getElementById('previous').click()")
    if count > 2:
        page.evaluate("document.getElementById('previous').click()")
    page.press("u")
    page.until(LEFT.format(count - 1))
    _until_kept(folder, fingerprint, 1)


def _until_kept(folder, fingerprint, count):
    """Wait for what the page says at once and keeps a moment later."""
    deadline = time.monotonic() + 30
    while len(read_review(folder, fingerprint)) != count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
