"""Claims: each gets the verdict that the data settle, and what is not settled is not said."""

import re
from math import inf
from types import SimpleNamespace

import pytest
from fabricate import Made, fabricate_study, rewrite

from cotejo.comparison.comparison import Comparison
from cotejo.comparison.page import as_html, as_text
from cotejo.facts import gather
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topics.claims import section as claims_section
from cotejo.report.topics.claims.files import claim_rows
from cotejo.report.topics.claims.words import (
    advantage,
    claim_lines,
    claims,
    reasons,
    summary_of_claims,
    what_differs,
)
from cotejo.report.topics.claims.words import claimed as what_is_claimed
from cotejo.report.topics.comparisons.words import comparisons
from cotejo.report.words import Words
from cotejo.store import read_csv

pytestmark = pytest.mark.usefixtures("undrawn")

EN, ES = Words("en"), Words("es")
THREE = (1, 2, 3)


def claim(better, than, metric="test_accuracy", by=0.0, value=None, reach=None):
    text = {"en": f"{better} is better", "es": f"{better} es mejor"}
    return {"text": text, "better": better, "than": than, "value": value, "by": by,
            "metric": metric, "reach": reach}  # fmt: skip


@pytest.fixture
def claimed(tmp_path):
    """Make the findings of a study that states claims."""

    def make(alternatives, *stated, seeds=THREE):
        folder = fabricate_study(tmp_path / "study", alternatives, seeds=seeds)
        rewrite(folder / "study.json", claims=list(stated))
        return Findings(gather(folder))

    return make


GOOD, POOR = (0.75, 0.76, 0.755), (0.60, 0.61, 0.605)


def test_claims_get_their_verdicts(claimed):
    findings = claimed(
        [Made("base", POOR), Made("better", GOOD), Made("same", (0.63, 0.60, 0.616))],
        claim("better", ["base"]),
        claim("base", ["better"]),
        claim("same", ["base"]),
        claim("better", ["base"], by=0.30),
        claim("better", ["base", "same"]),
        claim("base", ["same"], by=-0.15),
    )
    outcomes = [verdict.outcome for verdict in findings.evidence.verdicts]
    assert outcomes == ["supported", "refuted", "unsettled", "refuted", "supported", "supported"]
    assert (
        "support three, refute two and leave one unsettled"
        in summary_of_claims(findings.evidence.verdicts, EN, "in_summary")[0]
    )
    assert (
        "respaldan tres, refutan dos y dejan una sin decidir"
        in summary_of_claims(findings.evidence.verdicts, ES, "in_conclusion")[0]
    )
    first, *_, last = findings.evidence.verdicts
    assert advantage(first, first.parts[0], findings, EN).startswith(
        "Test accuracy, against “The base”: 15.00 points ["
    )
    assert what_is_claimed(first, EN) == []
    assert what_is_claimed(last, ES) == ["se afirmaba: peor en 15 puntos como máximo"]
    assert reasons(first, first.parts[0], EN) == ["The whole interval lies above 0."]
    assert reasons(last, last.parts[0], ES) == [
        "Todo el intervalo queda por encima de -15 puntos.".replace("-", "\u2212")
    ]
    third = findings.evidence.verdicts[2]
    assert "holds 0, but also differences" in reasons(third, third.parts[0], EN)[0]


def test_one_seed_settles_no_claim(claimed):
    findings = claimed(
        [Made("base", (0.5,)), Made("better", (0.9,))], claim("better", ["base"]), seeds=(1,)
    )
    assert findings.evidence.verdicts[0].outcome == "unsettled"
    (verdict,) = findings.evidence.verdicts
    assert "With one seed on each side, no claim" in " ".join(claims(findings, EN))
    assert "una sola semilla" in advantage(verdict, verdict.parts[0], findings, ES)


def test_a_claim_on_an_alternative_without_results_is_not_tested(claimed):
    findings = claimed(
        [Made("base", GOOD), Made("gone", GOOD, failed=THREE)], claim("gone", ["base"])
    )
    assert findings.evidence.verdicts[0].outcome == "untested"
    (verdict,) = findings.evidence.verdicts
    assert "no finished run" in advantage(verdict, verdict.parts[0], findings, EN)
    assert "could not be tested" in " ".join(claims(findings, EN))


