"""Training: the learner, optimizers and schedules, and one training from start to end."""

from cotejo.train.predict import predict_logits, softmax
from cotejo.train.training import Training, compile_learner, train

__all__ = [
    "Training",
    "compile_learner",
    "predict_logits",
    "softmax",
    "train",
]
