"""What is needed to use the model of a run, read from the run's folder and checked.

The files ``model.keras``, ``run.json`` and ``metrics.json`` are enough, so a run's folder can be
moved out of its study. Runs of earlier versions have their class names in the study's
``data.json``, two folders above. The same is kept as a note in ``model.keras`` itself, which
can so be used alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from typing import Any

from cotejo.config.views import VIEWS
from cotejo.errors import OutputError
from cotejo.messages import LANGUAGES, message
from cotejo.pictures import FITS, Fit
from cotejo.store import FORMAT, RunFile, RunFolder, StudyFile, StudyFolder

__all__ = [
    "TEMPERATURES",
    "Description",
    "check_class_names",
    "check_margin",
    "check_temperature",
    "check_views",
    "describe_note",
    "describe_run",
    "described",
    "is_temperature",
    "note_of",
]  # fmt: skip

TEMPERATURES = (0.01, 100.0)
"""The lowest and the highest temperature accepted. Cotejo fits them from 0.05 to 20."""


@dataclass(frozen=True)
class Description:
    """What is needed to use a network.

    Attributes:
        class_names: by language, in label order.
        views: from which sides an image is looked at: a name of `cotejo.config.views.VIEWS`.
        temperature: that the logits are divided by.
        name: of the alternative that it is of, or what else it is called.
        seed: that it was trained with; None where that is not known.
        fit: what is done with a picture of other proportions (`cotejo.pictures.FITS`).
        margin: an image gets all views if its two highest logits differ by less; infinity gives
            all views to each.
    """

    class_names: dict[str, tuple[str, ...]]
    views: str
    temperature: float
    name: str
    fit: Fit = "crop"
    margin: float = inf
    seed: int | None = None

    @property
    def labels(self) -> dict[str, str]:
        """What people call the model, by language: its name, and its seed if that is known."""
        if self.seed is None:
            return dict.fromkeys(LANGUAGES, self.name)
        return {
            language: message("cli.run_called", name=self.name, seed=self.seed, language=language)
            for language in LANGUAGES
        }

    @property
    def file_name(self) -> str:
        """What files of the model are named by: the same in every language."""
        return self.name if self.seed is None else f"{self.name}-seed-{self.seed}"


def describe_run(run: RunFolder) -> Description:
    """Return what a finished run's files say of its model.

    Raises:
        OutputError: a file is missing, or has a field that no run has so. The error names it.
    """
    return described(run.record, run.metrics, _class_names(run), run.path)


def described(
    record: Mapping[str, Any],
    metrics: Mapping[str, Any],
    class_names: dict[str, tuple[str, ...]],
    folder: Path,
) -> Description:
    """Return what a run's record and metrics say of its model.

    Args:
        record: the content of ``run.json``.
        metrics: that of ``metrics.json``.
        class_names: by language.
        folder: the run's, which errors name.

    Raises:
        OutputError: a field is missing, or is what no run has.
    """
    of_record, of_metrics = folder / RunFile.RECORD, folder / RunFile.METRICS
    settings = _table(record, "settings", of_record)
    calibration = _table(metrics, "test", of_metrics).get("calibration") or {}
    if not isinstance(calibration, Mapping):
        raise _wrong(of_metrics, "test.calibration", calibration, "a_table")
    temperature = calibration.get("temperature")
    if temperature is None:  # a final training has no images to fit one on
        temperature = 1.0
    fit = _table(record, "dataset", of_record).get("fit", "crop")
    return Description(
        class_names=class_names,
        views=check_views(settings.get("tta", "none"), of_record, "settings.tta"),
        temperature=check_temperature(temperature, of_metrics, "test.calibration.temperature"),
        name=str(record.get("alternative", "")),
        fit=check_fit(fit, of_record, "dataset.fit"),
        margin=check_margin(record.get("views_margin"), of_record, "views_margin"),
        seed=_seed(record.get("seed")),
    )


def note_of(description: Description, precisions: Mapping[str, str | None]) -> dict[str, Any]:
    """Return what ``model.keras`` carries of a run, as JSON holds it.

    Args:
        description: of the run's model.
        precisions: what each layer computes in.
    """
    return {
        "format": FORMAT,
        "name": description.name,
        "seed": description.seed,
        "class_names": {key: list(names) for key, names in description.class_names.items()},
        "fit": description.fit,
        "views": description.views,
        "views_margin": description.margin if isfinite(description.margin) else None,
        "temperature": description.temperature,
        "precisions": dict(precisions),
    }


def describe_note(note: Mapping[str, Any], path: Path) -> Description:
    """Return what the note in a ``.keras`` file says of the model in it.

    Raises:
        OutputError: a field is missing, or is what no run has.
    """
    name = note.get("name")
    return Description(
        class_names=check_class_names(note.get("class_names"), path, "class_names"),
        views=check_views(note.get("views"), path, "views"),
        temperature=check_temperature(note.get("temperature"), path, "temperature"),
        name=name if isinstance(name, str) else "",
        fit=check_fit(note.get("fit"), path, "fit"),
        margin=check_margin(note.get("views_margin"), path, "views_margin"),
        seed=_seed(note.get("seed")),
    )


def _seed(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _class_names(run: RunFolder) -> dict[str, tuple[str, ...]]:
    path = run.path / RunFile.RECORD
    dataset = _table(run.record, "dataset", path)
    if "class_names" in dataset:
        return check_class_names(dataset["class_names"], path, "dataset.class_names")
    study = StudyFolder(run.path.parent.parent)
    path = study.path / StudyFile.DATA
    if not path.is_file():
        raise OutputError("model_without_classes", path=run.path)
    return check_class_names(study.data.get("class_names"), path, "class_names")


def check_class_names(value: Any, path: Path, field: str) -> dict[str, tuple[str, ...]]:
    """Return the class names by language, checked: texts, and as many in each language.

    A language that came to Cotejo after the model was trained takes the English names.

    Raises:
        OutputError: they are not. The error names the file and the field.
    """
    if isinstance(value, Mapping):
        by_language = {language: value.get(language, value.get("en")) for language in LANGUAGES}
        lists = [names for names in by_language.values() if isinstance(names, list | tuple)]
        texts = all(isinstance(name, str) for names in lists for name in names)
        complete = len(lists) == len(LANGUAGES) and len({len(names) for names in lists}) == 1
        if texts and complete and lists[0]:
            return {language: tuple(names) for language, names in by_language.items()}
    raise _wrong(path, field, value, "class_names")


def check_temperature(value: Any, path: Path, field: str) -> float:
    """Return the temperature, checked: a number that logits can be divided by.

    Raises:
        OutputError: it is not. The error names the file and the field.
    """
    if is_temperature(value):
        return float(value)
    raise _wrong(path, field, value, "temperature")


def is_temperature(value: Any) -> bool:
    """Whether something is a number that logits can be divided by, within `TEMPERATURES`.

    Example:
        >>> is_temperature(1.5), is_temperature(0), is_temperature(float("nan"))
        (True, False, False)
    """
    low, high = TEMPERATURES
    # NaN compares false, so it is refused too.
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def check_views(value: Any, path: Path, field: str) -> str:
    """Return the name of the views, checked: one of `cotejo.config.views.VIEWS`.

    Raises:
        OutputError: it is not. The error names the file and the field.
    """
    if isinstance(value, str) and value in VIEWS:
        return value
    raise _wrong(path, field, value, "views")


def check_margin(value: Any, path: Path, field: str) -> float:
    """Return the margin below which an image gets all views, checked; None is infinity.

    Raises:
        OutputError: it is no number from 0 on. The error names the file and the field.
    """
    if value is None:
        return inf
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < inf:
        return float(value)
    raise _wrong(path, field, value, "margin")


def check_fit(value: Any, path: Path, field: str) -> Fit:
    """Return how a picture is fitted, checked: one of `cotejo.pictures.FITS`.

    Raises:
        OutputError: it is not. The error names the file and the field.
    """
    for fit in FITS:
        if value == fit:
            return fit
    raise _wrong(path, field, value, "fit")


def _table(content: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    value = content.get(key)
    if not isinstance(value, Mapping):
        raise _wrong(path, key, value, "a_table")
    return value


def _wrong(path: Path, field: str, value: Any, expected: str) -> OutputError:
    text = repr(value)
    return OutputError(
        "model_field",
        path=path,
        field=field,
        expected=message(
            f"errors.model_field_{expected}", views=", ".join(VIEWS), fits=", ".join(FITS)
        ),
        received=text if len(text) <= 60 else f"{text[:57]}…",
    )
