"""The API for programs: what it answers, and every status with which it refuses."""

from __future__ import annotations

import base64
import io
import json
import threading

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from cotejo.serve.limits import Limits
from serve.conftest import Shades, Telling


def sent(*contents, names=None):
    return [
        ("pictures", (names[place] if names else f"{place}.png", content, "image/png"))
        for place, content in enumerate(contents)
    ]


def code(answer):
    return answer.json()["error"]["code"]


def test_a_form_with_one_picture(serving, picture):
    answer = serving().post("/v1/predict?top=2", files=sent(picture(250)))
    assert answer.status_code == 200
    content = answer.json()
    assert content["model"] == "shades"
    (result,) = content["results"]
    assert result["picture"] == "0.png"
    assert [each["class"] for each in result["classes"]] == ["bright", "grey"]
    assert result["classes"][0]["probability"] > 0.9
    assert result["error"] is result["candidates"] is result["unlike"] is None


def test_json_and_a_bare_body_say_the_same_as_a_form(serving, picture):
    client, content = serving(), picture(130)
    form = client.post("/v1/predict", files=sent(content)).json()
    text = base64.b64encode(content).decode()
    plain = client.post("/v1/predict", json={"pictures": [text]}).json()
    named = client.post("/v1/predict", json={"pictures": [{"name": "a", "data": text}]}).json()
    bare = client.post("/v1/predict", content=content, headers={"content-type": "image/png"}).json()
    assert plain == bare
    assert form["results"][0]["classes"] == plain["results"][0]["classes"]
    assert named["results"][0]["picture"] == "a"


def test_names_of_classes_are_the_client_s_and_english_for_programs(serving, picture):
    answer = serving(headers={"accept-language": "es-AR,en;q=0.5"}).post(
        "/v1/predict", files=sent(picture(0))
    )
    first = answer.json()["results"][0]["classes"][0]
    assert (first["class"], first["shown"], first["label"]) == ("dark", "oscura", 0)


def test_one_bad_picture_costs_no_other_its_answer(serving, picture):
    answer = serving().post("/v1/predict", files=sent(picture(0), b"no picture", picture(255)))
    assert answer.status_code == 200
    first, bad, last = answer.json()["results"]
    assert (first["classes"][0]["class"], last["classes"][0]["class"]) == ("dark", "bright")
    assert bad["error"]["code"] == "picture_unknown"
    assert "classes" not in bad


def test_a_bad_picture_without_a_name_is_called_what_it_is(serving, picture):
    client, png = serving(), {"content-type": "image/png"}
    alone = client.post("/v1/predict", content=b"no picture", headers=png)
    assert "what was sent is no picture" in alone.text
    spanish = client.post(
        "/v1/predict", content=b"no picture", headers={**png, "accept-language": "es"}
    )
    assert "lo enviado no es" in spanish.text
    data = [base64.b64encode(content).decode() for content in (picture(0), b"no picture")]
    several = client.post("/v1/predict", json={"pictures": data})
    said = several.json()["results"][1]["error"]["message"]
    assert said.startswith("picture 2 is no picture")


def test_what_a_model_can_say_beside_is_passed_on(serving, picture):
    class Doubting(Telling):
        def predict(self, images):
            self.batches.append(len(images))
            said = super().predict(images)[0]

            class Doubt:
                classes, probabilities = said.classes, said.probabilities
                candidates, unlike, unlikeness = (0, 1), True, 0.99

            return [Doubt()] * len(images)

    result = serving(Doubting()).post("/v1/predict", files=sent(picture(0))).json()["results"][0]
    assert result["candidates"] == ["dark", "grey"]
    assert (result["unlike"], result["unlikeness"]) == (True, 0.99)


def test_models_are_chosen_by_name(serving, picture):
    client = serving(Shades("one"), Shades("two"), Shades("two"))
    listed = client.get("/v1/models").json()["models"]
    assert [each["name"] for each in listed] == ["one", "two", "two-2"]
    assert listed[0]["classes"]["es"] == ["oscura", "gris", "clara"]
    assert client.post("/v1/predict?model=two-2", files=sent(picture())).json()["model"] == "two-2"
    answer = client.post("/v1/predict?model=three", files=sent(picture()))
    assert (answer.status_code, code(answer)) == (404, "no_model")
    assert "one, two, two-2" in answer.json()["error"]["message"]


