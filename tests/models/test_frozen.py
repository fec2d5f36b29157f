"""What a study may say of pretrained models, which is checked before Keras is loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cotejo.backend import keras
from cotejo.config import StudyConfig
from cotejo.errors import ConfigError
from cotejo.models import check_models, register, resolve, unregister
from cotejo.models.backbone import with_head
from cotejo.models.frozen import frozen_epochs
from cotejo.study.networks import built_networks


def checked(*tables, **content):
    alternatives = [{"name": f"a{number}", **table} for number, table in enumerate(tables)]
    return check_models(StudyConfig.parse({"alternative": alternatives, **content}))


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"model": "cnn3", "unfreeze": 2}, "has no pretrained backbone"),
        ({"model": "shipped", "unfreeze": 10}, "the backbone would never learn"),
        ({"model": "shipped", "augment": "flip-crop"}, "`augment` does nothing"),
        ({"model": "shipped", "unfreeze": 2, "small_epochs": 1}, "`small_epochs` can't be"),
        ({"model": "keras:VGG16", "unfreeze": 2, "hard_epochs": 1}, "`hard_epochs` can't be"),
        ({"model": "shipped", "unfreeze_rate": 0.5}, "`unfreeze` is not given"),
        ({"model": "shipped", "unfreeze": -1}, "a whole number of epochs"),
        ({"model": "shipped", "alpha": 0.5}, "has no option `alpha`"),
        ({"model": "shipped", "weights": "imagenet"}, "shipped"),
        ({"model": "keras:VGG16", "alpha": 9}, "`alpha`"),
        ({"model": "keras:", "epochs": 3}, "unknown model"),
    ],
)
def test_what_does_nothing_is_refused(settings, line):
    with pytest.raises(ConfigError) as caught:
        checked(settings)
    assert line in str(caught.value)
    assert "{" not in caught.value.in_language("es")


def test_what_makes_sense_is_taken():
    config = checked(
        {"model": "shipped"},
        {"model": "keras:MobileNetV3Small", "unfreeze": 4, "augment": "flip-crop"},
        {"model": "keras:MobileNetV3Small", "unfreeze": 0, "small_epochs": 2, "alpha": 0.75},
        {"model": "shipped", "weights": "none", "augment": "flip-crop", "hard_epochs": 1},
    )
    epochs = [frozen_epochs(each.settings) for each in resolve(config).alternatives]
    assert epochs == [10, 4, 0, 0]


def test_a_shared_unfreeze_is_left_out_where_there_is_no_backbone():
    base = {"unfreeze": 4, "unfreeze_rate": 0.5}
    config = checked({"model": "cnn3"}, {"model": "shipped"}, base=base)
    first, second = (each.settings for each in config.alternatives)
    assert (first.unfreeze, first.unfreeze_rate) == (None, 0.1)
    assert (second.unfreeze, second.unfreeze_rate) == (4, 0.5)
    with pytest.raises(ConfigError, match="has no pretrained backbone"):
        checked({"model": "cnn3"}, {"model": "mlp"}, base=base)
    with pytest.raises(ConfigError, match="has no pretrained backbone"):
        checked({"model": "cnn3", "unfreeze": 3}, {"model": "shipped"}, base=base)


def test_a_study_of_pretrained_models_is_checked_without_keras():
    code = (
        "import sys; from cotejo.config import StudyConfig; from cotejo.models import resolve;"
        "from cotejo.models import check_models;"
        "tables = [{'name': 'a', 'model': 'keras:NoSuchNet'}, {'name': 'b', 'model': 'shipped'}];"
        "resolve(check_models(StudyConfig.parse({'alternative': tables})));"
        "assert 'keras' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.fixture
def own_models():
    @register("own-backbone")
    def own_backbone(image_shape, num_classes):
        pixels = keras.Input(image_shape)
        features = keras.layers.GlobalMaxPooling2D()(keras.layers.Conv2D(4, 3)(pixels))
        return with_head(pixels, features, num_classes, name="own", frozen=True)

    @register("own-plain")
    def own_plain(image_shape, num_classes):
        pixels = keras.Input(image_shape)
        x = keras.layers.Flatten()(pixels)
        return keras.Model(pixels, keras.layers.Dense(num_classes)(x))

    yield
    unregister("own-backbone")
    unregister("own-plain")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"model": "own-plain", "unfreeze": 2}, "has no pretrained backbone"),
        ({"model": "own-backbone", "unfreeze": 10}, "the backbone would never learn"),
        ({"model": "own-backbone", "augment": "flip-crop"}, "`augment` does nothing"),
        ({"model": "own-backbone", "unfreeze": 8, "small_epochs": 5}, "`small_epochs` can't be"),
    ],
)
@pytest.mark.usefixtures("own_models")
def test_a_network_of_one_s_own_is_looked_at_once_it_is_built(digits, settings, line):
    with pytest.raises(ConfigError) as caught:
        built_networks(checked(settings), digits)
    assert line in str(caught.value)


def test_unfreeze_is_refused_where_the_weights_are_random():
    with pytest.raises(ConfigError, match="has no pretrained backbone"):
        checked({"model": "shipped", "weights": "none", "unfreeze": 2})
