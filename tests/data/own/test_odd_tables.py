"""Tables of pictures as spreadsheets and scripts write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from looking import class_by_name, error_of, left_out, opened, pixels_by_name, split_by_name

pytestmark = pytest.mark.usefixtures("no_copies")

NAMES = [f"img/{number}.png" for number in range(12)]
LABELS = {name: ("ñandú", "gato")[number % 2] for number, name in enumerate(NAMES)}


@pytest.fixture
def flat(tmp_path: Path, fill) -> Path:
    fill(tmp_path, *NAMES)
    return tmp_path


def rows(separator: str = ",", header: str = "path,label", **changed: str) -> str:
    labels = LABELS | changed
    lines = [header.replace(",", separator)]
    lines += [f"{name}{separator}{label}" for name, label in labels.items()]
    return "\n".join(lines) + "\n"


def lines_of_json(*more: object) -> str:
    objects = [{"file_name": name, "label": label} for name, label in LABELS.items()]
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in [*objects, *more])


TABLES = {
    "labels.csv": rows().encode(),
    "semicolons.csv": rows(";").encode(),
    "byte order mark.csv": rows(";").encode("utf-8-sig"),
    "cp1252.csv": rows(";", "Imagen,Categoría").encode("cp1252"),
    "utf-16.csv": rows("\t").encode("utf-16"),
    "from windows.csv": rows().replace("\n", "\r\n").encode(),
    "from an old mac.csv": rows().replace("\n", "\r").encode(),
    "blank lines.csv": ("\n\r\n" + rows().replace("\n", "\n\n")).encode(),
    "separator named.csv": ("sep=;\r\n" + rows(";")).encode(),
    "bars.csv": rows("|").encode(),
    "spanish.csv": rows(",", "Ruta,Etiqueta").encode(),
    "capitals and spaces.csv": rows(",", " File Name ,CLASS").encode(),
    "quoted.csv": rows(",", '"path","label"').replace("ñandú", '"ñandú"').encode(),
    "more columns.csv": rows(",", "image_path,target").replace("\n", ",\n").encode(),
    "labels.tsv": rows("\t").encode(),
    "LABELS.TSV": rows("\t", "filename,class").encode(),
    "labels.jsonl": lines_of_json().encode(),
    "labels.ndjson": lines_of_json({"note": "no picture"}).encode(),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_by_its_folder_or_by_its_name(flat: Path, name: str) -> None:
    (flat / name).write_bytes(TABLES[name])
    for path in (flat, flat / name):
        dataset = opened(path)
        assert dataset.class_names["en"] == ("gato", "ñandú")
        assert class_by_name(dataset) == LABELS


@pytest.mark.parametrize(
    "write",
    [
        "{0}.png", "./img/{0}.png", "img\\{0}.png", "/home/me/data/img/{0}.png",
        "C:\\data\\img\\{0}.png", "../img/{0}.png", "{0}", " img/{0}.png ", "img//{0}.png",
    ],
)  # fmt: skip
def test_paths_are_found_as_tables_write_them(flat: Path, write: str) -> None:
    table = rows()
    for number in reversed(range(12)):
        table = table.replace(f"img/{number}.png,", write.format(number) + ",")
    (flat / "labels.csv").write_text(table)
    assert class_by_name(opened(flat)) == LABELS


def test_the_same_name_in_two_folders(tmp_path: Path, fill) -> None:
    names = [f"{camera}/{number}.png" for camera in ("left", "right") for number in range(4)]
    fill(tmp_path, *names)
    lines = [f"/old/disk/{name},{name[0]}" for name in names]
    (tmp_path / "labels.csv").write_text("\n".join(["path,label", *lines, "3.png,x"]))
    dataset = opened(tmp_path / "labels.csv")
    assert class_by_name(dataset) == {name: name[0] for name in names}
    assert left_out(dataset)["3.png"] == "missing"  # which of the two, nobody can say


def test_accents_written_in_two_ways(tmp_path: Path, fill) -> None:
    names = [f"n\u0303{number}.png" for number in range(8)]
    fill(tmp_path, *names)
    lines = [f"\u00f1{number}.png,{number % 2}" for number in range(8)]
    (tmp_path / "labels.csv").write_text("\n".join(["path,label", *lines]))
    assert sorted(class_by_name(opened(tmp_path))) == sorted(names)


def test_rows_that_can_not_be_used(flat: Path) -> None:
    table = rows(**{"img/0.png": "", "img/1.png": " gato "})
    table += "img/2.png,gato\nimg/3.png,gato\nnowhere.png,gato\n../../etc/passwd,gato\n,gato\n"
    table += "img/4.png\n\n,,,\n"
    (flat / "labels.csv").write_text(table)
    (flat / "img" / "more.png").write_bytes((flat / "img" / "0.png").read_bytes())
    dataset = opened(flat)
    assert left_out(dataset) == {
        "img/0.png": "no_label",
        "img/2.png": "two_classes",
        "nowhere.png": "missing",
        "../../etc/passwd": "missing",
        "": "missing",
        "img/4.png": "no_label",
        "img/more.png": "no_label",
    }


@pytest.mark.parametrize("words", [("train", "valid", "test"), ("Entreno", "VAL", "prueba")])
def test_a_column_of_splits(flat: Path, words: tuple[str, ...]) -> None:
    cells = [words[min(number // 4, 2)] for number in range(12)]
    lines = [f"{name},{LABELS[name]},{cell}" for name, cell in zip(NAMES, cells, strict=True)]
    (flat / "labels.csv").write_text("\n".join(["path,label,split", *lines]))
    dataset = opened(flat)
    assert dataset.split == {"method": "given"}
    names = dict(zip(words, ("train", "valid", "test"), strict=True))
    assert split_by_name(dataset) == {
        name: names[cell] for name, cell in zip(NAMES, cells, strict=True)
    }


def test_a_column_of_splits_with_another_word(flat: Path) -> None:
    cells = ["train"] * 10 + ["later", ""]
    lines = [f"{name},{LABELS[name]},{cell}" for name, cell in zip(NAMES, cells, strict=True)]
    (flat / "labels.csv").write_text("\n".join(["path,label,split", *lines]))
    assert error_of(flat) == (
        "the column split of labels.csv must say train, valid or test in every row; received "
        "later, ∅. Correct it, or rename the column."
    )


def test_a_table_for_each_split(flat: Path) -> None:
    for split, numbers in {"train": range(6), "val": range(6, 9), "test": range(9, 12)}.items():
        lines = [f"{NAMES[number]},{LABELS[NAMES[number]]}" for number in numbers]
        (flat / f"{split}.csv").write_text("\n".join(["path,label", *lines]))
    expected = dict.fromkeys(NAMES[:6], "train") | dict.fromkeys(NAMES[6:9], "valid")
    expected |= dict.fromkeys(NAMES[9:], "test")
    dataset = opened(flat)
    assert split_by_name(dataset) == expected
    # A table of everything beside them counts for nothing.
    (flat / "all.csv").write_text(rows())
    assert split_by_name(opened(flat)) == expected
    assert len(pixels_by_name(opened(flat / "all.csv"))) == 12


def test_another_table_and_what_programs_leave_behind(flat: Path) -> None:
    (flat / "labels.csv").write_text(rows())
    (flat / "empty.csv").touch()
    (flat / "prices.csv").write_text("item,price\nbread,2\n")
    (flat / "broken.jsonl").write_text("{")
    (flat / "._labels.csv").write_bytes(b"\0\5\26\7" * 20)
    (flat / "features.parquet").write_bytes(b"PAR1")
    dataset = opened(flat)
    assert class_by_name(dataset) == LABELS
    assert left_out(dataset)["._labels.csv"] == "hidden"


def test_classes_that_are_folders_count_more_than_a_table(flat: Path, fill) -> None:
    fill(flat, *[f"{kind}/{number}.png" for kind in ("cats", "dogs") for number in range(3)])
    for path in flat.glob("img/*"):
        path.unlink()
    (flat / "labels.csv").write_text("path,label\ncats/0.png,dogs\n")
    assert class_by_name(opened(flat))["cats/0.png"] == "cats"


def test_a_table_that_labels_most_pictures_counts_more_than_folders(tmp_path: Path, fill) -> None:
    names = [f"patient {who}/{number}.png" for who in (1, 2, 3) for number in range(4)]
    fill(tmp_path, *names)
    labels = {name: ("benign", "malignant")[number % 2] for number, name in enumerate(names)}
    lines = [f"{name},{label}" for name, label in labels.items()]
    (tmp_path / "labels.csv").write_text("\n".join(["path,label", *lines]) + "\n")
    dataset = opened(tmp_path)
    assert dataset.class_names["en"] == ("benign", "malignant")
    assert class_by_name(dataset) == labels


ERRORS = {
    "empty.csv": (b"", "the table empty.csv has no rows. Expected one row per picture, with its "
        "path and its label."),
    "header.csv": (b"path,label\n", "the table header.csv has no rows. Expected one row per "
        "picture, with its path and its label."),
    "names.csv": (b"id,what\n1,2\n", "the table names.csv has no column for the path; its columns "
        "are: id, what. Name one of them path, file, filename, file_name, filepath, file_path or "
        "the like."),
    "no label.csv": (b"path,size\n1,2\n", "the table no label.csv has no column for the label; "
        "its columns are: path, size. Name one of them label, class, class_name, category, "
        "target, y or the like."),
    "list.jsonl": (b"[1]\n", "the table list.jsonl can't be read: a line is no JSON object. Save "
        "it again as CSV in UTF-8."),
    "broken.jsonl": (b'{"path": 1', "the table broken.jsonl can't be read: Expecting ',' "
        "delimiter: line 1 column 11 (char 10). Save it again as CSV in UTF-8."),
    "deep.jsonl": (b"[" * 100_000, None),  # in words of Python's
    "long.csv": (b"path,label\n" + b"x" * 200_000, "the table long.csv can't be read: field larger "
        "than field limit (131072). Save it again as CSV in UTF-8."),
    "a.parquet": (b"PAR1", None),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_a_table_that_can_not_be_read_is_one_line(flat: Path, name: str) -> None:
    content, said = ERRORS[name]
    (flat / name).write_bytes(content)
    error = error_of(flat / name)
    assert said is None or error == said


def groups(flat: Path, path: Path, pattern: str, **options: str) -> dict[str, set[str]]:
    dataset = opened(path, **options)
    assert dataset.pictures is not None
    assert dataset.pictures.groups == 6
    sides: dict[str, set[str]] = {}
    for name, split in split_by_name(dataset).items():
        sides.setdefault(pattern.format(int(Path(name).stem) % 6), set()).add(split)
    return sides


@pytest.mark.parametrize("column", ["group", "Grupo", "patient"])
def test_a_group_of_a_column_stays_on_one_side(flat: Path, column: str) -> None:
    lines = [f"{name},{LABELS[name]},p{number % 6}" for number, name in enumerate(NAMES)]
    (flat / "labels.csv").write_text("\n".join([f"path,label,{column}", *lines]))
    options = {"group_by": "patient"} if column == "patient" else {}
    for path in (flat, flat / "labels.csv"):
        sides = groups(flat, path, "p{}", **options)
        assert len(sides) == 6
        assert all(len(splits) == 1 for splits in sides.values())


def test_a_group_of_a_pattern_stays_on_one_side(tmp_path: Path, fill) -> None:
    names = [f"{kind}/p{number // 2}-{number}.png" for kind in "ab" for number in range(12)]
    fill(tmp_path, *names)
    dataset = opened(tmp_path, group_by=r"p(\d+)-")
    sides: dict[str, set[str]] = {}
    for name, split in split_by_name(dataset).items():
        sides.setdefault(name.split("/p")[1].split("-")[0], set()).add(split)
    assert len(sides) == 6
    assert all(len(splits) == 1 for splits in sides.values())


def test_a_group_that_is_nowhere(flat: Path) -> None:
    (flat / "labels.csv").write_text(rows())
    assert error_of(flat, group_by="patient") == (
        '"patient" of --group-by is no column of the table and matches no path, such as img/0.png. '
        "Name a column, or a regular expression that finds the group in the paths."
    )
    assert error_of(flat, group_by="p(") == (
        'the pattern "p(" of --group-by is no column and no regular expression: missing ), '
        "unterminated subpattern at position 1."
    )
