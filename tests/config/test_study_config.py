"""Studies: read, resolved, overridden, and refused in one line."""

from __future__ import annotations

import pytest

from cotejo.config import Settings, StudyConfig
from cotejo.config.checking import expected, kind_of
from cotejo.config.options import COMMON_OPTIONS
from cotejo.errors import ConfigError
from cotejo.messages import knows, use_language
from cotejo.models import check_models


def parse(*alternatives, overrides=(), **content):
    study = StudyConfig.parse({"alternative": list(alternatives), **content}, overrides)
    return check_models(study)


def test_an_alternative_says_only_what_differs():
    study = parse(
        {"name": "a"}, {"name": "b", "epochs": 3, "label": "B"}, base={"epochs": 2, "dropout": 0}
    )
    first, second = study.alternatives
    assert (first.settings.epochs, second.settings.epochs) == (2, 3)
    assert str(first.settings.options["dropout"]) == "0.0"
    assert (first.changes, second.changes) == ({}, {"epochs": 3})
    assert second.label == {"en": "B", "es": "B"}


def test_the_learning_rate_follows_the_optimizer():
    study = parse({"name": "a"}, {"name": "b", "optimizer": "sgd"})
    assert [a.settings.learning_rate for a in study.alternatives] == [1e-3, 1e-2]
    assert [a.settings.momentum for a in study.alternatives] == [None, 0.9]


def test_overrides_reach_all_or_one():
    study = parse(
        {"name": "a", "epochs": 5},
        {"name": "b.c"},
        overrides=["epochs=1", "b.c.model=mlp", "a.batch_norm=true"],
    )
    first, second = (alternative.settings for alternative in study.alternatives)
    assert (first.epochs, second.epochs) == (1, 1)
    assert (first.model, second.model) == ("cnn3", "mlp")
    assert first.options["batch_norm"] is True
    assert study.alternatives[0].changes == {"epochs": 1, "batch_norm": True}


@pytest.mark.parametrize(
    ("seeds", "expected"), [(1, (1,)), (3, (1, 2, 3)), ([4, 2], (4, 2)), ([0], (0,))]
)
def test_seeds_are_a_number_or_a_list(seeds, expected):
    assert parse({"name": "a"}, seeds=seeds).seeds == expected


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"alternative": [{"name": "a", "epoch": 1}]}, 'unknown `epoch` .*Did you mean "epochs"'),
        ({"alternatives": [{"name": "a"}]}, 'unknown `alternatives`.*"alternative"'),
        ({"alternative": [{"name": "a"}], "base": {"epocs": 1}}, r"unknown `epocs` \(\[base\]\)"),
        ({"alternative": [{"name": "a", "epochs": 0}]}, "`epochs` .* from 1 to 10000; received 0"),
        ({"alternative": [{"name": "a", "epochs": 1.5}]}, "`epochs` .*received 1.5"),
        ({"alternative": [{"name": "a", "epochs": True}]}, "`epochs` .*received True"),
        ({"alternative": [{"name": "a", "augment": "flop"}]}, 'one of "none", "notebook", "flip-c'),
        (
            {"alternative": [{"name": "a", "optimizer": "sgdd"}]},
            r'"muon", FILE\.py:NAME; received .sgdd.. Did you mean "sgd"',
        ),
        ({"alternative": [{"name": "a", "dropout": 1}]}, "`dropout` .*below 1; received 1"),
        ({"alternative": [{"name": "a", "learning_rate": -1}]}, "above 0"),
        ({"alternative": [{"name": "a/b"}]}, "`name` .*must be letters"),
        ({"alternative": [{"name": "a"}, {"name": "a"}]}, 'two alternatives are named "a"'),
        ({"alternative": [{"name": "a", "start_from": "a"}]}, "not an earlier alternative"),
        ({"alternative": [{"name": "a"}, {"name": "A"}]}, 'two alternatives are named "A"'),
        ({"alternative": [{"name": "summary.csv"}]}, "has files of such names"),
        ({"alternative": [{"name": "replaced"}]}, "has files of such names"),
        (
            {
                "alternative": [
                    {"name": "a", "model": "mlp"},
                    {"name": "b", "start_from": "a"},
                ]
            },
            "whose model is another",
        ),
        ({"alternative": [{"name": "a"}], "seeds": [[1]]}, "`seeds`"),
        ({"alternative": [{"epochs": 1}]}, "no `name`"),
        ({"alternative": []}, "no alternatives"),
        ({"alternative": ["a"]}, "`alternative` must be tables"),
        (
            {"alternative": [{"name": "a", "epochs": [1, 2]}]},
            r'`epochs` .alternative "a".* one value; received a list.*\[\[vary\]\]',
        ),
        (
            {"base": {"epochs": [1]}, "alternative": [{"name": "a"}]},
            r"`epochs` \(\[base\]\).* a list",
        ),
        ({"alternative": [{"name": "a"}], "base": 3}, "`base` must be a table"),
        (
            {"alternative": [{"name": "a"}], "base": {"epochs": 0}},
            r"`epochs` \(\[base\]\) must be .*received 0",
        ),
        (
            {"alternative": [{"name": "a"}], "base": {"dropout": 2}},
            r"`dropout` \(\[base\]\) must be .*received 2",
        ),
        (
            {"alternative": [{"name": "a"}], "base": {"model": "cnn33"}},
            r'unknown model "cnn33" \(\[base\]\)',
        ),
        (
            {"vary": [{"epochs": [1, 2], "batch_size": 0}]},
            r"`batch_size` \(\[\[vary\]\] 1\) must be .*received 0",
        ),
        (
            {"vary": [{"epochs": [1, 0]}], "base": {"batch_size": 8}},
            r"`epochs` \(\[\[vary\]\] 1\) must be .*received 0",
        ),
        ({"alternative": [{"name": "a"}], "seeds": 0}, "`seeds` must be a number of seeds"),
        ({"alternative": [{"name": "a"}], "seeds": [1, 1]}, "`seeds`"),
        ({"alternative": [{"name": "a", "label": {"fr": "x"}}]}, "`label` .* a text"),
        ({"alternative": [{"name": "a"}], "title": 3}, "`title` must be a text"),
        (
            {"alternative": [{"name": "a"}], "base": {"epcohs": None}},
            r'`epcohs` \(\[base\]\). Did you mean "epochs"',
        ),
        (
            {"alternative": [{"name": "a"}], "report": {"author": 3}},
            r"`author` \(report\) must be a text",
        ),
        (
            {"alternative": [{"name": "a"}], "report": {"autor": "A"}},
            r'unknown `autor` \(report\). Did you mean "author"',
        ),
        ({"alternative": [{"name": "a"}], "report": "A"}, "`report` must be a table"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(content, line):
    with pytest.raises(ConfigError, match=line) as caught:
        check_models(StudyConfig.parse(content))
    assert "\n" not in str(caught.value)
    assert caught.value.in_language("es") != str(caught.value)


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("epochs", r'such as --set epochs=5.*received "epochs"'),
        ("epoch=1", 'Did you mean "epochs"'),
        ("z.epochs=1", 'names the alternative "z"'),
        ('epochs=5\nmodel="mlp"', "`epochs` .*received"),
        ("epochs=many", r"`epochs` \(--set\) .*received 'many'"),
        ("epochs=0x" + "f" * 5000, "`epochs` .*received .0xf"),
        ("epochs\ufeff", r'received "epochs\\ufeff"'),
        ("a.epochs=many", r"`epochs` \(--set, alternative \"a\"\) .*received 'many'"),
    ],
)
def test_a_wrong_override_is_refused(override, line):
    with pytest.raises(ConfigError, match=line):
        parse({"name": "a"}, overrides=[override])


