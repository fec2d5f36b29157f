"""The cells that evaluate the trained network on the test images, and show where it fails."""

from __future__ import annotations

from cotejo.report.words import Words

__all__ = ["evaluating_cells"]

_SOFTMAX = """\
answers = np.exp(answers - answers.max(axis=1, keepdims=True))
answers /= answers.sum(axis=1, keepdims=True)
"""

_METRICS = """\
answers = network.predict(x_test, batch_size=500, verbose=0)
{softmax}predicted = answers.argmax(axis=1)
print(f"{accuracy}: {{np.mean(predicted == y_test):.2%}}")

matrix = np.zeros((len(names), len(names)), int)
np.add.at(matrix, (y_test, predicted), 1)
right = matrix.diagonal()
precision = right / np.maximum(matrix.sum(axis=0), 1)
recall = right / np.maximum(matrix.sum(axis=1), 1)

width = max(map(len, [*names, "{cls}"]))
print(f"\\n{{'{cls}':<{{width}}}}  {precision}  {recall}")
for name, a, b in zip(names, precision, recall):
    print(f"{{name:<{{width}}}}  {{a:>{wide_precision}.3f}}  {{b:>{wide_recall}.3f}}")
"""

_CONFUSION = """\
figure, axes = plt.subplots(figsize=(7, 6), layout="constrained")
axes.imshow(matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1), cmap="Blues")
axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
axes.set_yticks(range(len(names)), names)
axes.set_xlabel("{predicted}")
axes.set_ylabel("{true}")
if len(names) <= 20:
    for true, predicted_label in np.argwhere(matrix):
        count = matrix[true, predicted_label]
        colour = "white" if count > matrix[true].sum() / 2 else "black"
        axes.text(predicted_label, true, count, ha="center", va="center", color=colour)
plt.show()
"""

_MISTAKES = """\
wrong = np.flatnonzero(predicted != y_test)
surest = wrong[np.argsort(-answers[wrong].max(axis=1))][:12]
figure, grid = plt.subplots(3, 4, figsize=(8, 7.5), layout="constrained")
for axes in grid.flat:
    axes.axis("off")
for index, axes in zip(surest, grid.flat):
    axes.imshow(x_test[index].squeeze(), cmap="gray")
    title = f"{{names[y_test[index]]}} → {{names[predicted[index]]}}"
    axes.set_title(f"{{title}}\\n{{answers[index].max():.0%}}", fontsize=9)
figure.suptitle("{title}")
plt.show()
"""


def evaluating_cells(from_logits: bool, words: Words) -> dict[str, str]:
    """Return the cells by their names.

    Args:
        from_logits: whether the network gives logits.
        words: the language.
    """
    precision, recall = words.say("notebook.precision"), words.say("notebook.recall")
    metrics = _METRICS.format(
        softmax=_SOFTMAX if from_logits else "answers /= answers.sum(axis=1, keepdims=True)\n",
        accuracy=words.say("notebook.test_accuracy"),
        cls=words.say("column_class"),
        precision=precision,
        recall=recall,
        wide_precision=len(precision),
        wide_recall=len(recall),
    )
    confusion = _CONFUSION.format(
        true=words.say("notebook.true_class"), predicted=words.say("notebook.predicted_class")
    )
    mistakes = _MISTAKES.format(title=words.say("notebook.surest_mistakes"))
    return {"test": metrics, "confusion": confusion, "mistakes": mistakes}
