"""Numbers as each language writes them."""

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


def test_a_tiny_negative_number_is_no_minus_zero():
    assert EN.points(-0.00001) == "0.0"


def test_intervals_part_their_bounds_legibly():
    assert EN.points_interval(-0.01, 0.02) == f"[{MINUS}1.0,{NO_BREAK}2.0]"
    assert ES.points_interval(-0.01, 0.02) == f"[{MINUS}1,0;{NO_BREAK}2,0]"


def test_settings_have_no_needless_decimals():
    assert [EN.shortest(value, 8) for value in (0.001, 1e-4, 64, 0.9)] == [
        "0.001",
        "0.0001",
        "64",
        "0.9",
    ]


def test_durations():
    said = [EN.duration(seconds).replace(NO_BREAK, " ") for seconds in (1.26, 48, 125, 3725)]
    assert said == ["1.3 s", "48 s", "2 min 5 s", "1 h 2 min"]


def test_dates():
    assert EN.moment("2026-11-21T10:00:00+00:00") == "November 21, 2026, 10:00 UTC"
    assert ES.moment("2026-11-21T10:00:00+00:00") == "21 de noviembre de 2026, 10:00 UTC"
