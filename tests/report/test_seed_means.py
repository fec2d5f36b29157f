"""Figures that a run may lack: their intervals over seeds, and a report without them."""

import json

import pytest
from fabricate import Made, fabricate_study, rewrite
from hypothesis import given
from hypothesis import strategies as st

from cotejo.report import write_report
from cotejo.report.seed_means import over_seeds
from cotejo.store import read_csv

pytestmark = pytest.mark.usefixtures("undrawn")


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=5),
    st.lists(st.floats(0, 0.1), min_size=5, max_size=5),
)
def test_intervals_over_seeds(values, halves):
    bounds = [[max(value - half, 0), min(value + half, 1)]
              for value, half in zip(values, halves, strict=False)]  # fmt: skip
    found = over_seeds(values, bounds)
    assert found.low <= found.estimate + 1e-9
    assert found.estimate <= found.high + 1e-9
    assert found.low >= 0
    assert found.high <= 1
    alone = over_seeds(values[:1], bounds[:1])
    assert (alone.low, alone.high) == pytest.approx(bounds[0])
    assert over_seeds(values, [None, *bounds[1:]]) is None
    assert over_seeds(None, []) is None


def test_a_run_without_calibration_is_reported_all_the_same(tmp_path):
    """As before it was measured: of one alternative, then of both."""
    made = [Made("a", (0.7,), costs=False), Made("b", (0.6,))]
    fabricate_study(tmp_path, made, images=200)

    def strip(name):
        path = tmp_path / name / "seed-1" / "metrics.json"
        metrics = json.loads(path.read_text())
        test = metrics["test"]
        kept = ("accuracy", "loss", "macro_f1", "images", "confusion")
        old = {"per_class": [
            {key: row[key] for key in ("precision", "recall", "f1", "support")}
            for row in test["per_class"]
        ]}  # fmt: skip
        rewrite(path, test={key: test[key] for key in kept} | old)

    strip("a")
    page = write_report(tmp_path).read_text()
    assert 'id="calibration"' in page
    assert "Reliability diagram" not in page
    rows = read_csv(tmp_path / "calibration.csv")
    assert (rows[0]["ece"], rows[0]["brier_score"]) == ("", "")
    assert float(rows[1]["ece"]) > 0
    assert not (tmp_path / "reliability.csv").exists()
    assert read_csv(tmp_path / "cost.csv")[0]["operations_per_image"] == ""
    strip("b")
    page = write_report(tmp_path, "es").read_text()
    assert 'id="calibration"' not in page
    assert not (tmp_path / "calibration.csv").exists()
    assert not (tmp_path / "averages.csv").exists()
    assert "averages.csv" not in page
    assert read_csv(tmp_path / "per-class.csv")[0]["auc"] == ""