def damaged_png(picture):
    content = bytearray(picture(100, (50, 50)))
    content[60] ^= 0xFF
    return bytes(content)


REFUSED = [
    (lambda p: {"files": sent(b"")}, 415, "picture_unknown"),
    (lambda p: {"files": sent(b"hello")}, 415, "picture_unknown"),
    (lambda p: {"files": sent(damaged_png(p))}, 422, "picture_damaged"),
    (lambda p: {"files": sent(p()[:40])}, 422, "picture_header"),
    (lambda p: {"files": sent(p(0, (400, 300)))}, 413, "picture_over_limit"),
    (lambda p: {"files": sent(p() + bytes(60_000))}, 413, "picture_bytes"),
    (lambda p: {"files": sent(*[p()] * 5)}, 413, "too_many_pictures"),
    (lambda p: {"files": sent(*[p() + bytes(50_000)] * 3)}, 413, "too_long"),
    (lambda p: {"files": {"x": ("", b"")}}, 422, "no_picture"),
    (lambda p: {"data": {"a": "1"}}, 415, "content_type"),
    (lambda p: {"content": b"x", "headers": {"content-type": "text/plain"}}, 415, "content_type"),
    (lambda p: {}, 415, "content_type"),
    (lambda p: {"json": {"pictures": []}}, 422, "json"),
    (lambda p: {"json": {"picture": "x"}}, 422, "json"),
    (lambda p: {"json": [1]}, 422, "json"),
    (lambda p: {"json": {"pictures": ["ñ"]}}, 422, "base64"),
    (lambda p: {"json": {"pictures": ["aGVsbG8="]}}, 415, "picture_unknown"),
    (
        lambda p: {"content": b"{", "headers": {"content-type": "application/json"}},
        422,
        "json",
    ),
    (
        lambda p: {"content": b"[" * 90_000, "headers": {"content-type": "application/json"}},
        422,
        "json",
    ),
    (
        lambda p: {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        400,
        "form",
    ),
    (
        lambda p: {
            "content": b"--a\r\nContent-",
            "headers": {"content-type": "multipart/form-data; boundary=a"},
        },
        400,
        "form",
    ),
]


@pytest.mark.parametrize(("request_of", "status", "said"), REFUSED)
@pytest.mark.parametrize("path", ["/v1/predict", "/v1/explain", "/v1/corrections?model=shades"])
def test_what_can_t_be_used_is_refused(request_of, status, said, path, serving, picture, tmp_path):
    limits = Limits(picture_bytes=55_000, body_bytes=140_000, pixels=100_000, pictures=4)
    client = serving(limits=limits, collect=tmp_path)
    given = request_of(picture)
    if "corrections" in path and "files" in given:
        given["data"] = {"class": "grey"}
    answer = client.post(path, **given)
    if "corrections" in path and ("json" in given or "headers" in given):
        assert 400 <= answer.status_code < 500  # it names no class either
    elif path == "/v1/explain" and said == "too_many_pictures":
        assert answer.status_code == 413
    else:
        assert (answer.status_code, code(answer)) == (status, said)
    message = answer.json()["error"]["message"]
    assert message
    assert "\n" not in message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("query", "place"), [("top=0", "top"), ("top=x", "top"), ("top=", "top")])
def test_a_bad_value_is_named(serving, picture, query, place):
    answer = serving(headers={"accept-language": "es"}).post(
        f"/v1/predict?{query}", files=sent(picture())
    )
    assert (answer.status_code, code(answer)) == (422, "value")
    message = answer.json()["error"]["message"]
    assert f"«{place}»" in message
    assert "should" not in message


