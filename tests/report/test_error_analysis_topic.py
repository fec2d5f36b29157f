"""The section on where the networks fail: for constructed results, the right sentence appears."""

import csv
import re
from dataclasses import replace

import numpy as np
import pytest
from bs4 import BeautifulSoup
from fabricate import Made, fabricate_study

from cotejo.data.dataset import Split
from cotejo.errors import OutputError
from cotejo.explain.overlay import overlaid
from cotejo.facts import gather
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.html import render
from cotejo.report.topics.error_analysis import words as prose
from cotejo.report.topics.error_analysis.figure import error_rates
from cotejo.report.topics.error_analysis.files import shown_images
from cotejo.report.words import Words
from cotejo.store import read_json, write_npz
from cotejo.study.afterwards.misread import error_analysis_arrays

pytestmark = pytest.mark.usefixtures("undrawn")

EN, ES = Words("en"), Words("es")
LABELS = np.arange(1000) % 10


def _pictures(brightness):
    """Return noisy images of 1000 values of brightness in [0, 1]."""
    noise = np.random.default_rng(0).normal(0, 20, (1000, 8, 8, 3))
    return np.clip(60 + 130 * brightness[:, None, None, None] + noise, 0, 255).astype(np.uint8)


def _difficulty():
    """Return each image's place in the order that `fabricate` has, the easiest first, in [0, 1]."""
    return np.random.default_rng(1).permutation(1000) / 1000


def _look(folder, pictures):
    """Write ``failures.npz`` as a study does, with maps that no network gave."""
    arrays = error_analysis_arrays(gather(folder), Split(pictures, LABELS.astype(np.int32)))
    shape = (len(arrays["explained"]), 2, *pictures.shape[1:3])
    maps = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    write_npz(folder / "failures.npz", **arrays, occlusion_maps=maps)
    return Findings(gather(folder))


@pytest.fixture
def looked(tmp_path):
    def make(*alternatives, brightness=None, **options):
        if brightness is None:
            brightness = np.random.default_rng(2).random(1000)
        pictures = _pictures(brightness)
        folder = fabricate_study(
            tmp_path / "study", alternatives, pictures=pictures, labels=LABELS, **options
        )
        return _look(folder, pictures)

    return make


def in_common(findings, words):
    return " ".join(prose.in_common(findings.error_analysis, words)[1])


def test_dark_images_that_are_harder_are_said_to_be(looked):
    noise = np.random.default_rng(3).normal(0, 0.3, 1000)
    findings = looked(Made("a", (0.7,)), brightness=1 - _difficulty() + noise)
    effect = findings.error_analysis.commonalities.traits[0]
    assert (effect.trait, effect.direction) == ("brightness", -1)
    said = in_common(findings, EN)
    assert "tend to be darker than those of their class" in said
    assert f"is the darker one in {EN.numbers.percent(1 - effect.superiority)} of the cases" in said
    assert "It is a large difference." in said
    lowest = f"{effect.fifths[0].rate:.1%}"
    assert f"In the quintile of lowest brightness it is wrong in {lowest}" in said
    spanish = in_common(findings, ES)
    assert "tienden a ser más oscuras que las de su clase en las que acierta" in spanish
    assert "la más oscura es la mal clasificada en el" in spanish
    assert "lighter" not in said
    assert "más claras" not in spanish


def test_an_easy_middle_is_no_direction(looked):
    sides = np.where(np.arange(1000) % 20 < 10, 1, -1)
    findings = looked(Made("a", (0.7,)), brightness=0.5 + sides * _difficulty() / 2)
    said, spanish = in_common(findings, EN), in_common(findings, ES)
    assert "rate differs between the quintiles of brightness, but no single direction is" in said
    assert "difiere entre los quintiles de luminosidad, pero no se puede concluir que" in spanish


def test_a_quintile_without_images_keeps_its_place(looked):
    # Half of the images are equally dark: their middle is in the second quintile.
    brightness = np.maximum(np.random.default_rng(2).random(1000), 0.5)
    findings = looked(Made("a", (0.7,)))
    folder = findings.facts.folder.path
    arrays = {**findings.error_analysis.arrays, "trait_brightness": brightness}
    write_npz(folder / "failures.npz", **arrays)
    write_report(folder, "en")
    with (folder / "traits.csv").open() as file:
        rows = [row["fifth"] for row in csv.DictReader(file) if row["trait"] == "brightness"]
    assert rows == ["2", "3", "4", "5"]
    axes = error_rates(Findings(gather(folder)).error_analysis, EN).axes[0]
    assert list(axes.lines[1].get_xdata()) == [2, 3, 4, 5]
    assert list(axes.get_xticks()) == [1, 2, 3, 4, 5]


