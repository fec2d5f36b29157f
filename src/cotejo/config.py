"""What is trained: a study of alternatives, from TOML, checked once, here, and frozen.

An alternative says only what differs from the study's base, and the base only what differs from
the defaults of `Settings`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean, message

__all__ = ["MODEL_OPTIONS", "Alternative", "Settings", "StudyConfig"]

MODEL_OPTIONS = ("initializer", "convolutions", "kernel_size", "width", "dropout", "batch_norm")
"""The settings that a model's builder takes; None leaves the model its own."""

LEARNING_RATES = {
    "adam": 1e-3,
    "adamw": 1e-3,
    "nadam": 1e-3,
    "rmsprop": 1e-3,
    "adagrad": 1e-2,
    "sgd": 1e-2,
}
"""Each optimizer's learning rate where none is given: Keras's own, but for Adagrad's 1e-3."""

# Endings of the files beside the alternatives' folders.
_FILE_SUFFIXES = {".csv", ".html", ".json", ".npz", ".toml"}

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Model = TypeVar("Model", bound=BaseModel)
Text = dict[Literal["en", "es"], str]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Settings(_Frozen):
    """How one alternative is built and trained.

    Attributes:
        model: the model's name; `cotejo models` lists them.
        initializer, convolutions, kernel_size, width, dropout, batch_norm: options of the model,
            None for its own.
        augment: how training images are changed each time they are seen.
        optimizer: the optimizer's name.
        learning_rate: the highest of the schedule; None for the optimizer's own.
        momentum: of `sgd`, Nesterov's, 0.9 if left out; the others have their own, and it is None.
        weight_decay: decoupled from the gradient, as in AdamW.
        schedule: how the learning rate changes from step to step.
        batch_size: images a step.
        epochs: passes over the training images, at most.
        early_stopping: epochs without a lower validation loss before training stops and the best
            weights come back; 0 trains every epoch and keeps the last weights.
        label_smoothing: the share of the target spread over all classes.
        precision: of the computation; weights are float32 in any case.
        start_from: the alternative whose trained weights this one trains on from, seed by seed.

    Example:
        >>> Settings(model="cnn3", epochs=10).resolved().learning_rate
        0.001
    """

    model: str = "cnn3"
    initializer: Literal["glorot", "he"] | None = None
    convolutions: Annotated[int, Field(ge=1, le=4)] | None = None
    kernel_size: Annotated[int, Field(ge=1, le=15)] | None = None
    width: Annotated[int, Field(ge=4, le=512)] | None = None
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    batch_norm: bool | None = None
    augment: Literal["none", "notebook", "flip-crop"] = "none"
    optimizer: Literal["adam", "adamw", "nadam", "rmsprop", "adagrad", "sgd"] = "adam"
    learning_rate: Annotated[float, Field(gt=0, le=100)] | None = None
    momentum: Annotated[float, Field(ge=0, lt=1)] | None = None
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.0
    schedule: Literal["constant", "cosine", "one-cycle", "step"] = "constant"
    batch_size: Annotated[int, Field(ge=1, le=65536)] = 64
    epochs: Annotated[int, Field(ge=1, le=10000)] = 10
    early_stopping: Annotated[int, Field(ge=0, le=10000)] = 0
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    start_from: str | None = None

    @property
    def model_options(self) -> dict[str, Any]:
        """The options given for the model, by name."""
        options = {name: getattr(self, name) for name in MODEL_OPTIONS}
        return {name: value for name, value in options.items() if value is not None}

    def resolved(self) -> Settings:
        """Return the same with the optimizer's own learning rate and momentum filled in."""
        rate, momentum = self.learning_rate, self.momentum
        return self.model_copy(
            update={
                "learning_rate": LEARNING_RATES[self.optimizer] if rate is None else rate,
                "momentum": (0.9 if momentum is None else momentum)
                if self.optimizer == "sgd"
                else None,
            }
        )


class Alternative(_Frozen):
    """One thing compared.

    Attributes:
        name: its folder's name, and what `start_from` and `--set` call it.
        label: what a report calls it, by language.
        changes: the settings in which it differs from the base, as they were given.
        settings: everything, resolved.
    """

    name: Name
    label: Text
    changes: dict[str, Any]
    settings: Settings


