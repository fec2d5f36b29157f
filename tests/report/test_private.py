"""A report is handed in: it shows what identifies the data and the study, not where they lay."""

import re
import shlex

import pytest
from fabricate import Made, fabricate_study
from hypothesis import given
from hypothesis import strategies as some

from cotejo.report import write_reports
from cotejo.report.formats.page_tree import to_tree
from cotejo.texts import without_paths, without_places

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.mark.parametrize("place", ["/home/ana/tesis", "/home/ana/tesis y más"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_folder_of_the_machine_is_in_a_report(tmp_path, place, language):
    made = [Made("a", (0.7, 0.7)), Made("b", (0.6, 0.6), failed=(2,))]
    folder = fabricate_study(tmp_path / "study", made, seeds=(1, 2), images=200, place=place)
    html, markdown = write_reports(folder, language, ["html", "md"], tmp_path / "informe")
    page = html.read_text()
    texts = [page, markdown.read_text(), to_tree(page).text()]
    numbers = tmp_path / "informe-files"
    texts += [path.read_text() for path in (numbers / "report.json", *numbers.glob("*.csv"))]
    for text in texts:
        assert "/home" not in text
        assert "tesis" not in text
        assert str(tmp_path) not in text
    assert "cotejo study mine.toml --set=a=other.toml" in page
    assert "0123456789ab" in page
    assert "log.txt" in re.sub("<dl.*?</dl>", "", page, flags=re.DOTALL)


names = (
    some.text(some.sampled_from("abcñé0-_. "), min_size=1)
    .map(str.strip)
    .filter(lambda name: name.strip("."))
)


@given(some.lists(names, min_size=2, max_size=5), some.sampled_from(["/{}", "C:\\{}"]))
def test_a_whole_path_is_cut_down_to_its_name(parts, root):
    path = root.format(("\\" if "\\" in root else "/").join(parts))
    assert without_paths(path) == parts[-1]
    assert without_places(f"cotejo study '{path}'") in (
        f"cotejo study {parts[-1]}",
        f"cotejo study '{parts[-1]}'",
    )


@given(some.text())
def test_any_command_is_taken(command):
    without_places(command)
    without_paths(command)


def test_addresses_and_relative_paths_stay():
    for text in ("https://a.org/b/c.html", "studies/made-up.toml", "3/4 of it", "images/s", "</b>"):
        assert without_paths(text) == text


def test_code_on_the_command_line_shows_no_folder():
    command = (
        "python -c 'import cotejo; "
        "cotejo.Study.load('\"'\"'/home/ana/tesis/runs/x/study.toml'\"'\"').run()' "
        "data/here --set a=/home/ana/b.toml"
    )
    shown = without_places(command)
    assert "/home" not in shown
    assert "tesis" not in shown
    assert shlex.split(shown)[2] == "import cotejo; cotejo.Study.load('study.toml').run()"
    assert shlex.split(shown)[3:] == ["data/here", "--set", "a=b.toml"]
