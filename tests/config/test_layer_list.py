"""A network as a list of layers in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.config import StudyConfig
from cotejo.config.layer_list import read_layers
from cotejo.errors import ConfigError
from cotejo.messages import using_language
from cotejo.models import build_model, check_models

LISTED = ["conv 32 3 relu", "pool 2", "batch-norm", "flatten", "dense 64 relu", "dropout 0.4"]


def test_a_list_of_layers_is_a_network():
    config = StudyConfig.parse({"alternative": [{"name": "a", "layers": LISTED}]})
    settings = check_models(config).alternatives[0].settings
    assert (settings.model, settings.options["layers"]) == ("layers", ", ".join(LISTED))
    network = build_model(settings.model, (32, 32, 3), 10, **settings.options)
    kinds = [type(layer).__name__ for layer in network.layers]
    assert kinds == [
        "InputLayer", "Rescaling", "Conv2D", "MaxPooling2D", "BatchNormalization", "Flatten",
        "Dense", "Dropout", "Dense",
    ]  # fmt: skip
    assert (
        StudyConfig.parse({"alternative": [{"name": "a", "layers": ", ".join(LISTED)}]}) == config
    )


@pytest.mark.parametrize(
    "entry",
    [
        "separable-conv 8 3 2 gelu same", "depthwise-conv 3 same", "average-pool 2",
        "global-max-pool", "layer-norm", "spatial-dropout 0.2", "noise 0.1", "relu", "mish",
    ],
)  # fmt: skip
def test_every_layer_can_be_built(entry):
    end = "" if entry.startswith("global") else ", global-pool"
    network = build_model("layers", (16, 16, 3), 5, layers=f"conv 4 3 same, {entry}{end}")
    assert network.output_shape == (None, 5)


@pytest.mark.parametrize(
    ("layers", "line"),
    [
        ("", "list of 1 to 200 layers"),
        ("conv 32", 'layer 1 of `layers`, "conv 32", is not understood. Write: conv FILTERS SIDE'),
        ("conv 32 3 rellu", 'is not understood. Did you mean "relu"'),
        ("conv 32 3, poool 2", 'layer 2 .* unknown. Did you mean "pool"'),
        ("conv 32 3.5", "is not understood"),
        ("dropout 1", "is not understood"),
        ("flatten, conv 8 3", "stands after the layer that makes a row"),
        ("dense 8", 'Put "flatten" or "global-pool" before it'),
        ("conv 8 3", 'Add "flatten" or "global-pool" at the end'),
        ("conv 8 3 same valid, flatten", "is not understood"),
        ("conv 8 9, conv 8 9, conv 8 9, conv 8 9, conv 8 9, flatten", "too small for the model"),
    ],
)
def test_a_wrong_entry_is_one_clear_line(layers, line):
    with pytest.raises(ConfigError, match=line) as caught:
        build_model("layers", (32, 32, 3), 10, layers=layers)
    assert "\n" not in str(caught.value)


def test_how_a_layer_is_written_is_said_in_the_reader_s_language():
    with using_language("es"), pytest.raises(ConfigError) as caught:
        read_layers("conv 32")
    assert "conv FILTROS LADO [PASO] [ACTIVACIÓN] [same|valid]." in str(caught.value)


@pytest.mark.parametrize("key", ["layer", "layrs"])
def test_a_misspelt_key_of_a_list_gets_a_hint(key):
    for layers in (LISTED, ", ".join(LISTED)):
        for table in ({"alternative": [{"name": "a", key: layers}]}, {"base": {key: layers}}):
            with pytest.raises(ConfigError, match=f'unknown `{key}`.* Did you mean "layers"'):
                check_models(StudyConfig.parse({"alternative": [{"name": "a"}], **table}))


def test_lists_of_layers_do_not_vary():
    for layers in ([LISTED, LISTED[:4]], ["flatten, dense 3", "flatten"]):
        with pytest.raises(ConfigError, match=r"Write an \[\[alternative\]\] for each network"):
            StudyConfig.parse({"vary": [{"layers": layers}]})
    # One list is one network, beside which something else varies.
    config = StudyConfig.parse({"vary": [{"layers": LISTED, "epochs": [1, 2]}]})
    assert len(config.alternatives) == 2


@given(st.text(alphabet="conv pl,dense3.14-relugbatchfm", max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        entries = read_layers(text)
    except ConfigError:
        return
    assert entries
