"""Classes named by their numbers, and corrections of classes with names that are alike."""

from __future__ import annotations

import contextlib
import threading
from types import MappingProxyType

import pytest

from cotejo.serve.collecting import keep
from cotejo.serve.limits import Limits
from serve.conftest import Telling, png


class Numbered(Telling):
    """Classes that are called by numbers other than theirs."""

    class_names = MappingProxyType({"en": ("1", "2", "3")})


def sent(content):
    return {"pictures": ("a.png", content, "image/png")}


def test_a_class_s_number_is_never_taken_for_a_name(serving, picture, tmp_path):
    client = serving(Numbered(), collect=tmp_path)
    for query, label in (("label=1", 1), ("class=1", 0), ("class=0", 0)):
        said = client.post(f"/v1/explain?{query}", files=sent(picture())).json()
        assert (said["label"], said["class"]) == (label, "123"[label])
    for fields, name in (({"label": "1"}, "2"), ({"class": "1"}, "1"), ({"label": 2}, "3")):
        for given in ({"data": fields, "files": sent(picture())}, {"json": in_json(fields)}):
            answer = client.post("/v1/corrections", **given)
            assert answer.json() == {"class": name, "kept": 1}


def in_json(fields):
    import base64

    given = {"label": int(fields["label"])} if "label" in fields else fields
    return given | {"pictures": [base64.b64encode(png()).decode()]}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"label": "3"}, "no_class"),
        ({"label": "-1"}, "no_class"),
        ({"label": "²"}, "no_class"),
        ({"label": "two"}, "no_class"),
        ({"label": ""}, "no_class"),
        ({"label": "9" * 5000}, "no_class"),
        ({"class": "2", "label": "1"}, "class_and_label"),
        ({}, "missing"),
    ],
)
def test_a_class_that_can_t_be_told_is_refused(serving, picture, tmp_path, fields, code):
    client = serving(Numbered(), collect=tmp_path)
    answer = client.post("/v1/corrections", data=fields, files=sent(picture()))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert len(answer.json()["error"]["message"]) < 1500
    assert list(tmp_path.iterdir()) == []
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    if fields:
        assert client.post(f"/v1/explain?{query}", files=sent(picture())).status_code == 422


def test_classes_whose_names_are_alike_have_folders_of_their_own(tmp_path):
    names = ["a/b", "a:b", "Cat", "cat", "x" * 300, "x" * 301, "nul", ".."]
    for label in range(len(names)):
        keep(tmp_path, names, label, png(label))
    folders = [path.name for path in tmp_path.iterdir()]
    assert len({name.casefold() for name in folders}) == len(names)
    assert all(len(list(path.iterdir())) == 1 for path in tmp_path.iterdir())
    assert max(len(name.encode()) for name in folders) < 256


def test_one_picture_that_two_people_correct_at_once_is_kept(tmp_path, monkeypatch):
    written = threading.Barrier(2, timeout=1)
    write_file = keep.__globals__["write_file"]

    def write(path, content):
        write_file(path, content)
        # Both have written before either looks for other copies, unless one waits.
        with contextlib.suppress(threading.BrokenBarrierError):
            written.wait()

    monkeypatch.setattr("cotejo.serve.collecting.write_file", write)
    names, content = ["cat", "dog"], png(3)
    threads = [
        threading.Thread(target=keep, args=(tmp_path, names, label, content)) for label in (0, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(tmp_path.rglob("*.png"))) == 1


def test_pictures_are_in_memory_once_and_counted_so(serving, picture):
    client = serving(limits=Limits(held_bytes=100_000))
    uploads, held = client.app.state.service.uploads, []
    decode = client.app.state.service.decoder.decode

    async def watched(pictures, served):
        held.append((uploads.held, sum(len(each.content) for each in pictures)))
        return await decode(pictures, served)

    client.app.state.service.decoder.decode = watched
    client.post("/v1/predict", files=sent(picture()))
    client.post("/v1/predict", content=picture(), headers={"content-type": "image/png"})
    client.post("/v1/predict", json=in_json({}))
    assert [counted for counted, _ in held] == [size for _, size in held]
    assert uploads.held == 0
    # As JSON a body is in memory with the texts in it.
    text = "A" * 60_000
    assert client.post("/v1/predict", json={"pictures": [text]}).status_code == 503
    assert uploads.held == 0


def test_a_form_is_taken_apart_as_it_arrives(serving, picture):
    content = picture(200, (50, 50))
    head = b'--b\r\ncontent-disposition: form-data; name="pictures"; filename="a.png"\r\n\r\n'
    body = head + content + b"\r\n--b--\r\n"

    def byte_by_byte():
        for place in range(len(body)):
            yield body[place : place + 1]

    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = serving().post("/v1/predict", content=byte_by_byte(), headers=headers)
    assert answer.json()["results"][0]["classes"][0]["class"] == "bright"
