"""Training: the learner, optimizers and schedules, and one training from start to end."""

from cotejo.train.fresh import fresh_backend
from cotejo.train.predict import predict_logits, softmax
from cotejo.train.training import Training, compile_learner, train

__all__ = [
    "Training",
    "compile_learner",
    "fresh_backend",
    "predict_logits",
    "softmax",
    "train",
]