def test_lower_is_better_for_gap_epochs_and_seconds(claimed):
    findings = claimed(
        [
            Made("base", POOR, train=(0.90, 0.91, 0.90), seconds=(9.0, 9.1, 8.8)),
            Made("small", POOR, train=(0.61, 0.62, 0.61), seconds=(6.0, 6.2, 6.1)),
        ],
        claim("small", ["base"], "gap"),
        claim("small", None, "gap", value=0.1),
        claim("small", ["base"], "seconds"),
        claim("base", ["small"], "epochs", reach=0.99),
    )
    outcomes = [verdict.outcome for verdict in findings.evidence.verdicts]
    assert outcomes[:3] == ["supported", "supported", "supported"]
    # Never reached by any run, they tell nothing apart.
    assert outcomes[3] == "unsettled"
    never = findings.evidence.verdicts[3]
    assert "can't be stated" in advantage(never, never.parts[0], findings, EN)
    assert "6 runs never reached that accuracy" in " ".join(reasons(never, never.parts[0], EN))
    gap = findings.evidence.verdicts[0]
    assert "(smaller is better)" in advantage(gap, gap.parts[0], findings, EN)
    assert "(mejor cuanto menor)" in advantage(gap, gap.parts[0], findings, ES)


def test_the_report_and_its_files_have_them(claimed):
    findings = claimed([Made("base", POOR), Made("better", GOOD)], claim("better", ["base"]))
    folder = findings.facts.folder.path
    page = write_report(folder, "es").read_text()
    assert "Afirmaciones puestas a prueba" in page
    assert "Comparaciones dos a dos" in page
    (pair,) = read_csv(folder / "comparisons.csv")
    assert (pair["first"], pair["second"], pair["verdict"]) == ("base", "better", "refuted")
    (row,) = read_csv(folder / "claims.csv")
    assert (row["outcome"], row["than"]) == ("supported", "base")
    assert float(row["advantage"]) == pytest.approx(0.15, abs=0.002)


def test_without_claims_there_is_no_section(study):
    page = write_report(study(Made("a")).facts.folder.path).read_text()
    assert 'id="claims"' not in page
    assert 'id="comparisons"' not in page


def told(verdict, findings, words):
    return [advantage(verdict, part, findings, words) for part in verdict.parts]


def test_runs_that_never_arrived_make_a_difference_a_bound(claimed):
    findings = claimed(
        [Made("base", GOOD), Made("other", POOR)],
        claim("other", ["base"], "epochs", reach=0.60),
        claim("base", ["other"], "epochs", reach=0.60),
        claim("base", ["other"], "epochs", reach=0.60, by=9.0),
    )
    refuted, supported, more = findings.evidence.verdicts
    assert [verdict.outcome for verdict in (refuted, supported, more)] == [
        "refuted", "supported", "unsettled"
    ]  # fmt: skip
    (part,) = supported.parts
    # The slower ones count as the 10 epochs that they trained, which is too few: a bound is
    # never rounded up.
    assert 4 < part.difference.estimate < 6
    assert 0 < part.difference.low < part.difference.estimate
    assert part.difference.high == inf
    assert part.measured.unreached == 3
    (english,), (spanish,) = (told(supported, findings, words) for words in (EN, ES))
    assert re.search(r"against “The other”: at least 5\.[12] epochs$", english)
    assert "al menos 5," in spanish
    assert "[" not in english
    assert "at most −5." in told(refuted, findings, EN)[0]
    # A claim beyond the bound may be true or not.
    assert more.level == 1


def test_runs_that_never_arrived_on_the_faster_side_leave_nothing_to_state(claimed):
    findings = claimed(
        # A short training that never gets there is no faster for it.
        [Made("base", GOOD), Made("short", POOR, changes={"epochs": 3}), Made("slow", POOR)],
        claim("short", ["base"], "epochs", reach=0.60),
        claim("short", ["slow"], "epochs", reach=0.60),
    )
    for verdict in findings.evidence.verdicts:
        assert verdict.outcome == "unsettled"
        assert verdict.parts[0].difference is None
        assert "can't be stated" in told(verdict, findings, EN)[0]
        assert "no se puede determinar" in told(verdict, findings, ES)[0]
    assert "habrían necesitado" in reasons(verdict, verdict.parts[0], ES)[0]
    rows = claim_rows(findings, "en")
    assert [(row["outcome"], row["advantage"]) for row in rows] == [("unsettled", None)] * 2


def test_a_bound_without_any_spread_settles_nothing(claimed):
    same = (0.75,) * 3
    findings = claimed(
        [Made("base", same), Made("other", POOR)],
        claim("base", ["other"], "epochs", reach=0.60),
        claim("other", None, "epochs", value=2, reach=0.60),
    )
    for verdict in findings.evidence.verdicts:
        assert verdict.outcome == "unsettled"
        assert verdict.level == 1
    assert "at least" in told(findings.evidence.verdicts[0], findings, EN)[0]
    assert "at most −8.0 epochs" in told(findings.evidence.verdicts[1], findings, EN)[0]


