"""Study files, overrides and recipes that are wrong in every way: each ends in one line, or works.

Every case has a number; `make fuzz CASES=3000` tries as many of each kind.
"""

from __future__ import annotations

import random
import signal
import tomllib
import traceback
from contextlib import contextmanager
from functools import partial

from fuzzing import cases
from mutating import ODD, ODD_TEXT, mutated, odd

from cotejo.config import Settings, StudyConfig, load_recipe
from cotejo.config.options import COMMON_OPTIONS
from cotejo.data import load
from cotejo.errors import CotejoError
from cotejo.models import check_models, resolve
from cotejo.shipped import shipped_folder, shipped_recipes
from cotejo.study import networks
from cotejo.study.keys import run_keys
from cotejo.study.planning import planned_runs

LONGEST = 120
"""Seconds after which a case counts as one that does not answer, on however slow a machine."""

STUDIES = [
    path.read_text(encoding="utf-8") for path in sorted(shipped_folder("studies").glob("*.toml"))
] + [
    """
name = "chain"
data = "digits"
seeds = [1, 5]
[base]
model = "mlp"
epochs = 1
[[alternative]]
name = "a"
[[alternative]]
name = "b"
start_from = "a"
recipe = "fast"
model = "mlp"
width = 8
[[vary]]
name = "v"
optimizer = ["adam", "sgd"]
dropout = [0.1, 0.2]
"""
]
RECIPES = [path.read_text(encoding="utf-8") for path in shipped_recipes().values()]


@contextmanager
def answers():
    """Fail where nothing comes back for a long time."""

    def give_up(*_):
        raise TimeoutError(f"no answer in {LONGEST} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def outcome(action):
    """Return what is wrong with what `action` does, or None."""
    try:
        with answers():
            action()
    except CotejoError as error:
        for language in ("en", "es"):
            text = error.in_language(language)
            if not text.isprintable() or len(text) > 3000:
                return f"{error.key} in {language} is no short line: {text[:300]!r}"
    except BaseException:
        return traceback.format_exc()[-1500:]
    return None


def check(action):
    seeds = cases(200)
    found = {seed: outcome(partial(action, seed)) for seed in seeds}
    wrong = {case: text for case, text in found.items() if text}
    first = next(iter(wrong.items()), None)
    assert not wrong, f"{len(wrong)} of {len(seeds)} cases: {list(wrong)[:20]}; case {first}"


def planned(config, dataset, folder, build):
    """Do with a study all that is done before the first training."""
    if config.data not in ("cifar10", "digits"):
        load(config.data)
    check_models(config)
    resolved = resolve(config)
    StudyConfig.parse(tomllib.loads(resolved.to_toml()))
    keys = run_keys(resolved, dataset, "tensorflow")
    counts = dict.fromkeys((one.name for one in config.alternatives), 0)
    if build:
        built = networks.built_networks(resolved, dataset)
        counts = {name: each.parameters for name, each in built.items()}
    assert len(planned_runs(resolved, keys, folder, counts)) == len(keys)


def test_study_files(tmp_path, digits):
    path = tmp_path / "a study.toml"

    def study(case):
        path.write_bytes(mutated(STUDIES[case % len(STUDIES)], case))
        config = StudyConfig.load(path)
        planned(config, digits, tmp_path, build=case % 20 == 0 and is_small(config))

    check(study)


def is_small(config):
    """Whether a study's networks are built quickly, which the fuzzer does a thousand times."""
    widths = [one.settings.options.get("width", 0) for one in config.alternatives]
    return len(widths) < 20 and max(widths) <= 64


def test_overrides(tmp_path, digits):
    names = ("", "a.", "b.", "v-adam-0.1.", "none.", "A.", "\x1b.", "..")
    keys = (
        *Settings.model_fields,
        *COMMON_OPTIONS,
        "epoch",
        "",
        "recipe",
        "name",
        "seeds",
        "x" * 2000,
    )

    def override(case):
        chance = random.Random(case)
        overrides = []
        for _ in range(chance.randint(1, 3)):
            value = chance.choice((*ODD_TEXT, *map(repr, ODD), str(odd(chance)), "0.5", "1"))
            equals = chance.choice(("=", "=", "=", " = ", "", "=="))
            overrides.append(f"{chance.choice(names)}{chance.choice(keys)}{equals}{value}")
        content = tomllib.loads(STUDIES[-1])
        planned(StudyConfig.parse(content, overrides), digits, tmp_path, build=False)

    check(override)


def test_recipes(tmp_path):
    path = tmp_path / "a recipe.toml"

    def recipe(case):
        path.write_bytes(mutated(RECIPES[case % len(RECIPES)], case))
        load_recipe(str(path))
        table = {"name": "a", "recipe": "a recipe.toml"}
        check_models(StudyConfig.parse({"alternative": [table]}, folder=tmp_path))

    check(recipe)
