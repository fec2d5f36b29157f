"""Rankings: places and sets follow from the pairs that are told apart."""

from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotejo.stats.ranking import groups_alike, possible_places


@st.composite
def told_apart(draw):
    names = "abcdefg"[: draw(st.integers(1, 7))]
    pairs = [pair for pair in combinations(names, 2) if draw(st.booleans())]
    return names, pairs


@settings(max_examples=100, deadline=None)
@given(told_apart())
def test_the_sets_are_the_largest_ones_without_a_pair_told_apart(study):
    names, apart = study
    subsets = chain.from_iterable(combinations(names, n + 1) for n in range(len(names)))
    alike = [set(each) for each in subsets if not set(combinations(each, 2)) & set(apart)]
    expected = sorted(
        "".join(sorted(each)) for each in alike if not any(each < other for other in alike)
    )
    assert ["".join(group) for group in groups_alike(names, apart)] == expected


@settings(max_examples=100, deadline=None)
@given(told_apart())
def test_places_leave_room_for_all_that_is_not_settled(study):
    names, ahead = study
    places = possible_places(names, ahead)
    for name, (best, worst) in places.items():
        assert 1 <= best <= worst <= len(names)
        assert worst - best == len(names) - 1 - sum(name in pair for pair in ahead)


def test_all_told_apart_have_a_place_each():
    ahead = list(combinations("abc", 2))
    assert possible_places("abc", ahead) == {"a": (1, 1), "b": (2, 2), "c": (3, 3)}
    assert groups_alike("abc", ahead) == [["a"], ["b"], ["c"]]
    assert groups_alike("abc", []) == [["a", "b", "c"]]
    assert groups_alike("", []) == []


@pytest.mark.parametrize("count", [60])
def test_many_are_no_problem(count):
    names = list(range(count))
    apart = [(a, b) for a, b in combinations(names, 2) if b - a > 5]
    assert len(groups_alike(names, apart)) == count - 5
