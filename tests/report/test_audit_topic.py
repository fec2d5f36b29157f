"""The section on the audit: for fabricated findings, the right tables, pictures and sentences."""

from __future__ import annotations

import re
from dataclasses import asdict

import numpy as np
import pytest
from fabricate import Made, fabricate_study

from cotejo.data.audit import METHOD, Audit, Issue, write_audit_files
from cotejo.errors import OutputError
from cotejo.facts import gather
from cotejo.report import write_report
from cotejo.report.audit_page import write_audit_page
from cotejo.report.findings import Findings
from cotejo.report.html import render
from cotejo.report.mistake_rows import mistake_rows
from cotejo.report.topics.audit import words as prose
from cotejo.report.topics.audit.analysis import audited
from cotejo.report.topics.cautions.words import cautions
from cotejo.report.words import Words
from cotejo.store import read_json

pytestmark = pytest.mark.usefixtures("undrawn")

FINGERPRINT = "0123456789abcdef" * 4
IMAGES = {"train": 3955, "valid": 1000, "test": 1000}
JUDGES = {"alternative": "best", "runs": [f"best-{seed}".encode().hex() for seed in (1, 2)]}
SPLITS = ("train", "valid", "test")


def near(index: int, partner: int, score: float = 0.9, split: str = "train") -> Issue:
    return Issue(index, "test", "near-duplicate", score, partner, split)


def label(index: int, split: str = "test") -> Issue:
    return Issue(index, split, "label", 0.95, predicted=(index + 1) % 10)


def write(folder, issues, *, kept=(), **about):
    """Write an audit of the fabricated dataset; of the images only those ``kept`` are there."""
    places = np.array(sorted({(SPLITS.index(split), index) for split, index in kept}), np.int32)
    count = len(places)
    images = np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    method = {"version": METHOD, "likeness": 0.75, "expected_by_chance": 0.0}
    given = {
        "dataset": {"name": "made-up", "fingerprint": FINGERPRINT, "images": IMAGES},
        "method": {**method, "outlier_share": 0.001, **about.pop("method", {})},
        "differently_labelled": 0,
        "labels_judged_by": JUDGES,
        **about,
    }
    labels = (places[:, 1] % 10 if count else np.zeros(0)).astype(np.int32)
    write_audit_files(folder, Audit(tuple(issues), images, places.reshape(-1, 2), labels, given))


def all_places(issues):
    own = [(one.split, one.index) for one in issues]
    return own + [(one.partner_split, one.partner) for one in issues if one.is_duplicate]


@pytest.fixture
def folder(tmp_path):
    alternatives = [Made("other", (0.6, 0.62)), Made("best", (0.8, 0.82))]
    return fabricate_study(tmp_path / "study", alternatives, seeds=(1, 2))


def found_in(folder):
    return audited(Findings(gather(folder)))


def section_of(folder, language="en"):
    page = write_report(folder, language).read_text(encoding="utf-8")
    found = re.search(r'<section id="audit">.*?</section>', page, re.DOTALL)
    return found[0] if found else None


def test_without_an_audit_there_is_no_section(folder) -> None:
    assert section_of(folder) is None
    assert read_json(folder / "report.json")["audit"] is None


def test_an_audit_of_other_data_is_none(folder) -> None:
    write(folder, [], dataset={"name": "x", "fingerprint": "other", "images": IMAGES})
    assert section_of(folder) is None


def test_an_audit_by_an_earlier_method_is_none(folder) -> None:
    write(folder, [], method={"version": METHOD - 1})
    assert found_in(folder) is None


@pytest.mark.parametrize("language", ["en", "es"])
def test_nothing_found(folder, language: str) -> None:
    write(folder, [])
    section, found, words = section_of(folder, language), found_in(folder), Words(language)
    assert words.say("audit.across_none", images=words.numbers.integer(1000)) in section
    assert words.say("audit.within_test_none") in section
    assert words.say("audit.labels_none", judges=prose.judges(found, words)) in section
    assert "<img" not in section
    assert words.say("audit.score_heading") not in section
    assert [score.subset for score in found.scores] == ["all"]
    assert found.worth_of_duplicates is None


