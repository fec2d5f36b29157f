"""`evaluate`: a trained model's answers to another labelled set, and whether it holds up there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.corruptions import CORRUPTED_TIMES, Robustness, batches_of, measure_robustness
from cotejo.data import Dataset
from cotejo.elsewhere.images import Sized, chosen_split, load_for, sample_of
from cotejo.elsewhere.matching import Matching, match_classes
from cotejo.elsewhere.met import Met, OwnSplits, met_images, own_splits
from cotejo.elsewhere.model import KnownModel, load_model
from cotejo.elsewhere.recalibration import Recalibration, recalibrate
from cotejo.elsewhere.watching import Watch
from cotejo.errors import ConfigError
from cotejo.evaluate import select_mistakes, split_metrics
from cotejo.stats import Interval, independent_difference, wilson_interval

__all__ = ["Evaluation", "evaluate", "evaluate_on"]


@dataclass(frozen=True)
class Evaluation:
    """A model's answers to a labelled set.

    Attributes:
        model: the model.
        dataset: the set.
        split: which of its images: ``train``, ``valid``, ``test`` or ``all``.
        matching: which class of the model each class of the set is.
        left_out: how many images there are of each class of the set that the model lacks.
        positions: ``[n]``, where the images that were answered stand in the split.
        labels: ``[n]``, the model's labels of their classes.
        probabilities: ``[n, classes]``, what the model answers, with its own temperature.
        mistakes: positions among those, of the mistakes that are kept.
        mistake_images: those images, as the model saw them.
        learned: how many of those the model learned from, or was chosen by.
        tested: how many of those are its own test images.
        met_left_out: how many it has met before, and were left out for it.
        is_compared: whether they could be compared with what it learned from.
        robustness: what it answers to them corrupted; None where that was not asked.
        recalibration: a temperature fitted anew; None likewise.
        names: the files of the split's images; None if they were read from none.
    """

    model: KnownModel
    dataset: Dataset
    split: str
    matching: Matching
    left_out: Mapping[int, int]
    positions: NDArray[np.int64]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    mistakes: NDArray[np.int32]
    mistake_images: NDArray[np.uint8]
    learned: int = 0
    tested: int = 0
    met_left_out: int = 0
    is_compared: bool = False
    robustness: Robustness | None = None
    recalibration: Recalibration | None = None
    names: Sequence[str] | None = field(default=None, repr=False)

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """What ``metrics.json`` has of a run's test images."""
        predictions: dict[str, NDArray[Any]] = {
            "test_labels": self.labels,
            "test_probabilities": self.probabilities,
        }
        return split_metrics(predictions)["test"]

    @property
    def accuracy(self) -> Interval:
        """The share of right answers, with Wilson's 95% interval."""
        return wilson_interval(self.metrics["accuracy"], len(self.labels))

    @property
    def is_own_data(self) -> bool:
        """Whether these are none but images that the model has met before."""
        return self.learned + self.tested == len(self.labels)

    @property
    def may_have_learned(self) -> bool:
        """Whether nobody can tell: its own data has this name, and can't be compared with this."""
        own = self.model.own
        return own is not None and not self.is_compared and own.data == self.dataset.name

    @property
    def difference(self) -> Interval | None:
        """Its accuracy here minus that on its own test images, with a 95% interval.

        None where that is not known, or where some of these images are, or may be, those that it
        learned from or was tested on.
        """
        own = self.model.own
        if own is None or self.learned or self.tested or self.may_have_learned:
            return None
        return independent_difference(
            self.metrics["accuracy"], len(self.labels), own.accuracy, own.images
        )

    @property
    def answers_absent(self) -> int:
        """How many images it took for one of its classes of which the set has none."""
        answers = self.probabilities.argmax(axis=1)
        return int(np.isin(answers, self.matching.absent).sum())


def evaluate(
    model: Path | str | None,
    data: Path | str,
    *,
    split: str | None = None,
    classes: Mapping[str, str] | None = None,
    corrupt: bool = False,
    calibrate: bool = False,
    sample: int | None = None,
    code: Path | str | Callable[..., Any] | None = None,
    data_dir: Path | None = None,
    watch: Watch | None = None,
) -> Evaluation:
    """Ask a trained model about another labelled set.

    Args:
        model: a run's folder, a study's, whose best it is, a ``.keras`` file of Cotejo's, or
            ``"shipped"``.
        data: a data set's name, or a path, as a study has it.
        split: ``train``, ``valid``, ``test`` or ``all``. By default the set's own test images, or
            all images of a folder that was not split, without those that the model has met before:
            it learned from them, was chosen by them, or was tested on them. If it was tested on
            all that are left, they are taken.
        classes: which class of the model a class of the set is, where their names differ; empty
            for one to be left out.
        corrupt: ask about the images corrupted in 15 ways, too.
        calibrate: fit the temperature anew.
        sample: corrupt at most so many images; all if None.
        code: what builds a network with layers of its author's own.
        data_dir: the folder to take the data set from.
        watch: told how far it is.

    Raises:
        CotejoError: the model or the data can't be had, or they have no class in common.

    Example:
        >>> result = evaluate("shipped", "digits")
        Traceback (most recent call last):
        cotejo.errors.ConfigError: the data and the model have no class in common. Classes of the \
data: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9. Classes of the model: airplane, automobile, bird, cat, deer, \
dog, frog, horse, ship, truck. Say which is which with --classes, such as --classes "0=airplane".
    """
    known, watch = load_model(model, code), watch or Watch()
    dataset = load_for(data, known.classifier, data_dir, watch)
    return evaluate_on(
        known,
        dataset,
        split=split,
        classes=classes,
        corrupt=corrupt,
        calibrate=calibrate,
        sample=sample,
        data=data,
        data_dir=data_dir,
        watch=watch,
    )


