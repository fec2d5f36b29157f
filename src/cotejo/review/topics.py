"""What conclusions are about, and which trainings bear on them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cotejo.review.facts import TrainingFacts

__all__ = ["LOOSE", "missing_run", "topics_in"]

_TOPICS = {
    "dropout": r"\bdropout\b",
    "batch_norm": r"\bbatch.?norm\w*|normalizaci[oó]n por lotes|normalización de lotes",
    "augmentation": r"data augmentation|\baugment\w*|aumento de datos|aumentaci[oó]n|"
    r"aumentar los datos",
    "early_stopping": r"early.?stopping|parada temprana|detenci[oó]n temprana",
    "batch_size": r"batch.?size|tama[nñ]o (de|del) (lote|batch)|\blotes? de \d+|"
    r"\bbatch(es)? (of|de) \d+",
    "learning_rate": r"learning.?rate|tasa de aprendizaje|ratio de aprendizaje",
    "he": r"\b(kaiming|inicializaci[oó]n (de )?he|he_normal|he_uniform|he initiali[sz]\w*|"
    r"(?-i:He) (normal|uniform|converge|es|is|supera|alcanza|mejora)\w*)\b",
    "glorot": r"\b(glorot|xavier)\b",
    "kernel_size": r"kernel.?size|\bkernels?\b|tama[nñ]o (de|del) (filtro|kernel)|"
    r"filtros (m[aá]s grandes|mayores|de \d)|larger filters|\d ?[x×] ?\d filters",
    "l2": r"\bL[12]\b|weight decay|decaimiento de pesos|regulari[sz]aci[oó]n L",
    "pretrained": r"transfer learning|pre.?entrenad\w+|pre.?trained|aprendizaje por transferencia",
    "optimizer adamw": r"\badamw\b",
    "optimizer nadam": r"\bnadam\b",
    "optimizer adam": r"\badam\b",
    "optimizer sgd": r"\bsgd\b|descenso de gradiente estoc|stochastic gradient descent",
    "optimizer rmsprop": r"\brms.?prop\b",
    "optimizer adagrad": r"\badagrad\b",
    "optimizer": r"\boptimi[sz](ador|er)(es|s)?\b",
    "network": r"\b(modelos?|models?|red(es)?|networks?|cnns?|mlp|convolu\w+|capas?|layers?|"
    r"arquitectura\w*|architecture\w*|profund\w+|deeper|filtros|filters)\b",
    "epochs": r"\b[eé]pocas?\b|\bepochs?\b",
    "activation": r"\b(leaky)?relu\b|\bsigmoid\w*|\btanh\b|activaci[oó]n|activation",
}
_PATTERNS = {topic: re.compile(pattern, re.IGNORECASE) for topic, pattern in _TOPICS.items()}

_SWITCHES = ("dropout", "batch_norm", "augmentation", "early_stopping", "he", "l2", "pretrained")
"""What a training has or has not."""

LOOSE = frozenset(("network", "epochs", "activation"))
"""What every sentence about a training names, so that it tells little of what is concluded."""

_VARIED = ("batch_size", "learning_rate", "kernel_size")
"""What every training has, so that a conclusion about it needs two."""


def topics_in(sentence: str) -> tuple[str, ...]:
    """Return what a sentence is about.

    Example:
        >>> topics_in("Adam converge más rápido que SGD")
        ('optimizer adam', 'optimizer sgd')
    """
    return tuple(topic for topic, pattern in _PATTERNS.items() if pattern.search(sentence))


def missing_run(
    topics: Sequence[str], trainings: Sequence[TrainingFacts]
) -> tuple[str, str] | None:
    """Return what no training shows of a conclusion's topics, or None.

    Args:
        topics: what the conclusion is about.
        trainings: what each training that was run is made of.

    Returns:
        ``"never"`` with the topic that no training has, or ``"always"`` with the one that all
        trainings have alike, so that there is nothing to compare it with.

    Example:
        >>> runs = [TrainingFacts({"dropout": False}), TrainingFacts({"dropout": False})]
        >>> missing_run(["dropout"], runs), missing_run(["epochs"], runs)
        (('never', 'dropout'), None)
    """
    for topic in topics:
        kind = _missing(topic, topics, trainings)
        if kind is not None:
            return kind, topic
    return None


def _missing(topic: str, topics: Sequence[str], trainings: Sequence[TrainingFacts]) -> str | None:
    name, _, wanted = topic.partition(" ")
    values = [facts.values.get(name) for facts in trainings]
    if not values or None in values:
        return None
    if wanted:
        if wanted not in values:
            return "never"
        alone = len([each for each in topics if each.startswith("optimizer ")]) == 1
        return "always" if alone and len(set(values)) == 1 and len(topics) == 1 else None
    if name in _SWITCHES:
        if True not in values:
            return "never"
        return "always" if False not in values else None
    if name in _VARIED and len(set(values)) == 1:
        return "always"
    return None
