"""A trained model elsewhere: evaluated on another labelled set, and on corrupted images."""

from cotejo.elsewhere.evaluating import Evaluation, evaluate, evaluate_on
from cotejo.elsewhere.files import evaluation_record, write_evaluation
from cotejo.elsewhere.images import load_for
from cotejo.elsewhere.layout import EvaluationFile, check_evaluation_place
from cotejo.elsewhere.matching import Matching, given_classes, match_classes
from cotejo.elsewhere.model import KnownModel, OwnTest, load_model
from cotejo.elsewhere.watching import Watch

__all__ = [
    "Evaluation",
    "EvaluationFile",
    "KnownModel",
    "Matching",
    "OwnTest",
    "Watch",
    "check_evaluation_place",
    "evaluate",
    "evaluate_on",
    "evaluation_record",
    "given_classes",
    "load_for",
    "load_model",
    "match_classes",
    "write_evaluation",
]
