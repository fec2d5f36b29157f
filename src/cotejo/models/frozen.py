"""What a study may say of models with a pretrained backbone, which is frozen at first."""

from __future__ import annotations

from cotejo.config import Alternative, Settings, StudyConfig
from cotejo.config.checking import of_alternative
from cotejo.errors import ConfigError
from cotejo.models.own.families import family_of

__all__ = ["check_backbones", "frozen_epochs", "head_epochs", "refuse_idle"]


def frozen_epochs(settings: Settings) -> int:
    """Return for how many epochs, from the first, only the head of a network learns.

    Args:
        settings: of a model that ships; those of a user's own are not known before it is built.

    Example:
        >>> settings = Settings(model="shipped", epochs=10, unfreeze=4)
        >>> frozen_epochs(settings), frozen_epochs(Settings(model="cnn3", epochs=10))
        (4, 0)
    """
    is_frozen = family_of(settings).is_pretrained(settings.options)
    return head_epochs(settings) if is_frozen else 0


def head_epochs(settings: Settings) -> int:
    """Return how many epochs a head would learn alone, if the backbone is frozen at first.

    Example:
        >>> head_epochs(Settings(epochs=10)), head_epochs(Settings(epochs=10, unfreeze=4))
        (10, 4)
    """
    if settings.unfreeze is None:
        return settings.epochs
    return min(settings.unfreeze, settings.epochs)


def check_backbones(config: StudyConfig) -> StudyConfig:
    """Refuse settings that can't do anything to a frozen backbone, or to a model without one.

    Returns:
        The study. Where ``unfreeze`` is given to several alternatives, it is left out of those
        whose models have no backbone.

    Raises:
        ConfigError: there is such a setting.
    """
    can_thaw = any(_can_thaw(each.settings) for each in config.alternatives)
    alternatives = tuple(_checked(each, can_thaw) for each in config.alternatives)
    return config.model_copy(update={"alternatives": alternatives})


def _can_thaw(settings: Settings) -> bool:
    family = family_of(settings)
    # A user's own network may have a backbone: that shows once it is built.
    return family.is_pretrained(settings.options) or not family.ships


def _checked(alternative: Alternative, can_thaw: bool) -> Alternative:
    name, settings = alternative.name, alternative.settings
    if settings.unfreeze is not None and not _can_thaw(settings):
        own = of_alternative(name)
        where = settings.options.place("unfreeze") or own
        if not can_thaw or where == own:
            raise ConfigError("settings.unfreeze.idle", where=where, value=settings.model)
        left_out = {each: Settings.default(each) for each in ("unfreeze", "unfreeze_rate")}
        return alternative.model_copy(update={"settings": settings.model_copy(update=left_out)})
    if family_of(settings).is_pretrained(settings.options):
        refuse_idle(name, settings)
    return alternative


def refuse_idle(name: str, settings: Settings) -> None:
    """Refuse settings that can't do anything to a network whose backbone is frozen at first.

    Args:
        name: the alternative's.
        settings: its settings.

    Raises:
        ConfigError: there is such a setting.
    """
    epochs, unfreeze = settings.epochs, settings.unfreeze
    if unfreeze is not None and unfreeze >= epochs:
        raise ConfigError("unfreeze_too_late", name=name, unfreeze=unfreeze, epochs=epochs)
    if unfreeze is None and settings.augment != "none":
        raise ConfigError("frozen_and_augmented", name=name, setting="augment")
    for staged in ("small_epochs", "hard_epochs"):
        if head_epochs(settings) and getattr(settings, staged):
            raise ConfigError("frozen_in_stages", name=name, setting=staged)
