"""What a run needs of a cluster: as many cores as pay, timed where that is worth it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.errors import BackendError
from cotejo.store import write_checkpoint
from cotejo.study.executors import needs
from cotejo.study.executors.needs import (
    Needs,
    Timed,
    chosen_cores,
    is_worth_timing,
    largest_memory,
    needs_of,
)

GIB = 2**30


@given(
    st.fixed_dictionaries(
        {1: st.floats(0.1, 1e4)}, optional=dict.fromkeys((2, 4, 8), st.floats(0.1, 1e4))
    ),
    st.integers(1, 1000),
    st.integers(1, 64),
)
def test_a_choice_is_one_that_was_timed_and_wastes_little(seconds, runs, cores):
    chosen = chosen_cores(seconds, runs=runs, cores=cores)
    assert chosen in seconds
    pays = seconds[1] >= 0.9 * chosen * seconds[chosen]
    assert chosen == 1 or pays or runs * chosen <= cores
    assert chosen == 1 or pays or seconds[chosen] < seconds[1]


def test_more_cores_where_they_pay_or_nobody_else_would_use_them():
    perfect, poor = {1: 8.0, 2: 4.0, 4: 2.0}, {1: 8.0, 2: 7.0, 4: 6.9}
    assert chosen_cores(perfect, runs=100, cores=4) == 4
    assert chosen_cores(poor, runs=100, cores=4) == 1
    # Two runs on four cores: the second core of each is free, and a fourth brings nothing.
    assert chosen_cores(poor, runs=2, cores=4) == 2
    assert chosen_cores(poor, runs=1, cores=8) == 2


def job(name="plain", epochs=10, trial=None, pace="pace", fraction=1.0):
    settings = SimpleNamespace(train_fraction=fraction, pace=lambda: pace)
    run = SimpleNamespace(alternative=name, epochs=epochs)
    return SimpleNamespace(run=run, settings=settings, trial=trial)


def plan(runs=(), quick=False, images=50_000):
    class Split:
        images = SimpleNamespace(nbytes=1000)

        def __len__(self):
            return images

    dataset = SimpleNamespace(train=Split(), valid=Split(), test=Split())
    return SimpleNamespace(dataset=dataset, quick=quick, runs=runs)


def test_it_is_timed_only_where_that_is_worth_it():
    jobs = [job(), job()]  # a million images
    assert is_worth_timing(plan(), jobs, 5)
    assert not is_worth_timing(plan(), jobs, 6)
    assert not is_worth_timing(plan(), jobs, 0)
    assert not is_worth_timing(plan(quick=True), jobs, 1)
    assert not is_worth_timing(plan(), [job(fraction=0.1)], 1)
    assert not is_worth_timing(plan(), [*jobs, job(trial="of a search")], 1)


class Cluster:
    """As far as it is asked about here: its nodes."""

    def __init__(self, *cores, **more):
        self.cores, self.more = cores, more

    def nodes(self):
        return [{"Alive": True, "Resources": {"CPU": each, **self.more}} for each in self.cores]


@pytest.fixture
def timings(monkeypatch):
    """Return which timings were asked for; each run takes half as long with two cores."""
    asked = []

    def times(ray, terms, of_pace, sizes, surroundings):
        asked.append((dict(of_pace), list(sizes)))
        return {
            pace: {size: Timed(60 / min(size, 2), size * GIB) for size in sizes} for pace in of_pace
        }

    monkeypatch.setattr(needs, "_times", times)
    return asked


def test_each_pace_is_timed_once_with_each_number_of_cores(timings):
    jobs = [job("plain"), job("alike"), job("wide", pace="other"), *[job()] * 20]
    found = needs_of(Cluster(4.0, 2.0), SimpleNamespace(plan=plan()), jobs, {})
    assert timings == [({"pace": "plain", "other": "wide"}, [1, 2, 4])]
    assert found == dict.fromkeys(("plain", "alike", "wide"), Needs(2, 5 * GIB + 9000))


def test_without_timing_a_run_gets_one_core(timings):
    short = [job(epochs=1)]
    terms = SimpleNamespace(plan=plan())
    for cluster, jobs in ((Cluster(4.0), short), (Cluster(4.0, GPU=1.0), [job()] * 20)):
        (found,) = needs_of(cluster, terms, jobs, {}).values()
        assert found.cores == 1
    assert timings == []


def test_where_timings_are_stopped_only_those_that_go_on_are_cancelled():
    """A node of Ray may end that is asked to end a process which ends itself."""
    numbers, cancelled = iter(range(9)), []

    class Stopped(Cluster):
        def remote(self, **options):
            return lambda timing: SimpleNamespace(remote=lambda *given: next(numbers))

        def put(self, content):
            return content

        def wait(self, tasks, num_returns, timeout):
            if timeout:
                raise KeyboardInterrupt
            return tasks[:1], tasks[1:]

        def cancel(self, task, force):
            cancelled.append((task, force))

    with pytest.raises(KeyboardInterrupt):
        needs._times(Stopped(), "terms", {"pace": "plain"}, [1, 2, 4], {})
    assert cancelled == [(1, True), (2, True)]


def test_without_the_time_of_one_core_a_run_gets_one(monkeypatch):
    late = {"pace": {2: Timed(30.0, GIB), 4: Timed(20.0, GIB)}}
    monkeypatch.setattr(needs, "_times", lambda *_: late)
    jobs = [job()] * 20
    found = needs_of(Cluster(4.0), SimpleNamespace(plan=plan()), jobs, {})
    assert found == needs.fixed_needs(plan(), jobs, 1)


def test_runs_round_as_those_that_are_there(timings, tmp_path):
    there = SimpleNamespace(alternative="plain", finished=False, folder=tmp_path)
    write_checkpoint(tmp_path, 1, {"machine": {"cores": 3}})
    terms = SimpleNamespace(plan=plan([there]))
    found = needs_of(Cluster(4.0), terms, [job(), job("other")] * 20, {})
    assert found["plain"].cores == 3
    assert found["other"].cores == 2
    assert timings == [({"pace": "other"}, [1, 2, 4])]
    # Where no machine has so many, it goes on with what there is.
    assert needs_of(Cluster(2.0), terms, [job(epochs=1)], {})["plain"].cores == 1
    # With a GPU, one core is enough, however many the machine before had.
    found = needs_of(Cluster(4.0, GPU=1.0), terms, [job()], {})
    assert found["plain"].cores == 1


def test_a_record_that_does_not_name_cores_asks_for_none(timings, monkeypatch, tmp_path):
    there = SimpleNamespace(alternative="plain", finished=True, folder=tmp_path)
    for record in ({}, {"machine": {}}):
        monkeypatch.setattr(needs, "RunFolder", lambda _, it=record: SimpleNamespace(record=it))
        terms = SimpleNamespace(plan=plan([there]))
        assert needs_of(Cluster(4.0), terms, [job(epochs=1)], {})["plain"].cores == 1


def test_memory_is_that_of_a_machine_that_has_the_cores_and_the_gpus():
    def node(memory, *, is_alive=True, **more):
        return {"Alive": is_alive, "Resources": {"memory": memory, **more}}

    nodes = [node(9, CPU=2), node(4, CPU=8), node(3, CPU=8, GPU=1), node(7, CPU=8, is_alive=False)]
    assert largest_memory(nodes, 2, 0) == 9
    assert largest_memory(nodes, 4, 0) == 4
    assert largest_memory(nodes, 1, 0.5) == 3
    with pytest.raises(BackendError, match=r"16 cores and 0\.5 GPUs"):
        largest_memory(nodes, 16, 0.5)
