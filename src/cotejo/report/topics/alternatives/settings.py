"""The settings of the alternatives: which differ, and each value as a reader would write it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cotejo.config import Settings
from cotejo.facts import AlternativeFacts
from cotejo.report.page import Page
from cotejo.report.words import NOT_APPLICABLE

__all__ = ["differing_and_shared", "phrases", "setting_text", "usual_texts"]


def differing_and_shared(
    alternatives: Sequence[AlternativeFacts],
) -> tuple[list[str], dict[str, Any]]:
    """Return the names of the settings that differ, and those that all share with their values."""
    if not alternatives:
        return [], {}
    values = _values(alternatives)
    names = list(values)
    differing = [name for name in names if any(v != values[name][0] for v in values[name])]
    if len(alternatives) == 1:
        # A setting without a value is not an option of this model or optimizer.
        differing = [name for name in names if values[name][0] is not None]
    shared = {
        name: values[name][0]
        for name in names
        if name not in differing and values[name][0] is not None
    }
    return differing, shared


def _values(alternatives: Sequence[AlternativeFacts]) -> dict[str, list[Any]]:
    """Return each setting that is worth showing, with the value that every alternative has."""
    names = dict.fromkeys(name for alternative in alternatives for name in alternative.settings)
    values = {
        name: [alternative.settings.get(name) for alternative in alternatives] for name in names
    }
    unsaid = {
        name
        for name in names
        if Settings.about(name).unsaid and all(v == Settings.default(name) for v in values[name])
    }
    idle = {name: Settings.about(name).idle for name in names}
    unsaid |= {name for name, when in idle.items() if when and when.because_of in unsaid}
    return {name: own for name, own in values.items() if name not in unsaid}


def setting_text(page: Page, name: str, alternative: AlternativeFacts) -> str:
    """Return the value of an alternative's setting; a dash where the setting has no meaning."""
    value = alternative.settings.get(name)
    if value is None:
        return _without_option(page, name, alternative)
    if name == "start_from":
        labels = {other.name: page.label(other) for other in page.facts.alternatives}
        return labels.get(value, str(value))
    return page.words.setting_value(name, value)


def _without_option(page: Page, name: str, alternative: AlternativeFacts) -> str:
    """Return what a network has of something that is no option of its model."""
    words, layer = page.words, Settings.about(name).layer
    built = _as_built(name, alternative)
    if built:
        return words.both([words.setting_value(name, value) for value in built])
    if layer and layer != "any" and not alternative.has_layers(layer):
        return words.setting_value(name, None)
    layers = (alternative.model or {}).get("layers") or []
    if name == "convolutions" and layers:
        return words.numbers.integer(sum(each["type"] == layer for each in layers))
    # The layers don't say it: only the model's code knows the value.
    return words.say("alternatives.value_of_model") if layer else words.setting_value(name, None)


def _as_built(name: str, alternative: AlternativeFacts) -> list[Any]:
    """Return the values that the layers have, from the input on and each once.

    A run made before 2026-11-27 does not say them; then the list is empty.
    """
    layers = (alternative.model or {}).get("layers") or []
    values: list[Any] = []
    match name:
        case "batch_norm":
            values = [True for layer in layers if layer["type"] == "BatchNormalization"]
        case "kernel_size":
            values = [max(layer.get(name) or [0]) for layer in layers if layer["type"] == "Conv2D"]
        case "dropout":
            values = [layer.get("rate") for layer in layers if layer["type"] == "Dropout"]
        case "activation":
            values = [layer.get(name) for layer in layers]
            values = [value for value in values if value not in ("linear", "softmax")]
    return list(dict.fromkeys(value for value in values if value))


def usual_texts(page: Page, names: Sequence[str]) -> dict[str, str]:
    """Return the values that at least half of the alternatives have, by the settings' names."""
    usual = {}
    for name in names:
        texts = [setting_text(page, name, alternative) for alternative in page.facts.described]
        text, count = Counter(texts).most_common(1)[0]
        if text != NOT_APPLICABLE and 2 * count >= len(texts) and count > 1:
            usual[name] = text
    return usual


def phrases(page: Page, texts: Mapping[str, str]) -> str:
    """Return settings with their values as a list: "Model: cnn; dropout: 0.3"."""
    words = page.words
    said = [
        words.say("alternatives.shared_setting", name=words.setting_name(name), value=text)
        for name, text in texts.items()
    ]
    # Only the first item begins with a capital letter.
    return "; ".join([*said[:1], *(text[:1].lower() + text[1:] for text in said[1:])])
