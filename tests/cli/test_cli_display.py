"""The display, driven through the events of a study: plain lines, and live ones."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from fakestudy import config, dataset, drive, planned, row, summary_rows
from rich.console import Console

from cotejo.cli.console import make_console
from cotejo.cli.display import Display
from cotejo.cli.header import computing_line, plan_line
from cotejo.cli.tables import plan_table, results_table
from cotejo.config import Claim
from cotejo.errors import CotejoError, DownloadError
from cotejo.messages import use_language

OUT = Path("runs/pair")

ENGLISH = """\
Computing in float32 on the processor
Data: cifar10, 12,000 training, 1,000 validation and 1,000 test images of 32×32×3 in 10 classes \
(/data)
Folder: runs/pair

Study pair: 2 alternatives × 2 seeds = 4 runs; done 1, to do 3

 alternative  model  parameters  epochs  done  settings that differ
 ───────────────────────────────────────────────────────────────────────────
 mlp          mlp     1,707,274       2   1/2
 cnn3-he      cnn3    1,707,274       2   0/2  initialiser: He, the notebooks' augmentation

  mlp        5,512 images/s  a run: 1 min 13 s
  cnn3-he    5,512 images/s  a run: 1 min 13 s
Time for 3 runs: at most 3 min 39 s, estimated, not counting audit and report

1/3  mlp · seed 2
                   training         validation
   epoch     loss  accuracy     loss  accuracy        time
     1/2    1.600     41.2%    1.331     52.0%       4.1 s
     2/2    0.800     41.2%    0.666     52.0%       4.1 s
  ✓ validation 66.1%, test 65.4% · runs/pair/mlp/seed-2

2/3  cnn3-he · seed 1
                   training         validation
   epoch     loss  accuracy     loss  accuracy        time
     1/2    1.600     41.2%    1.331     52.0%       4.1 s
     2/2    0.800     41.2%    0.666     52.0%       4.1 s
  ✓ validation 66.1%, test 65.4% · runs/pair/cnn3-he/seed-1

3/3  cnn3-he · seed 2
                   training         validation
   epoch     loss  accuracy     loss  accuracy        time
     1/2    1.600     41.2%    1.331     52.0%       4.1 s
     2/2    0.800     41.2%    0.666     52.0%       4.1 s
  ✗ cnn3-he · seed 2 failed: the loss stopped being a number in epoch 2. \
