"""Who is heard: no other site, no name that was made to point here, nobody without the token."""

from __future__ import annotations

import pytest

from cotejo.serve.language import accepted_language
from cotejo.serve.security import Guard

TOKEN = "a-long-token"  # noqa: S105


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {
            "sec-fetch-site": "cross-site",
            "sec-fetch-mode": "navigate",
            "sec-fetch-dest": "document",
        },
    ],
)
def test_another_site_can_t_send_pictures(serving, picture, headers):
    answer = serving().post("/v1/predict", files={"pictures": picture()}, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "other_site"
    assert not any(name.startswith("access-control") for name in answer.headers)


def fetched(site, mode, destination):
    """The headers by which a browser says where a request comes from, and what for."""
    return {
        "sec-fetch-site": site,
        "sec-fetch-mode": mode,
        "sec-fetch-dest": destination,
    }


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (fetched("cross-site", "no-cors", "image"), 403),
        (fetched("cross-site", "navigate", "iframe"), 403),
        (fetched("cross-site", "navigate", "document"), 200),
        (fetched("none", "navigate", "document"), 200),
        ({"sec-fetch-site": "same-origin", "origin": "http://localhost:8000"}, 200),
        ({"origin": "http://localhost:8000"}, 200),
        ({}, 200),
    ],
)
def test_a_link_may_open_a_page_and_its_own_pages_may_ask(serving, headers, status):
    assert serving().get("/", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost:8000", True),
        ("LOCALHOST", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("192.168.1.5", True),
        ("cotejo.localhost:1", True),
        ("models.example.org", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
        ("[::1", False),
    ],
)
def test_only_names_of_this_machine_are_answered(serving, host, known):
    assert Guard(["models.example.org"]).knows_host(host) is known
    client = serving(hosts=["models.example.org"])
    assert client.get("/healthz", headers={"host": host}).status_code == (200 if known else 400)


def test_a_token(serving, picture):
    client = serving(token=TOKEN)
    send = {"files": {"pictures": picture()}}
    assert client.get("/healthz").status_code == 200
    for headers in ({}, {"authorization": "Bearer another"}, {"authorization": TOKEN}):
        answer = client.post("/v1/predict", headers=headers, **send)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    for path in ("/v1/models", "/metrics", "/openapi.json", "/v1/studies", "/nowhere"):
        assert client.get(path).status_code == 401
    good = {"authorization": f"Bearer {TOKEN}"}
    assert client.post("/v1/predict", headers=good, **send).status_code == 200


def test_a_browser_types_the_token_in_once(serving):
    client = serving(token=TOKEN, headers={"accept": "text/html", "accept-language": "es"})
    page = client.get("/")
    assert page.status_code == 401
    assert "Código de acceso" in page.text
    assert client.post("/token", data={"token": "wrong"}).status_code == 401
    given = client.post("/token", data={"token": TOKEN}, follow_redirects=False)
    assert given.status_code == 303
    cookie = given.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in cookie
    assert client.get("/").status_code == 200


def test_forms_of_the_own_pages_tell_their_origin(serving):
    """Without any referrer a browser sends `Origin: null`, and no `Sec-Fetch-Site` over HTTP."""
    client = serving(token=TOKEN)
    assert client.get("/token").headers["referrer-policy"] == "same-origin"
    own = {"host": "192.168.1.5:8000", "origin": "http://192.168.1.5:8000"}
    given = client.post("/token", data={"token": TOKEN}, headers=own, follow_redirects=False)
    assert given.status_code == 303


def test_pages_load_nothing_from_elsewhere(serving):
    client = serving()
    for path in ("/", "/studies", "/token"):
        page = client.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in page.text.replace("http://…", "").replace("http://localhost:8000", "")
        for forbidden in ("<style", " style=", "onclick=", "onload="):
            assert forbidden not in page.text
    for name in ("cotejo.css", "common.js", "use.js", "study.js", "studies.js", "chart.js"):
        text = client.get(f"/static/{name}").text
        assert "//cdn" not in text
        assert "https://" not in text
        assert "innerHTML" not in text


def test_the_first_view_is_small(serving):
    client = serving()
    names = ("cotejo.css", "common.js", "use.js", "icon.svg")
    sizes = [len(client.get(f"/static/{name}").content) for name in names]
    assert sum(sizes) + len(client.get("/").content) < 100_000


def test_behind_a_proxy_s_path(serving, picture):
    client = serving(root_path="/cotejo/")
    # A proxy may take its path away from those of requests, or leave it.
    for path in ("/v1/models", "/cotejo/v1/models"):
        assert client.get(path).status_code == 200
    page = client.get("/cotejo/").text
    assert 'href="/cotejo/static/cotejo.css"' in page
    assert client.get("/cotejo/static/use.js").status_code == 200
    assert client.get("/static/use.js").status_code == 200
    answer = client.post("/cotejo/v1/predict", files={"pictures": picture()})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("es", "es"), ("en-GB,es;q=0.9", "en"), ("es;q=0.2,en;q=0.8", "en"), ("fr", None),
        ("", None), ("es;q=0", None), ("es;q=x", None), ("*", None), ("ES-mx", "es"),
    ],
)  # fmt: skip
def test_the_language_that_a_client_likes_best(header, language):
    assert accepted_language(header) == language


def test_the_choice_of_a_language_is_kept(serving):
    client = serving()
    assert "What does the picture show?" in client.get("/").text
    page = client.get("/?lang=es").text
    assert "¿Qué muestra la imagen?" in page
    assert "oscura" in page
    assert 'lang="es"' in client.get("/").text
    assert client.get("/v1/predict").json()["error"]["message"].startswith("Esta dirección")
