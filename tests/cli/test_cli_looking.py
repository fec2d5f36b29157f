"""`cotejo data`, `models`, `report` and `doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fakestudy import summary_rows

from cotejo.cli.app import run
from cotejo.cli.tables import models_table
from cotejo.data import Dataset, Source, Split, register_source, unregister_source
from cotejo.errors import BackendError, TrainingError
from cotejo.messages import message, use_language
from cotejo.report import Written
from cotejo.verify import machine as doctor
from cotejo.verify.finding import Finding
from cotejo.verify.machine import examine


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    shown = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    return [line.rstrip() for line in shown.splitlines()]


def test_data_shows_digits(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "digits"]) == 0
    shown = lines(capsys)
    assert shown[0] == "digits: 1,797 images of 32×32×3 in 10 classes"
    assert "  Split        stratified by class, seed 0" in shown
    rows = [line.split() for line in shown]
    assert ["0", "107", "35", "36", "178"] in rows
    assert ["total", "1,078", "360", "359", "1,797"] in rows
    assert any(row[:1] == ["red"] and len(row) == 3 for row in rows)


def test_data_says_the_words_that_a_data_set_brings_with_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    part = Split(np.zeros((4, 8, 8), np.uint8), np.array([0, 1, 0, 1]))

    def load(data_dir: Path | None, progress: Any) -> Dataset:
        names = {"en": ["striped", "plain"], "es": ["rayas", "lisa"]}
        return Dataset("stripes-of-one-test", part, part, part, names, {"method": "own"}, "made")

    words = {"source": {"en": "made by hand", "es": "hechas a mano"}}
    register_source(Source("stripes-of-one-test", load, words=words))
    try:
        assert run(["data", "stripes-of-one-test", "--lang", "es"]) == 0
    finally:
        unregister_source("stripes-of-one-test")
    shown = "\n".join(lines(capsys))
    assert "hechas a mano" in shown
    assert "la que traen los datos" in shown


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("name", "files", "folder"),
    [
        ("mnist", "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, ", "cotejo/mnist"),
        ("fashion-mnist", "train-images-idx3-ubyte.gz, ", "cotejo/fashion-mnist"),
        ("svhn", "train_32x32.mat, test_32x32.mat", "cotejo/svhn"),
        ("cifar100", "cifar-100-python.tar.gz", "cotejo"),
        ("cifar100-coarse", "cifar-100-python.tar.gz", "cotejo"),
    ],
)
def test_data_that_nothing_gives_ends_in_where_to_put_its_files(
    name: str,
    files: str,
    folder: str,
    language: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for variable in ("KERAS_HOME", "TORCH_HOME", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    # Nobody listens there, so that no address can be reached, whatever the network.
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    assert run(["data", name, "--lang", language]) == 1
    shown = capsys.readouterr()
    last = shown.err.rstrip("\n").rpartition("\n")[2]
    assert files in last
    assert str(tmp_path / "cache" / folder) in last
    assert "--data-dir" in last
    assert "Traceback" not in shown.err + shown.out


def test_data_in_spanish(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "digits", "--lang", "es"]) == 0
    shown = "\n".join(lines(capsys))
    assert "imágenes de 32×32×3 en 10 clases" in shown
    assert "entrenamiento" in shown
    assert "0,3045" in shown


def test_models_lists_every_model_in_every_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(shape: Any, classes: int) -> Any:
        return SimpleNamespace(count_params=lambda: 122570)

    class Known(SimpleNamespace):
        @property
        def description(self) -> str:
            return message("models.cnn3")

    known = Known(name="cnn3", build=build, defaults={"dropout": 0.0})
    new = SimpleNamespace(name="new", build=build, defaults={}, description="From its docstring.")
    # The real package needs Keras, which takes seconds to load.
    group = SimpleNamespace(name="keras:", defaults={}, description="Many.")
    fake = SimpleNamespace(model_families=lambda: [known, new], model_groups=lambda: [group])
    monkeypatch.setitem(__import__("sys").modules, "cotejo.models", fake)
    assert run(["models"]) == 0
    english = "\n".join(lines(capsys))
    assert "122,570" in english
    assert "dropout=0.0" in english
    assert "Three convolutions" in english
    assert "From its docstring." in english
    assert "keras:" in english
    assert run(["models", "--lang", "es"]) == 0
    assert "Tres convoluciones" in "\n".join(lines(capsys))


def test_the_models_table_fits_80_columns() -> None:
    from rich.console import Console

    rows = [("cnn7", 1234567, {"initializer": "glorot", "kernel_size": 3}, "word " * 30)]
    console = Console(width=80)
    assert console.measure(models_table(rows)).maximum <= 80


def test_report_writes_in_the_language_and_shows_the_results(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def write(folder: Path, language: str, *rest: Any, **more: Any) -> Written:
        asked.append((folder, language))
        return Written([folder / "report.html"], folder, summary_rows(), [], 0, 6, claims=[])

    monkeypatch.setattr("cotejo.report.make_reports", write)
    assert run(["report", "runs/pair", "--lang", "es"]) == 0
    assert asked == [(Path("runs/pair"), "es")]
    shown = lines(capsys)
    assert "  Informe  runs/pair/report.html" in shown
    assert any("70,0 %" in line for line in shown)


@pytest.mark.parametrize(
    ("levels", "code", "last"),
    [
        (["ok", "warning"], 0, "Everything Cotejo needs is here, and works."),
        (["ok", "error"], 1, "1 thing to mend."),
        (["error", "error"], 1, "2 things to mend."),
    ],
)
def test_doctor_prints_a_line_a_finding(
    levels: list[Any],
    code: int,
    last: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def findings(data_dir: Path | None, starting: Any) -> Iterator[Finding]:
        for level in levels:
            starting("cli.proving")
            yield Finding(level, "cli.doctor_software", {"software": "Cotejo 1"})

    monkeypatch.setattr("cotejo.verify.machine.examine", findings)
    assert run(["doctor"]) == code
    shown = lines(capsys)
    assert shown == [f"{level:<7}  Cotejo 1" for level in levels] + [last]


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which everything works, found without loading Keras."""
    monkeypatch.setattr(
        doctor, "_backend", lambda: Finding("ok", "cli.doctor_software", {"software": "K"})
    )
    monkeypatch.setattr(doctor, "_train_on_digits", lambda: (12.0, 0.95))
    monkeypatch.setattr(doctor, "nvidia_gpu", lambda: None)
    monkeypatch.setattr(doctor, "nvidia_device", lambda: None)
    monkeypatch.setattr(
        "cotejo.data.sources.cifar10.where", lambda data_dir: [("cache", Path("/c"), True)]
    )


