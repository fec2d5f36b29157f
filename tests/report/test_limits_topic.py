"""The topic of limits: its numbers follow from the predictions, its sentences from its numbers."""

import numpy as np
import pytest
from fabricate import Made

from cotejo.evaluate.probes import PROBES
from cotejo.facts import gather
from cotejo.inference import Classifier
from cotejo.inference.limits import Limits
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topics.limits import TOPIC, section
from cotejo.report.topics.limits.analysis import limits
from cotejo.report.words import Words


@pytest.fixture
def measured(small_study):
    return Findings(gather(small_study))


def test_it_says_what_the_classifier_in_use_says(measured, small_study, digits):
    for row in limits(measured):
        runs = row.alternative.finished
        shares = []
        for run in runs:
            classifier = Classifier.load(run.path)
            chances = classifier.probabilities(digits.test.images)
            sets = classifier.limits.candidates(chances)
            shares.append(sets[np.arange(len(sets)), digits.test.labels].mean())
        assert row.coverage.estimate == pytest.approx(np.mean(shares), abs=0.005)
        assert row.coverage.low < row.coverage.estimate < row.coverage.high
        assert set(row.areas) == set(PROBES)
        assert row.areas["noise"] > 0.95
        assert row.areas["walls"] > 0.95
        assert row.flagged["noise"] > 0.95


def test_probes_are_measured_by_what_is_kept(measured):
    run = measured.best.representative
    kept = Limits.of(run.limits)
    assert len(kept.valid_signs) == len(kept.true_labels)
    assert {f"{name}_signs" for name in (*PROBES, "test", "valid")} <= set(run.limits)


def test_the_section_says_it_in_both_languages(measured, words, drawn):
    shown = section(Page(measured, words))
    text = " ".join(shown["sets"] + shown["probes"])
    best = next(row for row in limits(measured) if row.alternative is measured.best)
    assert words.numbers.percent(best.coverage.estimate) in text
    assert words.numbers.percent(best.flagged["walls"]) in text
    assert len(shown["table"].columns) == 4 + len(PROBES)


def test_runs_without_signs_have_sets_alone(study):
    findings = study(Made("plain", (0.7, 0.72)), Made("other", (0.6, 0.62)), seeds=(1, 2))
    shown = section(Page(findings, Words("en")))
    assert shown["probes"] == []
    assert len(shown["table"].columns) == 4
    rows = list(TOPIC.files[0].rows(findings, "en"))
    assert [row["alternative"] for row in rows] == ["plain", "other"]
    assert rows[0]["auroc_noise"] is None
    assert TOPIC.report_json(findings)["limits"]["auroc"] == {}
    assert list(TOPIC.references(findings)) == ["vovk-2005", "sadinle-2019"]
