"""Claims: each gets the verdict that the data settle, and what is not settled is not said."""

import re
from math import inf

import pytest
from fabricate import Made, fabricate_study, rewrite

from cotejo.facts import gather
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topics.claims import section as claims_section
from cotejo.report.topics.claims.analysis import Part, Verdict, verdicts
from cotejo.report.topics.claims.files import claim_rows
from cotejo.report.topics.claims.words import (
    advantage,
    claims,
    summary_of_claims,
    wants,
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
    outcomes = [verdict.outcome for verdict in verdicts(findings)]
    assert outcomes == ["supported", "refuted", "unsettled", "refuted", "supported", "supported"]
    assert (
        "support three, refute two and leave one unsettled"
        in summary_of_claims(verdicts(findings), EN, "in_summary")[0]
    )
    assert (
        "respaldan tres, refutan dos y dejan una sin decidir"
        in summary_of_claims(verdicts(findings), ES, "in_conclusion")[0]
    )
    first, *_, last = verdicts(findings)
    assert advantage(first, first.parts[0], findings, EN).startswith(
        "Test accuracy, against “The base”: 15.00 points ["
    )
    assert what_is_claimed(first, EN) == []
    assert what_is_claimed(last, ES) == ["se afirmaba: peor en 15 puntos como máximo"]
    assert wants(first, first.parts[0], EN) == []
    third = verdicts(findings)[2]
    assert wants(third, third.parts[0], EN)


def test_one_seed_settles_no_claim(claimed):
    findings = claimed(
        [Made("base", (0.5,)), Made("better", (0.9,))], claim("better", ["base"]), seeds=(1,)
    )
    assert verdicts(findings)[0].outcome == "unsettled"
    (verdict,) = verdicts(findings)
    assert "With one seed on each side, no claim" in " ".join(claims(findings, EN))
    assert "una sola semilla" in advantage(verdict, verdict.parts[0], findings, ES)


def test_a_claim_on_an_alternative_without_results_is_not_tested(claimed):
    findings = claimed(
        [Made("base", GOOD), Made("gone", GOOD, failed=THREE)], claim("gone", ["base"])
    )
    assert verdicts(findings)[0].outcome == "untested"
    (verdict,) = verdicts(findings)
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
    outcomes = [verdict.outcome for verdict in verdicts(findings)]
    assert outcomes[:3] == ["supported", "supported", "supported"]
    # Never reached by any run, they tell nothing apart.
    assert outcomes[3] == "unsettled"
    never = verdicts(findings)[3]
    assert "can't be stated" in advantage(never, never.parts[0], findings, EN)
    assert "6 runs never reached that accuracy" in " ".join(wants(never, never.parts[0], EN))
    gap = verdicts(findings)[0]
    assert "(smaller is better)" in advantage(gap, gap.parts[0], findings, EN)
    assert "(mejor cuanto menor)" in advantage(gap, gap.parts[0], findings, ES)


def test_the_report_and_its_files_have_them(claimed):
    findings = claimed([Made("base", POOR), Made("better", GOOD)], claim("better", ["base"]))
    folder = findings.facts.folder.path
    page = write_report(folder, "es").read_text()
    assert "Afirmaciones puestas a prueba" in page
    assert "Comparaciones dos a dos" in page
    (pair,) = read_csv(folder / "comparisons.csv")
    assert (pair["first"], pair["second"], pair["verdict"]) == ("base", "better", "second")
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
    refuted, supported, more = verdicts(findings)
    assert [verdict.outcome for verdict in (refuted, supported, more)] == [
        "refuted", "supported", "unsettled"
    ]  # fmt: skip
    (part,) = supported.parts
    # The slower ones count as the 10 epochs that they trained, which is too few: a bound is
    # never rounded up.
    assert 4 < part.difference.estimate < 6
    assert (part.difference.low, part.difference.high) == (-inf, inf)
    assert part.unreached == 3
    (english,), (spanish,) = (told(supported, findings, words) for words in (EN, ES))
    assert re.search(r"against “The other”: at least 5\.[12] epochs; corrected p", english)
    assert "al menos 5," in spanish
    assert "[" not in english
    assert "at most −5." in told(refuted, findings, EN)[0]
    # A claim beyond the bound may be true or not.
    assert more.parts[0].p_corrected == 1


def test_runs_that_never_arrived_on_the_faster_side_leave_nothing_to_state(claimed):
    findings = claimed(
        # A short training that never gets there is no faster for it.
        [Made("base", GOOD), Made("short", POOR, changes={"epochs": 3}), Made("slow", POOR)],
        claim("short", ["base"], "epochs", reach=0.60),
        claim("short", ["slow"], "epochs", reach=0.60),
    )
    for verdict in verdicts(findings):
        assert verdict.outcome == "unsettled"
        assert verdict.parts[0].difference is None
        assert "can't be stated" in told(verdict, findings, EN)[0]
        assert "no se puede determinar" in told(verdict, findings, ES)[0]
    assert "habrían necesitado" in wants(verdict, verdict.parts[0], ES)[0]
    rows = claim_rows(findings, "en")
    assert [(row["outcome"], row["advantage"]) for row in rows] == [("unsettled", None)] * 2


def test_a_bound_without_any_spread_settles_nothing(claimed):
    same = (0.75,) * 3
    findings = claimed(
        [Made("base", same), Made("other", POOR)],
        claim("base", ["other"], "epochs", reach=0.60),
        claim("other", None, "epochs", value=2, reach=0.60),
    )
    for verdict in verdicts(findings):
        assert verdict.outcome == "unsettled"
        assert verdict.parts[0].p_corrected == 1
    assert "at least" in told(verdicts(findings)[0], findings, EN)[0]
    assert "at most −8.0 epochs" in told(verdicts(findings)[1], findings, EN)[0]


def test_a_claim_of_a_value_has_the_interval_of_the_results(claimed):
    findings = claimed(
        [Made("base", POOR), Made("better", (0.72, 0.78, 0.755))],
        claim("better", None, value=0.7),
        claim("base", None, value=0.7),
    )
    for verdict in verdicts(findings):
        (part,), alone = verdict.parts, findings.accuracy[verdict.claim["better"]]
        assert part.difference.low + 0.7 == pytest.approx(alone.low)
        assert part.difference.high + 0.7 == pytest.approx(alone.high)
        assert part.p_corrected >= part.difference.p_value_against(0.0)


def test_what_settles_says_how_it_is_corrected(claimed, study):
    three = [Made("base", POOR), Made("better", GOOD), Made("same", (0.63, 0.60, 0.616))]
    findings = claimed(three, claim("better", ["base", "same"]), claim("better", ["base"], "gap"))
    english, spanish = " ".join(comparisons(findings, EN)), " ".join(comparisons(findings, ES))
    assert "drawn towards that of the whole study" in english
    assert "dispersión entre semillas aproximada a la del conjunto" in spanish
    rule = " ".join(claims(findings, EN))
    assert "Holm's correction for 3 comparisons" in rule
    assert "The intervals are not corrected." in rule
    assert "corrección de Holm para 3 comparaciones" in " ".join(claims(findings, ES))
    one_seed = study(*(Made(name, (0.6,)) for name in "abc"))
    assert "whole study" not in " ".join(comparisons(one_seed, EN))


def test_two_corrections_are_told_apart_and_what_differs_is_told(claimed):
    findings = claimed(
        [
            Made("base", POOR),
            Made("sgd", GOOD, changes={"optimizer": "sgd", "learning_rate": 0.01}),
            Made("other", GOOD, changes={"batch_size": 128, "augment": "notebook"}),
        ],
        claim("sgd", ["base", "other"]),
    )
    rule = " ".join(claims(findings, EN))
    assert "over the 2 comparisons of the claims" in rule
    assert "over all 3 pairs" in rule
    (verdict,) = verdicts(findings)
    along, several = (what_differs(verdict, part, findings, EN) for part in verdict.parts)
    assert along == ["They also differ in the learning rate (0.01 against 0.001) and momentum."]
    assert several == [
        "They differ in the optimiser, the learning rate, momentum, the batch size and data "
        "augmentation."
    ]
    assert "Seconds" not in rule


def test_a_margin_is_named_beside_its_p(claimed):
    findings = claimed(
        [Made("base", POOR), Made("better", GOOD)],
        claim("better", ["base"], by=0.08),
        claim("base", ["better"], by=-0.01),
    )
    more, worse = (told(verdict, findings, ES)[0] for verdict in verdicts(findings))
    assert "p corregido frente a una ventaja de 8 puntos: " in more
    assert "p corregido frente a una desventaja de 1 punto: " in worse


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
    # Ahead by less than is claimed, more data would settle it against the claim.
    remark = first[2].remarks[-1]
    assert "against the claim" in remark
    assert second[2].remarks == []


@pytest.mark.parametrize(
    ("supported", "refuted", "unsettled", "english", "spanish"),
    [
        (0, 0, 5, "neither support nor refute any; five remain unsettled",
         "no respaldan ni refutan ninguna; cinco quedan sin decidir"),
        (0, 0, 0, "neither support nor refute any", "no respaldan ni refutan ninguna"),
        (2, 0, 1, "support two, refute none and leave one unsettled",
         "respaldan dos, no refutan ninguna y dejan una sin decidir"),
        (0, 2, 0, "support none, refute two and leave none unsettled",
         "no respaldan ninguna, refutan dos y no dejan ninguna sin decidir"),
    ],
)  # fmt: skip
def test_no_claim_is_counted_by_a_nought(supported, refuted, unsettled, english, spanish):
    outcomes = ["supported"] * supported + ["refuted"] * refuted + ["unsettled"] * unsettled
    outcomes += ["untested"] * (2 - min(len(outcomes), 2))
    judged = [Verdict({}, (Part("x", None, None, 1.0, outcome, None, 0),)) for outcome in outcomes]
    assert f"these data {english}." in summary_of_claims(judged, EN, "in_summary")[0]
    assert f"los datos {spanish}." in summary_of_claims(judged, ES, "in_summary")[0]


def test_what_is_needed_is_more_than_there_is(claimed):
    findings = claimed(
        [Made("base", (0.70, 0.72, 0.71)), Made("better", (0.73, 0.75, 0.72)),
         *(Made(f"other-{k}", (0.70 + k / 100, 0.73, 0.71)) for k in range(3))],
        *(claim("better", [f"other-{k}"]) for k in range(3)),
        claim("better", ["base"]),
    )  # fmt: skip
    for verdict in verdicts(findings):
        for part in verdict.parts:
            if part.needed and part.needed.seeds:
                assert part.needed.seeds > 3
    for found in findings.evidence.comparisons:
        if found.needed and found.needed.seeds:
            assert found.needed.seeds > 3
    # The number of seeds is another one where another correction is made.
    assert "a power of 80% at the level that this correction leaves" in " ".join(
        claims(findings, EN)
    )
    assert "con el nivel de significación que deja esta corrección" in " ".join(
        claims(findings, ES)
    )


def test_claims_taken_out_leave_no_verdicts(claimed):
    findings = claimed([Made("base", POOR), Made("better", GOOD)], claim("better", ["base"]))
    folder = findings.facts.folder.path
    write_report(folder)
    rewrite(folder / "study.json", claims=[])
    write_report(folder)
    assert not (folder / "claims.csv").exists()
