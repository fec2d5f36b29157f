"""The threads of a server: warming up, several jobs that fail, training images that take long."""

from __future__ import annotations

import asyncio
import threading
import time

import numpy as np
import pytest

from cotejo.serve.batching import Batcher
from cotejo.serve.limits import Refusal
from serve.conftest import Shades, Telling


def sent(picture, shade=0):
    return {"pictures": ("a.png", picture(shade))}


def test_one_thread_alone_asks_a_network(serving, picture):
    threads = set()

    class Watched(Shades):
        def probabilities(self, images):
            threads.add(threading.get_ident())
            return super().probabilities(images)

    client = serving(Watched())
    client.post("/v1/predict", files=sent(picture))
    wait_for_answer(client, "/readyz", 200)
    assert len(threads) == 1


def wait_for_answer(client, path, status):
    for _ in range(600):
        answer = client.get(path)
        if answer.status_code == status:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{path} never answered {status}: {answer.status_code}, {answer.text}")


def test_a_model_that_can_t_be_warmed_up_is_named_and_the_others_are(serving, picture, caplog):
    class Broken(Shades):
        def probabilities(self, images):
            raise RuntimeError("the network")

    whole = Shades("whole")
    client = serving(Broken("broken"), whole)
    for _ in range(600):
        # The others are warmed up after it.
        if "failed" in (answer := client.get("/readyz")).text and 32 in whole.batches:
            break
        time.sleep(0.05)
    assert (answer.status_code, answer.text) == (503, "failed: broken\n")
    assert set(whole.batches) == {1, 2, 4, 8, 16, 32}
    assert "broken can't be used" in caplog.text
    assert "the network" in caplog.text
    assert client.post("/v1/predict?model=whole", files=sent(picture)).status_code == 200


def test_all_parts_of_a_request_that_fails_are_waited_for():
    entered, may_end = threading.Event(), threading.Event()

    class Failing(Shades):
        def probabilities(self, images):
            self.batches.append(len(images))
            if len(self.batches) == 2:
                entered.set()
                may_end.wait(30)
            raise RuntimeError("the network")

    unheard = []

    async def ask():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: unheard.append(context))
        batcher = Batcher(64)
        try:
            asked = asyncio.ensure_future(batcher.ask(Failing(), np.zeros((64, 8, 8, 3), np.uint8)))
            await asyncio.to_thread(entered.wait, 30)
            await asyncio.sleep(0.05)
            # The second half is in the network still: it counts.
            assert batcher.waiting == 64
            may_end.set()
            with pytest.raises(RuntimeError, match="the network"):
                await asked
            assert batcher.waiting == 0
        finally:
            may_end.set()
            await asyncio.to_thread(batcher.close)

    asyncio.run(ask())
    assert unheard == []


def test_a_loop_that_ends_meanwhile_costs_the_thread_nothing(monkeypatch):
    entered, may_end = threading.Event(), threading.Event()

    class Slow(Shades):
        def probabilities(self, images):
            entered.set()
            may_end.wait(30)
            return super().probabilities(images)

    batcher, image = Batcher(64), np.zeros((1, 8, 8, 3), np.uint8)

    async def leave():
        # Closed between the question whether it is and what it is told.
        monkeypatch.setattr(asyncio.get_running_loop(), "is_closed", lambda: False, raising=False)
        asked = asyncio.ensure_future(batcher.ask(Slow(), image))
        await asyncio.to_thread(entered.wait, 30)
        asked.cancel()

    async def ask():
        return await asyncio.wait_for(batcher.ask(Shades(), image), 30)

    asyncio.run(leave())
    may_end.set()
    try:
        (answer,) = asyncio.run(ask())
    finally:
        batcher.close()
    assert answer.classes[0] == 0


def test_explanations_do_not_wait_for_the_training_images(serving, picture):
    may_end = threading.Event()

    class Learned(Telling):
        def nearest(self, images, count=5):
            assert may_end.wait(30)
            return super().nearest(images, count)

    client = serving(Learned())
    try:
        for _ in range(2):
            said = client.post("/v1/explain?nearest=3", files=sent(picture, 200)).json()
            assert (said["nearest"], said["nearest_awaited"]) == (None, True)
    finally:
        may_end.set()
    for _ in range(600):
        said = client.post("/v1/explain?nearest=3", files=sent(picture, 200)).json()
        if not said["nearest_awaited"]:
            break
        time.sleep(0.05)
    assert len(said["nearest"]) == 3


def test_explanations_and_training_images_have_networks_of_their_own(serving, picture, monkeypatch):
    made = []

    def again():
        made.append(Telling())
        return made[-1]

    class Learned(Telling):
        def explain(self, images, classes=None, method="grad-cam"):
            raise AssertionError("the network that answers")

        nearest = explain

    class Network:
        def get_weights(self):
            return ["learned"]

        def set_weights(self, weights):
            self.weights = weights

    monkeypatch.setattr(Telling, "network", Network(), raising=False)
    client = serving(Learned(), again=[again])
    assert made == []
    assert client.post("/v1/explain?nearest=3", files=sent(picture, 200)).status_code == 200
    assert client.post("/v1/explain?nearest=3", files=sent(picture, 200)).status_code == 200
    assert len(made) == 2
    assert Telling.network.weights == ["learned"]


def test_training_images_are_not_offered_where_nobody_knows_them(serving):
    class Alone(Telling):
        origin = None

    (card,) = serving(Alone()).get("/v1/models").json()["models"]
    assert (card["explains"], card["finds_nearest"]) == (True, False)


def test_a_closed_batcher_refuses():
    async def ask():
        batcher = Batcher(64)
        batcher.close()
        with pytest.raises(Refusal) as refused:
            await batcher.ask(Shades(), np.zeros((1, 8, 8, 3), np.uint8))
        assert refused.value.status == 503

    asyncio.run(ask())