def evaluate_on(
    model: KnownModel,
    dataset: Dataset,
    *,
    split: str | None = None,
    classes: Mapping[str, str] | None = None,
    corrupt: bool = False,
    calibrate: bool = False,
    sample: int | None = None,
    data: Path | str | None = None,
    data_dir: Path | None = None,
    watch: Watch | None = None,
) -> Evaluation:
    """Ask a model that is loaded about a data set that is; as `evaluate`.

    What the model learned from is looked for in ``data_dir`` and in ``data``, too, if its study's
    place no longer has it.
    """
    watch = watch or Watch()
    name, chosen = chosen_split(dataset, split)
    matching = match_classes(dataset.class_names, model.classifier.class_names, classes or {})
    sized = Sized(chosen.images, model.classifier.image_shape, model.classifier.fit)
    own = own_splits(model, dataset, data, data_dir)
    met = None if own is None else met_images(own, sized)
    of_chosen = matching.labels[chosen.labels]
    kept = of_chosen >= 0
    if met is not None and split is None:
        kept &= _unmet(met, kept)
        if (met.tested | ~kept).all():
            name = "test"
    positions = np.flatnonzero(kept)
    if not len(positions):
        raise ConfigError("evaluation.no_image", name=name)
    labels = of_chosen[positions]
    chances = _answers(model, sized, positions, watch)
    mistakes = select_mistakes(labels, chances)
    counts = np.bincount(chosen.labels, minlength=dataset.num_classes)
    recalibration = None
    if calibrate:
        valid = None
        if own is not None and met is not None and met.tested[positions].all():
            valid = _valid_answers(model, own, matching, watch)
        if valid is None and len(labels) < 2:
            raise ConfigError("evaluation.too_few_to_calibrate")
        recalibration = recalibrate(labels, chances, model.classifier.temperature, valid)
    return Evaluation(
        model=model,
        dataset=dataset,
        split=name,
        matching=matching,
        left_out={label: int(counts[label]) for label in matching.without if counts[label]},
        positions=positions,
        labels=labels,
        probabilities=chances,
        mistakes=mistakes,
        mistake_images=sized[positions[mistakes]]
        if len(mistakes)
        else np.zeros((0, *sized.image_shape), np.uint8),
        learned=0 if met is None else int(met.learned[positions].sum()),
        tested=0 if met is None else int(met.tested[positions].sum()),
        met_left_out=int((of_chosen >= 0).sum()) - len(positions),
        is_compared=met is not None,
        robustness=(
            _robustness(model, sized, positions, labels, sample, watch) if corrupt else None
        ),
        recalibration=recalibration,
        names=chosen.names,
    )


def _unmet(met: Met, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which images tell most of how a model does elsewhere: the least met that there are."""
    for kind in (met.new, ~met.learned):
        if (kind & usable).any():
            return kind
    return np.ones_like(usable)


def _valid_answers(
    model: KnownModel, own: OwnSplits, matching: Matching, watch: Watch
) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
    """Return labels and probabilities of the model's own validation images; None without any.

    Those of classes that are left out are left out here, too.
    """
    valid = own.dataset.valid
    positions = np.flatnonzero(np.isin(valid.labels, matching.labels))
    if not len(positions):
        return None
    sized = Sized(valid.images, model.classifier.image_shape, model.classifier.fit)
    return valid.labels[positions].astype(np.int64), _answers(model, sized, positions, watch)


def _answers(
    model: KnownModel, sized: Sized, positions: NDArray[np.int64], watch: Watch
) -> NDArray[np.float32]:
    answers = []
    for part in batches_of((len(positions), *sized.image_shape)):
        answers.append(model.classifier.probabilities(sized[positions[part]]))
        watch.answered(part.stop, len(positions))
    return np.concatenate(answers)


def _robustness(
    model: KnownModel,
    sized: Sized,
    positions: NDArray[np.int64],
    labels: NDArray[np.int64],
    sample: int | None,
    watch: Watch,
) -> Robustness:
    chosen = sample_of(labels, sample)
    return measure_robustness(
        sized[positions[chosen]],
        labels[chosen],
        lambda images: model.classifier.probabilities(images).argmax(axis=1),
        on_corruption=lambda done: watch.corrupted(done, CORRUPTED_TIMES),
    )
