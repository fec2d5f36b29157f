"""A messy folder through `cotejo data`, `study`, `report` and `predict`, in both languages."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from messy import messy_folder, picture, zipped
from PIL import Image

from cotejo.cli.app import run
from cotejo.inference import Classifier
from cotejo.messages import use_language
from cotejo.pictures import read_picture

LEFT_OUT = {
    "damaged": ["sun/cut.png"],
    "too_large": ["sun/huge.bmp"],
    "empty": ["sun/empty.png"],
    "no_picture": ["sun/notes.txt", "sun/text.jpg"],
    "hidden": [
        ".ipynb_checkpoints/a-checkpoint.png", "Thumbs.db", "__MACOSX/._a.png", "sun/.DS_Store",
    ],
    "missing": ["sun/gone.png"],
    "loop": ["sun/loop"],
    "no_class_folder": ["flat.png"],
    "two_classes": ["moon/same-too.png", "sun/same.png"],
    "empty_class": ["nothing"],
    "class_of_few": ["lonely/one.png"],
}  # fmt: skip


@dataclass
class Sky:
    """The folder of suns and moons, and a study of it that was trained."""

    folder: Path
    study: Path


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sky]:
    place = tmp_path_factory.mktemp("sky")
    folder = messy_folder(place / "sky")
    file = place / "mine.toml"
    file.write_text(
        'seeds = 1\n[data]\npath = "sky"\nimage_size = 16\n'
        '[base]\nmodel = "cnn2"\nepochs = 1\nbatch_size = 8\n'
        '[[alternative]]\nname = "plain"\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(place / "cache"))
        patch.setenv("COTEJO_LANG", "en")
        patch.chdir(place)
        assert run(["study", str(file), "--out", str(place / "out")]) == 0
        use_language(None)
        yield Sky(folder, place / "out")


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    yield
    use_language(None)


SAID = {
    "en": [
        "sky: 58 images of 16×16×3 in 2 classes",
        "Pictures of 40 to 53 pixels in their longer side become 16×16. Those that are not of "
        "these proportions get black borders; 58 become smaller and 0 are enlarged.",
        "16 files were left out:",
        "  damaged (1): sun/cut.png",
        "  far too large (1): sun/huge.bmp",
        "  empty (1): sun/empty.png",
        "  no picture (2): sun/notes.txt, sun/text.jpg",
        "  hidden or left behind by a program (4): .ipynb_checkpoints/a-checkpoint.png, Thumbs.db, "
        "__MACOSX/._a.png, …",
        "  missing, or a link that leads nowhere (1): sun/gone.png",
        "  a link to a folder that was read already (1): sun/loop",
        "  in no folder of a class (1): flat.png",
        "  the same picture in two classes (2): moon/same-too.png, sun/same.png",
        "  an empty folder (1): nothing",
        "  of a class with fewer than three pictures (1): lonely/one.png",
    ],
    "es": [
        "sky: 58 imágenes de 16×16×3 en 2 clases",
        "Se han descartado 16 archivos:",
        "  con daños (1): sun/cut.png",
        "  no es una imagen (2): sun/notes.txt, sun/text.jpg",
        "  la misma imagen en dos clases (2): moon/same-too.png, sun/same.png",
        "  de una clase con menos de tres imágenes (1): lonely/one.png",
    ],
}


@pytest.mark.parametrize("language", SAID)
def test_data_says_what_was_done_and_what_was_left_out(
    sky: Sky, capfd: pytest.CaptureFixture[str], language: str
) -> None:
    assert run(["data", str(sky.folder), "--image-size", "16", "--lang", language]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert [line for line in SAID[language] if line not in lines] == []
    (few,) = [line for line in lines if "--recipe auto" in line]
    assert f"`cotejo train --data {sky.folder} --recipe auto`" in few


def test_an_archive_of_it_is_the_same(sky: Sky, capfd: pytest.CaptureFixture[str]) -> None:
    archive = zipped(sky.folder, sky.folder.parent / "sky.zip")
    said = []
    for path in (sky.folder, archive):
        assert run(["data", str(path), "--image-size", "16"]) == 0
        said.append(capfd.readouterr().out.splitlines())
    fingerprints = [[line for line in lines if "Fingerprint" in line] for lines in said]
    assert fingerprints[0] == fingerprints[1]
    assert fingerprints[0]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "12 files of PATH can't be used, and --strict was given; the first: "),
        ("es", "12 archivos de PATH no se pueden usar"),
    ],
)
def test_strict_is_an_error_of_one_line(
    sky: Sky, capfd: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    arguments = ["data", str(sky.folder), "--image-size", "16", "--strict", "--lang", language]
    assert run(arguments) != 0
    captured = capfd.readouterr().err
    assert "Traceback" not in captured
    assert said in " ".join(captured.replace(str(sky.folder), "PATH").split())


def test_the_study_lists_each_file(sky: Sky) -> None:
    with (sky.study / "files.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    left_out: dict[str, list[str]] = {}
    for row in rows:
        if row["left_out"]:
            left_out.setdefault(row["left_out"], []).append(row["path"])
    assert {reason: sorted(paths) for reason, paths in left_out.items()} == LEFT_OUT
    used = [row for row in rows if not row["left_out"]]
    assert Counter(row["class"] for row in used) == {"sun": 34, "moon": 24}
    assert all(row["path"].startswith(row["class"]) for row in used)
    about = json.loads((sky.study / "data.json").read_text("utf-8"))
    assert about["pictures"]["left_out"] == {name: len(paths) for name, paths in LEFT_OUT.items()}
    assert about["pictures"]["fit"] == "pad"
    assert about["class_names"]["en"] == ["moon", "sun"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["files could not be used and were left out", "black borders"]),
        ("es", ["archivos no se pudieron usar y quedaron fuera", "bordes negros"]),
    ],
)
def test_the_report_says_it(sky: Sky, tmp_path: Path, language: str, said: list[str]) -> None:
    out = tmp_path / "report.md"
    arguments = ["report", str(sky.study), "--format", "md", "--out", str(out)]
    assert run([*arguments, "--lang", language]) == 0
    text = " ".join(out.read_text("utf-8").split())
    assert [words for words in said if words not in text] == []


def test_the_model_predicts_by_names_and_with_borders(
    sky: Sky, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = sky.study / "plain" / "seed-1"
    wide = picture(900, "sun", (90, 30))
    pixels = np.asarray(wide).copy()
    pixels[:, :30] = pixels[:, 60:] = (255, 0, 0)  # what the middle alone does not show
    path = tmp_path / "wide ñ.png"
    Image.fromarray(pixels).save(path)
    classifier = Classifier.load(folder)
    assert classifier.fit == "pad"
    assert classifier.class_names["en"] == ("moon", "sun")
    padded, cropped = (read_picture(path, (16, 16, 3), fit) for fit in ("pad", "crop"))
    assert not np.array_equal(padded, cropped)
    [prediction] = classifier.predict_files([path])
    expected = classifier.probabilities(padded[np.newaxis])[0]
    np.testing.assert_allclose(
        prediction.probabilities, np.sort(expected)[::-1], rtol=1e-5, atol=1e-6
    )
    capfd.readouterr()
    assert run(["predict", str(path), "--model", str(folder), "--json"]) == 0
    [row] = map(json.loads, capfd.readouterr().out.splitlines())
    assert row["class"] in ("moon", "sun")


def test_verify_reads_the_pictures_as_the_study_did(
    sky: Sky, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", str(sky.study), "--data", str(sky.folder)]) == 0
    assert "are those of sky" in " ".join(capfd.readouterr().out.split())
