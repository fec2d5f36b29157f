"""`cotejo study` and `cotejo train` with a study that trains nothing: what they say and return."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from fakestudy import config, drive, planned, row, summary_rows

from cotejo.cli.app import run
from cotejo.cli.training import command_line
from cotejo.config import StudyConfig
from cotejo.errors import OutputError
from cotejo.report import Written
from cotejo.stopping import Stopped
from cotejo.study import Study, StudyResult


class Calls:
    """What a command asked for."""

    config: StudyConfig
    options: dict[str, Any]
    languages: list[str]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    made = Calls()
    made.languages = []

    def train(study: Study, **options: Any) -> StudyResult:
        made.config, made.options = study.config, options
        return drive(options["observer"], tmp_path / "out", fail=False)

    def make_reports(folder: Path, language: str) -> Written:
        made.languages.append(language)
        rows = summary_rows()
        return Written([folder / "report.html"], folder, rows, [], missing=0, asked=4, claims=[])

    monkeypatch.setattr(Study, "run", train)
    monkeypatch.setattr("cotejo.report.make_reports", make_reports)
    monkeypatch.setattr("cotejo.report.summary", lambda folder: summary_rows())
    return made


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/cotejo", *arguments])
    return run(arguments)


def test_study_passes_on_what_was_asked(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out, data = str(tmp_path / "o"), str(tmp_path)
    code = call(
        monkeypatch, "study", "notebooks", "--data", "digits", "--seeds", "3", "--out", out,
        "--data-dir", data, "--fallback", "digits", "--quick", "--lang", "es",
        "--set", "epochs=4", "--set", "mlp.batch_size=32",
        "--track", f"jsonl:{tmp_path}/secret.jsonl", f"--track=csv:{tmp_path}/secret.csv",
    )  # fmt: skip
    assert code == 0
    assert calls.config.data == "digits"
    assert calls.config.seeds == (1, 2, 3)
    settings = {each.name: each.settings for each in calls.config.alternatives}
    assert {each.epochs for each in settings.values()} == {4}
    assert settings["mlp"].batch_size == 32
    observer = calls.options.pop("observer")
    assert type(observer).__name__ == "Display"
    command = calls.options.pop("command")
    assert command.startswith("cotejo study notebooks --data digits --seeds 3")
    assert command.endswith("--set mlp.batch_size=32"), "an address can hold a password"
    assert not calls.options.pop("track").writes_stdout
    assert calls.options == {
        "out": tmp_path / "o",
        "data_dir": tmp_path,
        "quick": True,
        "final": False,
        "fallback": None,
        "until_settled": False,
        "runs": None,
        "seconds": None,
    }
    assert calls.languages == ["es"]


def test_a_fallback_takes_the_place_of_the_studys_data_never_of_the_users(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(monkeypatch, "study", "notebooks", "--fallback", "digits") == 0
    assert calls.options["fallback"] == "digits"
    # As `make study ARGS="--data cifar10"` has it.
    assert call(monkeypatch, "study", "notebooks", "--fallback", "digits", "--data", "cifar10") == 0
    assert calls.options["fallback"] is None


@pytest.mark.parametrize("before", [True, False])
def test_the_language_goes_before_the_command_or_after(
    before: bool,
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command, language = ["study", "notebooks"], ["--lang", "es"]
    arguments = [*language, *command] if before else [*command, *language]
    assert call(monkeypatch, *arguments) == 0
    assert calls.languages == ["es"]
    assert "Estudio pair" in capsys.readouterr().out


def test_study_ends_with_results_places_and_the_next_command(
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(monkeypatch, "study", "notebooks") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any("cnn3-he ★" in line for line in lines)
    assert f"  Report   {tmp_path}/out/report.html" in lines
    assert f"  Numbers  {tmp_path}/out/summary.csv" in lines
    assert lines[-2:] == [
        "The same report in Spanish:",
        f"  cotejo report {tmp_path}/out --lang es --out {tmp_path}/out/report-es.html",
    ]


def test_a_quick_look_ends_with_the_command_of_the_whole_study(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "study", "notebooks", "--quick", "--data", "my data") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "  cotejo study notebooks --data 'my data'"
    assert any(line.startswith("Quick look") for line in lines[:4])


def test_a_failed_alternative_is_exit_code_1_and_is_still_reported(
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(
        Study, "run", lambda study, **options: drive(options["observer"], tmp_path, fail=True)
    )
    assert call(monkeypatch, "study", "notebooks", "--lang", "es") == 1
    shown = capsys.readouterr().out
    assert calls.languages == ["es"]
    log = tmp_path / "cnn3-he" / "seed-2" / "log.txt"
    assert f"cnn3-he · semilla 2 ha fallado; los detalles están en {log}" in shown
    assert shown.rstrip().endswith("cotejo study notebooks --lang es")


def test_a_study_of_failures_alone_writes_no_report(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(study: Study, **options: Any) -> StudyResult:
        result = drive(options["observer"], tmp_path, fail=True)
        return StudyResult(tmp_path, failed=result.failed)

    monkeypatch.setattr(Study, "run", fail)
    assert call(monkeypatch, "study", "notebooks") == 1
    assert calls.languages == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Stopped. The runs that finished"), ("es", "Interrumpido. Las ejecuciones terminadas")],
)
def test_ctrl_c_is_exit_code_130_and_says_how_to_go_on(
    language: str,
    words: str,
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupt(study: Study, **options: Any) -> StudyResult:
        raise KeyboardInterrupt

    monkeypatch.setattr(Study, "run", interrupt)
    assert call(monkeypatch, "study", "notebooks", "--lang", language) == 130
    captured = capsys.readouterr()
    assert words in captured.out
    assert captured.out.rstrip().endswith(f"cotejo study notebooks --lang {language}")
    assert captured.err == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_stop_shows_what_is_finished_and_what_starts_over(
    number: signal.Signals,
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(study: Study, **options: Any) -> StudyResult:
        study.folder = tmp_path
        observer = options["observer"]
        observer.run_started(planned(config(), tmp_path)[2])
        observer.epoch_ended(planned(config(), tmp_path)[2], row(1))
        observer.batch_ended(planned(config(), tmp_path)[2], 2, 5, 10)
        raise Stopped(number)

    monkeypatch.setattr(Study, "run", stop)
    assert call(monkeypatch, "study", "notebooks") == 128 + number
    lines = capsys.readouterr().out.splitlines()
    assert any("cnn3-he ★" in line for line in lines)
    assert lines[-3:] == [
        "cnn3-he · seed 1 was stopped in epoch 2 of 2; it will start over.",
        "Stopped. The runs that finished are kept; the same command goes on from there:",
        "  cotejo study notebooks",
    ]
    assert calls.languages == []


def test_a_stop_says_that_a_run_with_a_checkpoint_goes_on(
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(study: Study, **options: Any) -> StudyResult:
        run = planned(config(), tmp_path)[2]
        run.folder.mkdir(parents=True)
        (run.folder / "checkpoint-1.npz").touch()
        options["observer"].run_started(run)
        raise Stopped(signal.SIGTERM)

    monkeypatch.setattr(Study, "run", stop)
    assert call(monkeypatch, "study", "notebooks") == 143
    said = "cnn3-he · seed 1 was stopped in epoch 1 of 2; it will go on from there."
    assert said in capsys.readouterr().out


def test_a_stop_before_anything_is_finished_shows_no_table(
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(study: Study, **options: Any) -> StudyResult:
        study.folder = tmp_path
        raise Stopped(signal.SIGTERM)

    def nothing(folder: Path) -> None:
        raise OutputError("no_finished_run", path=folder)

    monkeypatch.setattr(Study, "run", stop)
    monkeypatch.setattr("cotejo.report.summary", nothing)
    assert call(monkeypatch, "study", "notebooks") == 143
    assert "★" not in capsys.readouterr().out


def test_a_loss_beyond_all_digits_is_shown(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    def explode(study: Study, **options: Any) -> StudyResult:
        run = planned(config(), tmp_path)[1]
        options["observer"].run_started(run)
        changes = {"train_loss": 1e25, "valid_loss": float("inf")}
        options["observer"].epoch_ended(run, row(1, **changes))
        return StudyResult(tmp_path, failed=[run])

    monkeypatch.setattr(Study, "run", explode)
    assert call(monkeypatch, "study", "notebooks") == 1
    assert "     1/2 1.00×10²⁵     41.2%        ∞" in capsys.readouterr().out


def test_a_folder_that_begins_with_a_dash_is_shown_as_it_is_typed(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def train(study: Study, **options: Any) -> StudyResult:
        return drive(options["observer"], Path("-dash"), fail=False)

    monkeypatch.setattr(Study, "run", train)
    assert call(monkeypatch, "study", "notebooks", "--out=-dash") == 0
    shown = capsys.readouterr().out
    assert "  cotejo report ./-dash --lang es --out ./-dash/report-es.html" in shown
    assert "  Runs     ./-dash/" in shown
    assert " -dash" not in shown


def test_train_is_a_study_of_one_alternative(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    code = call(
        monkeypatch, "train", "--model", "cnn2", "--augment", "flip-crop", "--optimizer", "sgd",
        "--learning-rate", "0.1", "--batch-size", "32", "--epochs", "3", "--early-stopping", "2",
        "--seeds", "2", "--data", "digits", "--schedule", "cosine", "--precision", "float32",
        "--set", "weight_decay=0.1",
    )  # fmt: skip
    assert code == 0
    (only,) = calls.config.alternatives
    assert (calls.config.name, only.name, calls.config.seeds) == ("cnn2", "cnn2", (1, 2))
    given = only.settings.model_dump(
        include={"model", "augment", "optimizer", "learning_rate", "batch_size", "epochs"}
    )
    assert given == {
        "model": "cnn2",
        "augment": "flip-crop",
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "batch_size": 32,
        "epochs": 3,
    }
    assert (only.settings.early_stopping, only.settings.schedule) == (2, "cosine")
    assert (only.settings.precision, only.settings.weight_decay) == ("float32", 0.1)
    assert (calls.options["out"], calls.options["quick"]) == (None, False)


def test_train_takes_a_name(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(monkeypatch, "train", "--name", "mine") == 0
    assert (calls.config.name, calls.config.alternatives[0].name) == ("mine", "mine")


def test_train_takes_a_quick_look(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(monkeypatch, "train", "--quick", "--out", "here") == 0
    assert (calls.options["out"], calls.options["quick"]) == (Path("here"), True)


def test_the_command_to_repeat_names_the_program_and_the_data(monkeypatch, tmp_path):
    program = tmp_path / "bin" / "cotejo"
    program.parent.mkdir()
    program.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [str(program), "study", "notebooks", "--quick"])
    monkeypatch.setenv("COTEJO_DATA", "/my data")
    assert command_line() == "COTEJO_DATA='/my data' bin/cotejo study notebooks --quick"
    monkeypatch.delenv("COTEJO_DATA")
    assert command_line(without="--quick") == "bin/cotejo study notebooks"
    monkeypatch.setattr("sys.argv", ["cotejo", "study", "notebooks"])
    assert command_line() == "cotejo study notebooks"


def test_a_budget_trains_what_the_plan_says_until_then(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from cotejo.study import budget

    asked = {}

    def plan_for(seconds: float, dataset: Any, recipes: Any) -> budget.Budget:
        asked["seconds"], asked["sizes"] = seconds, {one.settings["batch_size"] for one in recipes}
        return budget.Budget("fast", 5, 3, 250.0, 20.0, 0.9, 900.0, 60.0, True)

    monkeypatch.setattr(budget, "plan_for", plan_for)
    monkeypatch.setattr("cotejo.study.few_images.suited_recipe", lambda dataset: "fast")
    started = time.perf_counter()
    code = call(
        monkeypatch, "train", "--budget", "5m", "--data", "digits", "--batch-size", "250",
    )  # fmt: skip
    assert code == 0
    assert 280 < asked["seconds"] <= 300
    assert asked["sizes"] == {250}
    (alternative,) = calls.config.alternatives
    given = alternative.settings
    assert (given.epochs, given.small_epochs, given.hard_epochs) == (5, 3, 0)
    assert (given.model, given.batch_size) == ("airbench", 250)
    assert calls.options["dataset"].name == "digits"
    assert calls.options["deadline"] == pytest.approx(started + 280, abs=5)
    assert "nobody has measured them on digits" in " ".join(capsys.readouterr().out.split())


def test_a_budget_refuses_a_foreign_folder_before_it_loads_or_times_anything(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    def never(*given: Any, **options: Any) -> None:
        raise AssertionError("too late to look at the folder")

    monkeypatch.setattr("cotejo.data.load", never)
    (tmp_path / "thesis.txt").write_text("mine")
    assert call(monkeypatch, "train", "--budget", "5m", "--out", str(tmp_path)) == 2
    assert "holds files that are no study's" in capsys.readouterr().err
    # The folder by default has the data set's name in it: it is looked at once that is known.
    monkeypatch.undo()
    monkeypatch.setattr("cotejo.study.budget.plan_for", never)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "budget-300s-digits").mkdir(parents=True)
    (tmp_path / "runs" / "budget-300s-digits" / "thesis.txt").write_text("mine")
    assert call(monkeypatch, "train", "--budget", "5m", "--data", "digits") == 2


def test_a_budget_s_clock_starts_anew_after_a_download(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from cotejo.data import load
    from cotejo.study import budget

    clock = [1000.0]
    monkeypatch.setattr("cotejo.cli.choosing.time.perf_counter", lambda: clock[0])

    def slow(name: str, *, progress: Any, **options: Any) -> Any:
        clock[0] += 250
        progress("https://example.org/cifar", 85, 170)
        return load("digits")

    asked = []

    def plan_for(seconds: float, dataset: Any, recipes: Any) -> budget.Budget:
        asked.append(seconds)
        return budget.Budget("fast", 5, 3, 250.0, 20.0, 0.9, 900.0, 60.0, True)

    monkeypatch.setattr("cotejo.data.load", slow)
    monkeypatch.setattr(budget, "plan_for", plan_for)
    monkeypatch.setattr("cotejo.study.few_images.suited_recipe", lambda dataset: "fast")
    assert call(monkeypatch, "train", "--budget", "5m") == 0
    assert asked == [300.0]
    assert calls.options["deadline"] == 1000 + 250 + 300 - 20
    assert "example.org" in capsys.readouterr().out


def test_a_recipe_of_one_s_own_gives_its_name_and_settings(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "my recipe.toml").write_text("[settings]\nmodel = 'mlp'\nepochs = 3")
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, "train", "--recipe", "./my recipe.toml", "--data", "digits") == 0
    (alternative,) = calls.config.alternatives
    assert (calls.config.name, alternative.name) == ("my-recipe", "my-recipe")
    assert (alternative.settings.model, alternative.settings.epochs) == ("mlp", 3)


def test_recipes_are_those_that_ship_wherever_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "broken.toml").write_text("=")
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, "recipes") == 0
    shown = capsys.readouterr().out
    assert "fast" in shown
    assert "broken" not in shown


@pytest.mark.parametrize("override", ["dropout=0.3", "cnn3.dropout=0.3"])
def test_an_override_may_name_the_one_alternative(
    override: str, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(monkeypatch, "train", "--set", override, "--data", "digits") == 0
    (alternative,) = calls.config.alternatives
    assert alternative.changes == {"dropout": 0.3}


def test_an_override_without_a_value_is_shown_as_it_was_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    assert call(monkeypatch, "train", "--set", "foo", "--data", "digits") == 2
    error = capsys.readouterr().err
    assert "such as --set epochs=5" in error
    assert 'received "foo"' in error


@pytest.mark.parametrize(
    "option", [("--epochs", "3"), ("--set", "width=8"), ("--quick",), ("--seeds", "2")]
)
def test_a_budget_leaves_no_say_to_what_it_plans(
    option: tuple[str, ...], calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    assert call(monkeypatch, "train", "--budget", "5m", *option) == 2
    assert f"leave {option[0]} out" in capsys.readouterr().err
