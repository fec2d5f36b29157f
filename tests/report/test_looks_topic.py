"""The section on the looks at the claims: how many, at which runs, and each claim's intervals."""

import pytest
from fabricate import Made, fabricate_study, rewrite

from cotejo.errors import OutputError
from cotejo.facts import gather
from cotejo.report.claims import sides_of
from cotejo.report.findings import Findings
from cotejo.report.judging import Judging
from cotejo.report.naming import seeds_trained
from cotejo.report.page import Page
from cotejo.report.topics.claims.words import claim_lines, claims
from cotejo.report.topics.looks import section
from cotejo.report.topics.looks.files import look_rows
from cotejo.report.topics.looks.words import looks
from cotejo.report.words import Words
from cotejo.store import read_looks, write_json

pytestmark = pytest.mark.usefixtures("undrawn")

EN, ES = Words("en"), Words("es")
SEEDS = (1, 2, 3, 4, 5)
BASE = (0.60, 0.62, 0.61, 0.605, 0.615)
BETTER = (0.75, 0.77, 0.76, 0.755, 0.765)
ALIKE = (0.61, 0.63, 0.60, 0.625, 0.62)


def claim(better, than, **changes):
    text = {"en": f"{better} is better", "es": f"{better} es mejor"}
    return {"text": text, "better": better, "than": [than], "by": 0.0, "margin": 0.01,
            "metric": "test_accuracy", **changes}  # fmt: skip


@pytest.fixture
def looked(tmp_path):
    """Make the findings of a study whose claims were looked at after so many seeds of each."""

    def make(*counts, planned=None):
        made = [Made("base", BASE), Made("better", BETTER), Made("alike", ALIKE)]
        folder = fabricate_study(tmp_path / "study", made, seeds=SEEDS)
        rewrite(folder / "study.json", claims=[claim("better", "base"), claim("alike", "base")])
        entries = []
        for number, seeds in enumerate(counts, start=1):
            asked = {one.name: list(SEEDS[:seeds]) for one in made}
            time = f"2026-11-27T1{number}:00:00+00:00"
            entries.append({"asked": asked, "finished": asked, "time": time})
        if planned:
            entries.append({"asked": {one.name: list(SEEDS[:planned]) for one in made}})
        plan = {"study": 64 * "0", "limit": {"runs": 15}, "looks": entries}
        write_json(folder / "looks.json", plan)
        return Findings(gather(folder))

    return make


def test_each_claim_is_judged_by_the_looks(looked):
    findings = looked(3, 4, 5)
    supported, open_ = findings.evidence.verdicts
    assert (supported.outcome, supported.settled_at, supported.look) == ("supported", 1, 1)
    assert supported.parts[0].difference.seeds == (3, 3)
    assert (open_.outcome, open_.settled_at, open_.look) == ("unsettled", None, 3)
    assert open_.parts[0].difference.seeds == (5, 5)


def test_runs_since_the_last_look_are_not_judged(looked):
    findings = looked(3, planned=5)
    assert findings.evidence.verdicts[1].parts[0].difference.seeds == (3, 3)
    said = looks(findings, findings.evidence.course, EN)
    assert "6 runs that finished after the last look are not judged yet." in said
    assert "6 ejecuciones" in looks(findings, findings.evidence.course, ES)[-1]


def test_before_the_first_look_nothing_is_judged(looked):
    findings = looked(planned=5)
    assert {verdict.outcome for verdict in findings.evidence.verdicts} == {"untested"}
    assert "first look is still to come" in " ".join(looks(findings, findings.evidence.course, EN))
    assert "2 are not judged before the first look." in claims(findings, EN)
    assert "first look is still to come" in claim_lines(findings, EN)[0]
    assert "primera revisión está por llegar" in claim_lines(findings, ES)[0]
    assert look_rows(findings, "en") is None


def test_what_the_section_says(looked):
    findings = looked(3, 4, 5)
    said = " ".join(looks(findings, findings.evidence.course, EN))
    assert "There were three looks, at 15 runs; the alternatives have 5 seeds each." in said
    assert "One claim is open." in said
    spanish = " ".join(looks(findings, findings.evidence.course, ES))
    assert "Hubo tres revisiones, con 15 ejecuciones" in spanish
    for words in (EN, ES):
        shown = section(Page(findings, words))
        assert [row[0].text for row in shown["table"].rows] == ["1", "2", "3"]
        assert [row[3].text for row in shown["table"].rows] == ["1/2", "1/2", "1/2"]
        assert shown["figure"] is not None


def test_the_file_has_the_intervals_as_they_were_judged(looked):
    rows = look_rows(looked(3, 4, 5), "en")
    assert [(row["look"], row["claim"]) for row in rows] == [
        (look, number) for look in (1, 2, 3) for number in (1, 2)
    ]
    assert {row["runs"] for row in rows} == {9, 12, 15}
    assert all(row["low"] < row["advantage"] < row["high"] for row in rows)
    assert [row["settled_at"] for row in rows[:2]] == [1, None]


def test_further_runs_are_worth_something_to_open_claims_alone(looked):
    findings = looked(3)
    course = findings.evidence.course
    sides = sides_of(Judging(course.looks[-1].facts), course.verdicts)
    assert sides["better"].need is None
    assert sides["base"].need > 0
    assert sides["alike"].need > 0
    assert {side.seeds for side in sides.values()} == {3}
    assert all(side.seconds > 0 for side in sides.values())


def test_alternatives_may_have_different_seeds(looked):
    findings = looked(3, 4)
    path = findings.facts.folder.path
    study = findings.facts.study
    entries = [{**entry, "seeds": [1, 2, 3]} for entry in study["alternatives"]]
    entries[0]["seeds"] = list(SEEDS)
    rewrite(path / "study.json", alternatives=entries)
    plan = read_looks(path)
    plan["looks"][1]["asked"]["base"] = list(SEEDS)
    plan["looks"][1]["asked"]["alike"] = [1, 2, 3]
    write_json(path / "looks.json", plan)
    findings = Findings(gather(path))
    assert seeds_trained(findings.facts, EN) == "3 to 5 seeds"
    assert seeds_trained(findings.facts, ES) == "de 3 a 5 semillas"
    assert findings.facts.seeds == list(SEEDS)
    assert findings.facts.missing == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"limit": {}},
        {"limit": {"runs": 0}},
        {"looks": []},
        {"study": "no hash"},
        {"looks": [{"asked": {"base": [1]}}, {"asked": {"base": [1, 2]}}]},
        {"looks": [{"asked": {"base": [1]}, "finished": {"base": [1]}}]},
    ],
)
def test_a_plan_that_was_not_written_so_is_refused(looked, changes):
    path = looked(3).facts.folder.path
    write_json(path / "looks.json", {**read_looks(path), **changes})
    with pytest.raises(OutputError, match=r"looks\.json"):
        read_looks(path)
