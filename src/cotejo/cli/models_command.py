"""``cotejo models``: list the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cotejo.cli.options import Debug, Language
from cotejo.messages import message

if TYPE_CHECKING:
    from cotejo.models import ModelFamily

__all__ = ["models"]

_IMAGE_SHAPE = (32, 32, 3)
_NUM_CLASSES = 10


def models(lang: Language = None, debug: Debug = False) -> int:
    """List the models with their parameters, options and descriptions."""
    from cotejo.cli.console import make_console, say
    from cotejo.cli.live import Status
    from cotejo.cli.tables import models_table

    console = make_console()
    status = Status(console)
    status.show_note(message("cli.loading_keras"))
    try:
        from cotejo.models import model_families, model_groups

        rows = [_row(family) for family in model_families()]
        rows += [_group_row(group) for group in model_groups()]
    finally:
        status.stop()
    console.print(models_table(rows))
    say(console, message("cli.models_note"))
    return 0


def _group_row(group: ModelFamily) -> tuple[str, None, dict[str, Any], str]:
    """Return the row of all models whose names begin alike; each has its own parameters."""
    return f"{group.name}…", None, group.defaults, group.description


def _row(family: ModelFamily) -> tuple[str, int | None, dict[str, Any], str]:
    network = family.build(_IMAGE_SHAPE, _NUM_CLASSES)
    return family.name, int(network.count_params()), family.defaults, family.description
