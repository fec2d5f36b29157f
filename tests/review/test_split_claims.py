"""Sentences that compare scores of different splits: those of two networks, and no others."""

from pathlib import Path

import pytest

from cotejo.review.notebook import Cell, Notebook
from cotejo.review.split_claims import compared_across_splits


def found(sentence):
    notebook = Notebook(Path("x.ipynb"), (Cell(1, "markdown", sentence),))
    return [each.text for each in compared_across_splits(notebook, ["cnn", "mlp"])]


@pytest.mark.parametrize(
    "sentence",
    [
        "La CNN alcanza 0.95 en entrenamiento, frente a 0.70 en prueba de la MLP.",
        "La red pequeña tiene un 95 % en entrenamiento y supera el 70 % en prueba de la otra red.",
        "The CNN has 95% on the training set, whereas the MLP has 70% on test.",
    ],
)
def test_two_networks_on_two_splits_are_found(sentence):
    assert found(sentence) == [sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "La CNN alcanza 0.95 en entrenamiento, frente a 0.70 en prueba.",
        "La CNN alcanza 0.70 en prueba, frente a 0.65 en prueba de la MLP.",
        "A diferencia de la otra red, la CNN tiene 0.95 en entrenamiento y 0.70 en prueba.",
        "La CNN tiene 0.95 y 0.70; la MLP, 0.90 en entrenamiento frente a 0.60 en prueba.",
        "The gap is 95% in training versus 70% on test in the second experiment.",
        "The MLP reaches 60% on test while the CNN has 95% in training and 70% on test.",
    ],
)
def test_a_gap_or_a_comparison_on_one_split_is_none_of_two(sentence):
    assert found(sentence) == []
