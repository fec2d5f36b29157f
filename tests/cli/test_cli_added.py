"""`cotejo add`, as one types it, and the examples of its page."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from cotejo.cli.app import run
from cotejo.store import RunFolder, read_json

pytestmark = pytest.mark.usefixtures("undrawn")

PAGE = Path("docs/predictions-from-elsewhere.md").read_text(encoding="utf-8")


@pytest.fixture
def copy(undrawn_study, tmp_path) -> Path:
    return Path(shutil.copytree(undrawn_study, tmp_path / "study"))


def probabilities(split):
    rows = np.full((len(split), 10), 0.02)
    rows[np.arange(len(split)), split.labels] = 0.82
    return rows


@pytest.fixture
def file(digits, tmp_path) -> Path:
    path = tmp_path / "torch.npz"
    np.savez(path, test=probabilities(digits.test), valid=probabilities(digits.valid))
    return path


def shown(capsys):
    out, err = capsys.readouterr()
    return out.replace("\xa0", " "), err.replace("\xa0", " ")


def test_it_adds_and_reports(copy, file, capsys):
    assert run(["add", str(copy), "torch", str(file), "--seed", "3", "--lang", "es"]) == 0
    out, err = shown(capsys)
    assert err == ""
    assert "Añadida: torch" in out
    assert "100,00 %" in out
    assert "torch ★" in out
    assert '<html lang="es"' in (copy / "report.html").read_text()
    assert read_json(copy / "report.json")["best"]["alternative"] == "torch"
    assert run(["verify", str(copy), "--data", "digits"]) == 0
    assert "torch.npz" in shown(capsys)[0].replace("\n", "")
    assert run(["predict", "x.png", "--model", str(copy / "torch" / "seed-3")]) == 2
    assert "has no model" in shown(capsys)[1]


def test_the_same_name_and_seed_again(copy, file, digits, tmp_path, capsys):
    def add(path, *options):
        code = run(["add", str(copy), "torch", str(path), "--seed", "3", "--lang", "en", *options])
        out, err = shown(capsys)
        return code, " ".join((out or err).split())

    other = tmp_path / "other.npz"
    np.savez(other, test=probabilities(digits.test)[:, ::-1])
    assert add(file)[1].startswith("Added: torch")
    code, said = add(file)
    assert code == 0
    assert said.startswith("These predictions are there already, as torch")
    code, said = add(other)
    assert code == 2
    assert "--replace" in said
    assert add(other, "--replace")[1].startswith("Replaced: torch · seed 3, now with")
    assert any((copy / "replaced").iterdir())


def test_two_tables_and_a_history(copy, digits, tmp_path, capsys):
    for split, name in ((digits.test, "test"), (digits.valid, "valid")):
        lines = ["prediction", *map(str, split.labels)]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines))
    history = tmp_path / "history.csv"
    history.write_text("loss,accuracy,val_loss,val_accuracy,seconds\n1,0.5,1,0.5,2\n")
    given = [str(tmp_path / "test.csv"), "--valid", str(tmp_path / "valid.csv")]
    options = ["--seed", "1", "--history", str(history), "--lang", "en"]
    assert run(["add", str(copy), "svm", *given, *options]) == 0
    record = RunFolder(copy / "svm" / "seed-1").record
    assert [each["name"] for each in record["source"]["files"]] == ["test.csv", "valid.csv"]
    assert record["source"]["history"]["name"] == "history.csv"
    assert str(tmp_path) not in (copy / "svm" / "seed-1" / "run.json").read_text()
    assert "classes and no probabilities" in shown(capsys)[0]


def test_what_is_wrong_is_one_line_and_changes_nothing(copy, file, tmp_path, capsys):
    files = sorted(path for path in copy.rglob("*") if path.is_file())
    for arguments in (
        [str(tmp_path / "nowhere"), "torch", str(file)],
        [str(copy), "torch", str(tmp_path / "nothing.npz")],
        [str(copy), "torch", str(tmp_path)],
        [str(copy), "../torch", str(file)],
        [str(copy), "replaced", str(file)],
        [str(copy), "plain", str(file)],
        [str(copy), "torch", str(file), "--valid", str(file)],
        [str(copy), "torch", str(file), "--data", "mnist-of-nobody"],
        [str(copy), "torch", str(copy / "study.json")],
    ):
        assert run(["add", *arguments, "--seed", "1", "--lang", "en"]) == 2, arguments
        err = shown(capsys)[1]
        assert err.count("\n") == 1, err
    assert run(["add", str(copy), "torch", str(file), "--seed", "-1"]) == 2
    assert sorted(path for path in copy.rglob("*") if path.is_file() and path.name != ".lock") == [
        path for path in files if path.name != ".lock"
    ]


def test_rows_out_of_order_are_told(copy, digits, tmp_path, capsys):
    path = tmp_path / "p.npz"
    order = np.random.default_rng(0).permutation(len(digits.test))
    good = tmp_path / "good.npz"
    np.savez(good, test=probabilities(digits.test))
    np.savez(path, test=probabilities(digits.test)[order])
    assert run(["add", str(copy), "good", str(good), "--seed", "1", "--lang", "en"]) == 0
    shown(capsys)
    assert run(["add", str(copy), "bad", str(path), "--seed", "1", "--lang", "en"]) == 0
    assert "another order" in " ".join(shown(capsys)[0].split())


def blocks():
    """Return the page's Python, by the heading that it stands under."""
    found = {}
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE):
        heading = section.partition("\n")[0]
        code = re.findall(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
        if code:
            found[heading] = "\n".join(code)
    return found


@pytest.fixture
def place(copy, tmp_path, monkeypatch) -> Path:
    """A current folder with a study in runs/digits, as the page has it."""
    (tmp_path / "runs").mkdir()
    copy.rename(tmp_path / "runs" / "digits")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_example_with_scikit_learn(place, capsys):
    code = blocks()
    exec(code["The same images, in the same split"] + code["With scikit-learn"], {})  # noqa: S102
    assert (place / "runs" / "digits" / "logistic" / "seed-1" / "run.json").is_file()
    command = ["add", "runs/digits", "logistic", "logistic.npz", "--seed", "1", "--lang", "en"]
    assert run([*command, "--replace"]) == 0
    assert "logistic" in shown(capsys)[0]


def test_the_example_with_pytorch(place):
    pytest.importorskip("torch")
    code = blocks()
    setup = 'study = cotejo.Study.load("runs/digits/study.toml")\n'
    exec(code["The same images, in the same split"] + setup + code["With PyTorch"], {})  # noqa: S102
    run_folder = RunFolder(place / "runs" / "digits" / "torch" / "seed-1")
    assert run_folder.metrics["test"]["accuracy"] > 0.8
