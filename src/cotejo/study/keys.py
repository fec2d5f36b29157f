"""The keys of a study's runs: each the hash of all that determines the run's result.

A run that is finished is known by its key for ever, so that what a key is made of may grow, and
must not change:

- A setting counts where it differs from its default, so that one added later, whose default changes
  nothing, changes no earlier key. So does an option of a model against the builder's own default.
- The options that the models had at first are always hashed, defaults and all, because they were
  before this rule: leaving them out now would name anew every run that there is.
- A model of the user's own counts by what its builder returns (`cotejo.models.fingerprint`), and
  by that part of its file which it rests on (`cotejo.models.own.definitions.reached_text`). The
  name of a file counts, unless Cotejo chose it for what was given in Python.
- Pretrained weights count by the SHA-256 of their file, wherever it lies.

Whatever else changes the results, a default of a model that ships among it, raises `TRAINING_CODE`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cotejo.config import Settings, StudyConfig, file_of
from cotejo.config.sources import name_in
from cotejo.data import Dataset
from cotejo.data.folds import groups_digest
from cotejo.models import family_of
from cotejo.models.fingerprint import fingerprint
from cotejo.models.own.definitions import reached_digest
from cotejo.platform import resolve_precision
from cotejo.study.networks import plain_network, same_network
from cotejo.study.progress import RunId
from cotejo.train import fresh_backend

__all__ = ["TRAINING_CODE", "Keys", "run_keys"]

TRAINING_CODE = 3
"""Raised whenever the training code changes so that the same settings give other results."""

AVERAGING_CODE = 2
"""The same of the moving average of the weights, which counts where there is one."""

Keys = dict[RunId, str]

_FIRST_OPTIONS = {
    "airbench": ("activation", "initializer", "whitening", "width"),
    "airbench96": ("activation", "initializer", "whitening", "width"),
    "cnn": ("batch_norm", "convolutions", "dropout", "initializer", "kernel_size"),
    "cnn2": ("batch_norm", "dropout", "initializer", "kernel_size"),
    "cnn3": ("batch_norm", "dropout", "initializer", "kernel_size"),
    "cnn7": ("activation", "dropout", "initializer", "width"),
    "mlp": ("batch_norm", "dropout", "initializer"),
    "wide-resnet": ("activation", "dropout", "initializer", "width"),
}
"""The options that are always hashed; no option that comes later joins them."""


def run_keys(
    config: StudyConfig,
    dataset: Dataset,
    backend: str,
    on_time: bool = False,
    seeds: Mapping[str, Sequence[int]] | None = None,
) -> Keys:
    """Return the key of every run, by alternative and seed, in the order of training.

    Args:
        config: the study, resolved.
        dataset: what it trains on.
        backend: the name of Keras's backend.
        on_time: whether the clock has a say in the training, whose result then is another.
        seeds: those of each alternative, where they are not the study's.
    """
    common: dict[str, Any] = {
        "data": dataset.fingerprint,
        "backend": backend,
        "training_code": TRAINING_CODE,
    }
    if on_time:
        common["on_time"] = True
    if config.folds is not None:
        common["folds"] = {"count": config.folds, "groups": groups_digest(dataset.train)}
    networks = _own_networks(config, dataset)
    weights = _pretrained_weights(config, dataset)
    codes = _own_code(config)
    hashed = {each.name: _hashed(each.settings) for each in config.alternatives}
    keys: Keys = {}
    each_has = seeds or dict.fromkeys(hashed, config.seeds)
    for seed in dict.fromkeys(seed for of_one in each_has.values() for seed in of_one):
        for alternative in config.alternatives:
            if seed not in each_has[alternative.name]:
                continue
            settings = hashed[alternative.name]
            parent = alternative.settings.start_from
            if parent is not None:
                # It stands earlier in the study, and so has its key already.
                settings = settings | {"parent": keys[parent, seed]}
            content = common | {"settings": settings, "seed": seed}
            if alternative.settings.average != "none":
                content["averaging_code"] = AVERAGING_CODE
            if alternative.name in networks:
                content["network"] = networks[alternative.name]
            if alternative.name in codes:
                content["code"] = codes[alternative.name]
            if alternative.name in weights:
                content["weights"] = weights[alternative.name]
            keys[alternative.name, seed] = _hash(content)
    return keys


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _hashed(given: Settings) -> dict[str, Any]:
    """Return the settings that count: neither names nor labels do, and a parent by its key."""
    settings = given.model_dump(exclude_defaults=True, exclude={"start_from", "options"})
    settings["precision"] = resolve_precision(given.precision)
    family = family_of(given)
    always = _FIRST_OPTIONS.get(given.model, ())
    counted = {
        option: value
        for option, value in given.options.items()
        if option in always or value != family.defaults[option]
    }
    source = given.sources.get(given.model)
    if source is not None and source.build is not None:
        settings.pop("model", None)  # what a function of the user's builds counts, not its name
    for name in ("model", "optimizer", "schedule", "loss", "callbacks"):
        if name in settings:
            settings[name] = _without_chosen_files(given, settings[name])
    if family.is_pretrained(given.options):
        counted.pop("weights", None)  # a path: what lies there counts
    return settings | counted


def _without_chosen_files(settings: Settings, names: str) -> str:
    """Return names in files, without a file where Cotejo chose what it is called."""
    kept = []
    for name in names.split(","):
        source = settings.sources.get(file_of(name.strip()) or "")
        kept.append(name_in(name.strip()) if source is not None and source.is_given else name)
    return ",".join(kept)


def _own_code(config: StudyConfig) -> dict[str, list[str]]:
    """Return the hash of what the settings name in each file of the user's own, by alternative."""
    codes: dict[str, list[str]] = {}
    for alternative in config.alternatives:
        named: dict[str, list[str]] = {}
        for value in alternative.settings.own_names:
            named.setdefault(str(file_of(value)), []).append(name_in(value))
        files = {file: alternative.settings.sources[file] for file in sorted(named)}
        digests = [
            source.digest if source.is_model else reached_digest(source, *named[file])
            for file, source in files.items()
        ]
        if digests:
            codes[alternative.name] = digests
    return codes


def _pretrained_weights(config: StudyConfig, dataset: Dataset) -> dict[str, str]:
    """Return the SHA-256 of the weights that networks start from, by alternative."""
    weights: dict[str, str] = {}
    for alternative in config.alternatives:
        settings = alternative.settings
        family = family_of(settings)
        if family.weights is not None and family.is_pretrained(settings.options):
            # To find the weights, some models build a network.
            with fresh_backend():
                digest = family.weights(dataset.image_shape, **settings.options)
            weights[alternative.name] = str(digest)
    return weights


def _own_networks(config: StudyConfig, dataset: Dataset) -> dict[str, str]:
    """Return the fingerprints of the networks whose builders are the user's, by alternative."""
    known: dict[str, str] = {}
    fingerprints: dict[str, str] = {}
    for alternative in config.alternatives:
        if family_of(alternative.settings).ships:
            continue
        network = same_network(alternative.settings)
        if network not in known:
            known[network] = _fingerprint(alternative.settings, dataset)
        fingerprints[alternative.name] = known[network]
    return fingerprints


def _fingerprint(settings: Settings, dataset: Dataset) -> str:
    with fresh_backend():
        return fingerprint(lambda: plain_network(settings, dataset))