Lower the learning rate (it was 0.1) or change the optimizer.
"""


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().replace("\N{NO-BREAK SPACE}", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines)


def plain_text(console: Console) -> list[str]:
    """The lines as a terminal leaves them: what is written over is gone."""
    written = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown(console))
    return [line.rpartition("\r")[2] for line in written.splitlines()]


def plain() -> Console:
    return make_console(file=io.StringIO(), width=100)


def terminal(width: int = 80) -> Console:
    return make_console(file=io.StringIO(), force_terminal=True, width=width, no_color=True)


def test_a_study_in_plain_lines() -> None:
    console = plain()
    with Display(console) as display:
        drive(display, OUT)
    lines, expected = shown(console).splitlines(), ENGLISH.splitlines()
    # The rule's length is the table's, which is not what this is about.
    assert [line for line in lines if "──" not in line] == [
        line for line in expected if "──" not in line
    ]


def test_a_part_of_a_study_says_so() -> None:
    runs = planned(config(), OUT)
    line = plan_line("pair", (2, 2), [runs[0], *runs[2:]], 2)
    assert line == ("Study pair: of 2 alternatives × 2 seeds, this part: 3 runs; done 1, to do 2")
    assert plan_line("pair", (2, None), runs, 3) in ENGLISH


def test_a_study_in_spanish() -> None:
    use_language("es")
    console = plain()
    with Display(console) as display:
        drive(display, OUT)
    text = shown(console)
    assert (
        "Estudio pair: 2 alternativas × 2 semillas = 4 ejecuciones; hechas: 1, por hacer: 3" in text
    )
    rows = [line.split() for line in text.splitlines()]
    assert ["mlp", "mlp", "1.707.274", "2", "1/2"] in rows
    assert "Tiempo máximo estimado para 3 ejecuciones: 3 min 39 s, sin contar la auditoría" in text
    assert "1/3  mlp · semilla 2" in text
    assert "     1/2    1,600    41,2 %    1,331    52,0 %       4,1 s" in text
    assert "  ✓ validación 66,1 %, prueba 65,4 % · runs/pair/mlp/seed-2" in text
    assert "cnn3-he · semilla 2 ha fallado: la pérdida dejó de ser un número" in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_plain_output_has_no_escape_codes(language: str) -> None:
    use_language(language)
    console = plain()
    with Display(console) as display:
        display.header(quick=True)
        display.data_progress("https://a.example", 5, None)
        drive(display, OUT)
    assert "\x1b" not in shown(console)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_terminal_has_a_bar_and_no_line_beyond_its_width(language: str, width: int) -> None:
    use_language(language)
    sign = "." if language == "en" else ","
    console = terminal(width)
    with Display(console) as display:
        drive(display, OUT)
        run = planned(config(), OUT)[1]
        display.run_started(run)
        display.batch_ended(run, 2, 50, 100)
        frame = console.render_lines(display._status.render())
        texts = ["".join(segment.text for segment in line).rstrip() for line in frame]
    assert len(texts) == 2
    assert all(len(text) <= width - 4 for text in texts)
    assert "━" in texts[0]
    assert "\x1b[?25h" in shown(console), "the cursor comes back"
    rows = [line for line in plain_text(console) if line.endswith("4.1 s".replace(".", sign))]
    assert len(rows) == 6, "an epoch is a line, whatever the width"
    assert max(map(len, plain_text(console))) <= width


@pytest.mark.parametrize("width", [60, 80])
def test_a_long_name_leaves_room_for_the_bar(width: int) -> None:
    console = terminal(width)
    with Display(console) as display:
        display.planned(config(), dataset(), planned(config(), OUT), OUT, False)
        long = planned(config(), OUT)[1].__class__("x" * 64, 1, "k", OUT, False, 100, 0)
        display.run_started(long)
        display.batch_ended(long, 99, 9999, 10000)
        frame = console.render_lines(display._status.render(), pad=False)
    text = "".join(segment.text for segment in frame[0])
    assert "…" in text
    assert "epoch 99/100" in text
    assert "━" * 2 in text


def test_the_first_lines_say_what_is_at_work_and_that_it_is_a_quick_look() -> None:
    console = plain()
    display = Display(console)
    display.header(quick=True)
    display.data_missing("cifar10", "digits", DownloadError("data_source_slow", rate=3))
    lines = shown(console).splitlines()
    assert lines[0].startswith("Cotejo ")
    assert " · Python " in lines[0]
    assert re.search(r", \d+ cores?$", lines[1])
    assert lines[2] == "Quick look: few images and epochs. Its results are no evidence."
    assert lines[3].startswith("Note: cifar10 can't be had; this study uses digits instead")
    assert lines[4] == "  Reason: it is too slow (3 kB/s)"


def test_a_download_in_plain_lines_is_told_at_every_tenth() -> None:
    console = plain()
    display = Display(console)
    for done in range(0, 101):
        display.data_progress("https://a.example", done * 1_000_000, 100_000_000)
    lines = shown(console).splitlines()
    assert lines[0] == "Downloading https://a.example: 0 MB / 100 MB"
    assert lines[-1] == "Downloading https://a.example: 100 MB / 100 MB"
    assert len(lines) == 11


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("width", "there"), [(60, False), (80, True)])
def test_a_narrow_plan_goes_without_the_parameters(language: str, width: int, there: bool) -> None:
    use_language(language)
    console = make_console(file=io.StringIO(), width=width)
    console.print(plan_table(config(), planned(config(), OUT), width))
    text = shown(console)
    assert max(map(len, text.splitlines())) <= width
    said = {"en": "initialiser: He", "es": "inicialización: He"}[language]
    assert said in " ".join(text.split())
    assert ("1,707,274" in text or "1.707.274" in text) is there


def test_parameters_that_are_not_known_are_left_open() -> None:
    console = plain()
    runs = [run.__class__(**{**run.__dict__, "parameters": 0}) for run in planned(config(), OUT)]
    Display(console).planned(config(), dataset(), runs, OUT, False)
    rows = [line.split() for line in shown(console).splitlines()]
    assert ["mlp", "mlp", "–", "2", "1/2"] in rows


@pytest.mark.parametrize(
    ("accelerator", "precisions", "line"),
    [
        (None, ["float32"], "Computing in float32 on the processor"),
        ("NVIDIA A100", ["bfloat16", "float32"], "Computing in bfloat16, float32 on NVIDIA A100"),
    ],
)
def test_what_computes_is_said_once_the_backend_knows_it(
    accelerator: str | None, precisions: list[str], line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cotejo.cli.header.machine", lambda: {"accelerator": accelerator})
    assert computing_line(precisions) == line


def test_a_plan_with_nothing_to_do_says_so() -> None:
    console = plain()
    runs = [run.__class__(**{**run.__dict__, "finished": True}) for run in planned(config(), OUT)]
    Display(console).planned(config(), dataset(), runs, OUT, False)
    assert "Everything is trained already." in shown(console)


def test_the_lowest_validation_loss_is_green() -> None:
    console = make_console(
        file=io.StringIO(), force_terminal=True, width=80, color_system="standard", no_color=False
    )
    display = Display(console)
    run = planned(config(), OUT)[1]
    for epoch, loss in ((1, 1.0), (2, 2.0)):
        display.epoch_ended(run, row(epoch, valid_loss=loss))
    first, second = (line for line in shown(console).splitlines() if "4.1 s" in line)
    assert "\x1b[32m    1.000" in first
    assert "\x1b[32m" not in second
    display.close()


def test_the_results_mark_the_best_on_validation() -> None:
    console = plain()
    console.print(results_table(summary_rows(), console))
    lines = shown(console).splitlines()
    marked = next(line for line in lines if "★" in line)
    cells = " ".join(marked.split())
    assert cells == "cnn3-he ★ 1,707,274 2 91.0% 70.0% 65.4% ± 1.2 0.651 1 min 1 s"
    assert next(line for line in lines if "broken" in line).split() == ["broken", *"–0–––––"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_results_keep_names_and_accuracies_however_narrow(language: str, width: int) -> None:
    use_language(language)
    console = make_console(file=io.StringIO(), width=width)
    rows = summary_rows()
    rows[0]["alternative"] = "cnn3-he-augmented"
    console.print(results_table(rows, console))
    text = shown(console)
    assert "cnn3-he-augmented" in text
    assert ("65.4%" if language == "en" else "65,4 %") in text
    assert ("1,707,274" in text or "1.707.274" in text) is (width == 120)
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize(
    ("language", "count", "line"),
    [
        ("en", 0, None),
        ("en", 1, "It states 1 claim, which the report judges"),
        ("es", 2, "Formula 2 afirmaciones, que el informe juzga"),
    ],
)
def test_the_plan_says_how_many_claims_the_study_states(
    language: str, count: int, line: str | None
) -> None:
    use_language(language)
    claim = Claim(text={"en": "A", "es": "B"}, better="cnn3-he", than=("mlp",))
    study = config().model_copy(update={"claims": (claim,) * count})
    console = plain()
    with Display(console) as display:
        display.planned(study, dataset(), planned(study, OUT), OUT, False)
    lines = shown(console).splitlines()
    plan = next(index for index, text in enumerate(lines) if "pair:" in text)
    assert lines[plan + 1] == (line or "")


def test_what_could_not_be_looked_at_is_said() -> None:
    console = plain()
    reason = CotejoError("look_back_failed", reason="RuntimeError: no room", log="out/failures.log")
    Display(console).look_back_failed(reason)
    said = " ".join(shown(console).split())
    assert said.startswith("The runs are whole, but where the networks fail could not be looked at")
    assert "(RuntimeError: no room)" in said
    assert "out/failures.log says more" in said