def test_files_that_are_no_study(tmp_path):
    with pytest.raises(ConfigError, match="there is no study file"):
        StudyConfig.load(tmp_path / "none.toml")
    (tmp_path / "broken.toml").write_text("name = ")
    with pytest.raises(ConfigError, match="is not a study"):
        StudyConfig.load(tmp_path / "broken.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not a study"):
        StudyConfig.load(tmp_path / "bytes.toml")
    with pytest.raises(ConfigError, match="can't read the study"):
        StudyConfig.load(tmp_path)


@pytest.mark.parametrize(
    ("setting", "value", "english", "spanish"),
    [
        ("learning_rate", 900, "above 0, at most 100, such", "mayor que 0 y no mayor que 100"),
        ("early_stopping", 10001, "from 0 to 10000, 0 for none", "de 0 a 10000, 0 para"),
        ("train_fraction", 2.0, "above 0, at most 1;", "mayor que 0 y no mayor que 1;"),
        ("width", 513, "from 4 to 512", "de 4 a 512"),
    ],
)
def test_what_is_out_of_range_hears_both_ends(setting, value, english, spanish):
    for language, said in (("en", english), ("es", spanish)):
        use_language(language)
        with pytest.raises(ConfigError, match=said):
            parse({"name": "a", "model": "cnn7", setting: value})


@pytest.mark.parametrize(
    ("content", "english", "spanish"),
    [
        ("name = x", "syntax error at line 1, column 8", "sintaxis en la línea 1, columna 8"),
        ("[a]\n[a]", "given twice, the second time at line", "dos veces, la segunda en la línea"),
        ("name =", "syntax error at", "error de sintaxis "),
        ('name = """', "at the end of the file", "al final del archivo"),
    ],
)  # fmt: skip
def test_what_is_not_toml_says_where(tmp_path, content, english, spanish):
    place = tmp_path / "study.toml"
    place.write_text(content)
    for language, said in (("en", english), ("es", spanish)):
        use_language(language)
        with pytest.raises(ConfigError, match=said):
            StudyConfig.load(place)


def test_every_setting_has_its_expectation_in_every_language():
    for language in ("en", "es"):
        use_language(language)
        settings = {name: kind_of(Settings.model_fields[name]) for name in Settings.names()}
        for name, kind in (settings | COMMON_OPTIONS).items():
            if name == "augment":
                # Its error says which of its parts is wrong (`test_augmentations.py`).
                continue
            # No braces are left: what the sentence names is in the field.
            said = expected(kind, [f"settings.{name}.expected"])
            assert "{" not in said
            assert "Literal" in str(kind) or knows(f"settings.{name}.expected")


def test_the_report_s_title_and_author_are_read_written_and_replaced(tmp_path):
    file = tmp_path / "s.toml"
    file.write_text(
        '[report]\ntitle = { en = "One", es = "Uno" }\nauthor = "Ana"\n'
        '[[alternative]]\nname = "a"\n'
    )
    study = StudyConfig.load(file)
    assert study.report.title == {"en": "One", "es": "Uno"}
    assert study.report.author == {"en": "Ana", "es": "Ana"}
    file.write_text(study.to_toml())
    assert StudyConfig.load(file).report == study.report
    changed = StudyConfig.load(file, report={"title": "Two"})
    assert changed.report.title["es"] == "Two"
    assert changed.report.author == study.report.author