def test_a_sound_machine(sound: None) -> None:
    findings = list(examine())
    assert {finding.level for finding in findings} == {"ok"}
    texts = [finding.text for finding in findings]
    assert "CIFAR-10 is in Cotejo's cache: /c" in texts
    assert texts[-1].replace("\N{NO-BREAK SPACE}", " ") == (
        "a small training on digits reached 95.0% in 12 s"
    )


def test_cifar10_nowhere_is_a_warning_that_names_the_places(
    sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [("cache", Path("/c"), False), ("keras", Path("/k"), False)]
    monkeypatch.setattr("cotejo.data.sources.cifar10.where", lambda data_dir: places)
    (found,) = (finding for finding in examine() if finding.level == "warning")
    assert "is neither in Cotejo's cache (/c) nor in Keras's cache (/k);" in found.text
    assert "--data digits" in found.text


def test_a_named_place_without_cifar10_is_an_error(
    sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [("environment", Path("/e"), False), ("cache", Path("/c"), True)]
    monkeypatch.setattr("cotejo.data.sources.cifar10.where", lambda data_dir: places)
    (found,) = (finding for finding in examine() if finding.level == "error")
    assert found.text.startswith("COTEJO_DATA names /e, where there is no CIFAR-10.")


def test_a_folder_that_cannot_be_written_to_is_a_warning(
    sound: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setattr("cotejo.platform.cache_folder", lambda: blocked)
    (found,) = (finding for finding in examine() if finding.level == "warning")
    assert f"Cotejo's cache can't be written to: {blocked} (not a folder)" in found.text
    use_language("es")
    (found,) = (finding for finding in examine() if finding.level == "warning")
    assert (
        f"no se puede escribir en la caché de Cotejo: {blocked} (no es una carpeta)" in found.text
    )


@pytest.mark.parametrize(("cores", "words"), [(1, "1 núcleo,"), (8, "8 núcleos,")])
def test_one_core_is_one(
    cores: int, words: str, sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "machine", lambda: doctor_machine(cores=cores))
    use_language("es")
    assert words in next(
        finding.text for finding in examine() if finding.key == "cli.doctor_machine"
    )


@pytest.mark.parametrize(
    ("system", "cuda", "backend", "line"),
    [
        ("linux", False, "tensorflow", '-m pip install "jax[cuda12]"'),
        ("linux", True, "tensorflow", "KERAS_BACKEND=tensorflow computes on the processor."),
        ("linux", True, "jax", "Update NVIDIA's driver"),
        ("win32", False, "tensorflow", "Install WSL2 (wsl --install)"),
    ],
)
def test_a_gpu_that_is_not_used_is_a_warning_that_says_what_to_do(
    system: str, cuda: bool, backend: str, line: str, sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "nvidia_gpu", lambda: ("NVIDIA T4", 7.5))
    monkeypatch.setattr(doctor, "machine", doctor_machine)
    monkeypatch.setattr(doctor, "sys", SimpleNamespace(platform=system))
    monkeypatch.setattr(doctor, "has_cuda_for_jax", lambda: cuda)
    monkeypatch.setattr(doctor, "chosen_backend", lambda: backend)
    (found,) = (finding for finding in examine() if finding.level == "warning")
    assert found.text.startswith("there is a GPU, NVIDIA T4, ")
    assert line in found.text
    monkeypatch.setattr(doctor, "machine", lambda: doctor_machine(accelerator="NVIDIA T4"))
    assert {finding.level for finding in examine()} == {"ok"}


def test_a_gpu_whose_driver_has_no_program_is_seen_by_its_device(
    sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "nvidia_device", lambda: Path("/dev/nvidia0"))
    monkeypatch.setattr(doctor, "machine", doctor_machine)
    (found,) = (finding for finding in examine() if finding.level == "warning")
    assert "there is a GPU, /dev/nvidia0, of which nvidia-smi says nothing." in found.text


def doctor_machine(cores: int = 2, accelerator: str | None = None) -> dict[str, Any]:
    facts = {"processor": "CPU", "memory_gib": 8.0, "system": "Linux"}
    return {**facts, "cores": cores, "accelerator": accelerator}


def test_a_backend_that_does_not_load_ends_the_examination(
    sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = BackendError("backend_missing", backend="jax", package="jax", python="python3")
    broken = Finding("error", "cli.doctor_backend_failed", {"reason": missing}, missing)
    monkeypatch.setattr(doctor, "_backend", lambda: broken)
    last = list(examine())[-1]
    assert last.text == (
        "the backend jax is not installed. Install it (`python3 -m pip install jax`), or choose "
        "another with KERAS_BACKEND: tensorflow, jax or torch."
    )


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ((9.0, 0.1), "reached only 10.0% in 9.0 s"),
        (TrainingError("out_of_memory", batch_size=64), "failed: there is not enough memory"),
        (TrainingError("out_of_memory", batch_size=64), "choose a smaller model. See it in full"),
        (OSError("disk\nfull"), "failed: OSError: disk full. See it in full"),
        (
            TrainingError("unexpected", type="ValueError", reason="odd", log="gone"),
            "failed: ValueError: odd. See it in full",
        ),
    ],
)
def test_a_training_that_does_not_learn_is_an_error(
    outcome: Any, words: str, sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train() -> tuple[float, float]:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(doctor, "_train_on_digits", train)
    last = list(examine())[-1]
    assert last.level == "error"
    assert words in last.text.replace("\N{NO-BREAK SPACE}", " ")
