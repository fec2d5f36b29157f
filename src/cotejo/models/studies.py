"""What the models say of a study: whether it can be built as it is written, and their defaults."""

from __future__ import annotations

from collections.abc import Callable

from cotejo.config import Alternative, Settings, StudyConfig
from cotejo.config.checking import of_alternative
from cotejo.config.idle import refuse_twins
from cotejo.config.search import found_alternative
from cotejo.errors import ConfigError
from cotejo.models.building import check_options
from cotejo.models.frozen import check_backbones
from cotejo.models.own.families import family_of

__all__ = ["check_models", "resolve"]


def check_models(config: StudyConfig) -> StudyConfig:
    """Refuse what the models themselves say is wrong with a study.

    Returns:
        The study with its options as the models take them.

    Raises:
        ConfigError: there is no such model, or it has no such option; an option's value is of the
            wrong type or out of range; an alternative starts from another network; a setting can't
            do anything to a frozen backbone, or to a model without one; or two alternatives are
            the same once the models' own options are filled in.
    """
    checked = check_backbones(_changed(config, _checked))
    settings = {each.name: each.settings for each in resolve(checked).alternatives}
    searched = {search.name for search in config.searches}
    refuse_twins({name: each for name, each in settings.items() if name not in searched})
    for search in config.searches:
        for values in search.probes():
            _checked(found_alternative(config.alternative(search.name), values))
    for name, own in settings.items():
        parent = own.start_from
        if parent is not None and own.options != settings[parent].options:
            raise ConfigError("start_of_another", name=name, parent=parent)
    return checked


def resolve(config: StudyConfig) -> StudyConfig:
    """Return the study with the models' own options filled in, so that its records say them.

    Raises:
        ConfigError: there is no such model, or an option is wrong.
    """
    return _changed(config, _filled_in)


def _changed(config: StudyConfig, change: Callable[[Alternative], Settings]) -> StudyConfig:
    alternatives = tuple(
        alternative.model_copy(update={"settings": change(alternative)})
        for alternative in config.alternatives
    )
    return config.model_copy(update={"alternatives": alternatives})


def _checked(alternative: Alternative) -> Settings:
    settings = alternative.settings
    where = settings.options.place("model") or of_alternative(alternative.name)
    options = check_options(family_of(settings, where), settings.options, where)
    return settings.model_copy(update={"options": options})


def _filled_in(alternative: Alternative) -> Settings:
    settings = _checked(alternative)
    own = family_of(settings).defaults
    options = settings.options.replaced({**own, **settings.options})
    return settings.model_copy(update={"options": options})
