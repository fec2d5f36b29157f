"""The card of an exported model in the form of Hugging Face: a README with facts in its head.

The sentences are those of the cards of Cotejo's own (`cotejo.report.card`), made from the run's
files; what is said of the file, and how it is used, is added. The head is YAML, whose values are
written as JSON, which YAML contains.

References:
    Hugging Face, "Model cards": https://huggingface.co/docs/hub/model-cards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cotejo.config import DEFAULT_DATA
from cotejo.config.views import VIEWS
from cotejo.messages import LANGUAGES
from cotejo.models.packed import SHIPPED
from cotejo.report.card import run_paragraphs
from cotejo.report.words import Words
from cotejo.store import RunFolder, card_name

if TYPE_CHECKING:
    from cotejo.inference import Classifier

__all__ = ["hugging_face_cards"]

_LIBRARIES = {
    "onnx": "onnx",
    "litert": "tflite",
    "saved-model": "tf-keras",
    "torch": "pytorch",
    "keras": "keras",
}
"""What Hugging Face calls the library that a form is for."""

_DATASETS = {
    "cifar10": "uoft-cs/cifar10",
    "cifar100": "uoft-cs/cifar100",
    "mnist": "ylecun/mnist",
    "fashion-mnist": "zalando-datasets/fashion_mnist",
    "svhn": "ufldl-stanford/svhn",
}
"""What Hugging Face calls the data sets that it has."""


def hugging_face_cards(
    classifier: Classifier, form: str, file: str, note: dict[str, Any]
) -> dict[str, str]:
    """Return the model's card by language.

    Args:
        classifier: that was exported.
        form: in which form.
        file: what the file is called.
        note: what `cotejo.export.about` says of it, with ``int8`` where it was quantised.
    """
    return {
        language: _head(classifier, form, note, Words(language))
        + "\n\n".join(_body(classifier, form, file, note, Words(language)))
        + "\n"
        for language in LANGUAGES
    }


def _head(classifier: Classifier, form: str, note: dict[str, Any], words: Words) -> str:
    data = _data_name(classifier)
    lines = [
        # Only of the model that ships does Cotejo know under which licence its weights are.
        f"license: {'apache-2.0' if classifier.origin == 'shipped' else 'unknown'}",
        f"language: {words.language}",
        f"library_name: {_LIBRARIES[form]}",
        "pipeline_tag: image-classification",
        "tags:",
        "- cotejo",
        "- image-classification",
        f"- {form}",
        *(["- int8"] if "int8" in note else []),
        *(["datasets:", f"- {_DATASETS[data]}"] if data in _DATASETS else []),
        "metrics:",
        "- accuracy",
    ]
    accuracy = _accuracy(note)
    if accuracy is not None and data is not None:
        lines += [
            "model-index:",
            f"- name: {json.dumps(classifier.name, ensure_ascii=False)}",
            "  results:",
            "  - task:",
            "      type: image-classification",
            "    dataset:",
            f"      name: {json.dumps(words.data_name(data), ensure_ascii=False)}",
            f"      type: {json.dumps(_DATASETS.get(data, data), ensure_ascii=False)}",
            "      split: test",
            "    metrics:",
            "    - type: accuracy",
            f"      value: {accuracy:.4f}",
        ]
    return "\n".join(["---", *lines, "---", "", ""])


def _accuracy(note: dict[str, Any]) -> float | None:
    """Return the test accuracy of what is in the file: of int8 its own."""
    if "int8" not in note:
        accuracy: float | None = note["test_accuracy"]
        return accuracy
    measured = note["int8"]["accuracy"].get("test")
    return measured[1] if measured else None


def _data_name(classifier: Classifier) -> str | None:
    if classifier.origin == "shipped":
        return DEFAULT_DATA
    if isinstance(classifier.origin, RunFolder):
        return str(classifier.origin.record["dataset"]["name"])
    return None


def _body(
    classifier: Classifier, form: str, file: str, note: dict[str, Any], words: Words
) -> Iterator[str]:
    classes = list(classifier.class_names[words.language])
    own: list[str] = []
    if classifier.origin == "shipped":
        own = (SHIPPED / card_name(words.language)).read_text(encoding="utf-8").split("\n\n")
        title, intro, *own = own
    else:
        title = f"# {words.say('card.title', name=classifier.name)}"
        shape = "×".join(map(str, classifier.image_shape))
        intro = words.say("card.intro", shape=shape, classes=len(classes))
    yield title
    yield intro
    yield f"## {words.say('export.card_file_title')}"
    yield from _of_the_file(classifier, form, file, note, words)
    if isinstance(classifier.origin, RunFolder):
        yield from run_paragraphs(classifier.origin, classes, words)
    elif own:
        yield "\n\n".join(own).strip()
    else:
        yield words.say("card.classes", classes=words.both(classes))
        yield f"## {words.say('card.use_title')}"
        yield words.say("card.use")


def _of_the_file(
    classifier: Classifier, form: str, file: str, note: dict[str, Any], words: Words
) -> Iterator[str]:
    height, width, channels = classifier.image_shape
    sizes = {"height": height, "width": width, "channels": channels}
    key = f"export.card_input_{note['size']}"
    fit = words.say(f"export.fit_{classifier.fit}")
    yield words.say(f"export.card_form_{form}", file=file)
    yield words.say(key, input=note["input"], fit=fit, **sizes)
    count = len(VIEWS[classifier.views])
    temperature = words.numbers.shortest(classifier.temperature, 3)
    views = words.say("export.card_views", count=count) if count > 1 else ""
    yield " ".join(
        text
        for text in (
            words.say("export.card_output", output=note["output"], classes=words.both(
                list(classifier.class_names[words.language])
            )),
            views,
            words.say("export.card_temperature", temperature=temperature),
        )
        if text
    )  # fmt: skip
    if "int8" in note:
        yield from _of_int8(note["int8"], words)


def _of_int8(int8: dict[str, Any], words: Words) -> Iterator[str]:
    whole = words.numbers.integer
    yield words.say(
        "export.card_int8", count=int8["calibration"], images=whole(int8["calibration"])
    )
    for split, (before, after) in int8["accuracy"].items():
        yield words.say(
            f"export.card_int8_{split}",
            before=words.numbers.percent(before, 2),
            after=words.numbers.percent(after, 2),
            images=whole(int8["images"][split]),
        )
    milliseconds, sizes = int8["milliseconds"], int8["bytes"]
    yield words.say(
        "export.card_int8_speed",
        one_before=words.numbers.shortest(milliseconds["one"][0], 3),
        one_after=words.numbers.shortest(milliseconds["one"][1], 3),
        before=words.numbers.shortest(milliseconds["batch"][0], 3),
        after=words.numbers.shortest(milliseconds["batch"][1], 3),
        bytes_before=whole(round(sizes[0] / 1000)),
        bytes_after=whole(round(sizes[1] / 1000)),
    )
