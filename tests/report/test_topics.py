"""The list of topics is all that the page, the files and ``report.json`` go by."""

from importlib.resources import files

import pytest
from fabricate import Made

from cotejo.report.csv_files import write_csv_files
from cotejo.report.findings import computed_once
from cotejo.report.page import Page
from cotejo.report.report_json import report_json
from cotejo.report.topic import CsvFile, OtherFile, Topic
from cotejo.report.topics import TOPICS
from cotejo.report.words import Words
from cotejo.store import read_csv

COLUMNS = ("alternative", "share")


def toy(rows, **options):
    """Return a topic with one file, which stands in for that of the cost."""
    return Topic(
        "cost",
        lambda page: None,
        files=[CsvFile("cost.csv", COLUMNS, rows, **options)],
        report_json=lambda findings: {"toy": len(findings.facts.trained)},
    )


def all_parts():
    """Return every topic's parts, those of the body first."""
    places = ("body", "appendix")
    return [part for place in places for topic in TOPICS for part in topic.parts(place)]


def rows(findings, language):
    return [{"alternative": one.name, "share": 1 / 3} for one in findings.facts.trained]


def test_names_and_anchors_are_unique_and_every_topic_has_a_template():
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
    parts = all_parts()
    assert len({part.anchor for part in parts}) == len(parts)
    for part in parts:
        assert (files("cotejo.report") / part.template).is_file()


def test_every_template_of_a_topic_is_that_of_a_part():
    parts = all_parts()
    used = {(part.topic.name, part.file) for part in parts}
    found = {
        (folder.name, file.name)
        for folder in (files("cotejo.report") / "topics").iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name in ("template.html", "appendix.html")
    }
    assert found == used


def test_a_topic_refers_to_parts_of_the_appendix_that_there_are():
    appendix = {topic.name for topic in TOPICS if topic.parts("appendix")}
    for topic in TOPICS:
        assert set(topic.see) <= appendix, topic.name
        assert not topic.see or topic.place == "body"


def test_no_file_belongs_to_two_topics():
    names = [file.name for topic in TOPICS for file in topic.files]
    assert len(set(names)) == len(names)


def test_a_topic_s_file_is_written_rounded_and_deleted_once_there_is_nothing_for_it(study):
    findings = study(Made("a"), Made("b"))
    path = findings.facts.folder.path / "cost.csv"
    write_csv_files([toy(rows)], findings, "en", findings.facts.folder.path)
    assert [row["share"] for row in read_csv(path)] == ["0.333333"] * 2
    write_csv_files([toy(rows, decimals={"share": 2})], findings, "en", findings.facts.folder.path)
    assert [row["share"] for row in read_csv(path)] == ["0.33"] * 2
    # No rows are a file with its header; None is no file.
    write_csv_files(
        [toy(lambda findings, language: [])], findings, "en", findings.facts.folder.path
    )
    assert path.read_text() == "alternative,share\n"
    write_csv_files(
        [toy(lambda findings, language: None)], findings, "en", findings.facts.folder.path
    )
    assert not path.exists()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_list_of_files_is_made_from_the_topics(study, language):
    findings, words = study(Made("a"), Made("b")), Words(language)
    new = toy(rows)
    other = Topic("method", lambda page: None, files=[OtherFile("report.json")])
    (method,) = (topic for topic in TOPICS if topic.name == "method")
    page = Page(findings, words, [new, other])
    assert [name for name, _ in method.section(page)["files"]] == [
        "cost.csv", "report.json", "<…>/seed-<k>/"
    ]  # fmt: skip
    page = Page(findings, words, [toy(lambda findings, language: None)])
    assert [name for name, _ in method.section(page)["files"]] == ["<…>/seed-<k>/"]


def test_entries_of_topics_are_in_report_json(study):
    findings = study(Made("a"), Made("b"))
    assert report_json([toy(rows)], findings)["toy"] == 2
    assert "toy" not in report_json(TOPICS, findings)


def test_an_entry_of_two_topics_is_refused(study):
    findings = study(Made("a"), Made("b"))
    with pytest.raises(ValueError, match=r"twice: \['toy'\]"):
        report_json([toy(rows), toy(rows)], findings)
    ranked = Topic("cost", lambda page: None, report_json=lambda findings: {"ranking": []})
    with pytest.raises(ValueError, match=r"twice: \['ranking'\]"):
        report_json([ranked], findings)


def test_what_is_computed_once_is_kept_for_each_study(study):
    calls = []

    @computed_once
    def computed(findings):
        calls.append(findings)
        return len(findings.facts.trained)

    findings = study(Made("a"), Made("b"))
    assert (computed(findings), computed(findings)) == (2, 2)
    assert len(calls) == 1
