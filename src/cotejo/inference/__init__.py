"""A trained model in use: images from files, probabilities out; and the model that ships.

Who does what: ``finding`` says which model is meant, ``loading`` loads it with its description
(`cotejo.trained`), and ``classifier`` is that model. ``pictures`` finds the pictures that a command
names, ``streaming`` takes any number of them through the model, and ``outputs`` and ``sorting``
write what it says. ``packing`` makes the model that ships.
"""

from cotejo.inference.answers import Prediction, Unreadable
from cotejo.inference.classifier import Classifier

__all__ = ["Classifier", "Prediction", "Unreadable"]
