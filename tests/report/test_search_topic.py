"""What the report says of searches, and of numbers that were varied."""

from __future__ import annotations

import pytest
from fabricate import Made, rewrite

from cotejo.facts import gather
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.topics.search.analysis import alike, best_so_far, searched, sweeps
from cotejo.report.topics.search.figure import (
    expected_figure,
    history_figure,
    settings_figure,
    sweep_figure,
)
from cotejo.report.topics.search.words import about_search, on_sweep
from cotejo.report.words import Words
from cotejo.store import StudyFile, read_csv, trial_folder, write_trial

pytestmark = pytest.mark.usefixtures("undrawn")

EN, ES = Words("en"), Words("es")
SPACE = {"learning_rate": {"low": 1e-4, "high": 0.1, "log": True}, "batch_size": [32, 64]}
ACCURACIES = [0.55, 0.62, None, 0.58, 0.71, 0.4, 0.66, 0.69]


def trial(name, number, accuracy, **changes):
    failed = accuracy is None
    return {
        "key": f"{name}-{number}",
        "search": name,
        "number": number,
        "seed": 2**30 + number - 1,
        "values": {"learning_rate": 1e-4 * 2**number, "batch_size": 32 * (1 + number % 2)},
        "status": "failed" if failed else "finished",
        "reason": {"key": "loss_not_finite", "values": {"epoch": 1, "learning_rate": 9.0}}
        if failed
        else None,
        "valid_accuracy": accuracy,
        "valid_accuracies": [] if failed else [0.3, accuracy],
        "best_epoch": None if failed else 2,
        "epochs": 2,
        "images": 1000,
        "seconds": 1.5,
        "started": "2026-11-28T00:00:00+00:00",
        "finished": "2026-11-28T00:00:02+00:00",
        **changes,
    }


def with_searches(findings, *names, accuracies=ACCURACIES, **changes):
    """Return the findings of a fabricated study whose alternatives of these names were searched."""
    folder = findings.facts.folder.path
    entries = []
    for name in names:
        trials = [trial(name, number, each) for number, each in enumerate(accuracies, 1)]
        for each in trials:
            write_trial(trial_folder(folder, name, each["number"]), each)
        best = max(trials, key=lambda each: each["valid_accuracy"] or 0)
        is_found = best["status"] == "finished"
        entries.append(
            {
                "name": name,
                "trials": len(trials),
                "adds": True,
                "start": None,
                "sampler": "tpe",
                "prune": True,
                "at_once": 1,
                "space": SPACE,
                "found": best["values"] if is_found else None,
                "number": best["number"] if is_found else None,
                "keys": [each["key"] for each in trials],
                **changes,
            }
        )
    rewrite(folder / StudyFile.RECORD, searches=entries)
    return Findings(gather(folder))


@pytest.fixture
def pair(study):
    return study(
        Made("plain", (0.60, 0.61, 0.62)), Made("tuned", (0.64, 0.65, 0.66)), seeds=(1, 2, 3)
    )


def test_the_best_of_many_is_compared_with_fresh_seeds(pair):
    (search,) = searched(with_searches(pair, "tuned", start="plain"))
    fresh = search.facts.fresh_accuracies()
    assert search.curse.best == 0.71
    assert search.curse.seeds == len(fresh) == 3
    assert search.curse.points == pytest.approx(0.71 - sum(fresh) / 3)
    assert search.curse.excess.low < search.curse.points < search.curse.excess.high
    assert search.expected == []


def test_it_is_said_in_both_languages(pair):
    findings = with_searches(pair, "tuned", start="plain")
    (search,) = searched(findings)
    english = " ".join(about_search(findings, search, EN))
    assert english.startswith("8 trials searched the learning rate and the batch size. ")
    assert "Of these, one failed." in english
    assert "The best was trial 5: learning rate 0.0032 and batch size 64." in english
    assert "with 3 fresh seeds the same settings reach" in english
    assert "points above “The plain”, from which the search started" in english
    spanish = " ".join(about_search(findings, search, ES))
    assert spanish.startswith("8 ensayos buscaron la tasa de aprendizaje y el tamaño de lote. ")
    assert "con 3 semillas nuevas" in spanish
    assert "por encima de «La plain»" in spanish


