"""Pairs of alternatives: what is settled is said, and what is not is not."""

import pytest
from fabricate import Made, fabricate_study, rewrite

from cotejo.facts import gather
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.sentences import comparison_sentence
from cotejo.report.topics import TOPICS
from cotejo.report.topics.comparisons.files import comparison_rows
from cotejo.report.topics.comparisons.ranking import ranking, ranking_rows, ranking_words
from cotejo.report.topics.comparisons.words import comparisons, differences_caption
from cotejo.report.words import Words

pytestmark = pytest.mark.usefixtures("undrawn")

EN, ES = Words("en"), Words("es")
THREE = (1, 2, 3)


def test_a_clear_win_over_seeds(study):
    findings = study(Made("a", (0.60, 0.61, 0.605)), Made("b", (0.75, 0.76, 0.755)), seeds=THREE)
    (lead,) = findings.leads
    assert lead.settled
    assert comparison_sentence(lead, EN).startswith("“The b” beats “The a” by 15.00 points (int")
    assert comparison_sentence(lead, ES).startswith("«La b» supera a «La a» en 15,00 puntos (")
    # Seen from the other side it is the same sentence.
    other = findings.evidence.lead(lead.second, lead.first)
    assert other.verdict == "refuted"
    assert other.is_behind
    assert comparison_sentence(other, EN) == comparison_sentence(lead, EN)


def test_a_tie_over_seeds(study):
    findings = study(Made("a", (0.70, 0.73, 0.71)), Made("b", (0.72, 0.75, 0.70)), seeds=THREE)
    sentence = comparison_sentence(findings.leads[0], EN)
    assert "are not distinguishable with 3 seeds" in sentence
    assert "no se distinguen con 3 semillas" in comparison_sentence(findings.leads[0], ES)


def test_one_seed_compares_networks_only(study):
    findings = study(Made("a", (0.60,)), Made("b", (0.75,)))
    assert "In this one training run" in comparison_sentence(findings.leads[0], EN)
    assert "nothing about luck in training" in " ".join(comparisons(findings, EN))
    assert "no dicen nada del azar del entrenamiento" in " ".join(comparisons(findings, ES))


def section_of(findings, words):
    (topic,) = (topic for topic in TOPICS if topic.name == "comparisons")
    return topic.section(Page(findings, words))


@pytest.mark.parametrize("words", [EN, ES])
def test_a_table_of_leads_is_whole(study, words):
    one = section_of(study(Made("a", (0.60,)), Made("b", (0.75,)), Made("c", (0.7,))), words)
    names = [column.name for column in one["leads"].columns]
    assert {len(row) for row in one["leads"].rows} == {len(names)}
    assert words.say("comparisons.figure_one_seed") in one["differences"].caption
    assert one["pairs"].caption == words.say("comparisons.table_pairs_one_seed")
    several = section_of(study(Made("a", POOR), Made("b", GOOD), seeds=THREE), words)
    names = [column.name for column in several["leads"].columns]
    assert {len(row) for row in several["leads"].rows} == {len(names)}


def test_a_caption_explains_only_what_is_drawn(study):
    settled = Made("a", POOR), Made("b", GOOD)
    caption = differences_caption(study(*settled, seeds=THREE), EN)
    assert "All are settled" in caption
    assert "empty" not in caption
    assert "arrow" not in caption
    varied = Made("a", (0.72, 0.78, 0.75)), Made("b", (0.74, 0.76, 0.78))
    assert "None is settled" in differences_caption(study(*varied, seeds=THREE), EN)
    both = study(*varied, Made("c", (0.5, 0.51, 0.52)), seeds=THREE)
    assert "an empty one is not" in differences_caption(both, EN)
    far = study(Made("a", (0.1,) * 3), *(Made(n, GOOD) for n in "bcde"), seeds=THREE)
    assert "An arrow stands" in differences_caption(far, EN)


def test_intervals_are_as_wide_as_the_number_of_pairs_asks_for(study):
    values = (0.66, 0.75, 0.705)
    made = [Made(f"a{n}", values, changes={"dropout": n / 10}) for n in range(1, 7)]
    findings = study(*made, Made("h", (0.90, 0.91, 0.905)), seeds=THREE)
    assert "for the 21 pairs" in " ".join(comparisons(findings, EN))
    assert "por los 21 pares" in " ".join(comparisons(findings, ES))
    for lead in findings.evidence.leads:
        # What is settled is what the interval that is shown says.
        assert lead.settled == (lead.level <= 0.05)
        assert lead.told_apart == lead.difference.excludes_zero
    first, second = findings.facts.trained[:2]
    alone = findings.evidence.judging.accuracy(first, second, "test").shown()
    shown = findings.evidence.lead(first, second).difference
    assert shown.high - shown.low > alone.high - alone.low


GOOD, POOR = (0.75, 0.76, 0.755), (0.60, 0.61, 0.605)


def test_one_seed_and_three_lend_the_spread(study):
    findings = study(
        Made("a", (0.60, 0.61, 0.605)), Made("b", (0.75,) * 3, missing=(2, 3)), seeds=THREE
    )
    assert "single finished seed" in " ".join(comparisons(findings, EN))
    assert not findings.leads[0].one_seed
    assert "supera" in comparison_sentence(findings.leads[0], ES)