def test_a_claim_of_a_value_is_judged_by_an_interval_around_the_accuracy(claimed):
    findings = claimed(
        [Made("base", POOR), Made("better", (0.72, 0.78, 0.755))],
        claim("better", None, value=0.7),
        claim("base", None, value=0.7),
    )
    for verdict in findings.evidence.verdicts:
        (part,), alone = verdict.parts, findings.accuracy[verdict.claim["better"]]
        assert part.difference.estimate + 0.7 == pytest.approx(alone.estimate)
        # Widened for two claims, it is never narrower than that of the results.
        assert part.difference.low + 0.7 <= alone.low + 1e-12
        assert part.difference.high + 0.7 >= alone.high - 1e-12


def test_the_rule_says_how_many_are_judged_together(claimed):
    three = [Made("base", POOR), Made("better", GOOD), Made("same", (0.63, 0.60, 0.616))]
    stated = [claim("better", ["base", "same"]), claim("better", ["base"], "gap")]
    findings = claimed(three, *stated)
    rule, spanish = " ".join(claims(findings, EN)), " ".join(claims(findings, ES))
    # A claim of two comparisons counts once.
    assert "widened for the 2 claims" in rule
    assert "at most one in twenty is wrong on average" in rule
    assert "por las 2 afirmaciones" in spanish
    assert "a tenth of what is compared with" in rule
    assert "estimated from all alternatives together" in " ".join(comparisons(findings, EN))
    assert "todas las alternativas juntas" in " ".join(comparisons(findings, ES))
    rewrite(findings.facts.folder.path / "study.json", error="family")
    strict = Findings(gather(findings.facts.folder.path))
    assert "in at most one of twenty such studies any verdict is wrong" in " ".join(
        claims(strict, EN)
    )


def test_claims_without_a_run_do_not_widen_the_intervals(claimed):
    made = [Made("base", POOR), Made("better", GOOD), Made("gone", GOOD, failed=THREE)]
    gone = [claim("gone", ["base"]) for _ in range(5)]
    findings = claimed(made, claim("better", ["base"]), *gone)
    first, *others = findings.evidence.verdicts
    assert first.parts[0].error == 0.05
    assert [(each.outcome, each.level) for each in others] == [("untested", None)] * 5


def test_one_pair_has_one_statement(claimed):
    near = (0.752, 0.762, 0.757)
    findings = claimed(
        [
            Made("base", GOOD),
            Made("near", near),
            Made("poor", POOR),
            Made("last", (0.5, 0.51, 0.52)),
        ],
        claim("near", ["base"]),
        claim("poor", ["base"], by=0.08),
    )
    for verdict in findings.evidence.verdicts:
        better, (part,) = verdict.claim["better"], verdict.parts
        known = {each.name: each for each in findings.facts.trained}
        lead = findings.evidence.lead(known[better], known["base"])
        assert (lead.difference.low, lead.difference.high) == (
            part.difference.low, part.difference.high
        )  # fmt: skip
        assert lead.claimed
        back = findings.evidence.lead(known["base"], known[better])
        assert back.difference.low == -part.difference.high
    assert findings.evidence.unclaimed == 4


def test_a_margin_that_is_stated_decides(claimed):
    near = (0.752, 0.762, 0.757)
    made = [Made("base", GOOD), Made("near", near), Made("poor", POOR)]
    wide = {**claim("near", ["base"]), "margin": 0.05}
    narrow = {**claim("near", ["base"]), "margin": 0.001}
    findings = claimed(made, wide, narrow, claim("poor", ["base"], by=0.08))
    equal, unsettled, refuted = findings.evidence.verdicts
    assert [each.outcome for each in (equal, unsettled, refuted)] == [
        "equal", "unsettled", "refuted"
    ]  # fmt: skip
    assert "less than a difference that matters (5 points) away from 0" in " ".join(
        reasons(equal, equal.parts[0], EN)
    )
    said = " ".join(reasons(unsettled, unsettled.parts[0], EN))
    assert "0.1 points or more" in said
    assert "No number of seeds is sure to settle it" in said
    assert reasons(refuted, refuted.parts[0], EN) == ["The whole interval lies below 8 points."]
    assert "Todo el intervalo queda por debajo de 8 puntos." in reasons(
        refuted, refuted.parts[0], ES
    )
    assert what_is_claimed(refuted, EN) == ["claimed: more than 8 points"]
    rows = claim_rows(findings, "en")
    assert [row["margin"] for row in rows] == [0.05, 0.001, 0.02]


