"""Every data set, setting and method that ships has its publication, or is known to need none."""

import re
from html import escape
from types import UnionType
from typing import get_args

import pytest
from fabricate import Made

from cotejo.config import Settings
from cotejo.config.augmentation_parts import KINDS, SHORT_FORMS
from cotejo.config.options import COMMON_OPTIONS
from cotejo.data.registry import known_sources
from cotejo.models import model_families
from cotejo.report.html import render
from cotejo.report.page import Page
from cotejo.report.topics import TOPICS
from cotejo.report.topics.references.analysis import GROUPS, publications, publications_named
from cotejo.report.words import Words

pytestmark = pytest.mark.usefixtures("undrawn")

PLAIN = {
    "augment": {"none"},
    "schedule": {"constant", "linear", "step"},
    "loss": {"cross-entropy"},
    "average": {"none"},
    "class_weight": {"none"},
    "tta": {"none"},
    "precision": {"auto", "float32"},
}
"""Values of settings that are nobody's in particular.

Models, data sets and parts of augmentations say so of themselves: ``cited=False``.
"""

NUMBERS = {
    "learning_rate", "train_fraction", "batch_size", "epochs", "hard_share", "convolutions",
    "kernel_size", "width", "unfreeze_rate", "loss", "callbacks",
}  # fmt: skip
"""Settings that every training has, or whose values are the user's own: none is a method."""


def choices(kind):
    """Return the texts among which a type lets one choose."""
    return {
        text
        for part in (kind, *get_args(kind))
        for text in (get_args(part) if not isinstance(part, UnionType) else ())
        if isinstance(text, str)
    }


def of_values(name):
    return {value for entry in publications().values() for value in entry.values.get(name, ())}


def test_every_value_that_can_be_chosen_has_an_entry():
    values = {name: choices(field.annotation) for name, field in Settings.model_fields.items()}
    values |= {name: choices(option) for name, option in COMMON_OPTIONS.items()}
    del values["model"]
    values["augment"] = set(SHORT_FORMS)
    named = {name: found for name, found in values.items() if found}
    assert {"optimizer", "schedule", "initializer", "activation"} <= set(named)
    for name, found in named.items():
        assert found - PLAIN.get(name, set()) == of_values(name), name


def test_every_other_setting_and_option_has_an_entry():
    with_layers = {"dropout": "Dropout", "batch_norm": "BatchNormalization"}
    layers = {kind for entry in publications().values() for kind in entry.layers}
    assert layers == set(with_layers.values())
    given = {name for entry in publications().values() for name in entry.given}
    valued = {name for entry in publications().values() for name in entry.values}
    known = {*Settings.names(), *COMMON_OPTIONS}
    assert given <= known
    assert known - NUMBERS - valued - set(with_layers) == given


def declared():
    """Return what ships, by the field of the entries that names it and by its name."""
    return {
        "values.model": {family.name: family for family in model_families() if family.ships},
        "parts": dict(KINDS),
        "data": {source.name: source for source in known_sources() if source.ships},
    }


def named_in_entries():
    """Return the same names as the entries have them."""
    entries = publications().values()
    return {
        "values.model": of_values("model"),
        "parts": {name for entry in entries for name in entry.parts},
        "data": {name for entry in entries for name in entry.data},
    }


@pytest.mark.parametrize(
    ("field", "name"), [(field, name) for field, things in declared().items() for name in things]
)
def test_every_model_part_and_data_set_is_cited_or_says_that_it_is_not(field, name):
    is_named = name in named_in_entries()[field]
    if declared()[field][name].cited:
        assert is_named, (
            f'no publication in topics/references/entries.toml has "{name}" in `{field}`: give it '
            f"one, or `cited=False` where {name} is declared"
        )
    else:
        assert not is_named, f'"{name}" is in `{field}` of entries.toml, and declares `cited=False`'


@pytest.mark.parametrize("field", declared())
def test_entries_name_models_parts_and_data_sets_that_there_are(field):
    assert named_in_entries()[field] <= set(declared()[field])


