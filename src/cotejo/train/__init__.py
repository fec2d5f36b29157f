"""Training: the learner, optimizers and schedules, and the training loop."""

from cotejo.train.epochs import Training
from cotejo.train.learner import compile_learner
from cotejo.train.loop import train
from cotejo.train.predict import (
    IN_USE,
    fitting_batch,
    is_unsure,
    logits_and_margin,
    predict_logits,
    softmax,
)
from cotejo.train.session import fresh_backend

__all__ = [
    "IN_USE",
    "Training",
    "compile_learner",
    "fitting_batch",
    "fresh_backend",
    "is_unsure",
    "logits_and_margin",
    "predict_logits",
    "softmax",
    "train",
]
