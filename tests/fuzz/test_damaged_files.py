"""Damaged and foreign files of a study: one clear line, or the same numbers as before.

More cases than a few: ``COTEJO_FUZZ_CASES=3000 python -m pytest tests/fuzz/test_damaged_files.py``;
with ``COTEJO_FUZZ_REPORTS=1`` each of them writes its report too.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from damage import copied, damage, forget_seals
from fuzzing import cases

from cotejo.data.audit import read_audit
from cotejo.errors import CotejoError
from cotejo.facts import best_alternative, gather
from cotejo.inference import Classifier
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.report_json import report_json
from cotejo.report.topics import TOPICS
from cotejo.verify import verify

FILES = (
    "study.json", "data.json", "data.npz", "test-reads.csv", "failures.npz",
    "audit.csv", "audit.npz", "audit.json",
    *(
        f"{run}/{name}"
        for run in ("plain/seed-1", "plain/seed-2", "on/seed-1")
        for name in (
            "run.json", "history.csv", "metrics.json", "predictions.npz", "mistakes.npz",
            "model.keras", "limits.npz",
        )
    ),
)  # fmt: skip
FULL = "COTEJO_FUZZ_REPORTS" in os.environ
"""Whether whole reports are written too, which takes seconds a case."""


def everything(folder: Path) -> dict[str, str]:
    """Return a digest of everything that a report could say, by what it is of; and read it all."""
    facts = gather(folder)
    findings = Findings(facts)
    found = {
        "study": facts.study,
        "data": facts.data,
        "readings": facts.test_reads,
        "examples": sorted((name, array.tobytes()) for name, array in facts.examples.items()),
        "findings": report_json(TOPICS, findings),
        "failures": findings.error_analysis and sorted(findings.error_analysis.arrays),
        "mistakes": [array.tobytes() for array in findings.best.kept_mistakes],
    }
    if (folder / "audit.json").is_file():
        audit = read_audit(folder)
        found["audit"] = (audit.issues, audit.images.tobytes(), audit.about)
    for run in facts.finished:
        content = (run.record, run.metrics, run.history)
        found[str(run.path.relative_to(folder))] = content
    if FULL:
        write_report(folder)
    return {
        name: hashlib.sha256(pickle.dumps(content)).hexdigest() for name, content in found.items()
    }


def is_one_line(error: CotejoError) -> bool:
    return all("\n" not in error.in_language(language) for language in ("en", "es"))


@pytest.fixture(scope="module")
def before(small_study):
    return everything(small_study)


@pytest.fixture(scope="module")
def old(small_study, tmp_path_factory):
    folder = copied(small_study, tmp_path_factory.mktemp("old") / "study")
    forget_seals(folder)
    return folder


@pytest.mark.parametrize("seed", cases(80))
def test_a_damaged_file_is_named_or_costs_nothing(small_study, before, tmp_path, seed):
    folder = copied(small_study, tmp_path / "study")
    name = random.Random(seed).choice(FILES)
    how = damage(folder, name, seed)
    try:
        found = everything(folder)
    except CotejoError as error:
        assert is_one_line(error), how
        assert Path(name).name in str(error) or "audit" in name, (how, str(error))
        return
    left_out = {f"{one.alternative}/seed-{one.seed}": one for one in gather(folder).left_out}
    if left_out:
        (run,) = left_out
        assert name.startswith(run), how
        assert is_one_line(left_out[run].reason)
        return
    if name.startswith("failures") or name.startswith("audit"):
        # Without the one or the other the report says less, and nothing else.
        found = {key: found[key] for key in found if key not in ("findings", "failures", "audit")}
    if name == "test-reads.csv" and Findings(gather(folder)).lost_test_reads:
        # Cut between two rows, it is a shorter file of its kind; the report says that rows lack.
        found = {key: found[key] for key in found if key not in ("findings", "readings")}
    gone = not (folder / name).is_file()
    if gone and name.endswith("run.json"):  # as of a run that was cut short: it counts as missing
        assert gather(folder).missing == 1
        return
    assert {key: before[key] for key in found} == found or gone, how


@pytest.mark.parametrize("seed", cases(40))
def test_what_no_seal_covers_never_ends_in_a_traceback(old, tmp_path, seed):
    folder = copied(old, tmp_path / "study")
    unsealed = [name for name in FILES if name.endswith((".json", ".npz"))]
    name = random.Random(seed).choice(unsealed)
    how = damage(folder, name, seed, unsealed=True)
    try:
        everything(folder)
    except CotejoError as error:
        assert is_one_line(error), how


@pytest.mark.parametrize("seed", cases(10))
def test_a_damaged_run_predicts_as_before_or_says_why_not(small_study, tmp_path, seed, digits):
    folder = copied(small_study, tmp_path / "study")
    run = folder / "plain" / "seed-1"
    name = random.Random(seed).choice(
        ["model.keras"] * 3 + ["run.json", "metrics.json", "limits.npz"]
    )
    how = damage(folder, f"plain/seed-1/{name}", seed)
    images = digits.test.images[:3]
    try:
        found = Classifier.load(run).probabilities(images)
    except CotejoError as error:
        assert is_one_line(error), how
        return
    expected = Classifier.load(small_study / "plain" / "seed-1").probabilities(images)
    np.testing.assert_array_equal(found, expected, err_msg=how)


@pytest.mark.parametrize("seed", cases(5))
def test_verify_finds_what_was_changed(undrawn_study, undrawn, tmp_path, seed):
    folder = copied(undrawn_study, tmp_path / "study")
    name = random.Random(seed).choice(FILES)
    content = (folder / name).read_bytes()
    how = damage(folder, name, seed)
    path = folder / name
    changed = not path.is_file() or path.read_bytes() != content
    try:
        levels = {finding.level for finding in verify(folder)}
    except CotejoError as error:
        assert is_one_line(error), how
        return
    assert ("error" in levels or "warning" in levels) == changed, how


def test_the_advice_helps_for_every_file_of_the_study(small_study, tmp_path):
    from cotejo.config import StudyConfig
    from cotejo.study import Study

    folder = copied(small_study, tmp_path / "study")
    for name in ("study.json", "data.json", "data.npz", "failures.npz", "audit.json"):
        (folder / name).write_text("{")
    (folder / "test-reads.csv").write_text("time,alternative,seed,key\n1,2\n")
    shutil.rmtree(folder / "on" / "seed-2")
    study = Study(StudyConfig.load(small_study / "study.toml"))
    result = study.run(out=folder)
    assert len(result.finished) == 4
    assert write_report(folder).is_file()
    assert best_alternative(gather(folder)).name == best_alternative(gather(small_study)).name