def test_the_score_without_what_was_found(folder) -> None:
    answers = gather(folder).alternatives[1].answers["test"]
    right = np.flatnonzero(answers.all(axis=0))[:50].tolist()
    wrong = np.flatnonzero(~answers.any(axis=0))[:20].tolist()
    issues = [near(index, index) for index in right] + [label(index) for index in wrong]
    write(folder, issues, kept=all_places(issues))
    found = found_in(folder)
    scores = {score.subset: (score.images, score.accuracy.estimate) for score in found.scores}
    assert scores["all"] == (1000, pytest.approx(0.81))
    assert scores["duplicates"] == (50, 1.0)
    assert scores["without-duplicates"] == (950, pytest.approx((810 - 50) / 950))
    assert scores["without-suspected"] == (980, pytest.approx(810 / 980))
    assert scores["without-either"] == (930, pytest.approx(760 / 930))
    worth = found.worth_of_duplicates
    assert worth.estimate == pytest.approx(0.81 - 760 / 950)
    assert 0 < worth.low < worth.estimate < worth.high
    said = " ".join(prose.score(found, Words("en")))
    assert (
        "is right on 100.0% of the test images with one among the training images and on 80" in said
    )
    assert "its accuracy is 1.00 points lower ([" in said
    assert (
        "for all 20 images left out, the answer by the mean of the 2 seeds' probabilities "
        "is not the given label" in said
    )
    told = read_json(write_report(folder).parent / "report.json")["audit"]
    assert told["scores"]["without-either"]["images"] == 930
    assert told["worth_of_duplicates"] == asdict(worth)
    assert (told["suspected_labels"], told["suspected_mistakes"]) == (20, 20)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_score_takes_partners_in_the_training_split_alone(folder, language: str) -> None:
    issues = [near(1, 1), near(2, 2), near(2, 2, split="valid"), near(3, 3, split="valid")]
    write(folder, issues)
    found, words = found_in(folder), Words(language)
    assert np.flatnonzero(found.duplicated).tolist() == [1, 2]
    assert np.flatnonzero(found.only_validated).tolist() == [3]
    images = {score.subset: score.images for score in found.scores}
    assert images == {"all": 1000, "duplicates": 2, "without-duplicates": 998}
    said = prose.score(found, words)
    counted = [
        words.say("audit.score_learned", count=2, number="2"),
        words.say("audit.score_validated", count=1, number="1"),
    ]
    assert said[0].startswith(" ".join(counted))
    # The audit's own count is of both splits.
    assert " 3 " in prose.found_twice(found.audit, words)[0]
    told = read_json(folder / "audit.json")["counts"]
    assert (told["test_images_in_train_or_valid"], told["test_images_in_train"]) == (3, 2)


def test_partners_in_the_validation_split_alone_leave_the_score_as_it_is(folder) -> None:
    write(folder, [near(3, 3, split="valid")])
    found = found_in(folder)
    assert [score.subset for score in found.scores] == ["all"]
    assert prose.score(found, Words("en")) == []


def test_duplicates_that_the_network_gets_wrong_do_not_flatter_it(folder) -> None:
    answers = gather(folder).alternatives[1].answers["test"]
    wrong = np.flatnonzero(~answers.any(axis=0))[:60].tolist()
    write(folder, [near(index, index) for index in wrong])
    said = " ".join(prose.score(found_in(folder), Words("en")))
    assert "they do not flatter it" in said
    assert "points higher ([" in said


def test_few_duplicates_settle_nothing(folder) -> None:
    answers = gather(folder).alternatives[1].answers["test"]
    right = np.flatnonzero(answers.all(axis=0))[:4].tolist()
    wrong = np.flatnonzero(~answers.any(axis=0))[:1].tolist()
    write(folder, [near(index, index) for index in right + wrong])
    assert "is not settled" in prose.score(found_in(folder), Words("en"))[-1]
    assert "no se puede concluir" in prose.score(found_in(folder), Words("es"))[-1]


def test_one_test_image_with_three_partners_counts_once(folder) -> None:
    write(folder, [near(7, 1), near(7, 2), near(7, 3, split="valid")])
    found = found_in(folder)
    assert int(found.duplicated.sum()) == 1
    said = " ".join(prose.found_twice(found.audit, Words("en")))
    assert said.startswith("One of the 1,000 test images has a copy or near-duplicate among")


def test_pairs_within_a_split_do_not_touch_the_score(folder) -> None:
    issues = [
        Issue(5, "test", "near-duplicate", 0.9, 4, "test"),
        Issue(5, "valid", "exact-duplicate", 1.0, 4, "train"),
    ]
    write(folder, issues, kept=all_places(issues), differently_labelled=1)
    found = found_in(folder)
    assert not found.duplicated.any()
    said = " ".join(prose.found_twice(found.audit, Words("en")))
    assert (
        "themselves there is one such pair. Among the test images themselves there is one." in said
    )
    assert "In one of all these pairs the two images bear different labels." in said
    section = section_of(folder)
    assert "The 2 other pairs" in section
    assert section.count("<img") == 4


def test_what_may_be_there_by_chance_is_said(folder) -> None:
    method = {"likeness": 0.82, "expected_by_chance": 1.2}
    write(folder, [near(index, index) for index in range(20)], method=method)
    said = prose.doubts(found_in(folder).audit, Words("en"))
    assert "about 1 of the 20 pairs found may be there by chance" in said[0]
    assert "of which there should hardly be copies" in said[0]
    assert "a likeness of 0.82 was asked for, instead of 0.75" in said[1]
    assert "a rough control" in said[2]


