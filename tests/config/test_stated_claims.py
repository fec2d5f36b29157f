"""``[[claim]]``: read, written, kept, and refused in one line."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cotejo.config import Claim, StudyConfig
from cotejo.errors import ConfigError
from cotejo.messages import use_language

ALTERNATIVES = [
    {"name": "base"},
    {"name": "augmented", "augment": "notebook"},
    {"name": "he", "initializer": "he"},
]
CLAIM = {"text": "Augmentation helps", "better": "augmented", "than": "base"}


def parse(*claims, **content):
    return StudyConfig.parse({"alternative": ALTERNATIVES, "claim": list(claims), **content})


def stated(**changes):
    (claim,) = parse({**CLAIM, **changes}).claims
    return claim


def test_a_claim_has_its_defaults():
    claim = stated()
    assert claim.text == {"en": "Augmentation helps", "es": "Augmentation helps"}
    assert (claim.others, claim.value) == (("base",), None)
    assert (claim.by, claim.metric, claim.reach) == (0.0, "test_accuracy", None)
    with pytest.raises(ValidationError, match="frozen"):
        claim.by = 1.0


def test_a_study_without_claims_has_none():
    assert parse().claims == ()
    assert "claim" not in parse().to_toml()


def test_a_claim_may_name_several_or_a_number():
    several = stated(than=["base", "he"])
    assert (several.others, several.value) == (("base", "he"), None)
    number = stated(than=0, by=1)
    assert (number.others, number.value, number.by) == ((), 0.0, 1.0)


def test_each_metric_is_read():
    for metric in ("test_accuracy", "valid_accuracy", "gap", "seconds"):
        assert stated(metric=metric).metric == metric
    assert stated(metric="epochs", reach=0.6).reach == 0.6


@settings(deadline=None, max_examples=50)
@given(
    than=st.one_of(
        st.sampled_from(["base", "he"]),
        st.permutations(["base", "he"]),
        st.floats(-1, 1),
        st.integers(-1, 1),
    ),
    by=st.floats(-1, 1),
    metric=st.sampled_from(["test_accuracy", "valid_accuracy", "gap", "epochs", "seconds"]),
    text=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40
    ),
)
def test_claims_survive_being_written(than, by, metric, text):
    reach = {"reach": 0.5} if metric == "epochs" else {}
    if isinstance(than, int | float) and metric != "gap":
        than = abs(than)  # only a gap may lie below zero
    written = {"text": {"en": text, "es": "«" + text}, "than": than, "by": by, "metric": metric}
    study = parse({**CLAIM, **written, **reach}, CLAIM)
    again = StudyConfig.parse(tomllib.loads(study.to_toml()))
    assert again.claims == study.claims
    assert again.claims[0].text == written["text"]


def test_claims_stay_with_other_seeds_and_settings(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(parse(CLAIM).to_toml())
    study = StudyConfig.load(path, ["epochs=1"], seeds=3, data="digits")
    assert study.claims == (stated(),)


REFUSED = [
    ({"bettr": "he"}, r'unknown `bettr` \(\[\[claim\]\] 1\).*"better"', "Quería decir «better»"),
    ({"better": "augmentd"}, '"augmentd", which .*has: base, augmented, he.*"augmented"',
     "«augmentd», que no está en el estudio.*«augmented»"),
    ({"than": "bse"}, '`than` .*names the alternative "bse".*Did you mean "base"', "«bse», que no"),
    ({"than": ["base", "z"]}, '`than` .*"z"', "«z»"),
    ({"better": 3}, "`better` .*the name of an alternative; received 3", "se recibió 3"),
    ({"than": []}, "`than` .*is an empty list", "lista vacía"),
    ({"than": "augmented"}, 'compares "augmented" with itself', "consigo misma"),
    ({"than": ["base", "augmented"]}, 'compares "augmented" with itself', "consigo misma"),
    ({"than": ["base", "base"]}, "names an alternative twice", "dos veces la misma"),
    ({"than": ["base", 3]}, "`than` .*a list of names, or a number; received", "o un número"),
    ({"than": True}, "`than` .*received True", "se recibió True"),
    ({"than": {"a": 1}}, "`than` .*received", "`than` .*se recibió"),
    ({"than": float("nan")}, "`than` .*received nan", "se recibió nan"),
    ({"than": 70}, "`than` .*must be a fraction.*received 70", "`than` .*una fracción"),
    ({"by": 8.7}, r"`by` .*8\.7 points are 0\.087; received 8\.7", "8,7 puntos son 0.087"),
    ({"by": -8.7, "metric": "gap"}, '`by` .*"gap"', "`by` .*una fracción"),
    ({"by": float("inf")}, "`by` .*a number.*received inf", "se recibió inf"),
    ({"by": "much"}, "`by` .*received 'much'", "se recibió 'much'"),
    ({"metric": "test_acuracy"}, 'Did you mean "test_accuracy"', "Quería decir «test_accuracy»"),
    ({"metric": "epochs"}, "does not say which.*reach = 0.6", "no dice cuál"),
    ({"reach": 0.6}, '`reach` .*metric = "epochs" only', "`reach` .*solo se admite con"),
    ({"metric": "epochs", "reach": 1}, "`reach` .*above 0 and below 1", "mayor que 0 y menor"),
    ({"metric": "epochs", "reach": 0.0}, "`reach` .*received 0", "se recibió 0"),
    ({"text": ""}, "`text` .*not empty", "`text` .*no vacío"),
    ({"text": {}}, "`text` ", "`text` "),
    ({"text": {"fr": "x"}}, "`text` ", "`text` "),
    ({"text": 3}, "`text` .*received 3", "se recibió 3"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "english", "spanish"), REFUSED)
def test_what_is_wrong_is_said_in_one_line(changes, english, spanish):
    for language, line in (("en", english), ("es", spanish)):
        use_language(language)
        with pytest.raises(ConfigError, match=line) as caught:
            stated(**changes)
        assert "\n" not in str(caught.value)
        assert "[[claim]] 1" in str(caught.value)


@pytest.mark.parametrize("key", ["text", "better", "than"])
def test_what_is_missing_is_said(key):
    rest = {name: value for name, value in CLAIM.items() if name != key}
    for language, line in (("en", f"2 has no `{key}`"), ("es", f"2 no tiene `{key}`")):
        use_language(language)
        with pytest.raises(ConfigError, match=line):
            parse(CLAIM, rest)


@pytest.mark.parametrize("claims", [{"text": "a"}, "a", [3]])
def test_claims_are_tables(claims):
    with pytest.raises(ConfigError, match="`claim` must be tables"):
        StudyConfig.parse({"alternative": ALTERNATIVES, "claim": claims})


def test_a_margin_in_seconds_or_epochs_is_no_fraction():
    assert stated(metric="seconds", than=90, by=30).value == 90.0
    assert stated(metric="epochs", reach=0.5, by=2).by == 2.0


def test_a_claim_is_compared_by_what_it_says():
    assert stated() == Claim.model_validate(stated().model_dump())
