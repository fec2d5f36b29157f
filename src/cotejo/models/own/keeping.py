"""How a network with layers of the user's own is kept in a file, and comes back from it.

A file can hold the weights of any network, and the description of most. Of one whose layers are the
user's own nothing is loaded by its description: it is built again by the user's code, which is run
only because the user names it, and takes its weights from the file.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from cotejo.backend import keras, use_precision
from cotejo.config import Settings
from cotejo.config.sources import Source, Sources, file_of, name_in
from cotejo.errors import ConfigError, OutputError
from cotejo.models.building import build_model
from cotejo.models.own.adapting import is_adapted
from cotejo.models.own.definitions import reached_digest
from cotejo.models.own.families import family_of
from cotejo.models.portable import load_trained, portable, read_description
from cotejo.store import RunFile, RunFolder
from cotejo.store.files import damaged

__all__ = ["keepable", "load_kept", "save_model"]

_DESCRIPTION, _WEIGHTS = "config.json", "model.weights.h5"
"""Two of the files of which Keras makes a ``.keras`` file."""


def keepable(network: keras.Model) -> keras.Model:
    """Return a copy that loads without Cotejo, or the network itself if it can't be copied.

    A network of the user's own can't be copied where its layers don't say how they were made.
    """
    if not is_adapted(network):
        return portable(network)
    try:
        return portable(network)
    except Exception:  # a layer that does not say how it was made raises what it likes
        return network


def save_model(model: keras.Model, path: Path) -> None:
    """Write a network to a ``.keras`` file; its weights alone where Keras can't describe it.

    Raises:
        OSError: it can't be written.
        RuntimeError: it can't be written, in h5py's words.
    """
    try:
        model.save(path)
    except Exception as error:  # as in `keepable`
        # What says that something is not implemented is a `RuntimeError` too.
        if isinstance(error, OSError | RuntimeError) and not isinstance(error, NotImplementedError):
            raise
        path.unlink(missing_ok=True)
        weights = path.parent / _WEIGHTS
        model.save_weights(weights)
        described = {"module": "cotejo", "class_name": "OwnNetwork", "name": model.name}
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(_DESCRIPTION, json.dumps(described))
            archive.write(weights, _WEIGHTS)
        weights.unlink()


def load_kept(
    run: RunFolder, sources: Sources | None = None, *, of_study: bool = False
) -> keras.Model:
    """Return a finished run's network, which computes as it did when it was trained.

    Args:
        run: the run.
        sources: the user's own code. It is run where the network has layers of its own, and only
            then.
        of_study: whether the code is that of the study which is going on, whose keys say that it
            builds this network. Code from elsewhere must be the very text.

    Raises:
        OutputError: the model or the record is damaged, or the network has layers of its own and
            no code is given.
        ConfigError: the code does not build it.
    """
    try:
        return load_trained(run)
    except OutputError as error:
        code = run.record.get("code")
        if error.key != "foreign_layer" or not isinstance(code, dict):
            raise
        if not sources:
            name = str(code.get("file", ""))
            # What a stranger's record names is a file in this folder, or none.
            file = run.path / name if Path(name).name == name else "FILE"
            raise OutputError("model_needs_code", path=run.model, file=file) from error
    if not (of_study or any(_is_same(source, run) for source in sources.values())):
        names = ", ".join(sources)
        raise OutputError("code_of_another", path=run.path / RunFile.RECORD, file=names)
    return _built_again(run, sources)


def _is_same(source: Source, run: RunFolder) -> bool:
    """Whether a file is the one that a run was trained with, as far as its network rests on it."""
    code = run.record["code"]
    if code.get("sha256") == source.digest:
        return True
    try:
        reached = reached_digest(source, name_in(str(run.record["settings"]["model"])))
    except (ConfigError, KeyError, TypeError):
        return False
    return bool(code.get("reached") == reached)


def _built_again(run: RunFolder, sources: Sources) -> keras.Model:
    record = run.path / RunFile.RECORD
    settings, image_shape, classes = _facts(run)
    settings = settings.model_copy(update={"sources": sources})
    wanted = file_of(settings.model) or settings.model
    if wanted not in sources:
        # Whatever the file is called now: it is the one that the user names.
        (source,) = list(sources.values())[:1]
        renamed = Source(wanted, source.content, source.build)
        settings = settings.model_copy(update={"sources": Sources([renamed])})
    with use_precision(run.record.get("precision") or "float32"):
        network = build_model(family_of(settings), image_shape, classes, **settings.options)
        outputs = keras.layers.Softmax(name="probabilities", dtype="float32")(network.output)
    model = keras.Model(network.inputs[0], outputs, name=network.name)
    read_description(run.model)  # that it is whole
    try:
        model.load_weights(run.model)
    except Exception as error:  # Keras, h5py and zipfile each have their own
        raise OutputError("code_of_another", path=record, file=wanted) from error
    return model


def _facts(run: RunFolder) -> tuple[Settings, tuple[int, int, int], int]:
    """Return the settings of a run, its images' shape, and its number of classes."""
    path, record = run.path / RunFile.RECORD, run.record
    try:
        settings = Settings.from_flat(record["settings"])
        height, width, channels = record["model"]["layers"][0]["output_shape"]
        names: Any = next(iter(record["dataset"]["class_names"].values()))
        return settings, (int(height), int(width), int(channels)), len(names)
    except (KeyError, IndexError, TypeError, ValueError, StopIteration) as error:
        raise damaged(path, "model") from error