def test_upside_down_digits_are_a_rough_control(folder) -> None:
    for name, sentences in (("made-up", 1), ("digits", 2)):
        write(
            folder,
            [near(7, 1)],
            dataset={"name": name, "fingerprint": FINGERPRINT, "images": IMAGES},
        )
        said = prose.doubts(found_in(folder).audit, Words("es"))
        assert len(said) == sentences
    assert "un control aproximado" in said[1]


def test_labels_judged_by_other_runs_are_left_out(folder) -> None:
    write(folder, [label(3)], labels_judged_by={"alternative": "best", "runs": ["older"]})
    found = found_in(folder)
    assert found.suspected is None
    assert prose.labels(found, Words("en")) == []
    section = section_of(folder)
    assert "Suspected labels" not in section
    assert "Labels that may be wrong" not in section


@pytest.mark.parametrize(("suspects", "too_many"), [(100, False), (101, True)])
def test_more_suspects_than_any_dataset_has_are_the_networks(folder, suspects, too_many) -> None:
    write(folder, [label(index) for index in range(suspects)])
    said = " ".join(prose.labels(found_in(folder), Words("en")))
    assert ("which is right on 81.0% of the test images" in said) == too_many


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_galleries(folder, language: str) -> None:
    issues = [
        *(near(index, index + 1) for index in range(40)),
        *(label(index) for index in range(100, 130)),
        label(5, "valid"),
        Issue(9, "train", "dark", 0.8),
        Issue(8, "train", "outlier", 0.5),
    ]
    write(folder, issues, kept=all_places(issues))
    section, words = section_of(folder, language), Words(language)
    # 24 of the pairs, 24 of the labels, and two poor ones; validation labels are not shown.
    assert section.count("<img") == 2 * 24 + 24 + 2
    assert words.say("audit.figure_across", count=24, total="40") in section
    assert words.say("audit.figure_labels", count=24, total="30") in section
    names = gather(folder).class_names(language)
    assert f"<b>{names[0]} ≠ {names[1]} · " in section
    assert words.say("audit.place_test", index=0) in section
    assert f"→ {names[1]}" in section


def test_what_is_not_an_exact_copy_is_not_shown_as_one(folder) -> None:
    issues = [near(1, 2, score=0.9998), near(3, 4, score=0.99)]
    write(folder, issues, kept=all_places(issues))
    section = section_of(folder)
    assert "&gt; 0.99" in section
    assert " · 1.00" not in section


def test_the_limitations_name_copies_and_the_score_without_them(folder) -> None:
    write(folder, [near(1, 1), near(2, 2), near(3, 3, split="valid")])
    findings = Findings(gather(folder))
    accuracy = audited(findings).score("without-duplicates").accuracy.estimate
    (said,) = [text for text in cautions(findings, Words("en")) if "near-duplicate" in text]
    assert said.startswith("0.3% of the test images have a copy or near-duplicate")
    assert "Without the 2 with one among the training images" in said
    assert f"is {100 * accuracy:.1f}%, instead of 81.0%" in said
    (said,) = [text for text in cautions(findings, Words("es")) if "casi idéntica" in text]
    assert "de las imágenes de prueba tiene otra idéntica o casi idéntica" in said


def test_of_the_surest_mistakes_it_is_said_how_many_labels_are_suspected(folder) -> None:
    findings = Findings(gather(folder))
    surest = [row["index"] for row in mistake_rows(findings, "en")[:8]]
    assert "the judges are" not in render(findings, "en", "brief")
    write(folder, [label(index) for index in surest[:3]])
    findings = Findings(gather(folder))
    said = "Of these 8 images, 3 bear labels that the audit of the data suspects to be wrong"
    assert said in render(findings, "en")


def test_the_heading_names_the_kinds_that_were_found(folder) -> None:
    issues = [Issue(9, "train", "dark", 0.8), Issue(8, "train", "outlier", 0.5)]
    write(folder, issues, kept=all_places(issues))
    assert "Images that stand out: dark and outliers" in section_of(folder)


def test_rows_of_images_that_there_are_not_are_refused(folder) -> None:
    write(folder, [near(1000, 3)])
    with pytest.raises(OutputError, match=r"audit\.csv is damaged"):
        found_in(folder)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_page_of_its_own(tmp_path, digits, language: str) -> None:
    from cotejo.data import describe
    from cotejo.data.audit import cached_audit, with_issues

    audit = with_issues(cached_audit(digits), [label(4, "train"), label(2, "valid")], digits)
    about = {**audit.about, "labels_judged_by": {"folds": 3}}
    audit = Audit(audit.issues, audit.images, audit.places, audit.labels, about)
    path = tmp_path / "audit.html"
    write_audit_page(path, audit, describe(digits), language, ("train", "valid"))
    page = path.read_text(encoding="utf-8")
    words = Words(language)
    assert f'<html lang="{language}">' in page
    assert words.say("audit.labels_own", count=2, number="2", folds=3) in page.replace("&#39;", "'")
    assert words.say("audit.figure_labels_own_all", count=2, total="2") in page
    assert 'src="http' not in page
