import pytest

from cotejo import Study
from cotejo.config import StudyConfig


@pytest.fixture(scope="session")
def digits_study(tmp_path_factory):
    """A study of the digits with one small network, asked about corrupted images too."""
    folder = tmp_path_factory.mktemp("digits") / "study"
    config = StudyConfig.parse(
        {
            "data": "digits",
            "robustness": True,
            "base": {"epochs": 2, "batch_size": 32},
            "alternative": [{"name": "mlp", "model": "mlp"}],
        }
    )
    study = Study(config)
    study.run(out=folder)
    study.report(folder)
    return folder
