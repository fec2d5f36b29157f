"""The claims of ``study.json`` are checked before a report rests on them."""

from __future__ import annotations

import pytest
from fabricate import Made, fabricate_study, rewrite

from cotejo.errors import OutputError
from cotejo.store import StudyFolder

CLAIM = {
    "text": {"en": "A", "es": "B"},
    "better": "a",
    "than": ["b"],
    "value": None,
    "by": 0.0,
    "metric": "test_accuracy",
    "reach": None,
}


def study(tmp_path, **changes):
    folder = fabricate_study(tmp_path / "study", [Made("a"), Made("b")])
    rewrite(folder / "study.json", claims=[{**CLAIM, **changes}])
    return StudyFolder(folder)


@pytest.mark.parametrize(
    "changes",
    [{}, {"than": None, "value": 1}, {"by": -1}, {"metric": "epochs", "reach": 0.5}],
)
def test_claims_as_they_are_written_pass(tmp_path, changes):
    assert study(tmp_path, **changes).study["claims"] == [{**CLAIM, **changes}]


@pytest.mark.parametrize(
    "changes",
    [
        {"better": "z"},
        {"than": ["z"]},
        {"than": []},
        {"than": "b"},
        {"than": None},
        {"value": 1.0},
        {"by": None},
        {"metric": "loss"},
        {"metric": "epochs"},
        {"reach": 0.5},
        {"text": "A"},
    ],
)
def test_what_is_no_claim_is_said_to_be_damaged(tmp_path, changes):
    with pytest.raises(OutputError, match=r"study\.json is damaged"):
        _ = study(tmp_path, **changes).study
