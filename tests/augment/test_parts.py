"""A contract over every part and every short form of an augmentation."""

from __future__ import annotations

import numpy as np
import pytest

from cotejo.augment import compose
from cotejo.augment.composition import FUNCTIONS
from cotejo.backend import keras
from cotejo.config.augmentation_parts import KINDS, SHORT_FORMS, parts
from cotejo.config.augmentations import alternates, mirrors, read_augmentation
from pictures import augmented, generator, smooth_images

# What alternates is mirrored by the training's order, and does nothing by itself.
CHANGING = [name for name in KINDS if name != "alternating-flip"]
CHANGING += [name for name in SHORT_FORMS if name != "none"]
WITH_STRENGTH = [name for name, kind in KINDS.items() if kind.unit and kind.low == 0]
SIZED = [name for name, kind in KINDS.items() if kind.unit == "size"]
LISTS = [
    ["flip", {"rotate": 15}, {"crop": 4}, {"cutout": 8}],
    [{"zoom": 0.2}, {"shift": 0.2}, "trivial-augment", {"colour": 0.5}],
    ["flip", {"brightness": 1}, {"contrast": 1}, {"mixup": 0.2}, {"cutmix": 1}],
]


@pytest.mark.parametrize("augmentation", [*CHANGING, *LISTS], ids=str)
@pytest.mark.parametrize("shape", [(32, 32, 3), (20, 28, 3), (16, 16, 1)], ids=str)
def test_an_augmentation_keeps_shape_type_and_range_and_follows_its_seed(augmentation, shape):
    batch = smooth_images(16, *shape)
    once, again, other = (augmented(augmentation, batch, seed) for seed in (1, 1, 2))
    assert (once.shape, once.dtype) == (batch.shape, np.float32)
    assert once.min() >= 0
    assert once.max() <= 255
    np.testing.assert_array_equal(once, again)
    if shape[-1] == 1 and all(part.kind.leaves_grey for part in parts_of(augmentation)):
        np.testing.assert_allclose(once, batch, atol=1e-3)
    else:
        assert not np.array_equal(once, other), "two seeds change 16 images in the same way"


def parts_of(augmentation):
    return parts(read_augmentation(augmentation))


@pytest.mark.parametrize("augmentation", CHANGING)
def test_each_image_draws_its_own_change(augmentation):
    batch = np.repeat(smooth_images(2), 24, axis=0)
    # Partners are different images.
    batch = batch.reshape(2, 24, 32, 32, 3).swapaxes(0, 1).reshape(48, 32, 32, 3)
    changed = augmented(augmentation, batch)[::2]
    different = len(np.unique(changed.reshape(24, -1), axis=0))
    assert different >= 2, "24 copies of an image are all changed in the same way"


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.mixes])
def test_what_happens_to_an_image_does_not_depend_on_the_others(name):
    batch = smooth_images(6)
    others = batch.copy()
    others[1:] = 255 - others[1:]
    np.testing.assert_array_equal(augmented(name, batch)[0], augmented(name, others)[0])


@pytest.mark.parametrize(
    "name", [n for n in WITH_STRENGTH if not KINDS[n].mixes and KINDS[n].unit != "magnitude"]
)
def test_a_part_of_hardly_any_strength_changes_hardly_anything(name):
    batch = smooth_images(8)
    weak = np.abs(augmented([{name: 1e-3 if name in SIZED else 1e-6}], batch) - batch).mean()
    strong = np.abs(augmented([{name: KINDS[name].default}], batch) - batch).mean()
    assert strong > 0, "the default changes nothing"
    assert weak < strong / 10, "the lowest number is 0, and a number near it is no weak change"


@pytest.mark.parametrize("name", WITH_STRENGTH)
def test_at_zero_a_part_does_nothing(name):
    assert read_augmentation([{name: 0}]) == "none"


