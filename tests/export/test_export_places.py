"""What an export writes over: what was exported before, and nothing else."""

import shutil
from pathlib import Path

import pytest

from cotejo.errors import OutputError
from cotejo.export import export, exporting
from cotejo.inference.finding import find_model


@pytest.fixture
def run(small_study, tmp_path):
    shutil.copytree(small_study, tmp_path / "study")
    return tmp_path / "study" / "plain" / "seed-1"


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("place", [".", "model.keras", "new", "../../new/other.keras"])
def test_a_run_s_folder_and_a_study_s_are_left_as_they_are(run, place):
    study = run.parent.parent
    before = contents(study)
    with pytest.raises(OutputError, match="in the folder of a run or a study"):
        export(run, "keras", run / place, size="fixed")
    assert contents(study) == before


def test_a_model_alone_is_not_its_own_export(run, tmp_path):
    alone = Path(shutil.copy(run / "model.keras", tmp_path / "alone.keras"))
    before = alone.read_bytes()
    with pytest.raises(OutputError, match=r"alone.keras is there already and is not Cotejo's"):
        export(alone, "keras", alone)
    assert alone.read_bytes() == before


@pytest.mark.parametrize("name", ["mine.keras", "mine.json", "mine.md", "mine.es.md"])
def test_what_is_somebody_s_own_is_not_written_over(run, tmp_path, name):
    (tmp_path / name).write_text('{"name": "mine"}')
    with pytest.raises(OutputError, match="is not Cotejo's"):
        export(run, "keras", tmp_path / "mine.keras")
    assert (tmp_path / name).read_text() == '{"name": "mine"}'


def test_an_export_is_known_and_replaced(run, tmp_path):
    out = tmp_path / "out"
    first = export(run, "keras", out, size="fixed")
    second = export(run, "keras", out, size="fixed")
    assert second.path == first.path
    assert {path.name for path in out.iterdir()} == {path.name for path in second.files}


def test_an_old_folder_stays_if_the_new_one_can_not_take_its_place(tmp_path, monkeypatch):
    place = exporting._place("saved-model", "a", tmp_path / "out")
    place.model.mkdir(parents=True)
    (place.model / "old").write_text("old")
    (tmp_path / "written").mkdir()
    replace = Path.replace

    def full(self, target):
        if target == place.model and (self / "new").exists():
            raise OSError(28, "No space left on device")
        return replace(self, target)

    (tmp_path / "written" / "new").write_text("new")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        exporting._move(tmp_path / "written", place, {}, {})
    assert [path.name for path in place.model.iterdir()] == ["old"]
    assert [path.name for path in place.model.parent.iterdir()] == [place.model.name]


def test_the_model_that_ships_is_known_by_its_name_as_a_path_too():
    assert find_model(Path("shipped")) is None