def test_one_fresh_seed_has_no_interval(study):
    findings = with_searches(study(Made("plain", (0.6,)), Made("tuned", (0.65,))), "tuned")
    (search,) = searched(findings)
    assert search.curse.excess is None
    assert "one seed can’t tell" in " ".join(about_search(findings, search, EN))


def test_a_damaged_or_missing_trial_is_told_and_costs_no_other(pair):
    findings = with_searches(pair, "tuned")
    folder = findings.facts.folder.path
    (trial_folder(folder, "tuned", 1) / "trial.json").write_text("{")
    (trial_folder(folder, "tuned", 2) / "trial.json").unlink()
    findings = Findings(gather(folder))
    (search,) = searched(findings)
    assert [each["number"] for each in search.facts.trials] == [3, 4, 5, 6, 7, 8]
    said = " ".join(about_search(findings, search, EN))
    assert "The files of 2 more are missing or damaged." in said


def test_where_all_failed_nothing_was_found(pair):
    findings = with_searches(pair, "tuned", accuracies=[None, None])
    (search,) = searched(findings)
    assert search.curse is None
    assert "nothing was found" in " ".join(about_search(findings, search, EN))


def test_independent_trials_have_a_curve_of_the_expected_best(pair):
    findings = with_searches(pair, "plain", "tuned", adds=False, sampler="random", prune=False)
    searches = searched(findings)
    assert [len(each.expected) for each in searches] == [8, 8]
    assert searches[0].expected[-1].estimate == pytest.approx(0.71)
    assert alike(searches) == [searches]
    figure = expected_figure(searches, EN)
    (axes,) = figure.axes
    assert axes.lines[0].get_ydata()[-1] == pytest.approx(0.71)
    # The band ends at half of the trials.
    assert max(axes.collections[0].get_paths()[0].vertices[:, 0]) == 4
    rows = read_csv(write_report(findings.facts.folder.path).parent / "expected-best.csv")
    assert [row["trials"] for row in rows] == [str(n) for n in range(1, 9)] * 2


def test_the_figures_draw_the_trials(pair):
    findings = with_searches(pair, "tuned")
    searches = searched(findings)
    course = best_so_far(searches[0].facts.trials)
    assert course == [0.55, 0.62, 0.62, 0.62, 0.71, 0.71, 0.71, 0.71]
    (axes,) = history_figure(searches, ES).axes
    assert axes.lines[0].get_ydata().tolist() == course
    rate, size = settings_figure(searches, list(SPACE), EN).axes
    assert rate.get_xscale() == "log"
    assert [text.get_text() for text in size.get_xticklabels()] == ["32", "64"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_report_has_it_in_the_body_and_the_trials_in_the_appendix(pair, language):
    folder = with_searches(pair, "tuned").facts.folder.path
    page = write_report(folder, language).read_text()
    assert page.index('id="search"') < page.index('id="search-appendix"')
    for name in ("searches.csv", "trials.csv", "importance.csv"):
        assert name in page
    rows = read_csv(folder / "trials.csv")
    assert [row["best_so_far"] for row in rows][-1] == "0.71"
    assert rows[2]["status"] == "failed"
    assert rows[2]["valid_accuracy"] == ""


def varied(value, accuracies, **changes):
    return Made(f"b{value}", accuracies, changes={"batch_size": value, **changes})


def test_a_number_that_is_varied_alone_has_a_curve(study):
    findings = study(
        varied(128, (0.60, 0.61)),
        varied(32, (0.70, 0.71)),
        varied(64, (0.80, 0.81)),
        Made("short", (0.5, 0.5), changes={"batch_size": 64, "epochs": 1}),
        seeds=(1, 2),
    )
    (sweep,) = sweeps(findings)
    assert sweep.setting == "batch_size"
    assert [value for value, _, _ in sweep.points] == [32, 64, 128]
    said = on_sweep(findings, sweep, EN)
    assert said.startswith("By the batch size alone, validation is highest at 64, between the ends")
    assert "según" in on_sweep(findings, sweep, ES).lower()
    (axes,) = sweep_figure(sweep, EN).axes
    assert list(axes.lines[0].get_xdata()) == [32, 64, 128]


def test_two_values_are_no_curve_and_the_share_of_images_has_its_own_topic(study):
    findings = study(
        varied(32, (0.7,)),
        varied(64, (0.8,)),
        *(Made(f"f{n}", (0.5,), changes={"train_fraction": n / 10}) for n in (1, 2, 3)),
    )
    assert sweeps(findings) == []
