"""Use a trained model: images from files, probabilities out; and the model that ships."""

from cotejo.inference.classifier import Classifier, Prediction, Unreadable

__all__ = ["Classifier", "Prediction", "Unreadable"]