def test_what_images_show_is_said_of_right_ones_too(looked):
    findings = looked(Made("a", (0.6,)), Made("b", (0.8,)))
    page, spanish = render(findings, "en"), render(findings, "es")
    alts = re.findall(r'alt="Test image \d+: ([^"]*)"', page)
    assert any(re.fullmatch(r".+, right", alt) for alt in alts)
    assert any("taken for" in alt for alt in alts)
    assert not any(re.fullmatch(r"(.+), taken for \1", alt) for alt in alts)
    assert re.search(r'alt="Imagen de prueba \d+: [^"]+, bien clasificada"', spanish)
    confusion = page.split('id="confusion"')[1].split("</section>")[0]
    assert "taken for" in confusion
    assert not re.search(r'alt="\d+"', confusion)


def test_where_nothing_is_settled_nothing_is_claimed(looked):
    findings = looked(Made("a", (0.7,)))
    said, spanish = in_common(findings, EN), in_common(findings, ES)
    assert "No relation with brightness, contrast, sharpness and colourfulness is settled." in said
    assert "ninguna relación con la luminosidad, el contraste, la nitidez y el colorido" in spanish
    assert "tend to be" not in said
    assert "no single direction" not in said
    assert "do not settle whether the classes differ" in said


def test_one_network_alone(looked):
    findings = looked(Made("a", (0.7,)))
    for language in ("en", "es"):
        page = render(findings, language)
        assert 'id="failures"' in page
        assert Words(language).say("error_analysis.together_heading") not in page
        assert Words(language).say("error_analysis.alike_heading") not in page


def test_one_alternative_of_several_seeds(looked):
    findings = looked(Made("a", (0.7, 0.71, 0.7)), seeds=(1, 2, 3))
    said = " ".join(prose.wrong_in_all(findings.error_analysis, EN))
    assert "wrong in all 3 trained networks" in said
    assert "hindsight" not in said
    (alone,) = prose.alike(findings.error_analysis, EN)
    assert alone.startswith("Two seeds of “The a” agree with each other on")
    assert "tabla" not in render(findings, "es").split('id="failures"')[1].split("</section>")[0]


def test_what_all_get_wrong_and_how_alike_they_are(looked):
    findings = looked(Made("a", (0.6,)), Made("b", (0.8,)), Made("c", (0.5,)))
    found = findings.error_analysis.agreement
    # The order of difficulty is the same for all: the last fifth is wrong in all.
    assert (found.networks, found.all_wrong, found.all_right) == (3, 200, 500)
    said = " ".join(prose.wrong_in_all(findings.error_analysis, EN))
    assert "A total of 200 of the 1,000 test images are wrong in all 3 trained networks" in said
    assert "about 40 would be expected" in said
    assert "the best alternative alone is right in 80.0%" in said
    alike = " ".join(prose.alike(findings.error_analysis, ES))
    assert "es el de «La a»: en el 80,0\N{NO-BREAK SPACE}%" in alike
    assert "el menor, el de «La c»: en el 70,0\N{NO-BREAK SPACE}%" in alike
    assert prose.only_the_best(findings.error_analysis, EN) == (
        "“The b” alone is right on 200 images; on none is it alone wrong."
    )
    assert prose.only_the_best(findings.error_analysis, ES) == (
        "«La b» es la única alternativa que acierta en 200 imágenes; "
        "en ninguna es la única que falla."
    )
    # Of 200, the gallery shows some.
    assert "16 of the images that every network gets wrong" in render(findings, "en")
    assert findings.error_analysis.standing_out == (200, 0)
    assert len(findings.error_analysis.votes) == 16
    assert all(0 < votes <= 3 for _, votes in findings.error_analysis.votes)


def test_alternatives_that_agree_alike_are_named_together(looked):
    findings = looked(Made("a", (0.6,)), Made("b", (0.8,)), Made("c", (0.6,)), Made("d", (0.5,)))
    assert "is that of “The a” and “The c”: on 80.0%" in " ".join(
        prose.alike(findings.error_analysis, EN)
    )


def test_alternatives_may_all_agree_alike(looked):
    findings = looked(Made("a", (0.6,)), Made("b", (0.8,)), Made("c", (0.6,)))
    assert "All the others agree with the best, “The b”, on the same share of the images" in (
        " ".join(prose.alike(findings.error_analysis, EN))
    )