def test_a_run_that_diverged_says_nothing_in_favour_of_its_side(claimed):
    findings = claimed(
        [Made("base", POOR), Made("wild", GOOD, failed=(3,)), Made("same", POOR)],
        claim("wild", ["base"]),
        claim("base", ["wild"]),
        claim("wild", ["base"], "seconds"),
    )
    supported, refuted, seconds = findings.evidence.verdicts
    # It can't be said that the one whose run diverged is better; nor, here, that it is worse.
    assert supported.outcome == refuted.outcome == seconds.outcome == "unsettled"
    assert supported.parts[0].difference.low == -inf
    assert refuted.parts[0].difference.high == inf
    assert "∞" in told(supported, findings, EN)[0]
    said = " ".join(reasons(supported, supported.parts[0], EN))
    assert "One run diverged and is in no figure" in said
    assert "Una ejecución divergió" in " ".join(reasons(refuted, refuted.parts[0], ES))
    assert [row["diverged"] for row in claim_rows(findings, "en")] == [1, 1, 1]
    assert write_report(findings.facts.folder.path, "es").exists()


def test_what_differs_is_told(claimed):
    findings = claimed(
        [
            Made("base", POOR),
            Made("sgd", GOOD, changes={"optimizer": "sgd", "learning_rate": 0.01}),
            Made("other", GOOD, changes={"batch_size": 128, "augment": "notebook"}),
        ],
        claim("sgd", ["base", "other"]),
    )
    (verdict,) = findings.evidence.verdicts
    along, several = (what_differs(verdict, part, findings, EN) for part in verdict.parts)
    assert along == ["They also differ in the learning rate (0.01 against 0.001) and momentum."]
    assert several == [
        "They differ in the optimiser, the learning rate, momentum, the batch size and data "
        "augmentation."
    ]
    assert "Seconds" not in " ".join(claims(findings, EN))


def test_each_comparison_of_a_claim_has_a_row(claimed):
    findings = claimed(
        [Made("base", (0.70, 0.72, 0.71)), Made("a", (0.71, 0.73, 0.70)), Made("b", POOR)],
        claim("base", ["a", "b"], by=0.01),
    )
    page = Page(findings, EN)
    first, second = claims_section(page)["table"].rows
    assert first[0].remarks == ["claimed: more than 1 point"]
    assert second[0].text == "(the same claim)"
    assert second[1] == first[1]
    assert "against “The a”" in first[2].text
    assert "against “The b”" in second[2].text
    assert re.search(r"With some \d+ seeds each it would be settled", " ".join(first[2].remarks))
    assert second[2].remarks == ["The whole interval lies above 1 point."]


@pytest.mark.parametrize(
    ("outcomes", "english", "spanish"),
    [
        (["unsettled"] * 5, "leave five unsettled", "dejan cinco sin decidir"),
        (["untested"] * 2, "settle none", "no deciden ninguna"),
        (
            ["supported", "supported", "equal", "unsettled"],
            "support two, show that there is no difference that matters in one and leave one "
            "unsettled",
            "respaldan dos, en una demuestran que no hay diferencia que importe y dejan una sin "
            "decidir",
        ),
        (
            ["smaller", "refuted", "refuted"],
            "show an advantage too small to matter in one and refute two",
            "en una muestran una ventaja demasiado pequeña para importar y refutan dos",
        ),
    ],
)
def test_no_claim_is_counted_by_a_nought(outcomes, english, spanish):
    judged = [SimpleNamespace(outcome=outcome, waits=False) for outcome in outcomes]
    assert f"these data {english}." in summary_of_claims(judged, EN, "in_summary")[0]
    assert f"los datos {spanish}." in summary_of_claims(judged, ES, "in_summary")[0]


def test_claims_taken_out_leave_no_verdicts(claimed):
    findings = claimed([Made("base", POOR), Made("better", GOOD)], claim("better", ["base"]))
    folder = findings.facts.folder.path
    write_report(folder)
    rewrite(folder / "study.json", claims=[])
    write_report(folder)
    assert not (folder / "claims.csv").exists()


def test_claims_in_one_line_each(claimed):
    findings = claimed([Made("base", POOR), Made("better", GOOD)], claim("better", ["base"]))
    (line,) = claim_lines(findings, EN)
    assert re.fullmatch(
        r"“better is better”: Supported\. Test accuracy, against “The base”: 15\.00 points "
        r"\[.*\]\. The whole interval lies above 0\.",
        line,
    )
    assert claim_lines(findings, ES)[0].startswith("«better es mejor»: Respaldada. Exactitud")
    comparison = Comparison(findings.facts.folder.path, "es")
    assert f"• {claim_lines(findings, ES)[0]}" in as_text(findings, "es")
    assert "<li>«better es mejor»" in as_html(findings, "es")
    assert list(comparison.claims["verdict"]) == ["supported"]
