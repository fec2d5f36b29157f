"""What is trained: a study of alternatives, from TOML, checked once, here, and frozen.

An alternative says only what differs from the study's base, and the base only what differs from
the defaults of `Settings`. A ``[[vary]]`` makes one alternative a value, and a ``[[claim]]`` states
what the study is to test.
"""

from cotejo.config.alternatives import Alternative
from cotejo.config.claims import Claim
from cotejo.config.recipes import MEASURED_ON, Measured, Recipe, load_recipe, recipes
from cotejo.config.settings import LEARNING_RATES, Settings
from cotejo.config.sources import Sources, file_of
from cotejo.config.study import DEFAULT_DATA, StudyConfig

__all__ = [
    "DEFAULT_DATA",
    "LEARNING_RATES",
    "MEASURED_ON",
    "Alternative",
    "Claim",
    "Measured",
    "Recipe",
    "Settings",
    "Sources",
    "StudyConfig",
    "file_of",
    "load_recipe",
    "recipes",
]