def test_classes_of_one_error_rate_are_named_together(looked):
    analysis = looked(Made("a", (0.6,))).error_analysis
    effect = analysis.commonalities.classes
    rates = (0.1, 0.1, *[0.3] * 7, 0.5)
    classes = replace(effect, rates=rates, p_value=0.0)
    analysis.__dict__["commonalities"] = replace(analysis.commonalities, classes=classes)
    (_, [sentence, *_]) = prose.in_common(analysis, EN)
    assert "from 10.0% in “airplane” and “automobile” to 50.0% [" in sentence


@pytest.mark.parametrize(
    ("standing_out", "english", "spanish"),
    [
        (
            (8, 1),
            "alone is right on 8 images and alone is wrong on one image",
            "falla en una imagen",
        ),
        ((0, 3), "alone is wrong on 3 images; on none is it alone right", "en ninguna es la única"),
        ((0, 0), "On no image is “The b” alone right, or alone wrong", "En ninguna imagen es «La"),
    ],
)
def test_no_image_is_counted_by_a_nought(looked, monkeypatch, standing_out, english, spanish):
    analysis = looked(Made("a", (0.6,)), Made("b", (0.8,))).error_analysis
    monkeypatch.setattr(type(analysis), "standing_out", standing_out)
    assert english in prose.only_the_best(analysis, EN)
    assert spanish in prose.only_the_best(analysis, ES)


def test_the_images_are_all_where_all_are_shown(looked):
    findings = looked(Made("a", (0.991,)), Made("b", (0.997,)))
    assert findings.error_analysis.agreement.all_wrong == 3
    assert "The 3 images that every network gets wrong" in render(findings, "en")
    assert "Las 3 imágenes en las que fallan todas las redes" in render(findings, "es")


def test_no_image_wrong_in_all(looked):
    findings = looked(Made("a", (1.0,)), Made("b", (0.8,)))
    said = " ".join(prose.wrong_in_all(findings.error_analysis, ES))
    assert "En ninguna de las 1000 imágenes de prueba fallan a la vez las 2 redes" in said
    assert "independientes" not in said
    assert prose.in_common(findings.error_analysis, EN) == (
        ["There are too few mistakes to say what they have in common."],
        [],
    )
    assert "There are too few mistakes" in render(findings, "en")


