"""All languages say the same things with the same values, and each sentence is said somewhere."""

import ast
import re
import string
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from cotejo.config import Settings
from cotejo.config.options import COMMON_OPTIONS
from cotejo.messages import LANGUAGES, knows, message
from cotejo.models import model_families, model_groups
from cotejo.report.topics import TOPICS

PACKAGE = files("cotejo")
TOPIC_AREAS = {
    path.name
    for path in (PACKAGE / "report" / "topics").iterdir()
    if path.is_dir() and path.name != "__pycache__"
}
SHARED_AREAS = {path.name.removesuffix(".toml") for path in (PACKAGE / "locales" / "en").iterdir()}
AREAS = sorted(TOPIC_AREAS | SHARED_AREAS)
TRANSLATIONS = [language for language in LANGUAGES if language != "en"]


def test_every_topic_has_all_catalogues_and_no_area_is_in_two_places():
    assert {topic.name for topic in TOPICS} == TOPIC_AREAS, "a folder is not in the list of topics"
    assert not TOPIC_AREAS & SHARED_AREAS
    for language in LANGUAGES:
        names = {path.name for path in (PACKAGE / "locales" / language).iterdir()}
        assert names == {f"{area}.toml" for area in SHARED_AREAS}, language
    for area in TOPIC_AREAS:
        folder = PACKAGE / "report" / "topics" / area
        found = {path.name for path in folder.iterdir() if path.name.endswith(".toml")}
        # The publications' entries are the same in both languages.
        found.discard("entries.toml")
        assert found == {f"{language}.toml" for language in LANGUAGES}, area


@cache
def catalogue(language, area):
    """Return an area's sentences by key; those in the table ``digits`` as ``digits.title``."""
    text = (PACKAGE / path_of(language, area)).read_text(encoding="utf-8")
    return dict(sentences(tomllib.loads(text)))


def path_of(language, area):
    """Return where an area's catalogue lies in the package."""
    shared = area in SHARED_AREAS
    return f"locales/{language}/{area}.toml" if shared else f"report/topics/{area}/{language}.toml"


def test_errors_have_one_kind_of_quotation_marks():
    for key, sentence in catalogue("en", "errors").items():
        assert not re.search("[“”«»]", str(sentence)), key
    for key, sentence in catalogue("es", "errors").items():
        # Straight ones are for what is typed, such as `metric = "epochs"`.
        assert not re.search(r'(?<!= )(?<!`)"\{\w+\}"', str(sentence)), key


def sentences(table, before=""):
    for key, entry in table.items():
        if isinstance(entry, dict) and entry.keys() != {"one", "other"}:
            yield from sentences(entry, f"{before}{key}.")
        else:
            yield f"{before}{key}", entry


def placeholders(entry):
    if isinstance(entry, list):  # the names of classes, which name no values
        return len(entry)
    texts = entry.values() if isinstance(entry, dict) else [entry]
    # Either form of a plural may leave out a value: "one seed" needs no number.
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("area", AREAS)
def test_all_languages_have_the_same_keys(area, language):
    english, translated = catalogue("en", area), catalogue(language, area)
    lacking = [f"{path_of(language, area)} lacks {key}" for key in english.keys() - translated]
    lacking += [f"{path_of('en', area)} lacks {key}" for key in translated.keys() - english]
    assert not lacking, "; ".join(sorted(lacking))


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("area", AREAS)
def test_all_languages_name_the_same_values(area, language):
    english, translated = catalogue("en", area), catalogue(language, area)
    for key, entry in english.items():
        where = f"{key} in {path_of(language, area)}"
        assert key in translated, f"{path_of(language, area)} lacks {key}"
        assert placeholders(entry) == placeholders(translated[key]), where
        assert isinstance(entry, dict) == isinstance(translated[key], dict), where
        if isinstance(entry, dict):
            assert list(entry) == list(translated[key]) == ["one", "other"], where


@pytest.mark.parametrize("area", AREAS)
def test_no_line_breaks_between_a_number_and_its_unit_in_spanish(area):
    breakable = re.compile(r"[\d}] (?:%|[KMG]i?B|m?s|min|h)(?!\w)")
    for key, entry in catalogue("es", area).items():
        assert not breakable.search(str(entry)), key


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("area", AREAS)
def test_no_sentence_is_left_in_english(area, language):
    english, translated = catalogue("en", area), catalogue(language, area)
    long = [key for key, entry in english.items() if len(re.sub(r"{\w+}", "", str(entry))) > 30]
    english_still = [key for key in long if english[key] == translated.get(key)]
    assert not english_still, f"{path_of(language, area)} has in English: {english_still}"


