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
    batch = smooth_images(8, *shape)
    once, again, other = (augmented(augmentation, batch, seed) for seed in (1, 1, 2))
    assert (once.shape, once.dtype) == (batch.shape, np.float32)
    assert once.min() >= 0
    assert once.max() <= 255
    np.testing.assert_array_equal(once, again)
    if augmentation != "colour" or shape[-1] == 3:
        assert not np.array_equal(once, other)


@pytest.mark.parametrize("augmentation", CHANGING)
def test_each_image_draws_its_own_change(augmentation):
    batch = np.repeat(smooth_images(2), 12, axis=0)
    # Partners are different images.
    batch = batch.reshape(2, 12, 32, 32, 3).swapaxes(0, 1).reshape(24, 32, 32, 3)
    changed = augmented(augmentation, batch)[::2]
    different = len(np.unique(changed.reshape(12, -1), axis=0))
    assert different >= 5 or (augmentation == "flip" and different == 2)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.mixes])
def test_what_happens_to_an_image_does_not_depend_on_the_others(name):
    batch = smooth_images(6)
    others = batch.copy()
    others[1:] = 255 - others[1:]
    np.testing.assert_array_equal(augmented(name, batch)[0], augmented(name, others)[0])


# A crop moves an image by whole pixels, at least one.
@pytest.mark.parametrize("name", [n for n in WITH_STRENGTH if not KINDS[n].mixes and n != "crop"])
def test_a_part_of_hardly_any_strength_changes_hardly_anything(name):
    batch = smooth_images(8)
    weak = np.abs(augmented([{name: 1e-3 if name in SIZED else 1e-6}], batch) - batch).mean()
    strong = np.abs(augmented([{name: KINDS[name].default}], batch) - batch).mean()
    assert weak < 0.2
    assert strong > 0.5


@pytest.mark.parametrize("name", WITH_STRENGTH)
def test_at_zero_a_part_does_nothing(name):
    assert read_augmentation([{name: 0}]) == "none"


def test_every_part_has_a_function_and_the_other_way_round():
    moving = {"flip", "alternating-flip", "rotate", "zoom", "shift", "crop"}
    mixing = {name for name, kind in KINDS.items() if kind.mixes}
    assert set(FUNCTIONS) | moving | mixing == set(KINDS)
    assert not set(FUNCTIONS) & (moving | mixing)
    # The parts are applied in the order in which a study lists them.
    order = [*(n for n in KINDS if n in moving), *FUNCTIONS, *(n for n in KINDS if n in mixing)]
    assert order == list(KINDS)
    for name in KINDS:
        policy = compose(read_augmentation(name))
        assert len(policy.changes) == (name not in mixing and name != "alternating-flip")
        assert (policy.mix is not None) == (name in mixing)


@pytest.mark.parametrize("augmentation", [*KINDS, *SHORT_FORMS])
def test_an_augmentation_mirrors_as_is_said_of_it(augmentation):
    """Where the training's order mirrors every second epoch, the policy itself does not."""
    ramp = np.linspace(0, 255, 32, dtype="float32")
    batch = np.broadcast_to(ramp[None, None, :, None], (400, 32, 32, 3)).copy()
    changed = augmented(augmentation, batch)
    left, right = (changed[:, :, 4:14].mean((1, 2, 3)), changed[:, :, 18:28].mean((1, 2, 3)))
    turned = (left > right + 1).mean()
    kinds = {part.kind.mirrors for part in parts(read_augmentation(augmentation))}
    if "at random" in kinds:
        assert 0.4 < turned < 0.6
    elif not {"trivial-augment", "rand-augment"} & {augmentation}:
        # These two invert colours, which mirrors a ramp, too.
        assert turned == 0
    assert mirrors(augmentation) == (kinds - {"never"} != set())
    policy = compose(read_augmentation(augmentation))
    expected = "every second epoch" in kinds
    assert policy.alternates == alternates(read_augmentation(augmentation)) == expected


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
    batch = smooth_images(8)
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
    assert not np.array_equal(first, again)
