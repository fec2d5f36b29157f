"""A study of small grey images that are published as MNIST is, and what its report says of them."""

import json

import pytest
from tiny_sets import make

import cotejo
from cotejo.config import StudyConfig
from cotejo.data.published import load_published
from cotejo.data.sources.mnist import MNIST

STUDY = {
    "name": "grey",
    "data": "mnist",
    "base": {"epochs": 1, "batch_size": 16},
    "alternative": [{"name": "mirrored", "model": "cnn3", "augment": "flip-crop"}],
}


@pytest.mark.usefixtures("undrawn")
def test_a_study_of_grey_images(tmp_path):
    """The images are found where torchvision keeps them."""
    tiny = make(MNIST)
    tiny.unpack(0, tmp_path / "data" / "MNIST" / "raw")
    dataset = load_published(tiny.published, tmp_path / "data")
    study = cotejo.Study(StudyConfig.parse(STUDY))
    out = tmp_path / "out"
    assert study.run(dataset=dataset, out=out).finished
    data = json.loads((out / "data.json").read_text(encoding="utf-8"))
    assert data["image_shape"] == [28, 28, 1]
    assert len(data["channels"]["mean"]) == 1
    assert data["split"] == {"method": "last"}
    page = study.report(language="es").read_text(encoding="utf-8")
    for said in (
        "Las de validación son las últimas",
        "escritos a mano",
        "ya no es el mismo dígito",
    ):
        assert said in page
