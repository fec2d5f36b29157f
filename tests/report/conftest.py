"""Fabricated studies, shared by the report's tests."""

import sys
from functools import cache
from pathlib import Path

import matplotlib as mpl
import pytest

# So that `fabricate` is found in whichever of its import modes pytest runs.
sys.path.insert(0, str(Path(__file__).parent))

from fabricate import Made, fabricate_study

from cotejo.facts import gather
from cotejo.report import write_report
from cotejo.report.findings import Findings
from cotejo.report.html import render
from cotejo.report.words import Words
from figures import figures_drawn


@pytest.fixture
def study(tmp_path):
    """Fabricate a study: ``study(Made(…), …, seeds=…)`` returns its findings."""

    def make(*alternatives, **options):
        return Findings(gather(fabricate_study(tmp_path / "study", alternatives, **options)))

    return make


@pytest.fixture(scope="session")
def full(tmp_path_factory):
    """A study with everything in it: several seeds, a failure, a start from another's weights."""
    return fabricate_study(
        tmp_path_factory.mktemp("report") / "full",
        [
            Made("mlp", (0.51, 0.52, 0.50), changes={"model": "mlp"}),
            Made("plain", (0.70, 0.71, 0.70), train=(0.9,) * 3, loss_rise=0.6, failed=(3,)),
            Made("augmented", (0.72, 0.73, 0.71), changes={"augment": "notebook"}),
            Made(
                "tuned",
                (0.78, 0.80, 0.79),
                changes={"augment": "notebook", "start_from": "augmented", "epochs": 4},
            ),
            Made("broken", failed=(1, 2, 3), changes={"learning_rate": 100.0}),
        ],
        seeds=(1, 2, 3),
        images=500,
    )


@pytest.fixture(scope="session")
def reported(full):
    """The same, with its report in Spanish beside it."""
    with figures_drawn():
        write_report(full, "es")
    return full


@pytest.fixture(scope="session")
def page_of(full):
    """The page of that study: ``page_of("es")``, rendered once for all who ask for it."""
    findings = Findings(gather(full))

    @cache
    def rendered(language):
        with figures_drawn():
            return render(findings, language)

    return rendered


@pytest.fixture(params=["en", "es"])
def words(request):
    return Words(request.param)


@pytest.fixture(autouse=True)
def same_configuration():
    """Drawing leaves Matplotlib's global configuration as it was."""
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before
