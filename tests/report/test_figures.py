"""The numbers drawn are the files' numbers; then every figure is drawn once."""

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from fabricate import Made

from cotejo.facts import gather
from cotejo.numbers import NO_BREAK
from cotejo.report.drawing import PHONE_WIDTH, colour, legend_columns, line_style, to_svg
from cotejo.report.findings import Findings
from cotejo.report.html import render
from cotejo.report.pictures import data_uri
from cotejo.report.topics.confusion.figure import confusion_matrix, row_shares
from cotejo.report.topics.curves.comparison import comparison
from cotejo.report.topics.curves.figure import curves, highest_loss, loss_limit
from cotejo.report.topics.data.figure import distribution
from cotejo.report.topics.results.figure import accuracies
from cotejo.report.topics.training.figure import whole_training
from cotejo.report.words import Words


@pytest.fixture(scope="module")
def findings(full):
    return Findings(gather(full))


def lines(axes):
    return [np.array(line.get_xydata()) for line in axes.get_lines()]


def test_curves_draw_every_seed_of_each_alternative(findings, words):
    group = findings.facts.trained[:3]
    figure = curves(findings.facts, words, group)
    loss = figure.axes[1]  # the second column: "plain", of two finished seeds
    history = group[1].finished[0].history
    drawn = lines(loss)
    assert len(drawn) == 2 * len(group[1].finished)
    assert drawn[0].tolist() == [[row["epoch"], row["train_loss"]] for row in history]
    assert drawn[1].tolist() == [[row["epoch"], row["valid_loss"]] for row in history]
    assert {line.get_color() for line in loss.get_lines()} == {colour(group[1].index)}


def test_all_curves_have_the_same_axes(findings, words):
    trained = findings.facts.trained
    first = curves(findings.facts, words, trained[:3])
    second = curves(findings.facts, words, trained[3:])
    assert first.axes[0].get_ylim() == second.axes[0].get_ylim()
    assert first.axes[0].get_xlim() == second.axes[0].get_xlim()


def test_the_comparison_begins_where_the_parent_ended(findings, words):
    by_epoch, by_time = comparison(findings.facts, words).axes
    tuned = lines(by_epoch)[3]
    assert tuned[:, 0].tolist() == [11, 12, 13, 14]
    history = findings.best.representative.history
    assert tuned[:, 1].tolist() == [row["valid_accuracy"] for row in history]
    assert lines(by_time)[3][:, 0].tolist() == [66, 72, 78, 84]


def test_accuracies_draw_estimates_and_intervals(findings, words):
    (axes,) = accuracies(findings, words).axes
    bar, point, seeds = lines(axes)[:3]
    found = findings.accuracy["tuned"]
    assert bar[:, 0].tolist() == [found.low, found.high]
    assert point[0, 0] == found.estimate
    assert seeds[:, 0].tolist() == pytest.approx([0.78, 0.80, 0.79])


def test_distribution_draws_the_counts(findings, words):
    figure = distribution(findings.facts, words)
    for axes, split in zip(figure.axes, ("train", "valid", "test"), strict=True):
        widths = [bar.get_width() for bar in axes.patches]
        assert widths == findings.facts.data["counts"][split]


def test_the_matrix_draws_counts_coloured_by_row(findings, words):
    names = findings.facts.class_names(words.language)
    (axes,) = confusion_matrix(findings.confusion, names, words).axes
    shown = {text.get_text() for text in axes.texts}
    assert shown == {str(count) for row in findings.confusion for count in row if count}
    right, wrong = axes.collections
    shares = row_shares(findings.confusion)
    np.testing.assert_allclose(
        right.get_array().filled(0).reshape(10, 10) + wrong.get_array().filled(0).reshape(10, 10),
        shares,
    )


def test_a_hundred_classes_are_drawn_as_a_picture():
    confusion = (np.eye(100, dtype=int) * 9 + 1).tolist()
    names = [f"class {label}" for label in range(100)]
    svg = to_svg(confusion_matrix(confusion, names, Words("en")), "many")
    assert len(svg) < 400_000


