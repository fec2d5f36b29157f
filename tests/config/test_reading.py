"""Files that people write: read within limits, refused in one line; names that mean what ships."""

from __future__ import annotations

import os
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.config import StudyConfig, load_recipe, recipes
from cotejo.config.alternatives import LONGEST_CHAIN
from cotejo.config.names import name_of
from cotejo.config.reading import LARGEST_FILE
from cotejo.config.study import MOST_RUNS
from cotejo.data import load
from cotejo.errors import ConfigError, DataError
from cotejo.messages import one_line
from cotejo.shipped import find_recipe, find_study, shipped_recipes
from cotejo.texts import NAME_PATTERN

ALTERNATIVE = '[[alternative]]\nname = "a"\n'


@pytest.fixture
def read(tmp_path):
    def read(content, name="study.toml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return StudyConfig.load(path)

    return read


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("seeds = " + "9" * 5000 + "\n" + ALTERNATIVE, "a number in it is too long"),
        ("seeds = 0x" + "f" * 5000 + "\n" + ALTERNATIVE, "a number in it is too long"),
        (f"seeds = {2**63}\n" + ALTERNATIVE, "a number in it is too long"),
        ("day = 2026-02-30\n" + ALTERNATIVE, "line 1, column 7"),
        ("seeds = " + "[" * 5000, "nested too deeply"),
        ("seeds = " + "[" * 300 + "]" * 300 + "\n" + ALTERNATIVE, "`seeds` must be"),
        ('"a\\nb" = 1\n' + ALTERNATIVE, r"unknown `a\\nb`"),
        ('[[alternative]]\nname = "a\\u0000b"', "`name` .*must be letters"),
        ("[[alternative]]\nname = 3", "`name` .*must be letters"),
        (f'"{"k" * 5000}" = 1', "unknown `k{79}…`"),
        (ALTERNATIVE + f'augment = "{"x" * 5000}"', "received 'x{78}…"),
        ("#" * (LARGEST_FILE + 1), f"more than {LARGEST_FILE} bytes"),
        (
            "seeds = [" + ",".join(map(str, range(MOST_RUNS + 1))) + "]\n" + ALTERNATIVE,
            "10001 runs",
        ),
        (
            "seeds = 11\n[[vary]]\nepochs = [" + ",".join(map(str, range(1, 1001))) + "]",
            "11000 runs, 1000 alternatives with 11 seeds each; at most 10000",
        ),
        (
            "".join(f'[[alternative]]\nname = "a{n}"\nepochs = {n + 1}\n' for n in range(1001)),
            "more than 1000 alternatives",
        ),
        (
            ALTERNATIVE.replace('"a"', '"a0"')
            + "".join(
                f'[[alternative]]\nname = "a{n}"\nstart_from = "a{n - 1}"\n'
                for n in range(1, LONGEST_CHAIN + 1)
            ),
            f'"a{LONGEST_CHAIN}" stands at the end of more than {LONGEST_CHAIN} alternatives',
        ),
    ],
    ids=range(16),
)
def test_what_is_too_much_is_said_in_one_line(read, content, line):
    with pytest.raises(ConfigError, match=line) as caught:
        read(content)
    for text in (str(caught.value), caught.value.in_language("es")):
        assert text.isprintable()
        assert len(text) < 2000


def test_a_mark_of_the_encoding_is_no_error(read):
    assert read(b"\xef\xbb\xbf" + ALTERNATIVE.encode()).name == "study"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "study.toml")
    with pytest.raises(ConfigError, match="it is not a file"):
        StudyConfig.load(tmp_path / "study.toml")


@pytest.mark.parametrize("path", ["x" * 10_000, "a\0b", "/" + "y/" * 5000])
def test_a_path_that_no_file_can_have_is_refused(path):
    with pytest.raises(ConfigError):
        StudyConfig.load(path)
    with pytest.raises(ConfigError):
        load_recipe(f"./{path}.toml")
    with pytest.raises(DataError):
        load(path)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("mi estudio.toml", "mi-estudio"),
        ("año 2.toml", "ano-2"),
        ("研究.toml", "study"),
        ("-x-.toml", "x"),
        ("notebooks_.toml", "notebooks_"),
        ("a" * 90 + ".toml", "a" * 64),
    ],
)
def test_a_name_taken_from_a_file_is_made_to_be_one(read, file, name):
    assert read(ALTERNATIVE, file).name == name


TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text())
def test_every_text_makes_a_name(text):
    name = name_of(text, "study")
    assert re.fullmatch(NAME_PATTERN, name)
    assert name_of(name, "study") == name


@given(st.text() | st.text(st.characters(codec=None, categories=["Cc", "Cf", "Cs", "Zl"])))
def test_every_text_is_shown_on_one_line(text):
    shown = one_line(text, most=50)
    assert len(shown) <= 50
    # Marks that join letters, or part them, are a part of some scripts; those that turn are not.
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(sign) for sign in shown} & TURNING


def test_what_lies_in_the_current_folder_is_neither_read_nor_in_the_way(tmp_path, monkeypatch):
    ours = {name: load_recipe(name) for name in shipped_recipes()}
    for kind in ("recipes", "studies"):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "broken.toml").write_text("= no TOML")
        (tmp_path / kind / "fast.toml").write_text("[settings]\nepochs = 1")
        (tmp_path / kind / "notebooks.toml").write_text("alternative = 3")
    (tmp_path / "notebooks").write_text("no study")
    monkeypatch.chdir(tmp_path)
    assert {recipe.name: recipe for recipe in recipes()} == ours
    assert load_recipe("fast") == ours["fast"]
    assert tmp_path not in find_study("notebooks").parents
    StudyConfig.load(find_study("notebooks"))
    with pytest.raises(ConfigError, match=r"no recipe .broken.*path of its file, such as ./broken"):
        find_recipe("broken")
    with pytest.raises(ConfigError, match=r"no study .broken.*path of its file, such as ./broken"):
        find_study("broken")


def test_a_recipe_of_one_s_own_is_named_by_its_path(tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text("[settings]\nmodel = 'mlp'\nepochs = 7")
    recipe = load_recipe(str(tmp_path / "mine.toml"))
    assert (recipe.name, recipe.text, recipe.settings["epochs"]) == (
        "mine",
        {"en": "mine", "es": "mine"},
        7,
    )
    (tmp_path / "study.toml").write_text(ALTERNATIVE + 'recipe = "mine.toml"')
    # From wherever the command is given, the path begins at the study's folder.
    monkeypatch.chdir("/")
    study = StudyConfig.load(tmp_path / "study.toml")
    assert study.alternatives[0].settings.epochs == 7
    monkeypatch.chdir(tmp_path)
    for name in ("mine.toml", "./mine.toml"):
        table = {"name": "a", "recipe": name}
        assert StudyConfig.parse({"alternative": [table]}).alternatives == study.alternatives


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("settings = ", "is not a recipe: syntax error"),
        ("epochs = 3", r"unknown `epochs` \(recipe"),
        ("settings = 3", r"a table \[settings\], and there is none"),
        ("text = 'x'", r"a table \[settings\], and there is none"),
        ("[settings]\nepochs = 'x'", "`epochs` .*received 'x'"),
        ("text = 3\n[settings]", "`text` .*received 3"),
        ("measured = 3\n[settings]", "`measured` must be a table"),
        ("[settings]\n[measured]\nseconds = 3", "`accuracy` .*received nothing"),
        ("[settings]\n[measured]\nfoo = 3", "unknown `foo`"),
        ("curve = 3\n[settings]", "`curve` .*a list of pairs"),
        ("curve = [1]\n[settings]", "`curve` .*a list of pairs"),
        ("curve = [[1, 0.5, 3]]\n[settings]", "`curve` .*a list of pairs"),
        ("curve = [['x', 0.5]]\n[settings]", "`curve` .*a list of pairs"),
    ],
)
def test_a_recipe_that_is_wrong_is_refused_in_one_line(tmp_path, content, line):
    path = tmp_path / "mine.toml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=line) as caught:
        load_recipe(str(path))
    assert str(caught.value).isprintable()


def test_a_recipe_file_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="there is no recipe file"):
        load_recipe(str(tmp_path / "none.toml"))
