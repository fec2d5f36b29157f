"""Training: the learner, optimizers and schedules, and one training from start to end."""

from cotejo.train.loop import Training, compile_learner, train
from cotejo.train.predict import predict_logits, softmax
from cotejo.train.session import fresh_backend

__all__ = [
    "Training",
    "compile_learner",
    "fresh_backend",
    "predict_logits",
    "softmax",
    "train",
]