def test_a_loss_out_of_hand_does_not_flatten_the_rest(study, words):
    findings = study(Made("a"), Made("b", loss_rise=500.0))
    assert highest_loss(findings.facts) > 400
    assert loss_limit(findings.facts) < 6


def test_one_epoch_is_visible(study, words):
    findings = study(Made("a", changes={"epochs": 1}))
    figure = curves(findings.facts, words, findings.facts.trained)
    assert figure.axes[0].get_lines()[0].get_marker() == "o"


def test_a_label_is_text_and_no_formula(study, words):
    label = r"$\foo$ & <b>"
    findings = study(Made("a", label={"en": label}), Made("b", (0.6,)))
    names = [label, *findings.facts.class_names("en")[1:]]
    drawn = [
        curves(findings.facts, words, findings.facts.trained),
        comparison(findings.facts, words),
        accuracies(findings, words),
        confusion_matrix(findings.confusion, names, words),
    ]
    for figure in drawn:
        assert r"$\foo$ &amp; &lt;b&gt;" in to_svg(figure, "formula")


def test_alternatives_look_different():
    looks = {(colour(index), str(line_style(index))) for index in range(20)}
    assert len(looks) == 20


def test_svg_is_well_formed_repeatable_and_in_the_language(findings, words):
    def draw():
        return to_svg(comparison(findings.facts, words), "comparison")

    svg = draw()
    assert svg == draw()
    root = ElementTree.fromstring(svg.replace("xlink:href", "href"))  # noqa: S314
    assert root.attrib["role"] == "img"
    assert "http" not in svg
    expected = {"en": "60%", "es": f"60{NO_BREAK}%"}[words.language]
    assert f">{expected}<" in svg


def test_whole_training_marks_where_the_second_run_begins(findings, words):
    phases = findings.facts.phases(findings.best)
    loss, accuracy = whole_training(phases, words).axes
    assert [len(line) for line in lines(loss)] == [10, 10, 4, 4, 2]
    assert lines(accuracy)[2][0, 0] == 11


def test_pictures_keep_every_pixel_and_large_ones_are_made_small():
    import base64

    from PIL import Image

    generator = np.random.default_rng(0)
    small = generator.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    file = io.BytesIO(base64.b64decode(data_uri(small).partition(",")[2]))
    np.testing.assert_array_equal(np.asarray(Image.open(file)), small)
    large = generator.integers(0, 256, (300, 200, 1), dtype=np.uint8)
    assert data_uri(large).startswith("data:image/jpeg;")
    assert len(data_uri(large)) < 20_000


def test_a_legend_has_as_many_columns_as_fit():
    assert legend_columns(["base", "he"], 7.4) == 2
    assert legend_columns(["a label of thirty characters .."] * 5, 7.4) == 3
    assert legend_columns(["7 convolutions, half of the training images"] * 5, 7.4) == 2
    assert legend_columns(["x" * 200], 7.4) == 1


def test_of_many_classes_the_sizes_and_the_extremes_are_shown(study):
    names = [f"class {label}" for label in range(100)]
    findings = study(Made("a"), Made("b", (0.6,)), class_names={"en": names, "es": names})
    page = render(findings, "en")
    data = page[page.index('id="data-appendix"') : page.index('id="alternatives-appendix"')]
    assert data.count('<div class="row">') == 12
    assert "Median class" in data
    assert data.count("<tr") < 12
    table = page[page.index("5 classes of the highest F1") :]
    order = findings.classes_by_f1(findings.best)
    shown = re.findall(r"<th scope=row>\s*(class \d+)", table[: table.index("</table>")])
    assert shown == [names[label] for label in order[:5] + order[-10:]]


def test_a_figure_for_a_phone_has_its_panels_below_each_other(findings, words):
    figure = comparison(findings.facts, words, PHONE_WIDTH)
    to_svg(figure, "comparison", "narrow")
    above, below = (axes.get_position() for axes in figure.axes)
    assert above.y0 > below.y1
    assert figure.get_figwidth() == PHONE_WIDTH