class StudyConfig(_Frozen):
    """A study: alternatives × seeds on one dataset.

    Attributes:
        name: the study's, and by default its folder's.
        title: the report's, by language.
        data: a dataset's name or path.
        seeds: each alternative is trained once with each.
        alternatives: in the order of the report.

    Example:
        >>> study = StudyConfig.parse({"alternative": [{"name": "a"}], "base": {"epochs": 2}})
        >>> study.alternatives[0].settings.epochs
        2
    """

    name: Name = "study"
    title: Text = {}
    data: str = "cifar10"
    seeds: tuple[Annotated[int, Field(ge=0, lt=2**31)], ...] = (1,)
    alternatives: tuple[Alternative, ...]

    @field_validator("seeds", mode="before")
    @classmethod
    def _seeds(cls, value: Any) -> Any:
        # A number n stands for the seeds 1 to n.
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000:
            return tuple(range(1, value + 1))
        seeds = tuple(value) if isinstance(value, list | tuple) else ()
        if not seeds or not all(type(seed) is int for seed in seeds):
            raise ValueError("seeds")
        if len(set(seeds)) != len(seeds):
            raise ValueError("seeds")
        return seeds

    def alternative(self, name: str) -> Alternative:
        """Return the alternative named ``name``."""
        return next(found for found in self.alternatives if found.name == name)

    @classmethod
    def load(cls, path: str | Path, overrides: Sequence[str] = (), **changes: Any) -> StudyConfig:
        """Read a study from a TOML file.

        Args:
            path: the file.
            overrides: ``"key=value"``, for every alternative, or ``"alternative.key=value"``.
            **changes: top-level keys that take the file's place, such as ``seeds=3``.

        Raises:
            ConfigError: it can't be read, is not TOML, or says something it can't.
        """
        path = Path(path)
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ConfigError("no_study_file", path=path, hint=_nearby(path)) from error
        except OSError as error:
            raise ConfigError("unreadable_study", path=path, reason=error.strerror) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError("not_toml", path=path, reason=error) from error
        content.setdefault("name", path.stem)
        return cls.parse({**content, **changes}, overrides)

    @classmethod
    def parse(cls, content: Mapping[str, Any], overrides: Sequence[str] = ()) -> StudyConfig:
        """Check the content of a study file and fill it in.

        Raises:
            ConfigError: a key is unknown, a value out of range, a name used twice or missing.
        """
        content = dict(content)
        _known(content, ("name", "title", "data", "seeds", "base", "alternative"), "")
        entries = content.pop("alternative", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise ConfigError("not_alternatives")
        if not entries:
            raise ConfigError("no_alternatives")
        names = [str(entry.get("name", "")) for entry in entries]
        general, own = _parse_overrides(overrides, names)
        base = _table(content.pop("base", {}), "base")
        alternatives = tuple(
            _alternative(entry, base, general, own.get(str(entry.get("name")), {}))
            for entry in entries
        )
        _check_names(alternatives)
        if "title" in content:
            content["title"] = _text(content["title"])
        return _checked(cls, {**content, "alternatives": alternatives}, "")

    def to_toml(self) -> str:
        """Return the study as TOML with every default filled in; `parse` reads it back."""
        document: dict[str, Any] = {"name": self.name, "data": self.data, "seeds": list(self.seeds)}
        if self.title:
            document["title"] = dict(self.title)
        document["alternative"] = [
            {"name": alternative.name, "label": dict(alternative.label)}
            | alternative.settings.model_dump(exclude_none=True)
            for alternative in self.alternatives
        ]
        return tomli_w.dumps(document)


def _alternative(
    entry: Mapping[str, Any],
    base: Mapping[str, Any],
    general: Mapping[str, Any],
    own: Mapping[str, Any],
) -> Alternative:
    """Fill in one alternative; ``general`` overrides reach every one, ``own`` this one."""
    entry = dict(entry)
    if "name" not in entry:
        raise ConfigError("unnamed_alternative")
    name = entry.pop("name")
    where = message("errors.in_alternative", name=name)
    label = _text(entry.pop("label", name))
    _known(entry, tuple(Settings.model_fields), where)
    changes = {**entry, **{key: general[key] for key in general if key in entry}, **own}
    settings = _checked(Settings, {**base, **general, **changes}, where).resolved()
    content = {"name": name, "label": label, "changes": changes, "settings": settings}
    return _checked(Alternative, content, where)


def _check_names(alternatives: Sequence[Alternative]) -> None:
    seen: dict[str, Alternative] = {}
    for alternative in alternatives:
        name = alternative.name
        # Names are folders' names, which on some systems differ by more than their case.
        if name.casefold() in (other.casefold() for other in seen):
            raise ConfigError("name_twice", name=name)
        if name.casefold() == "replaced" or Path(name).suffix in _FILE_SUFFIXES:
            raise ConfigError("reserved_name", name=name)
        _check_start(alternative, seen)
        seen[name] = alternative


def _check_start(alternative: Alternative, earlier: Mapping[str, Alternative]) -> None:
    settings = alternative.settings
    if settings.start_from is None:
        return
    # Only earlier ones, so that there is no circle and the order of training is plain.
    if settings.start_from not in earlier:
        known = ", ".join(earlier) or "-"
        raise ConfigError(
            "unknown_start", name=alternative.name, parent=settings.start_from, known=known
        )
    parent = earlier[settings.start_from].settings
    if (settings.model, settings.model_options) != (parent.model, parent.model_options):
        raise ConfigError("start_of_another", name=alternative.name, parent=settings.start_from)


def _parse_overrides(
    overrides: Sequence[str], names: Sequence[str]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    general: dict[str, Any] = {}
    own: dict[str, dict[str, Any]] = {}
    for override in overrides:
        key, equals, text = override.partition("=")
        if not equals:
            raise ConfigError("override_form", override=override)
        # An alternative's name may hold points, a setting's never does.
        name, point, setting = key.strip().rpartition(".")
        if point and name not in names:
            hint = did_you_mean(name, names)
            raise ConfigError("override_alternative", name=name, known=", ".join(names), hint=hint)
        _known({setting: None}, tuple(Settings.model_fields), "--set")
        target = own.setdefault(name, {}) if point else general
        target[setting] = _value(text.strip())
    return general, own


def _value(text: str) -> Any:
    # As in TOML; a word without quotes is a string, for the shell's sake.
    try:
        parsed = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    # A line break could smuggle in a second key.
    return parsed["value"] if set(parsed) == {"value"} else text


def _known(given: Iterable[str], known: Sequence[str], where: str) -> None:
    for key in given:
        if key not in known:
            hint = did_you_mean(key, known) or " " + message(
                "errors.known_keys", keys=", ".join(known)
            )
            place = f" ({where})" if where else ""
            raise ConfigError("unknown_key", key=key, where=place, hint=hint)


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError("not_a_table", where=where)
    _known(value, tuple(Settings.model_fields), where)
    return value


def _text(value: Any) -> Any:
    """Return a text in both languages; one that is missing is the other's."""
    if isinstance(value, dict) and value and set(value) <= {"en", "es"}:
        first = next(iter(value.values()))
        return {"en": first, "es": first} | value
    # What is no text is left as it is, for the validation to refuse.
    return {"en": value, "es": value} if isinstance(value, str) else value


def _checked(model: type[Model], content: Mapping[str, Any], where: str) -> Model:
    """Validate, and turn pydantic's first complaint into one line about the user's key."""
    content = {
        key: float(value) if _is_float_field(model, key) and type(value) is int else value
        for key, value in content.items()
    }
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        received = first["input"] if key not in content else content[key]
        raise ConfigError(
            "bad_value",
            key=key,
            where=f" ({where})" if where else "",
            expected=_expected(model, key),
            received=repr(received) if isinstance(received, str) else received,
            hint=did_you_mean(received, _choices(model, key)) if isinstance(received, str) else "",
        ) from error


def _is_float_field(model: type[BaseModel], key: str) -> bool:
    return key in model.model_fields and "float" in str(model.model_fields[key].annotation)


def _choices(model: type[BaseModel], key: str) -> list[str]:
    if key in ("title", "label"):  # whose words are languages
        return []
    annotation = model.model_fields[key].annotation
    choices = [c for part in (annotation, *get_args(annotation)) for c in get_args(part)]
    return [choice for choice in choices if isinstance(choice, str)]


def _expected(model: type[BaseModel], key: str) -> str:
    words = _choices(model, key)
    if words:
        return message("errors.one_of", choices=", ".join(f'"{word}"' for word in words))
    return message(f"errors.expected_{key}")


def _nearby(path: Path) -> str:
    folder = path.parent if path.parent.is_dir() else Path("studies")
    studies = sorted(str(found) for found in folder.glob("*.toml"))
    return did_you_mean(str(path), studies)