def test_refusals_are_in_the_client_s_language(serving):
    client = serving()
    told = {
        language: client.post("/v1/predict", headers={"accept-language": language}).json()["error"]
        for language in ("es", "en", "fr, es;q=0.3", "de")
    }
    assert told["es"]["message"].startswith("Envíe las imágenes")
    assert told["fr, es;q=0.3"] == told["es"]
    assert told["de"] == told["en"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/v1/predict", 405), ("DELETE", "/v1/models", 405)],
)
def test_unknown_addresses_and_methods(serving, method, path, status):
    answer = serving().request(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_a_full_queue_is_said(serving, picture):
    held, entered = threading.Event(), threading.Event()

    class Slow(Shades):
        def probabilities(self, images):
            if images.max() == 77:
                entered.set()
                held.wait(60)
            return super().probabilities(images)

    client = serving(Slow(), limits=Limits(waiting=2))
    answers = {}

    def ask(number):
        answers[number] = client.post("/v1/predict", files=sent(picture(77)))

    first = threading.Thread(target=ask, args=(1,))
    first.start()
    entered.wait(60)
    refused = client.post("/v1/predict", files=sent(picture(1), picture(2)))
    held.set()
    first.join()
    assert (refused.status_code, code(refused)) == (429, "busy")
    assert refused.headers["retry-after"] == "1"
    assert answers[1].status_code == 200


def test_too_much_at_once_is_said(serving, picture):
    client = serving(limits=Limits(held_bytes=100))
    answer = client.post("/v1/predict", files=sent(picture(0, (100, 100))))
    assert (answer.status_code, code(answer)) == (503, "held")
    client.app.state.service.uploads._limits = Limits()
    assert client.post("/v1/predict", files=sent(picture())).status_code == 200


def test_requests_of_all_clients_are_asked_together_and_each_gets_its_own(serving, picture):
    model = Shades()
    client = serving(model)
    wait_until_ready(client)
    model.batches.clear()
    shades = [0, 128, 255] * 16
    answers = [None] * len(shades)
    start = threading.Barrier(len(shades))

    def ask(place):
        start.wait()
        answers[place] = client.post("/v1/predict", files=sent(picture(shades[place])))

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(shades))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    named = [answer.json()["results"][0]["classes"][0]["label"] for answer in answers]
    assert named == [shade // 127 for shade in shades]
    assert set(model.batches) <= {1, 2, 4, 8, 16, 32}


def wait_until_ready(client):
    client.app.state.service.models.ready.wait(60)


def test_more_pictures_than_a_batch(serving, picture):
    shades = [0, 255] * 32
    answer = serving().post("/v1/predict?top=1", files=sent(*map(picture, shades)))
    named = [each["classes"][0]["label"] for each in answer.json()["results"]]
    assert named == [2 if shade else 0 for shade in shades]


def test_a_model_that_fails_is_an_error_of_the_server_alone(serving, picture):
    class Failing(Shades):
        def probabilities(self, images):
            if images.max() == 66:
                raise RuntimeError("the network")
            return super().probabilities(images)

    client = serving(Failing())
    with pytest.raises(RuntimeError, match="the network"):  # the client of tests raises it
        client.post("/v1/predict", files=sent(picture(66)))
    assert client.post("/v1/predict", files=sent(picture(65))).status_code == 200
    told = TestClient(client.app, base_url="http://localhost", raise_server_exceptions=False)
    answer = told.post("/v1/predict", files=sent(picture(66)))
    assert (answer.status_code, code(answer)) == (500, "broken")
    assert "the network" not in answer.text
    assert "default-src" in answer.headers["content-security-policy"]


def test_an_explanation(serving, picture):
    client = serving()
    answer = client.post("/v1/explain", files=sent(picture(200)))
    content = answer.json()
    assert (content["class"], content["label"], content["method"]) == ("bright", 2, "grad-cam")
    assert np.shape(content["map"]) == (8, 8)
    assert content["nearest"] is None
    for name in ("seen", "overlay"):
        data = base64.b64decode(content[name].removeprefix("data:image/png;base64,"))
        assert Image.open(io.BytesIO(data)).size == (256, 256)
    other = client.post("/v1/explain?class=gris", files=sent(picture(200))).json()
    assert other["class"] == "grey"
    by_number = client.post("/v1/explain?class=0", files=sent(picture(200))).json()
    assert by_number["class"] == "dark"


def test_what_looks_alike(serving, picture):
    client = serving()
    for shade, count in ((200, 3), (1, 0)):  # of the second the training images are not here
        asked = {"nearest_awaited": True}
        while asked["nearest_awaited"]:
            asked = client.post("/v1/explain?nearest=3", files=sent(picture(shade))).json()
        alike = asked["nearest"] or []
        assert [(each["shown"], each["likeness"]) for each in alike] == [("grey", 0.5)] * count


def test_explanations_that_can_t_be_given(serving, picture):
    client = serving(Telling("a"), Shades("b"))
    for path, files, said in (
        ("/v1/explain?class=purple", sent(picture()), "no_class"),
        ("/v1/explain?class=3", sent(picture()), "no_class"),
        ("/v1/explain?model=b", sent(picture()), "no_explanation"),
        ("/v1/explain", sent(picture(), picture()), "one_picture"),
    ):
        answer = client.post(path, files=files)
        assert (answer.status_code, code(answer)) == (422, said)


def test_corrections_are_kept_as_a_data_set(serving, picture, tmp_path):
    from cotejo.data import load

    client = serving(collect=tmp_path)
    for place in range(24):
        shade = (0, 128, 255)[place % 3] - place % 2
        name = ("dark", "grey", "bright")[place % 3]
        content = picture(abs(shade), (20 + place, 20))
        answer = client.post("/v1/corrections", files=sent(content), data={"class": name})
        assert answer.json() == {"class": name, "kept": 1}
    again = client.post("/v1/corrections", files=sent(content), data={"class": "grey"})
    assert again.status_code == 200
    kept = sorted(path.relative_to(tmp_path).parts for path in tmp_path.rglob("*.png"))
    assert len(kept) == 24
    assert {parts[0] for parts in kept} == {"dark", "grey", "bright"}
    assert all(len(parts) == 2 for parts in kept)
    dataset = load(str(tmp_path))
    assert list(dataset.class_names["en"]) == ["bright", "dark", "grey"]


def test_corrections_by_json_and_refused_ones(serving, picture, tmp_path):
    client = serving(collect=tmp_path)
    text = base64.b64encode(picture(3)).decode()
    given = {"pictures": [text], "class": "clara"}
    assert client.post("/v1/corrections", json=given).json() == {"class": "bright", "kept": 1}
    for name in ("purple", "", "../up"):
        answer = client.post("/v1/corrections", files=sent(picture()), data={"class": name})
        assert (answer.status_code, code(answer)) == (422, "no_class")
    assert [path.name for path in tmp_path.iterdir()] == ["bright"]
    nowhere = serving().post("/v1/corrections", files=sent(picture()), data={"class": "grey"})
    assert (nowhere.status_code, code(nowhere)) == (404, "no_collecting")


def test_health_and_figures(serving, picture):
    client = serving()
    wait_until_ready(client)
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"
    client.post("/v1/predict", files=sent(picture(), b"bad", names=["secret.png", "b.png"]))
    text = client.get("/metrics").text
    assert 'cotejo_requests_total{route="/v1/predict",status="200"} 1.0' in text
    assert 'cotejo_pictures_total{result="answered"} 1.0' in text
    assert 'cotejo_pictures_total{result="refused"} 1.0' in text
    assert "secret" not in text


def test_it_is_not_ready_before_the_models_are_warm(serving):
    held = threading.Event()

    class Cold(Shades):
        def probabilities(self, images):
            held.wait(60)
            return super().probabilities(images)

    client = serving(Cold())
    answer = client.get("/readyz")
    held.set()
    assert (answer.status_code, client.get("/healthz").status_code) == (503, 200)
    wait_until_ready(client)
    assert client.get("/readyz").status_code == 200


def test_openapi_describes_what_is_answered(serving, picture):
    client = serving()
    schema = client.get("/openapi.json").json()
    predict = schema["paths"]["/v1/predict"]["post"]
    assert set(predict["requestBody"]["content"]) == {
        "multipart/form-data", "application/json", "image/*",
    }  # fmt: skip
    assert {"413", "415", "422", "429", "503"} <= set(predict["responses"])
    assert "/studies" not in schema["paths"]
    properties = schema["components"]["schemas"]["PictureResult"]["properties"]
    result = client.post("/v1/predict", files=sent(picture())).json()["results"][0]
    assert set(result) == set(properties)
    assert json.dumps(schema)  # and it is plain JSON


def test_nothing_that_was_sent_is_written(serving, picture, tmp_path, monkeypatch):
    """Not even for a moment: forms of more than a megabyte are kept in memory too."""
    import tempfile

    def refuse(*arguments, **options):
        raise AssertionError("a temporary file")

    client = serving()
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    large = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (900, 900, 3), np.uint8)
    Image.fromarray(noise).save(large, "PNG")
    assert len(large.getvalue()) > 2_000_000
    assert client.post("/v1/predict", files=sent(large.getvalue())).status_code == 200