HOLE = r"[\w|=-]*"
"""What a value fills in where a key is made in the sources."""


@cache
def said():
    """Return the texts in the sources that may be keys, and patterns of the keys made there."""
    texts, patterns = set(), set()
    for path in Path(str(PACKAGE)).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        made = [node for node in nodes if isinstance(node, ast.JoinedStr)]
        parts = {id(part) for node in made for part in node.values}
        for node in nodes:
            if isinstance(node, ast.Constant) and id(node) not in parts:
                texts.add(node.value)
        patterns |= {pattern(node) for node in made}
    for path in Path(str(PACKAGE)).rglob("*.html"):
        texts |= set(re.findall(r"""say\(["']([\w.]+)["']""", path.read_text(encoding="utf-8")))
    return texts, {found for found in patterns if found.replace(HOLE, "").strip("_")}


def pattern(node):
    return "".join(
        re.escape(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values
    )


def names_of(area, key):
    """Return what a sentence may be called in the sources."""
    names = [f"{area}.{key}"]
    if key.startswith("column_"):
        names.append(f"{area}.{key.removeprefix('column_')}")
    # Errors are raised, and the report's shared sentences said, by the key alone.
    if area in ("errors", "report"):
        names += [name.removeprefix(f"{area}.") for name in names]
    return names


def file_keys(area):
    topics = [topic for topic in TOPICS if topic.name == area]
    return {"file_" + re.sub(r"[-.]", "_", file.name) for topic in topics for file in topic.files}


WORDS_OF_A_SETTING = (
    "name", "factor", "noun", "expected", "phrase", "phrases", "value", "values", "absent",
    "curves", "idle", "help",
)  # fmt: skip
"""What the table of a setting may hold, as the catalogue's head says."""


@pytest.mark.parametrize("area", AREAS)
def test_every_sentence_is_said_somewhere(area):
    texts, patterns = said()
    # What says all of an area's sentences by their bare keys.
    whole = rf"{area}\.{HOLE}"
    by_file = tuple(file_keys(area))

    def is_said(key):
        if area == "settings" and "." in key:
            name, word = key.split(".")[:2]
            families = [*model_families(), *model_groups()]
            options = {option for family in families for option in family.options}
            names = {*Settings.model_fields, *COMMON_OPTIONS, *options}
            return word in WORDS_OF_A_SETTING and name in names
        # A topic's heading, and what it says of its files, are found by their names.
        if area in TOPIC_AREAS and (key == "title" or key.startswith(by_file)):
            return True
        if whole in patterns and key in texts:
            return True
        made = patterns - {whole}
        names = names_of(area, key)
        return any(
            name in texts or any(re.fullmatch(found, name) for found in made) for name in names
        )

    unsaid = [key for key in catalogue("en", area) if not is_said(key)]
    assert not unsaid, f"nothing in src/ says these of {path_of('en', area)}: {unsaid}"


def keys_asked_for():
    """Yield the keys that the sources name outright where they say something."""
    for path in Path(str(PACKAGE)).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", None))
            if name not in ("say", "message", "column"):
                continue
            key = node.args[0]
            for text in (key.body, key.orelse) if isinstance(key, ast.IfExp) else (key,):
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    area, point, own = text.value.partition(".")
                    area, own = (area, own) if point else ("report", area)
                    yield area, f"column_{own}" if name == "column" else own
    for path in Path(str(PACKAGE)).rglob("*.html"):
        for key in re.findall(r"""say\(["']([\w.]+)["']""", path.read_text(encoding="utf-8")):
            area, point, own = key.partition(".")
            yield (area, own) if point else ("report", area)


def test_no_sentence_is_missing():
    asked = set(keys_asked_for())
    assert len(asked) > 300
    lacking = [(area, key) for area, key in asked if key not in catalogue("en", area)]
    assert not lacking, "; ".join(f"{path_of('en', area)} lacks {key}" for area, key in lacking)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("augmentation.parts.fade", "locales/es/augmentation.toml lacks parts.fade"),
        ("cost.speed", "report/topics/cost/es.toml lacks speed"),
        ("cost.title.long", "report/topics/cost/es.toml lacks title.long"),
    ],
)
def test_a_missing_sentence_is_named_with_its_catalogue(key, line):
    assert not knows(key, "es")
    with pytest.raises(KeyError, match=line):
        message(key, language="es")


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_topic_says_what_its_files_hold(topic):
    lacking = file_keys(topic.name) - set(catalogue("en", topic.name))
    assert not lacking, f"{path_of('en', topic.name)} lacks {sorted(lacking)}"
