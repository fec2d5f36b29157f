"""Cost: the front, its figure, and the sentences on it."""

from itertools import pairwise

import pytest
from fabricate import Made
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cotejo.report.drawing import PHONE_WIDTH, TEXT_WIDTH, to_svg
from cotejo.report.html import render
from cotejo.report.topics.cost.analysis import costs, front, kinds_that_differ
from cotejo.report.topics.cost.figure import cost_figure, floor
from cotejo.report.topics.cost.words import fronts
from cotejo.report.words import Words

pytestmark = pytest.mark.usefixtures("undrawn")

EN, ES = Words("en"), Words("es")


@pytest.fixture
def priced(study):
    return study(
        Made("small", (0.50,), parameters=1000, operations=2_000, seconds=1.0),
        Made("poor", (0.45,), parameters=5000, operations=9_000, seconds=2.0),
        Made("good", (0.70,), parameters=40_000, operations=2_000, seconds=9.0),
        Made("late", (0.60,), parameters=40_000, operations=50_000, seconds=20.0),
    )


def test_the_front_has_those_that_none_beats(priced):
    rows = costs(priced)

    def names(kind):
        return [row.alternative.name for row in front(rows, kind)]

    assert kinds_that_differ(rows) == ["parameters", "operations", "seconds"]
    assert names("parameters") == names("seconds") == ["small", "good"]
    assert names("operations") == ["good"]
    english = " ".join(fronts(rows, kinds_that_differ(rows), EN))
    assert "By parameters and training time, from the cheapest to the dearest: “The small”" in (
        english
    )
    assert "By operations per image: “The good” alone." in english
    assert "chance may have decided it" in english
    spanish = " ".join(fronts(rows, kinds_that_differ(rows), ES))
    assert "Por número de parámetros y tiempo de entrenamiento, de la más barata" in spanish
    assert "solo «La good»" in spanish


def test_the_time_of_a_start_counts(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.7,), changes={"start_from": "a", "epochs": 4}))
    rows = costs(findings)
    assert [row.seconds for row in rows] == [60, 84]
    assert rows[1].own_seconds == 24


def test_equal_costs_have_no_figure(study):
    findings = study(Made("a"), Made("b", (0.6,)))
    assert kinds_that_differ(costs(findings)) == []
    page = render(findings, "en")
    assert 'id="cost"' in page
    assert 'id="cost-caption"' not in page
    assert fronts(costs(findings), [], EN) == []


def test_the_cost_figure_draws_accuracies(priced, words):
    rows = costs(priced)
    figure = cost_figure(rows, kinds_that_differ(rows), priced, words)
    assert len(figure.axes) == 3
    parameters, operations, _ = figure.axes
    assert parameters.get_xscale() == operations.get_xscale() == "log"
    marks = [line for line in parameters.get_lines() if line.get_marker() in ("o", "v")]
    heights = sorted(float(line.get_ydata()[0]) for line in marks)
    assert heights == pytest.approx([0.45, 0.5, 0.6, 0.7])
    full = [line for line in marks if line.get_markerfacecolor() == line.get_color()]
    assert sorted(float(line.get_ydata()[0]) for line in full) == pytest.approx([0.5, 0.7])
    assert "<svg" in to_svg(figure, "cost")


@pytest.mark.parametrize("width", [TEXT_WIDTH, PHONE_WIDTH])
def test_ticks_of_nearly_equal_costs_stand_apart(study, words, width):
    operations = (1_234_567_000, 1_234_568_000, 1_234_569_900)
    made = [
        Made(f"a{i}", (0.6 + i / 100,), operations=count, parameters=9000 + i, seconds=7 + i)
        for i, count in enumerate(operations)
    ]
    findings = study(*made)
    kinds = ["parameters", "operations", "seconds"]
    figure = cost_figure(costs(findings), kinds, findings, words, width)
    FigureCanvasAgg(figure).draw()
    for axes in figure.axes:
        low, high = axes.get_xlim()
        ticks = [tick for tick in axes.xaxis.get_major_ticks() if low <= tick.get_loc() <= high]
        assert len({tick.label1.get_text() for tick in ticks}) == len(ticks) > 0
        boxes = [tick.label1.get_window_extent() for tick in ticks]
        assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_one_far_behind_is_an_arrow(study, words):
    made = [Made(f"a{i}", (0.7 + i / 100,), parameters=100 + i) for i in range(4)]
    findings = study(*made, Made("far", (0.2,), parameters=500))
    rows = costs(findings)
    lowest = floor(rows)
    assert lowest == pytest.approx(0.67)
    (axes,) = cost_figure(rows, ["parameters"], findings, words).axes
    assert axes.get_ylim()[0] == lowest
    assert [line.get_ydata()[0] for line in axes.get_lines() if line.get_marker() == "v"] == [
        lowest
    ]
    assert "An arrow at the bottom" in render(findings, "en")


def test_each_mark_stands_at_its_cost_and_many_of_one_cost_are_counted(study, words):
    made = [Made(f"a{i}", (0.6 + i / 100,), parameters=500 if i else 900) for i in range(9)]
    findings = study(*made, images=200)
    (axes,) = cost_figure(costs(findings), ["parameters"], findings, words).axes
    marks = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert sorted(float(line.get_xdata()[0]) for line in marks) == [500] * 8 + [900]
    assert "8" in "".join(text.get_text() for text in axes.texts)
    (front,) = [line for line in axes.get_lines() if line.get_drawstyle() == "steps-post"]
    assert front.get_xdata()[0] == 500
