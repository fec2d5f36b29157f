"""Tables: the best value of a column stands out, and the names of the files are told."""

import pytest
from fabricate import Made
from hypothesis import given
from hypothesis import strategies as st

from cotejo.report.drawing import colour
from cotejo.report.elements import Cell, Column, marked_best
from cotejo.report.formats.markdown import to_markdown
from cotejo.report.formats.page_tree import to_tree
from cotejo.report.html import render
from cotejo.report.page import Page
from cotejo.report.topics import TOPICS
from cotejo.report.words import Words

EN, ES = Words("en"), Words("es")


def section_of(name, findings, words=EN):
    (topic,) = (topic for topic in TOPICS if topic.name == name)
    return topic.section(Page(findings, words))


@given(st.lists(st.none() | st.integers(-9, 9), min_size=1), st.sampled_from(["higher", "lower"]))
def test_the_best_of_a_column_is_marked_and_nothing_else(values, better):
    rows = [[Cell("–" if value is None else str(value), value=value)] for value in values]
    marked = [cell.best for (cell,) in marked_best([Column("x", better=better)], rows)]
    known = [value for value in values if value is not None]
    best = (max if better == "higher" else min)(known, default=None)
    few = 2 * values.count(best) <= len(values)
    assert marked == [few and value is not None and value == best for value in values]


def test_a_column_without_a_better_end_has_no_mark():
    rows = [[Cell("1", value=1.0)], [Cell("2", value=2.0)]]
    assert [cell.best for (cell,) in marked_best([Column("x")], rows)] == [False, False]


def test_what_is_shown_alike_is_equally_good():
    values = (0.70001, 0.7, 0.6, 0.5)
    rows = [[Cell(f"{100 * value:.1f}%", value=value)] for value in values]
    marked = marked_best([Column("x", better="higher")], rows)
    assert [cell.best for (cell,) in marked] == [True, True, False, False]


@pytest.fixture
def rivals(study):
    """The best by validation is neither the best on test nor the quickest."""
    return study(
        Made("a", (0.72,), valid=(0.75,), train=(0.9,), seconds=9.0),
        Made("b", (0.74,), valid=(0.70,), train=(0.8,), seconds=3.0),
    )


def test_bold_marks_the_best_value_of_a_column_of_results(rivals):
    table = section_of("results", rivals)["table"]
    assert table.marked is None
    best = {
        column.name: [cell.text for cell in cells if cell.best]
        for column, *cells in zip(table.columns, *table.rows, strict=True)
    }
    assert best["Validation accuracy"] == ["75.0%"]
    assert best["Test accuracy"] == ["74.0%"]
    assert best["Training accuracy"] == best["Alternative"] == []
    assert best["Training time"] == ["30 s".replace(" ", "\N{NO-BREAK SPACE}")]
    costs = section_of("cost", rivals)["table"]
    assert not any(cell.best for cell in costs.rows[0])
    losses = section_of("calibration", rivals)["table"]
    assert sum(cell.best for row in losses.rows for cell in row) >= 3


def test_bold_is_bold_in_every_format(rivals):
    page = render(rivals, "en")
    assert "<b>74.0%</b>" in page
    assert "<b>75.0%</b>" in page
    text, _ = to_markdown(page, "report-files")
    assert "**74.0%**" in text
    bold = []

    def collect(nodes):
        for node in nodes:
            if isinstance(node, dict):
                if node["tag"] == "b":
                    bold.append("".join(map(str, node["children"])))
                collect(node.get("children", []))

    collect(to_tree(page).elements)
    assert {"74.0%", "75.0%"} <= set(bold)


@pytest.mark.parametrize("words", [EN, ES])
@pytest.mark.parametrize("changes", [{"initializer": "he"}, {"optimizer": "sgd", "epochs": 3}])
def test_the_table_of_alternatives_has_their_names_in_files(study, words, changes):
    findings = study(Made("plain-one"), Made("other-one", (0.6,), changes=changes))
    table = section_of("alternatives", findings, words)["table"]
    shown = [cell.text for row in table.rows for cell in row]
    assert {"plain-one", "other-one"} <= set(shown)
    heading = words.say("alternatives.column_name")
    assert heading in [*shown, *(column.name for column in table.columns)]


def test_the_figure_of_a_reliability_has_its_alternative_s_colour(study):
    findings = study(Made("a", (0.6,)), Made("b", (0.75,)))
    svg = section_of("calibration", findings)["reliability"].svg.lower()
    assert findings.best.index == 1
    assert colour(1).lower() in svg
    assert colour(0).lower() not in svg