def test_what_diverged_is_not_called_better(study):
    findings = study(Made("a", POOR), Made("b", GOOD, failed=(3,)), seeds=THREE)
    (lead,) = findings.leads
    assert not lead.settled
    assert "∞" in comparison_sentence(lead, EN)
    said = " ".join(comparisons(findings, EN))
    assert "Of “The b” runs diverged." in said
    assert "En «La b» divergieron" in " ".join(comparisons(findings, ES))
    worse = study(Made("a", GOOD), Made("b", POOR, failed=(3,)), seeds=THREE)
    assert worse.leads[0].settled


def test_the_ranking_says_how_sure_it_is(study):
    findings = study(
        Made("a", POOR), Made("b", GOOD), Made("c", (0.752, 0.758, 0.757)), Made("d", (0.4,) * 3),
        seeds=THREE,
    )  # fmt: skip
    ranked = ranking(findings)
    assert [each.alternative.name for each in ranked] == ["c", "b", "a", "d"]
    assert [each.places for each in ranked] == [(1, 2), (1, 2), (3, 3), (4, 4)]
    assert [each.groups for each in ranked] == ["a", "a", "b", "c"]
    assert "any of two alternatives may be the first" in ranking_words(findings, EN)[0]
    assert "cualquiera de dos alternativas puede ser la primera" in ranking_words(findings, ES)[0]
    table = section_of(findings, ES)["ranking"]
    assert [row[0].text for row in table.rows] == ["1 a 2", "1 a 2", "3", "4"]
    rows = ranking_rows(findings, "en")
    assert [row["worst_place"] for row in rows] == [2, 2, 3, 4]
    two = study(Made("a", POOR), Made("b", GOOD), seeds=THREE)
    assert section_of(two, EN)["ranking"] is None
    assert ranking_rows(two, "en") is None


HIGH = (0.800, 0.801, 0.799)


def test_a_pair_without_a_claim_has_one_of_five_verdicts(study):
    findings = study(
        Made("a", POOR), Made("high", HIGH, changes={"dropout": 0.1}),
        Made("alike", (0.801, 0.800, 0.799), changes={"dropout": 0.2}),
        Made("varied", (0.77, 0.79, 0.81), changes={"dropout": 0.3}), seeds=THREE,
    )  # fmt: skip
    verdicts = {
        frozenset((lead.first.name, lead.second.name)): lead.of_leader.verdict
        for lead in findings.evidence.leads
    }
    assert verdicts[frozenset(("high", "a"))] == "supported"
    assert verdicts[frozenset(("high", "alike"))] == "equal"
    assert verdicts[frozenset(("high", "varied"))] == "unsettled"
    lead = findings.evidence.lead(*findings.facts.trained[1:3])
    assert "There is no difference that matters between" in comparison_sentence(lead, EN)
    assert "no hay diferencia que importe" in comparison_sentence(lead, ES)
    rows = comparison_rows(findings, "en")
    assert {row["verdict"] for row in rows} >= {"refuted", "equal", "unsettled"}
    assert {row["margin"] for row in rows} == {findings.evidence.margin}
    said = " ".join(comparisons(findings, EN))
    assert "A difference that matters is here 2 points: a tenth of the errors" in said
    texts = [cell.text for row in section_of(findings, ES)["pairs"].rows for cell in row]
    assert any(text.startswith("\N{ALMOST EQUAL TO} ") for text in texts)


@pytest.fixture
def claimed(tmp_path):
    def make(margin, *made):
        claim = {"text": {"en": "A", "es": "A"}, "better": "a", "than": ["b"], "by": 0.0,
                 "metric": "test_accuracy", "margin": margin}  # fmt: skip
        folder = fabricate_study(tmp_path / "study", made, seeds=THREE)
        rewrite(folder / "study.json", claims=[claim])
        return Findings(gather(folder))

    return make


@pytest.mark.parametrize("margin", [0.0001, 0.02, 0.2, None])
@pytest.mark.parametrize("other", [HIGH, POOR, (0.77, 0.79, 0.81), (0.796, 0.795, 0.797)])
def test_a_pair_says_what_its_claim_says(claimed, margin, other):
    findings = claimed(margin, Made("a", HIGH), Made("b", other), Made("c", POOR))
    (verdict,) = findings.evidence.verdicts
    first, second, third = findings.facts.trained
    assert findings.evidence.lead(first, second).verdict == verdict.outcome
    assert findings.evidence.lead(first, second).claimed
    assert findings.evidence.lead(first, third).margin == (margin or 0.02)
    said = " ".join(comparisons(findings, EN))
    assert ("that a claim about test accuracy states" in said) == (margin is not None)


def test_a_lead_that_is_too_small_to_matter_is_called_so(claimed):
    findings = claimed(0.2, Made("a", HIGH), Made("b", (0.75, 0.751, 0.749)))
    (lead,) = findings.leads
    assert lead.verdict == "smaller"
    assert "but by less than matters: by 5.00 points" in comparison_sentence(lead, EN)
    assert "por menos de lo que importa: en 5,00" in comparison_sentence(lead, ES)
    assert lead.reversed().verdict == "refuted"
    assert lead.reversed().of_leader == lead