@pytest.mark.parametrize(("name", "kind"), KINDS.items(), ids=KINDS)
def test_every_part_that_is_declared_is_done(name, kind):
    policy = compose(read_augmentation(name))
    done = [*policy.changes, *([policy.mix] if policy.mix else [])]
    # Which images alternate is the training's order.
    assert len(done) == (kind.mirrors != "every second epoch"), (
        f'"{name}" is declared in config/augmentation_parts.py, and nothing is done for it: '
        f"FUNCTIONS in augment/composition.py has no function of that name"
    )
    assert (policy.mix is not None) == kind.mixes, "only what mixes is called with the labels"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_declared_as_a_part(name):
    assert name in KINDS, f'config/augmentation_parts.py declares no part "{name}"'
    assert not KINDS[name].mixes, "what mixes two images is called with the labels"


def test_parts_are_declared_in_the_order_in_which_they_are_applied():
    stages = [(2 if kind.mixes else 1 if name in FUNCTIONS else 0) for name, kind in KINDS.items()]
    assert stages == sorted(stages), (
        "config/augmentation_parts.py: first flips, rotations, zoom, shifts and crops, then the "
        "parts of FUNCTIONS, and last those that mix two images"
    )


@pytest.mark.parametrize("augmentation", [*KINDS, *SHORT_FORMS])
def test_an_augmentation_mirrors_as_is_said_of_it(augmentation):
    """Where the training's order mirrors every second epoch, the policy itself does not."""
    # A lump at the left, a little above the middle: turned by a quarter or upside down, the image
    # is neither as it was nor mirrored.
    rows, columns = np.mgrid[:32, :32]
    lump = 40 + 170 * np.exp(-((rows - 11) ** 2 + (columns - 5) ** 2) / 32)
    image = np.repeat(lump[..., None], 3, axis=-1).astype("float32")
    changed = augmented(augmentation, np.repeat(image[None], 400, axis=0))
    as_it_was, as_mirrored = likeness(changed, image), likeness(changed, image[:, ::-1])
    share = ((as_mirrored > as_it_was) & (as_mirrored > 0.5)).mean()
    kinds = {part.kind.mirrors for part in parts_of(augmentation)}
    if "at random" in kinds:
        assert 0.2 < share < 0.8, f"it mirrors {share:.0%} of the images, not about half of them"
    else:
        assert share < 0.05, f'it mirrors {share:.0%} of the images: say `mirrors="at random"`'
    assert mirrors(augmentation) == (kinds - {"never"} != set())
    policy = compose(read_augmentation(augmentation))
    expected = "every second epoch" in kinds
    assert policy.alternates == alternates(read_augmentation(augmentation)) == expected


def likeness(batch, image):
    """Return how alike each image is to another: their correlation without its sign, `[batch]`."""
    batch, image = batch.reshape(len(batch), -1), image.ravel()
    batch, image = batch - batch.mean(axis=1, keepdims=True), image - image.mean()
    norms = np.linalg.norm(batch, axis=1) * np.linalg.norm(image)
    return np.abs(batch @ image) / (norms + 1e-6)


@pytest.mark.parametrize("augmentation", [*CHANGING, *LISTS], ids=str)
def test_an_augmentation_runs_compiled_and_is_traced_once(augmentation):
    """A compiled step calls it: a shape that depends on a draw would fail here."""
    traces = []

    class Step(keras.Model):
        def __init__(self):
            super().__init__()
            self.policy, self.draws = compose(read_augmentation(augmentation)), generator()

        def call(self, pixels):
            traces.append(1)
            changed = self.policy(pixels, self.draws)
            if self.policy.mix is not None:
                changed, _ = self.policy.mix(changed, self.draws)
            return changed

    step, same = Step(), Step()
    batch = smooth_images(16)
    for model in (step, same):
        model.compile()
    first, expected = step.predict_on_batch(batch), same.predict_on_batch(batch)
    traced = len(traces)
    again = step.predict_on_batch(batch)
    assert len(traces) == traced
    assert first.shape == batch.shape
    assert first.min() >= 0
    assert first.max() <= 255
    np.testing.assert_array_equal(first, expected)
    assert not np.array_equal(first, again), "two batches are changed in the same way"
