"""The alternatives: side by side, or of each what sets it apart; and what their models fix."""

import pytest
from fabricate import Made

from cotejo.report.drawing import COLOURS
from cotejo.report.formats.markdown import to_markdown
from cotejo.report.html import render
from cotejo.report.page import Page
from cotejo.report.topics import TOPICS
from cotejo.report.topics.alternatives.settings import setting_text
from cotejo.report.topics.curves.comparison import comparison
from cotejo.report.words import Words

pytestmark = pytest.mark.usefixtures("undrawn")

EN, ES = Words("en"), Words("es")
(TOPIC,) = (topic for topic in TOPICS if topic.name == "alternatives")

CHANGES = {"optimizer": "sgd", "epochs": 3, "schedule": "cosine", "batch_size": 32, "dropout": 0.3}


@pytest.fixture
def many(study):
    made = [Made(f"a{i}", (0.6 + i / 100,)) for i in range(COLOURS)]
    different = Made("other-one", (0.5,), changes={**CHANGES, "augment": "notebook"})
    short = Made("short", (0.5,), changes={"epochs": 5})
    return study(*made, different, short, images=200)


def test_of_many_alternatives_a_row_has_what_sets_each_apart(many):
    section = TOPIC.section(Page(many, EN))
    table = section["table"]
    assert section["list"] is None
    assert "optimiser: Adam" in section["usual"]
    rows = {row[1].text: row for row in table.rows}
    assert rows["a0"][-1].text == "nothing: it has the usual settings"
    apart = rows["other-one"][-1].text
    assert "Dropout: 0.3" in apart
    assert "optimiser: SGD" in apart
    assert "flips, rotations and shifts" in apart
    assert rows["other-one"][2].text == "3"
    assert "5" in rows["short"][-1].text
    details = TOPIC.details(Page(many, ES))
    assert "rotaciones de hasta 15°" in details["augmentations"]


def test_where_colours_do_not_suffice_no_alternative_has_one(many, study):
    page = Page(many, EN)
    assert page.named(many.best).swatch is None
    assert Page(study(Made("a"), Made("b")), EN).named(many.best).swatch


def test_many_curves_are_compared_in_a_panel_each(many):
    figure = comparison(many.facts, EN)
    seen = [axes for axes in figure.axes if axes.get_visible()]
    assert len(seen) == len(many.facts.trained)
    assert all(len(axes.get_lines()) == len(seen) + 1 for axes in seen)


def test_few_alternatives_have_a_list_for_phones_only(study):
    findings = study(Made("a"), Made("b", (0.6,), changes=CHANGES))
    section = TOPIC.section(Page(findings, EN))
    assert section["table"].number == section["list"].number
    page = render(findings, "en")
    assert page.count("What sets it apart") >= 1
    assert "What sets it apart" not in to_markdown(page, "files")[0]


def test_an_own_option_is_code_and_a_name_between_backticks_is_none(study, monkeypatch):
    known = Words.knows
    of_dropout = "settings.dropout."  # which is called here as an option that no catalogue knows
    monkeypatch.setattr(
        Words, "knows", lambda self, key: not key.startswith(of_dropout) and known(self, key)
    )
    label = {"en": "`dropout`"}
    changes = {"dropout": 0.3, "batch_size": 32}
    made = [Made("a"), Made("b", (0.6,), label=label, changes=changes), Made("c")]
    page = render(study(*made), "en")
    assert page.count("<code>dropout</code>") > 1
    assert page.count("`dropout`") > 3
    assert 'data-column="dropout"' in page
    assert "\ufdd0" not in page
    assert "| `dropout` |" in to_markdown(page, "files")[0]


def test_a_dash_is_explained_where_a_setting_does_not_apply(study):
    findings = study(Made("a"), Made("b", (0.6,), changes={"model": "mlp"}))
    assert "does not apply" in TOPIC.section(Page(findings, EN))["table"].caption


FIXED = [
    ("mlp", "activation", "ReLU"),
    ("mlp", "kernel_size", "–"),
    ("cnn", "activation", "ReLU"),
    ("cnn2", "dropout", "0.3 and 0.4"),
    ("cnn3", "batch_norm", "no"),
    ("cnn7", "kernel_size", "2 and 3"),
    ("cnn7", "batch_norm", "yes"),
    ("airbench", "batch_norm", "yes"),
    ("airbench96", "activation", "SiLU"),
    ("wide-resnet", "kernel_size", "3 and 1"),
    ("wide-resnet", "convolutions", "16"),
]


@pytest.mark.parametrize(("model", "name", "text"), FIXED)
def test_what_a_model_has_without_an_option_for_it_is_read_from_its_layers(
    study, model, name, text
):
    findings = study(Made("a", changes={"model": model, "dropout": None}))
    assert setting_text(Page(findings, EN), name, findings.best) == text
