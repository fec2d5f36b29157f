"""``cotejo evaluate`` on the command line."""

import json

from cotejo.cli.app import run


def test_it_says_whether_a_model_holds_up_and_where_the_rest_is(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "digits"
    assert (
        run(["train", "--model", "mlp", "--data", "digits", "--epochs", "1", "--out", str(folder)])
        == 0
    )
    capsys.readouterr()
    out = tmp_path / "evaluation"
    asked = ["evaluate", str(folder), "--data", "digits", "--split", "valid", "--out", str(out)]
    assert run([*asked, "--lang", "es"]) == 0
    shown = capsys.readouterr().out
    assert "clasifica bien el" in shown
    assert str(out / "evaluation.html") in shown.replace("\n", "")
    assert 'lang="es"' in (out / "evaluation.html").read_text()
    assert run([*asked, "--json", "--corrupt", "--sample", "20"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["data"]["split"] == "valid"
    # Not on a terminal, plain lines tell how far it is.
    counted = [line for line in said.err.splitlines() if line.startswith("corrupted images: ")]
    assert len(counted) == 11
    assert counted[-1] == "corrupted images: 75 of 75 corruptions"
    # Without --out the folder has one name, whatever the language.
    monkeypatch.chdir(tmp_path)
    for language in ("en", "es"):
        assert run([*asked[:-2], "--lang", language]) == 0
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [
        "evaluation-mlp-seed-1-on-digits"
    ]


def test_what_is_wrong_is_said_before_anything_takes_long(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("")
    assert run(["evaluate", "runs/mine"]) == 2
    assert "cotejo evaluate runs/mine --data photos" in capsys.readouterr().err
    for arguments in (
        ["--sample", "5"],
        ["--corrupt", "--sample", "0"],
        ["--classes", "car"],
        ["--out", str(tmp_path)],
    ):
        assert run(["evaluate", "shipped", "--data", "digits", *arguments]) == 2
        assert capsys.readouterr().err.startswith("error: ")
