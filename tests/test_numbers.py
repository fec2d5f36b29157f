"""Numbers as each language writes them."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cotejo.numbers import MINUS, NO_BREAK, Numbers

EN, ES = Numbers("en"), Numbers("es")


def test_percentages_and_points():
    assert EN.percent(0.6972) == "69.7%"
    assert ES.percent(0.6972) == f"69,7{NO_BREAK}%"
    assert ES.percent(0.5, 0) == f"50{NO_BREAK}%"
    assert EN.points(-0.0213) == f"{MINUS}2.1"
    assert ES.points(0.0213, 2) == "2,13"


def test_thousands():
    assert (EN.integer(4000), EN.integer(40000)) == ("4,000", "40,000")
    assert (ES.integer(4000), ES.integer(40000)) == ("4000", "40.000")


def _number(text):
    return Decimal(text.replace(MINUS, "-").rstrip("%"))


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_difference_contradicts_neither_of_the_figures_beside_it(one, other):
    """Whoever subtracts the rounded figures finds no more than their rounding."""
    shown = _number(EN.difference(one - other))
    assert abs(float(shown) - 100 * (one - other)) <= 0.005 + 1e-9
    subtracted = _number(EN.percent(one)) - _number(EN.percent(other))
    assert abs(shown - subtracted) <= Decimal("0.105")


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_difference_of_figures_that_needed_no_rounding_is_theirs(one, other):
    subtracted = _number(EN.percent(one / 1000)) - _number(EN.percent(other / 1000))
    assert _number(EN.difference(one / 1000 - other / 1000)) == subtracted


def test_a_tiny_negative_number_is_no_minus_zero():
    assert EN.points(-0.00001) == "0.0"


def test_intervals_part_their_bounds_legibly():
    assert EN.difference_interval(-0.01, 0.02) == f"[{MINUS}1.00,{NO_BREAK}2.00]"
    assert ES.difference_interval(-0.01, 0.02) == f"[{MINUS}1,00;{NO_BREAK}2,00]"


def test_settings_have_no_needless_decimals():
    assert [EN.shortest(value, 8) for value in (0.001, 1e-4, 64, 0.9)] == [
        "0.001",
        "0.0001",
        "64",
        "0.9",
    ]


def test_durations():
    texts = [EN.duration(seconds).replace(NO_BREAK, " ") for seconds in (1.26, 48, 125, 3725)]
    assert texts == ["1.3 s", "48 s", "2 min 5 s", "1 h 2 min"]


def test_dates():
    assert EN.moment("2026-11-21T10:00:00+00:00") == "November 21, 2026, 10:00 UTC"
    assert ES.moment("2026-11-21T10:00:00+00:00") == "21 de noviembre de 2026, 10:00 UTC"


def test_what_has_no_row_of_digits_is_written_all_the_same():
    huge = [EN.decimal(value, 3) for value in (1e25, -1.234e300, float("inf"), float("-inf"))]
    assert huge == ["1.00×10²⁵", f"{MINUS}1.23×10³⁰⁰", "∞", f"{MINUS}∞"]
    assert ES.decimal(1.5e20, 1) == "1,50×10²⁰"
    assert EN.percent(1e25) == f"1.00×10²⁷{NO_BREAK}%"
    nothing = float("nan")
    shown = (EN.integer(nothing), EN.percent(nothing), EN.duration(nothing), EN.points(nothing))
    assert set(shown) == {"–"}
    assert EN.integer(float("inf")) == "∞"


def test_a_duration_may_be_negative_or_without_end():
    assert EN.duration(-125).replace(NO_BREAK, " ") == f"{MINUS}2 min 5 s"
    assert EN.duration(float("inf")) == f"∞{NO_BREAK}s"


@given(st.floats(), st.integers(0, 6), st.sampled_from([EN, ES]))
def test_every_number_is_written_in_one_short_line(value, decimals, numbers):
    formats = (
        numbers.integer(value),
        numbers.decimal(value, decimals),
        numbers.shortest(value, decimals),
        numbers.percent(value, decimals),
        numbers.points(value, decimals),
        numbers.interval(value, value),
        numbers.decimal_interval(value, value, decimals),
        numbers.difference(value),
        numbers.difference_interval(value, value),
        numbers.duration(value),
    )
    for text in formats:
        assert text
        assert "\n" not in text
        assert len(text) < 80