def test_every_entry_is_whole_and_is_named_by_something():
    by_topics = methods_of_topics()
    for name, entry in publications().items():
        assert re.match(r"\S.*? \((19|20)\d\d\)\. .+\.$", entry.text), name
        assert sum(map(bool, (entry.arxiv, entry.doi, entry.url))) == 1, name
        assert entry.address.startswith("https://")
        own = (entry.data, entry.values, entry.given, entry.layers, entry.parts, entry.backends)
        assert any(own) != (name in by_topics), name


def methods_of_topics():
    """Return the names that the sources of topics, and of what they share, give outright."""
    from pathlib import Path

    import cotejo.report

    folder = Path(cotejo.report.__file__).parent
    texts = [path.read_text() for path in folder.rglob("*.py")]
    return {name for text in texts for name in re.findall(r'"([a-z]+-(?:19|20)\d\d)"', text)}


def test_topics_name_entries_that_there_are():
    assert methods_of_topics() <= set(publications())


def test_every_entry_is_of_a_group_and_the_catalogues_say_what_it_is_cited_for():
    for name, entry in publications().items():
        assert entry.name == name
        assert entry.kind in GROUPS, name
        for words in (Words("en"), Words("es")):
            assert words.knows(f"references.use_{name.replace('-', '_')}"), name
            assert entry.cited(words).endswith(f", {entry.year})")
            assert entry.authors(words), name


@pytest.mark.parametrize(
    ("name", "english", "spanish"),
    [
        ("wilson-1927", "Wilson", "Wilson"),
        ("barz-2020", "Barz and Denzler", "Barz y Denzler"),
        ("northcutt-2021", "Northcutt, Jiang and Chuang", "Northcutt, Jiang y Chuang"),
        ("he-2016", "He et al.", "He et al."),
        ("jordan-2024-muon", "Jordan et al.", "Jordan et al."),
    ],
)
def test_authors_are_cited_by_their_surnames(name, english, spanish):
    entry = publications()[name]
    assert (entry.authors(Words("en")), entry.authors(Words("es"))) == (english, spanish)
    listed = entry.listed(Words("es"))
    assert " and " not in listed.partition(f"({entry.year})")[0]
    assert entry.listed(Words("en")) == entry.text


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("detail", ["brief", "full"])
def test_every_entry_of_the_list_is_cited_in_the_page(study, detail, language):
    words = Words(language)
    findings = study(
        Made("a", (0.6, 0.61), changes={"augment": ["flip", {"cutout": 8}]}),
        Made("b", (0.7, 0.7), changes={"optimizer": "sgd", "schedule": "cosine"}),
        seeds=(1, 2),
    )
    page = Page(findings, words, TOPICS, detail)
    html = render(findings, language, detail)
    named = publications_named(page)
    for entry in named:
        assert escape(entry.cited(words), quote=False) in html.replace("&#39;", "'"), entry.name
    for entry in set(publications()) - {entry.name for entry in named}:
        cited = publications()[entry]
        assert f"({cited.authors(words)}, {cited.year})" not in html, entry


@pytest.mark.parametrize("detail", ["brief", "full"])
def test_a_report_lists_what_it_rests_on_and_nothing_else(study, detail):
    findings = study(
        Made("a", (0.6,), changes={"augment": ["flip", {"cutout": 8}]}),
        Made("b", (0.7,), changes={"optimizer": "sgd", "schedule": "cosine"}),
        Made("c", (0.8,), changes={"early_stopping": 2}),
    )
    page = Page(findings, Words("en"), TOPICS, detail)
    texts = " ".join(entry.text for entry in publications_named(page))
    for author in ("Krizhevsky", "DeVries", "Robbins", "SGDR", "Prechelt", "Bonett", "Hochberg"):
        assert author in texts
    for author in ("CutMix", "Muon", "Northcutt", "Welch", "Smyth", "digits"):
        assert author not in texts
    # Calibration is of the appendix.
    assert ("On calibration" in texts) == (detail == "full")
    listed = [entry.text for entry in publications_named(page)]
    assert listed == sorted(listed, key=str.casefold)