def test_the_files_hold_what_is_shown(looked):
    findings = looked(Made("a", (0.6, 0.61)), Made("b", (0.8, 0.79)), seeds=(1, 2))
    folder = findings.facts.folder.path
    write_report(folder, "es")
    with (folder / "traits.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["fifth"] for row in rows[:5]] == ["1", "2", "3", "4", "5"]
    assert sum(int(row["mistakes"]) for row in rows[:5]) == findings.mistakes
    with (folder / "agreement.csv").open() as file:
        pairs = [(row["first"], row["second"]) for row in csv.DictReader(file)]
    assert pairs == [("a", "a"), ("a", "b"), ("b", "b")]
    with (folder / "failures.csv").open() as file:
        galleries = {row["gallery"] for row in csv.DictReader(file)}
    assert galleries == {"all_wrong", "only_best_right", "pairs"}
    content = read_json(folder / "report.json")["failures"]
    assert content["agreement"]["all_wrong"] == findings.error_analysis.agreement.all_wrong
    assert len(content["commonalities"]["traits"]) == 4


def test_pairs_are_shown_in_both_directions(looked):
    findings = looked(Made("a", (0.6,)))
    confusion = findings.confusion
    for (true, predicted), indices in findings.error_analysis.pairs.items():
        assert (predicted, true) in findings.error_analysis.pairs or not confusion[predicted][true]
        assert len(indices) == min(confusion[true][predicted], 6)
        labels, chances = findings.best.test_predictions
        assert (labels[indices] == true).all()
        assert (chances[indices].argmax(axis=1) == predicted).all()
    shown = [
        row for row in shown_images(findings.error_analysis, "en") if row["gallery"] == "pairs"
    ]
    assert all(row["true_label"] != row["predicted_label"] for row in shown)


def test_a_direction_without_a_mistake_is_not_shown(looked):
    findings = looked(Made("a", (0.6,)))
    directions = findings.error_analysis.pairs
    assert directions
    assert any(not findings.confusion[predicted][true] for true, predicted in directions)
    page = BeautifulSoup(render(findings, "en"), "html.parser")
    shown = [len(row.select("img")) for row in page.select(".examples.wordy .row")]
    assert shown == [len(indices) for indices in directions.values()]
    assert 0 not in shown


def test_the_caption_of_traits_names_those_that_are_drawn(looked):
    coloured = looked(Made("a", (0.7,)))
    assert "colourfulness, the measure of Hasler" in render(coloured, "en")
    folder = coloured.facts.folder.path
    grey = np.repeat(_pictures(np.random.default_rng(2).random(1000))[..., :1], 3, axis=-1)
    findings = _look(folder, grey)
    page = render(findings, "en")
    assert len(findings.error_analysis.commonalities.traits) == 3
    assert "sharpness, the decimal logarithm of the variance of its Laplacian" in page
    assert "colourfulness" not in page


def test_a_study_that_did_not_look_has_a_report_without(full, tmp_path):
    findings = Findings(gather(full))
    assert findings.error_analysis is None
    page = render(findings, "en")
    assert 'id="failures"' not in page
    assert "with examples" in page
    assert "traits.csv" not in page


def test_what_was_looked_at_for_other_runs_does_not_count(looked):
    findings = looked(Made("a", (0.6,)), Made("b", (0.8,)))
    folder = findings.facts.folder.path
    write_report(folder, "en")
    assert (folder / "traits.csv").is_file()
    (folder / "a" / "seed-1" / "run.json").unlink()
    assert Findings(gather(folder)).error_analysis is None
    write_report(folder, "en")
    assert not (folder / "traits.csv").exists()


@pytest.mark.parametrize("change", ["missing", "short", "unknown"])
def test_damaged_failures_are_said_to_be(looked, change):
    findings = looked(Made("a", (0.6,)), Made("b", (0.8,)))
    folder, arrays = findings.facts.folder.path, dict(findings.error_analysis.arrays)
    if change == "missing":
        del arrays["pairs"]
    elif change == "short":
        arrays["trait_contrast"] = arrays["trait_contrast"][:-1]
    else:
        arrays["all_wrong"] = arrays["all_wrong"] + 100_000
    write_npz(folder / "failures.npz", **arrays)
    with pytest.raises(OutputError, match=r"failures\.npz"):
        write_report(folder, "en")


def test_the_figure_draws_the_fifths(looked):
    findings = looked(Made("a", (0.7,)))
    figure = error_rates(findings.error_analysis, EN)
    assert len(figure.axes) == 4
    drawn = np.asarray(figure.axes[0].lines[1].get_ydata(), float)
    effect = findings.error_analysis.commonalities.traits[0]
    np.testing.assert_allclose(drawn, [fifth.rate for fifth in effect.fifths])


def test_maps_lie_over_their_images(looked):
    findings = looked(Made("a", (0.7,)))
    explained = findings.error_analysis.arrays["explained"]
    assert len(explained) == 12
    maps = findings.error_analysis.maps(int(explained[3]))
    np.testing.assert_array_equal(maps, findings.error_analysis.arrays["occlusion_maps"][3])
    assert findings.error_analysis.maps(10_000) is None
    image = findings.error_analysis.image(int(explained[3]))
    shown = overlaid(image, maps[0], float(np.abs(maps).max()))
    assert shown.shape == (8, 8, 3)
    assert "What its answers depend on" in render(findings, "en")


def test_grad_cam_and_nearest_images_are_shown_where_a_study_has_them(looked):
    findings = looked(Made("a", (0.7,)))
    before = render(findings, "en")
    assert "Grad-CAM" not in before
    assert "look like to the network" not in before
    arrays = dict(findings.error_analysis.arrays)
    generator, count = np.random.default_rng(5), len(arrays["explained"])
    more = {
        "grad_cam_maps": generator.random((count, 8, 8), np.float32),
        "nearest_images": generator.integers(0, 256, (count, 3, 8, 8, 3), dtype=np.uint8),
        "nearest_labels": np.full((count, 3), 2, np.int32),
    }
    folder = findings.facts.folder.path
    write_npz(folder / "failures.npz", **arrays, **more)
    page = render(Findings(gather(folder)), "en")
    assert "Selvaraju, R. R." in page
    shown = BeautifulSoup(page, "html.parser")
    rows = [len(row.select("img")) for row in shown.select(".maps .row")]
    assert rows == [4] * count + [4] * count
    spanish = render(Findings(gather(folder)), "es")
    assert "A qué se parecen para la red" in spanish
    for name, wrong in (
        ("nearest_labels", more["nearest_labels"] + 100),
        ("grad_cam_maps", more["grad_cam_maps"][1:]),
        ("nearest_images", more["nearest_images"][:, :2]),
    ):
        write_npz(folder / "failures.npz", **{**arrays, **more, name: wrong})
        with pytest.raises(OutputError, match=r"failures\.npz"):
            write_report(folder, "en")
