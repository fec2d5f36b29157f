"""The best alternative in Keras alone: a notebook that trains it where there is no Cotejo.

It has the data, the network, the training with the same settings as far as Keras has them, and the
evaluation on the test images, once. What Keras lacks of the settings, it says.
"""

from __future__ import annotations

from pathlib import Path

from cotejo.config import Settings
from cotejo.config.sources import name_in
from cotejo.errors import ConfigError
from cotejo.report.findings import Findings
from cotejo.report.formats.cells import Notebook, written
from cotejo.report.formats.markdown import escaped
from cotejo.report.formats.notebook import in_language
from cotejo.report.naming import study_title, version_of
from cotejo.report.own_code import relied_on, with_imports
from cotejo.report.standalone.data import data_code
from cotejo.report.standalone.evaluating import evaluating_cells
from cotejo.report.standalone.lacking import lacking
from cotejo.report.standalone.own_network import own_call
from cotejo.report.standalone.training import phase_code, whitening_code
from cotejo.report.words import Words
from cotejo.store import RunFolder, make_folder, write_file

__all__ = ["STANDALONE", "write_standalone"]

STANDALONE = "report-keras"
"""What the notebook is called in the study's folder, without its ending."""


def write_standalone(findings: Findings, language: str, path: Path) -> None:
    """Write the notebook.

    Raises:
        ConfigError: the best was trained elsewhere, or nothing says how its network is built.
        OutputError: it can't be written.
    """
    content = _standalone(findings, Words(language)).content(language)
    make_folder(path.parent)
    write_file(path, written(content))


def _standalone(findings: Findings, words: Words) -> Notebook:
    facts, best = findings.facts, findings.best
    label = best.label(words.language)
    if best.is_added:
        raise ConfigError("standalone_added", name=label)
    phases = facts.phases(best)
    run = phases[-1].run
    settings = [Settings.from_flat(phase.run.record["settings"]) for phase in phases]
    seed = int(run.record["seed"])
    notebook = Notebook(version_of(facts))

    def told(key: str, **values: object) -> str:
        return words.say(f"notebook.{key}", **values)

    def code(source: str, name: str) -> None:
        notebook.add_code(source, name=name, executed=False)

    rate = findings.accuracy[best.name]
    heading, named = escaped(study_title(facts, words)), escaped(label)
    title = f"# {heading}: {told('keras_title', best=named)}"
    measured = told(
        "keras_measured",
        count=len(best.finished),
        accuracy=words.numbers.percent(rate.estimate),
        interval=words.numbers.interval(rate.low, rate.high),
        seed=seed,
    )
    notebook.add_text(f"{title}\n\n{told('keras_about')}\n\n{measured}")
    missing = lacking(findings, settings, words)
    listed = "\n".join(f"- {sentence}" for sentence in missing)
    notebook.add_text(f"## {told('keras_lacks')}\n\n{listed}")
    code(
        "import keras\nimport matplotlib.pyplot as plt\nimport numpy as np\n\n"
        f"keras.utils.set_random_seed({seed})",
        "imports",
    )
    loading, about_split = data_code(facts, words)
    notebook.add_text(f"## {told('keras_data')}\n\n{about_split}")
    code(loading, "data")
    notebook.add_text(f"## {told('keras_network')}\n\n{told('keras_network_about')}")
    source, from_logits = _network(run, settings[-1], label, words)
    for name, text in source.items():
        code(text, name)
    if settings[0].train_fraction < 1:
        notebook.add_text(told("keras_fraction", share=words.numbers.percent(
            settings[0].train_fraction, 0)))  # fmt: skip
        code(_fraction(settings[0].train_fraction, seed), "fraction")
    if (prepared := whitening_code("\n".join(source.values()), words)) is not None:
        notebook.add_text(told("keras_prepared"))
        code(prepared, "prepared")
    notebook.add_text(f"## {told('keras_training')}\n\n{told('keras_training_about')}")
    for position, each in enumerate(settings):
        if len(settings) > 1:
            phase = escaped(phases[position].alternative.label(words.language))
            notebook.add_text(f"### {told('keras_phase', number=position + 1, label=phase)}")
        channels = int(facts.data["image_shape"][-1])
        code(phase_code(each, from_logits, channels, facts.data, words), "training")
    notebook.add_text(f"## {told('keras_test')}\n\n{told('keras_test_about')}")
    for name, text in evaluating_cells(from_logits, words).items():
        code(text, name)
    return notebook


def _network(
    run: RunFolder, settings: Settings, label: str, words: Words
) -> tuple[dict[str, str], bool]:
    """Return the cells that build the network, and whether it gives logits.

    Raises:
        ConfigError: nothing says how it is built.
    """
    if (program := run.program) is not None:
        about = f'network = build()\nprint("{words.say("notebook.keras_parameters")}", '
        call = f"{about}network.count_params())"
        if settings.options.get("weights", "none") not in ("none", "new"):
            call += "\nnetwork.trainable = True"
        return {"network": in_language(program, words), "built": call}, True
    found = own_call(run, settings) if run.own_code is not None else None
    if found is None or run.own_code is None:
        raise ConfigError("standalone_no_network", name=label)
    call, from_logits = found
    text = relied_on(run.own_code[1], name_in(settings.model))
    return {"network": with_imports(text), "built": call}, from_logits


def _fraction(share: float, seed: int) -> str:
    return f"""\
generator = np.random.default_rng({seed})
kept = []
for label in np.unique(y_train):
    members = generator.permutation(np.flatnonzero(y_train == label))
    kept.append(members[: max(1, round({share!r} * len(members)))])
kept = np.sort(np.concatenate(kept))
x_train, y_train = x_train[kept], y_train[kept]
len(x_train)"""
