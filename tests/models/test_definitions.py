"""What a file of Python defines, read without running it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.config.sources import Source
from cotejo.errors import ConfigError
from cotejo.models.own.definitions import definition, reached_text

NETS = b'''
"""Networks."""
import keras
from typing import Annotated, Literal, Optional
WIDTH = 8
OTHER = 3
print("said when it is run")

def helper():
    """Help."""
    return WIDTH

def net(image_shape, num_classes, *, units: int = 4, kind: Literal["a", "b"] = "a",
        rate: float | None = None, norm: Optional[str] = None, act=keras.activations.relu,
        many=(1, 2), **others):
    """The first line.

    And more.
    """
    return helper()

class Net(keras.Model):
    def __init__(self, classes, width=WIDTH): ...

made, also = 1, 2
'''


def test_a_function_is_known_by_its_text():
    found = definition(Source("nets.py", NETS), "net")
    assert (found.kind, found.doc) == ("function", "The first line.")
    defaults = {name: each.default for name, each in found.signature.parameters.items()}
    assert (defaults["units"], defaults["kind"], defaults["rate"]) == (4, "a", None)
    assert (defaults["act"], defaults["many"]) == (..., (1, 2))
    types = {name: each.annotation for name, each in found.signature.parameters.items()}
    assert types["units"] is int
    assert str(types["rate"]) in ("float | None", "typing.Optional[float]")
    assert types["act"] is types["image_shape"]  # none


def test_a_class_and_a_value_too():
    source = Source("nets.py", NETS)
    assert str(definition(source, "Net").signature) == "(classes, width=Ellipsis)"
    assert definition(source, "also").kind == "value"
    assert definition(source, "keras").kind == "value"


def test_what_is_reached_is_what_is_named():
    text = reached_text(Source("nets.py", NETS), "net")
    assert "def helper" in text
    assert "WIDTH = 8" in text
    assert "print(" in text
    assert "OTHER" not in text
    assert "class Net" not in text
    assert "first line" not in text


@pytest.mark.parametrize("change", [(b"WIDTH = 8", b"WIDTH = 9"), (b"units: int = 4", b"units=5")])
def test_what_changes_the_network_changes_the_text(change):
    changed = Source("nets.py", NETS.replace(*change))
    assert reached_text(changed, "net") != reached_text(Source("nets.py", NETS), "net")


@given(st.binary(max_size=200))
def test_any_content_is_read_or_refused(content):
    try:
        definition(Source("nets.py", content), "net")
    except ConfigError as error:
        assert "\n" not in str(error)
