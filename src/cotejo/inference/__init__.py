"""Use a trained model: images from files, probabilities out; and the model that ships."""

from cotejo.inference.classifier import Classifier, Prediction
from cotejo.inference.pictures import read_picture

__all__ = ["Classifier", "Prediction", "read_picture"]
